// A cut as a transcript: the steps of the run, found again in a world of its payments alone.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "models/core/assert.hpp"
#include "sim/replay/cut.hpp"
#include "sim/replay/header.hpp"
#include "sim/replay/refinement.hpp"
#include "sim/replay/transcript.hpp"
#include "sim/replay/wording.hpp"

namespace paygrid::replay {

using core::NodeId;
using world::Step;
using world::StepKind;

namespace {

// A name as one word of a transcript.
std::string as_word(std::string name) {
  for (char& c : name)
    if (std::string_view(" >{}|,:#\t").find(c) != std::string_view::npos) c = '-';
  return name;
}

// A message as far as a cut knows it: without what it says about other payments. What nobody sent carries its payment or not, which
// no receiver minds where it is not asked for.
bool same_here(core::Message in_run, core::Message in_cut, bool forged) {
  if (forged) in_run.payment = in_cut.payment;
  for (core::Message* message : {&in_run, &in_cut}) {
    message->has_learned = false;
    message->learned = {};
  }
  return world::order(in_run, in_cut) == 0;
}

std::string milliseconds(std::int64_t ns) { return fmt::format("{}.{:06} ms", ns / 1'000'000, ns % 1'000'000); }

class DeedLog final : public world::Listener {
 public:
  void on_fact(NodeId self, const core::Fact& fact) override {
    if (const auto deed = deed_of(self, fact)) deeds.insert(*deed);
  }
  std::set<Deed> deeds;
};

class Transcriber {
 public:
  Transcriber(const Cut& cut, const CutContext& context) : cut_(cut), context_(context) {
    describe();
    world_ = std::make_unique<const world::World>(script_.description);
    rules_ = script_.rules;
    if (is_forged()) {
      forgeable_ = world_->forgeable();
      rules_.forgeable = &forgeable_;
    }
    cluster_ = std::make_unique<world::Cluster>(world_->setup(), script_.rules.disk, log_);
  }

  // Nothing when it does not come to what the run came to.
  std::optional<Script> transcribe() {
    const core::AssertionsThrow impossible_states_throw;
    std::optional<core::OutsidersSpeak> outsiders;
    if (is_forged()) outsiders.emplace();
    try {
      take_steps();
    } catch (const core::AssertionFailed&) {
      return std::nullopt;
    }
    return comes_to_the_same() ? std::optional(std::move(script_)) : std::nullopt;
  }

 private:
  void take_steps() {
    const Wording wording(world_->description(), world_->protocol());
    std::int64_t last_ns = -1;
    for (const KeptStep& kept : cut_.steps) {
      const std::optional<Step> step = find(kept);
      if (!step) continue;
      for (std::size_t times = times_of(kept, *step); times > 0; --times) {
        Block& block = script_.blocks.emplace_back();
        if (kept.at_ns != last_ns) block.before.push_back("# " + milliseconds(kept.at_ns));
        last_ns = kept.at_ns;
        block.step = wording.step(*step);
        world::apply(*cluster_, *step, rules_, log_);
      }
    }
  }

  bool is_forged() const {
    return std::ranges::any_of(cut_.steps, [](const KeptStep& kept) { return kept.step.kind == StepKind::kForge; });
  }

  NodeId here(NodeId in_run) const {
    const auto found = std::ranges::lower_bound(cut_.processes, in_run);
    const bool takes_part = found != cut_.processes.end() && *found == in_run;
    return takes_part ? NodeId{static_cast<std::uint32_t>(found - cut_.processes.begin())} : core::kNoNode;
  }

  void describe() {
    world::Description& description = script_.description;
    description.protocol = context_.protocol;
    description.retries = context_.retries;
    description.lock_policy = context_.lock_policy;
    description.victim = context_.victim;
    for (const NodeId process : cut_.processes)
      (process.value < context_.nodes ? description.nodes : description.payers)
          .push_back(as_word(context_.names[process.value]));
    place();
    for (const core::PaymentRef& payment : cut_.payments) {
      world::PaymentDescription& described = description.payments.emplace_back(world::description_of(*payment, false));
      described.payer = here(payment->payer);
      described.coordinator = here(payment->coordinator);
    }
    script_.file = "transcript";
    script_.rules = permissive_rules();
    if (is_forged()) script_.rules.allow(world::Fault::kForgery, world::kUnlimited);
    script_.header.push_back(fmt::format("# Payment {}, cut out of {}.", cut_.target.value, context_.title));
    if (cut_.payments.size() > 1) script_.header.push_back("# Entangled with it through locks:" + others() + ".");
    if (cut_.has_past) script_.header.push_back("# What the others waited for before that is left out.");
    for (std::string& line : header_of(description, script_.rules)) script_.header.push_back(std::move(line));
  }

