// The life of a commit node: dispatch of events, recovery, forgetting, and the description of its transactions.
#include "models/commit/commit_node.hpp"

#include <algorithm>
#include <string_view>

#include "models/core/assert.hpp"

namespace paygrid::commit {

namespace {

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

std::string_view name_of(CoordinatorPhase phase) {
  switch (phase) {
    case CoordinatorPhase::kCollecting: return "collects votes";
    case CoordinatorPhase::kPrecommitting: return "records precommit";
    case CoordinatorPhase::kPrecommitted: return "precommitted";
    case CoordinatorPhase::kCommitting: return "records commit";
    case CoordinatorPhase::kCommitted: return "committed";
    case CoordinatorPhase::kAborting: return "records abort";
    case CoordinatorPhase::kAborted: return "aborted";
    case CoordinatorPhase::kAsking: return "recovered precommitted, asks";
  }
  return "?";
}

std::string_view name_of(ParticipantPhase phase) {
  switch (phase) {
    case ParticipantPhase::kLocking: return "waits for locks";
    case ParticipantPhase::kPreparing: return "records its yes";
    case ParticipantPhase::kRefusing: return "records its no";
    case ParticipantPhase::kPrepared: return "in doubt";
    case ParticipantPhase::kPrecommitting: return "records precommit";
    case ParticipantPhase::kPrecommitted: return "precommitted";
    case ParticipantPhase::kCommitting: return "records commit";
    case ParticipantPhase::kAborting: return "records abort";
  }
  return "?";
}

core::RecordKind last_record(core::DurableCoordinator state) {
  switch (state) {
    case core::DurableCoordinator::kPrecommitted: return core::RecordKind::kCoordinatorPrecommitted;
    case core::DurableCoordinator::kCommitted: return core::RecordKind::kCoordinatorCommitted;
    case core::DurableCoordinator::kAborted: return core::RecordKind::kCoordinatorAborted;
    case core::DurableCoordinator::kNothing: break;
  }
  PAYGRID_ASSERT(false, "an open transaction has a record");
}

core::RecordKind last_record(core::DurableParticipant state) {
  switch (state) {
    case core::DurableParticipant::kPrepared: return core::RecordKind::kPrepared;
    case core::DurableParticipant::kPrecommitted: return core::RecordKind::kPrecommitted;
    case core::DurableParticipant::kNothing: break;
  }
  PAYGRID_ASSERT(false, "an open transaction has a record");
}

void observe_recovered_open(TxnId txn, core::RecordKind record, Effects& out) {
  core::Fact recovered;
  recovered.kind = core::FactKind::kRecoveredOpen;
  recovered.argument = static_cast<std::uint8_t>(record);
  recovered.txn = txn;
  out.observe(std::move(recovered));
}

void describe_txn(std::string& text, TxnId txn, std::string_view half) {
  text += "payment " + std::to_string(txn.payment.value) + "." + std::to_string(txn.attempt) + ": ";
  text += half;
}

}  // namespace

CommitNode::CommitNode(const core::NodeConfig& config, const Words& words)
    : config_(config), words_(words), ledger_(config.self, *config.placement, config.lock_policy, config.victim) {}

void CommitNode::step(const core::Event& event, Effects& out) {
  notices_.clear();
  std::visit(Overloaded{
                 [&](const core::Start&) { on_start(out); },
                 [&](const core::Recover& recover) { on_recover(recover, out); },
                 [&](const core::Submit&) { PAYGRID_ASSERT(false, "payments enter a node as messages"); },
                 [&](const core::Deliver& deliver) { on_deliver(deliver, out); },
                 [&](const core::TimerFired& fired) { on_timer(fired.key, out); },
                 [&](const core::Persisted& persisted) { on_persisted(persisted, out); },
                 [&](const core::Suspect& suspect) { on_suspect(suspect.node, out); },
                 [&](const core::Trust& trust) { on_trust(trust.node); },
                 [&](const core::Deny& deny) { on_deny(deny.payment, out); },
             },
             event);
  take_turns(out);
}

void CommitNode::expect(TxnId txn) const {
  coordinated_.expect(txn.payment);
  participating_.expect(txn);
  ledger_.expect(txn);
}

void CommitNode::on_start(Effects& out) {
  if (config_.timing.outcome_retention.ns > 0)
    out.set_timer(timer(CommitTimer::kRetention, {}), config_.timing.outcome_retention);
}

void CommitNode::on_recover(const core::Recover& event, Effects& out) {
  const core::DurableState& durable = event.durable;
  incarnation_ = event.incarnation;
  ledger_.restore(durable, out);
  coordinator_outcomes_ = durable.coordinator_outcomes;
  participant_outcomes_ = durable.participant_outcomes;
  on_start(out);
  durable.open.for_each_sorted([&](TxnId txn, const core::OpenTxn& open) {
    if (open.coordinator != core::DurableCoordinator::kNothing) {
      PAYGRID_ASSERT(!coordinated_.contains(txn.payment), "one open attempt of a payment at its coordinator");
      observe_recovered_open(txn, last_record(open.coordinator), out);
      recover_coordinator(txn, open, out);
    }
    if (open.participant != core::DurableParticipant::kNothing) {
      observe_recovered_open(txn, last_record(open.participant), out);
      resume_in_doubt(txn, open, out);
    }
  });
}

void CommitNode::on_deliver(const core::Deliver& event, Effects& out) {
  const Message& received = event.message;
  switch (received.family) {
    case core::MessageFamily::kClient:
      if (PAYGRID_UNWANTED(received.kind != static_cast<std::uint8_t>(core::ClientMessage::kSubmit), "nodes are submitted to"))
        return;
      return on_submit(event.from, received, out);
    case core::MessageFamily::kCommit: return on_message(event.from, received, out);
    case core::MessageFamily::kLock: PAYGRID_ASSERT(false, "locks of a service are the matter of who guards this node"); return;
    case core::MessageFamily::kDeadlock: return on_deadlock_message(event.from, received, out);
  }
}

void CommitNode::on_timer(core::TimerKey key, Effects& out) {
  switch (static_cast<CommitTimer>(key.kind)) {
    case CommitTimer::kVotes: return on_votes_overdue(key.txn, out);
    case CommitTimer::kResend: return on_resend(key.txn, out);
    case CommitTimer::kLock: return on_lock_timeout(key.txn, out);
    case CommitTimer::kInDoubt: return on_in_doubt(key.txn, out);
    case CommitTimer::kRetention: return forget_oldest(out);
  }
}

void CommitNode::on_persisted(const core::Persisted& event, Effects& out) {
  switch (event.kind) {
    case core::RecordKind::kPrepared: return on_prepared_durable(event.txn, out);
    case core::RecordKind::kPrecommitted: return on_precommitted_durable(event.txn, out);
    case core::RecordKind::kCommitted: return on_outcome_durable(event.txn, Outcome::kCommitted, out);
    case core::RecordKind::kAborted: return on_outcome_durable(event.txn, Outcome::kAborted, out);
    case core::RecordKind::kCoordinatorPrecommitted: return on_coordinator_precommitted_durable(event.txn, out);
    case core::RecordKind::kCoordinatorCommitted: return on_decision_durable(event.txn, Outcome::kCommitted, out);
    case core::RecordKind::kCoordinatorAborted: return on_coordinator_aborted_durable(event.txn, out);
    case core::RecordKind::kEnd:
    case core::RecordKind::kForgetOldest: break;
  }
  PAYGRID_ASSERT(false, "this record is never forced");
}

void CommitNode::forget_oldest(Effects& out) {
  out.set_timer(timer(CommitTimer::kRetention, {}), config_.timing.outcome_retention);
  if (!may_forget()) return;
  coordinator_outcomes_.forget_oldest();
  participant_outcomes_.forget_oldest();
  out.append({.kind = core::RecordKind::kForgetOldest, .txn = {}, .epoch = 0, .payment = {}});
  on_retention(out);
}

Message CommitNode::message(std::uint8_t kind, TxnId txn) {
  Message built;
  built.family = core::MessageFamily::kCommit;
  built.kind = kind;
  built.txn = txn;
  return built;
}

std::uint32_t CommitNode::position_of(const core::Payment& payment, NodeId participant) {
  const auto& all = payment.participants;
  const auto found = std::lower_bound(all.begin(), all.end(), participant);
  PAYGRID_ASSERT(found != all.end() && *found == participant, "only participants take part");
  return static_cast<std::uint32_t>(found - all.begin());
}

bool CommitNode::takes_part(const core::Payment& payment, NodeId node) {
  return std::binary_search(payment.participants.begin(), payment.participants.end(), node);
}

std::string CommitNode::describe() const {
  std::string text;
  coordinated_.for_each_sorted([&](core::PaymentId payment, const Coordinated& entry) {
    describe_txn(text, {payment, entry.attempt}, "coordinator ");
    text += name_of(entry.phase);
    text += ", " + std::to_string(entry.yes.size()) + " yes, " + std::to_string(entry.refused.size()) + " no, ";
    text += std::to_string(entry.heard.size()) + " acknowledged of ";
    text += std::to_string(entry.payment->participants.size()) + "\n";
  });
  participating_.for_each_sorted([&](TxnId txn, const Participating& entry) {
    describe_txn(text, txn, "participant ");
    text += name_of(entry.phase);
    if (entry.recovered) text += ", recovered";
    if (entry.epoch > 0) text += ", epoch " + std::to_string(entry.epoch);
    text += "\n";
  });
  return text;
}

}  // namespace paygrid::commit
