// What one run exercised, and in which state of the protocol each payment diverged: a consumer of the run's stream for
// campaigns.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/history/observer.hpp"
#include "models/core/spec.hpp"

namespace paygrid::cli {

class RunMarks final : public history::Observer {
 public:
  // `protocol` outlives the marks.
  explicit RunMarks(const core::ProtocolSpec& protocol) : protocol_(protocol) {}

  void on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) override;
  void on_packet(const history::PacketEvent& event) override;
  void on_process(const history::ProcessEvent& event) override;
  void on_fault(const history::FaultEvent& event) override;
  void on_disk(const history::DiskEvent&) override { ++events_; }

  // Of campaign::mark_names, all but the checks.
  std::vector<std::string> marks() const;
  // "decided abort after in-doubt": the first decision against another's of the same attempt, and what its process had done
  // before. Without one, the payment's last fact: "after voted". Of no payment: "of no single payment".
  std::string state_of(core::PaymentId payment) const;
  history::TimeNs submitted_ns(core::PaymentId payment) const;  // -1: never

  const std::vector<std::int64_t>& faults_ns() const { return faults_ns_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t payments() const { return payments_; }

 private:
  struct Attempt {
    std::uint32_t number = 0;
    int outcome = -1;  // of the first decision
  };
  struct Payment {
    history::TimeNs submitted_ns = -1;
    Attempt attempt;                                            // the last that decided
    std::vector<std::pair<core::NodeId, core::FactKind>> last;  // by process
    core::FactKind last_of_all{};
    std::string divergence;  // empty: none
  };
  void decided(Payment& payment, core::NodeId process, const core::Fact& fact);

  const core::ProtocolSpec& protocol_;
  std::map<std::uint32_t, Payment> by_payment_;
  std::bitset<256> facts_;
  std::bitset<256> messages_;
  std::set<std::string_view> fired_;  // FaultEvent::kind
  std::vector<std::int64_t> faults_ns_;
  std::uint64_t events_ = 0;
  std::uint64_t payments_ = 0;
};

}  // namespace paygrid::cli