  void place() {
    world::Description& description = script_.description;
    description.placement = context_.placement;
    for (NodeId& holder : description.placement.shard_nodes) {
      const NodeId inside = here(holder);
      const auto next_elsewhere = static_cast<std::uint32_t>(description.processes() + description.elsewhere.size());
      if (inside == core::kNoNode) description.elsewhere.push_back(as_word(context_.names[holder.value]));
      holder = inside == core::kNoNode ? NodeId{next_elsewhere} : inside;
    }
    for (const core::OpeningBalance& balance : cut_.balances)
      if (balance.amount != context_.placement.opening_balance) description.placement.opened_otherwise.push_back(balance);
  }

  std::string others() const {
    std::string text;
    for (const core::PaymentRef& payment : cut_.payments)
      if (payment->id != cut_.target) text += fmt::format("{} {}", text.empty() ? "" : ",", payment->id.value);
    return text;
  }

  // The step here; nothing when the world of the cut does not have it: what it is about belongs to payments left out.
  std::optional<Step> find(const KeptStep& kept) const {
    const NodeId process = here(kept.step.process);
    const NodeId peer = here(kept.step.peer);
    if (kept.step.kind == StepKind::kSubmit) {
      const auto same = [&](const core::PaymentRef& payment) { return payment == kept.step.message.payment; };
      return world_->submission(*std::ranges::find_if(world_->payments(), same));
    }
    for (const Step& step : world::enabled(*cluster_, rules_)) {
      if (step.kind != kept.step.kind || step.process != process || step.peer != peer) continue;
      if (step.timer != kept.step.timer || !same_here(kept.step.message, step.message, step.kind == StepKind::kForge)) continue;
      return step;
    }
    return std::nullopt;
  }

  // Writes end in log order, and what a message tells in passing may make a node write a record of its own earlier or later
  // than in the run: the write of one record takes those before it along. 0: the record is not written here.
  std::size_t times_of(const KeptStep& kept, const Step& step) const {
    if (step.kind != StepKind::kPersist) return 1;
    const auto pending = cluster_->members[step.process.value].process.disk.pending();
    const auto found = std::ranges::find_if(pending, [&](const world::PendingRecord& entry) {
      return entry.record.kind == kept.record.kind && entry.record.txn == kept.record.txn;
    });
    return found == pending.end() ? 0 : static_cast<std::size_t>(found - pending.begin()) + 1;
  }

  bool comes_to_the_same() const {
    std::set<Deed> wanted;
    for (const std::set<Deed>* deeds : {&cut_.decisions, &cut_.deeds})
      for (const Deed& deed : *deeds) wanted.insert({deed.kind, deed.txn, here(deed.process), deed.argument});
    std::set<Deed> found = log_.deeds;
    std::erase_if(found, [this](const Deed& deed) {
      return deed.txn.payment != cut_.target && deed.kind != core::FactKind::kDecided;
    });
    return found == wanted;
  }

  const Cut& cut_;
  const CutContext& context_;
  Script script_;
  DeedLog log_;
  std::unique_ptr<const world::World> world_;
  std::unique_ptr<world::Cluster> cluster_;
  world::Rules rules_;  // of the script, and what an outsider may say
  std::vector<world::Packet> forgeable_;
};

}  // namespace

std::string transcript_of(CutRecorder& recorder, const CutContext& context) {
  const std::vector<CutRecorder::Payments> explanations = recorder.explanations();
  for (const CutRecorder::Payments& payments : explanations) {
    const Cut cut = recorder.cut(payments);
    if (const auto script = Transcriber(cut, context).transcribe()) return play(*script);
  }
  throw std::invalid_argument(fmt::format("found payment {} to depend on more than the {} payments before it that were tried; "
                                          "accepted: a payment that at most {} explain",
                                          recorder.target().value, explanations.back().size() - 1, kCutPaymentsMax - 1));
}

}  // namespace paygrid::replay
