// A small world for faults, and what its processes and faults did as text.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "tests/timed/scenario_run.hpp"

namespace paygrid::tests {

inline constexpr const char* kFaultWorld =
    "paygrid: 1\nscenario: faults\nseed: 3\nduration: 30s\n"
    "cluster:\n"
    "  regions: {a: {nodes: 2}, b: {nodes: 2}}\n"
    "  network: {latency: \"constant(10ms)\"}\n"
    "  disk: {fsync: \"constant(1ms)\"}\n"
    "ledger: {shards: 4, accounts: 4000, opening_balance: \"EUR 1000.00\"}\n"
    "commit: {protocol: 2pc}\n"
    "workload: [{kind: transfer, arrivals: \"constant(50/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\", shards: 2}]\n"
    "phases: {heal_at: 20s, settle: 10s}\n";

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::string with_fault(const std::string& fault) { return std::string(kFaultWorld) + "faults:\n  - " + fault + "\n"; }

// Writes what it hears as lines, times in milliseconds.
class Story : public history::Observer {
 public:
  explicit Story(const timed::Layout& layout) : layout_(layout) {}
  void on_fact(history::TimeNs, core::NodeId, const core::Fact&) override {}
  virtual void finish() {}
  std::string text;

 protected:
  const std::string& name(core::NodeId process) const { return layout_.names[process.value]; }
  void line(history::TimeNs at, const std::string& what) { text += std::to_string(at / 1'000'000) + " " + what + "\n"; }

 private:
  const timed::Layout& layout_;
};

// What happened to processes, and the faults.
class FaultStory : public Story {
 public:
  using Story::Story;
  void on_process(const history::ProcessEvent& event) override {
    if (event.change == history::ProcessChange::kStarted) return;
    line(event.at_ns, std::string(name_of(event.change)) + " " + name(event.process) +
                          (event.peer == core::kNoNode ? "" : " " + name(event.peer)));
  }
  void on_fault(const history::FaultEvent& event) override {
    line(event.at_ns, (event.begins ? "begin " : "end ") + std::string(event.description));
  }
};

// And what became of messages and records of payment 0.
class PaymentStory final : public FaultStory {
 public:
  using FaultStory::FaultStory;
  void on_packet(const history::PacketEvent& event) override {
    if (event.message.family != core::MessageFamily::kCommit || event.message.txn.payment.value != 0) return;
    if (event.fate == history::PacketFate::kLocal) return;
    line(event.at_ns, std::string(name_of(event.fate)) + " " + std::string(names_[event.message.kind]) + " " + name(event.from) +
                          ">" + name(event.to));
  }
  void on_disk(const history::DiskEvent& event) override {
    if (event.record.txn.payment.value != 0) return;
    line(event.at_ns, std::string(name_of(event.change)) + " " + std::string(name_of(event.record.kind)) + " " + name(event.process));
  }

 private:
  std::span<const std::string_view> names_ = models::find_commit_protocol("2pc")->message_names;
};

// "link delay delay ..." lines, in nanoseconds and in the order of sending; "-" is a message that did not arrive.
class LinkStory : public Story {
 public:
  using Story::Story;
  void on_packet(const history::PacketEvent& event) override {
    if (event.fate == history::PacketFate::kSent) {
      std::string between = name(event.from) + ">" + name(event.to);
      std::ranges::replace(between, ' ', '_');
      auto& link = links_[between];
      place_[event.packet] = &link.emplace_back("-");
      sent_ns_[event.packet] = event.at_ns;
    } else if (event.fate == history::PacketFate::kDelivered) {
      if (const auto place = place_.find(event.packet); place != place_.end())
        *place->second = std::to_string(event.at_ns - sent_ns_.at(event.packet));
    }
  }
  void finish() override {
    for (const auto& [link, delays] : links_) {
      text += link;
      for (const std::string& delay : delays) text += " " + delay;
      text += "\n";
    }
  }

 protected:
  std::map<std::string, std::deque<std::string>> links_;

 private:
  std::map<std::uint64_t, std::string*> place_;
  std::map<std::uint64_t, history::TimeNs> sent_ns_;
};

// And when an outsider forged and altered.
class OutsiderStory final : public LinkStory {
 public:
  using LinkStory::LinkStory;
  void on_packet(const history::PacketEvent& event) override {
    LinkStory::on_packet(event);
    if (event.fate == history::PacketFate::kForged || event.fate == history::PacketFate::kAltered)
      links_["outsider"].push_back(std::string(name_of(event.fate)) + "@" + std::to_string(event.at_ns));
  }
};

// The text of a story of a run with two-phase commit.
template <class Teller>
std::string told_by(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return run_in_child([&] {
    const scenario::Scenario scenario = scenario::parse(text, "faults.yaml", "", overrides);
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    timed::ScenarioWorkload workload(scenario, layout);
    Teller teller(layout);
    timed::Engine engine(scenario, *models::find_commit_protocol("2pc"), layout, platform, workload, {&teller});
    engine.run({});
    teller.finish();
    return teller.text;
  });
}

inline std::string story(const std::string& text) { return told_by<FaultStory>(text); }

}  // namespace paygrid::tests
