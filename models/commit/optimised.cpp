// OPO: an optimised three-phase commit, which acknowledges differently when it commits and when it aborts. PayGrid's own
// definition: presumed abort and lazy commit (Mohan, Lindsay, Obermarck, "Transaction management in the R* distributed database
// management system", TODS 1986) laid over Skeen's three phases (1981).
//
// Commit: CAN / YES; PRECOMMIT forced; PRE / PACK; then the decision, whose record and COM are neither forced nor acknowledged.
// Abort: nothing is forced but the PREPARED of yes voters, nothing is acknowledged. PACK is the only acknowledgement.
// Assumptions: see nonblocking_node.hpp; and, since a no and an abort are not forced, no packet is repeated across the crash of
// its receiver, and no retry of an aborted payment outlives a crash of its coordinator.
//
// Invariants:
//  1. a coordinator without a record was never precommitted, so "no record" means ABORT. Hence a committed transaction keeps
//     its record until all participants are known to have COMMITTED on disk.
//  2. they tell that without extra messages: YES and PACK carry one transaction whose COMMITTED was appended before the record
//     that the message waited for. Logs become durable in order, so it is on disk.
//  3. an abort that overrules a precommit (decided by a backup coordinator) is forced: the presumption does not cover it.
#include <algorithm>
#include <array>

#include "models/commit/nonblocking_node.hpp"
#include "models/commit/protocols.hpp"
#include "models/commit/ranking.hpp"
#include "models/commit/standing.hpp"
#include "models/commit/transitions.hpp"
#include "models/commit/vocabulary.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

namespace {

enum class OptimisedMessage : std::uint8_t {
  kCan, kYes, kNo, kPre, kPack, kCom, kAbt, kInquire, kUndecided, kStateRequest, kStateReport
};
constexpr std::array<std::string_view, 11> kNames{"CAN", "YES", "NO", "PRE", "PACK", "COM",
                                                  "ABT", "INQUIRE", "UNDECIDED", "STATE_REQUEST", "STATE_REPORT"};

constexpr std::uint8_t word(OptimisedMessage kind) { return static_cast<std::uint8_t>(kind); }
constexpr Words kWords{.prepare = word(OptimisedMessage::kCan),
                       .yes = word(OptimisedMessage::kYes),
                       .no = word(OptimisedMessage::kNo),
                       .commit = word(OptimisedMessage::kCom),
                       .abort = word(OptimisedMessage::kAbt),
                       .acknowledge = Words::kNone,
                       .inquire = word(OptimisedMessage::kInquire)};
constexpr PrecommitWords kPrecommitWords{.precommit = word(OptimisedMessage::kPre),
                                         .acknowledge = word(OptimisedMessage::kPack),
                                         .state_request = word(OptimisedMessage::kStateRequest),
                                         .state_report = word(OptimisedMessage::kStateReport),
                                         .undecided = word(OptimisedMessage::kUndecided)};

class OptimisedNode final : public core::ValueRole<OptimisedNode, NonblockingNode> {
 public:
  explicit OptimisedNode(const core::NodeConfig& config) : ValueRole(config, kWords, kPrecommitWords) {}
  auto fields() const { return std::tuple_cat(nonblocking_fields(), std::tie(untold_)); }

 private:
  void on_message(NodeId from, const Message& received, Effects& out) override {
    if (received.has_learned) on_learned(from, received.learned, out);
    switch (static_cast<OptimisedMessage>(received.kind)) {
      case OptimisedMessage::kCan: return on_prepare(from, received, out);
      case OptimisedMessage::kYes: readmit_voter(from, received.txn); return on_yes(from, received, out);
      case OptimisedMessage::kNo: return on_no(from, received, out);
      case OptimisedMessage::kPre: return on_precommit(from, received, out);
      case OptimisedMessage::kPack: return on_precommit_acknowledged(from, received, out);
      case OptimisedMessage::kCom: return on_decision(from, received, Outcome::kCommitted, out);
      case OptimisedMessage::kAbt: return on_decision(from, received, Outcome::kAborted, out);
      case OptimisedMessage::kInquire: return on_inquire(from, received, out);
      case OptimisedMessage::kUndecided: return on_undecided(from, received, out);
      case OptimisedMessage::kStateRequest: return on_state_request(from, received, out);
      case OptimisedMessage::kStateReport: return on_state_report(from, received, out);
    }
  }

  // --- coordinator --------------------------------------------------------------------------------------------------------

  void commit_precommitted(TxnId txn, Effects& out) override {
    Coordinated& entry = *attempt_of(txn);
    entry.phase = CoordinatorPhase::kCommitted;
    entry.heard.clear();
    coordinator_outcomes_.remember(txn, Outcome::kCommitted);
    observe_decided(txn, Outcome::kCommitted, Half::kCoordinator, out);
    reply(entry.payment->payer, txn, Outcome::kCommitted, out);
    append(core::RecordKind::kCoordinatorCommitted, txn, out, entry.payment);
    tell_commit(txn, entry, out);
  }

  void tell_commit(TxnId txn, const Coordinated& entry, Effects& out) {
    const auto& participants = entry.payment->participants;
    for (std::uint32_t position = 0; position < participants.size(); ++position) {
      if (entry.heard.contains(position)) continue;
      tell(participants[position], Half::kParticipant, txn, Outcome::kCommitted, out);
    }
  }

  void decide_abort(TxnId txn, Effects& out) override {
    append(core::RecordKind::kCoordinatorAborted, txn, out);
    finish_abort(txn, out);
  }

  void on_coordinator_aborted_durable(TxnId txn, Effects& out) override { finish_abort(txn, out); }

  void finish_abort(TxnId txn, Effects& out) {
    const Coordinated entry = std::move(*attempt_of(txn));
    coordinator_outcomes_.remember(txn, Outcome::kAborted);
    observe_decided(txn, Outcome::kAborted, Half::kCoordinator, out);
    reply(entry.payment->payer, txn, Outcome::kAborted, out);
    const auto& participants = entry.payment->participants;
    for (std::uint32_t position = 0; position < participants.size(); ++position)
      if (entry.yes.contains(position)) tell(participants[position], Half::kParticipant, txn, Outcome::kAborted, out);
    end(txn, out);
  }

  void end(TxnId txn, Effects& out) {
    append(core::RecordKind::kEnd, txn, out);
    observe_ended(txn, out);
    coordinated_.erase(txn.payment);
    on_ended(txn);
  }

  void adopt(TxnId txn, Outcome outcome, Effects& out) override {
    if (outcome == Outcome::kCommitted) return commit_precommitted(txn, out);
    Coordinated& entry = *attempt_of(txn);
    if (entry.phase == CoordinatorPhase::kCollecting) return decide_abort(txn, out);
    entry.phase = CoordinatorPhase::kAborting;
    out.force({.kind = core::RecordKind::kCoordinatorAborted, .txn = txn, .epoch = 0, .payment = entry.payment});
  }

  // `from` has COMMITTED of `txn` on its disk.
  void on_learned(NodeId from, TxnId txn, Effects& out) {
    Coordinated* entry = attempt_of(txn);
    if (entry == nullptr) return;
    if (PAYGRID_UNWANTED(!takes_part(*entry->payment, from), "only participants have commits on disk")) return;
    coordinator_learns(txn, Outcome::kCommitted, out);
    entry = attempt_of(txn);
    if (entry == nullptr || entry->phase != CoordinatorPhase::kCommitted) return;
    entry->heard.add(position_of(*entry->payment, from));
    if (entry->heard.size() == entry->payment->participants.size()) end(txn, out);
  }

  // What has stayed open for a whole period lost its piggybacked word in a crash or a loss, or no later payment came to carry it.
  // COM again has it told again, but only when so much is open that memory matters: a commit keeps to its five messages.
  void on_retention(Effects& out) override {
    const auto is_open = [this](const core::PaymentId payment) {
      return coordinated_.find(payment)->phase == CoordinatorPhase::kCommitted && !coordinator_outcomes_.recall(payment);
    };
    std::vector<core::PaymentId> open = coordinated_.sorted_keys();
    std::erase_if(open, [&is_open](const core::PaymentId payment) { return !is_open(payment); });
    if (open.size() <= kOpenCommitsMax) return;
    for (const core::PaymentId payment : open) {
      const Coordinated& entry = *coordinated_.find(payment);
      tell_commit({payment, entry.attempt}, entry, out);
    }
  }

  void recover_coordinator(TxnId txn, const core::OpenTxn& open, Effects& out) override {
    switch (open.coordinator) {
      case core::DurableCoordinator::kPrecommitted: return recover_asking(txn, open, out);
      case core::DurableCoordinator::kCommitted: {
        Coordinated& entry = coordinated_[txn.payment];
        entry.attempt = txn.attempt;
        entry.payment = open.payment;
        entry.phase = CoordinatorPhase::kCommitted;
        return tell_commit(txn, entry, out);
      }
      case core::DurableCoordinator::kAborted: return end(txn, out);
      case core::DurableCoordinator::kNothing: break;
    }
    PAYGRID_ASSERT(false, "only what the log leaves open is recovered");
  }

  // --- participant --------------------------------------------------------------------------------------------------------

  void refuse(TxnId txn, Vote vote, Effects& out) override {
    append(core::RecordKind::kAborted, txn, out);
    observe_refused(txn, vote, out);
    settle(txn, Outcome::kAborted, out);
  }

  void on_decision(NodeId from, const Message& received, Outcome outcome, Effects& out) {
    switch (static_cast<Half>(received.argument)) {
      case Half::kParticipant: return participant_learns(from, received.txn, outcome, out);
      case Half::kCoordinator: return coordinator_learns(received.txn, outcome, out);
    }
  }

  void conclude(TxnId txn, Outcome outcome, Effects& out) override {
    const bool overrules = outcome == Outcome::kAborted && rounds_.contains(txn);
    if (overrules) return force_outcome(txn, outcome, out);
    append(outcome == Outcome::kCommitted ? core::RecordKind::kCommitted : core::RecordKind::kAborted, txn, out);
    settle(txn, outcome, out);
  }

  void participant_learns(NodeId teller, TxnId txn, Outcome outcome, Effects& out) {
    const Participating* entry = participating_.find(txn);
    if (entry == nullptr) return learn_unknown(teller, txn, outcome, out);
    const bool before_its_vote = outcome == Outcome::kCommitted && has_not_voted(entry->phase);
    if (PAYGRID_UNWANTED(before_its_vote, "nobody commits without this participant's vote")) return;
    switch (entry->phase) {
      case ParticipantPhase::kLocking:
      case ParticipantPhase::kPreparing:
        if (entry->phase == ParticipantPhase::kLocking) leave_lock_queue(txn, out);
        return conclude(txn, outcome, out);
      case ParticipantPhase::kPrepared:
      case ParticipantPhase::kPrecommitting:
      case ParticipantPhase::kPrecommitted: return conclude(txn, outcome, out);
      case ParticipantPhase::kRefusing:
      case ParticipantPhase::kCommitting:
      case ParticipantPhase::kAborting: return;  // on its way to the disk already
    }
  }

  void learn_unknown(NodeId teller, TxnId txn, Outcome outcome, Effects& out) {
    const auto finished = participant_outcomes_.recall(txn.payment);
    if (outcome == Outcome::kCommitted) {
      // The coordinator tells a commit again because it has not been told: it was committed here, remembered or not.
      const bool committed_here = !finished || finished->outcome == Outcome::kCommitted;
      std::vector<TxnId>& untold = untold_[teller];
      if (committed_here && std::find(untold.begin(), untold.end(), txn) == untold.end()) untold.push_back(txn);
      return;
    }
    const bool ended_here = finished && finished->attempt >= txn.attempt;
    if (ended_here) return;
    // Never seen: remembered, so that a late CAN finds it aborted.
    append(core::RecordKind::kAborted, txn, out);
    participant_outcomes_.remember(txn, Outcome::kAborted);
    observe_decided(txn, Outcome::kAborted, Half::kParticipant, out);
  }

  // --- which commits are on disk ------------------------------------------------------------------------------------------

  void on_settled(TxnId txn, const Participating& entry, Outcome outcome, Effects& out) override {
    if (entry.has_learned) note_untold(entry.coordinator, entry.learned);
    if (outcome == Outcome::kCommitted) note_untold(entry.coordinator, txn);
    NonblockingNode::on_settled(txn, entry, outcome, out);
  }

  void note_untold(NodeId coordinator, TxnId txn) { untold_[coordinator].push_back(txn); }

  void choose_learned(Participating& entry) override {
    std::vector<TxnId>* untold = untold_.find(entry.coordinator);
    if (untold == nullptr || untold->empty()) return;
    entry.has_learned = true;
    entry.learned = untold->back();
    untold->pop_back();
  }

  static void append(core::RecordKind kind, TxnId txn, Effects& out, const PaymentRef& payment = {}) {
    out.append({.kind = kind, .txn = txn, .epoch = 0, .payment = payment});
  }

  // Commits that a coordinator keeps open for longer than the retention period without asking after them.
  static constexpr std::size_t kOpenCommitsMax = 64;

  // Commits whose COMMITTED was appended here and of which the coordinator has not been told, by coordinator.
  core::FlatMap<NodeId, std::vector<TxnId>> untold_;
};

// Rows of Skeen's concurrency sets, and what the presumption rests on: invariant 1.
constexpr std::array kExclusions{
    core::Exclusion{"no precommit before every vote", kLeadsPrecommit | kPrecommits | kIsPrecommitted | kAnyCommit,
                    kCollects | kHasNotVoted | kRefuses},
    core::Exclusion{"nonblocking: no commit while a participant waits", kAnyCommit, kWaits,
                    core::Assumption::kAccurateSuspicions},
    core::Exclusion{"nonblocking: no abort beside a precommitted participant", kAnyAbort, kIsPrecommitted,
                    core::Assumption::kAccurateSuspicions},
    core::Exclusion{"a commit is forgotten when nobody is in doubt", kEndedCommit, kAnyDoubt},
};

}  // namespace

constinit const core::ProtocolSpec kOptimised{
    .name = "opo",
    .title = "optimised three-phase commit: lazy commit, presumed abort",
    .source = "PayGrid's own; after Mohan, Lindsay, Obermarck 1986 and Skeen 1981",
    .assumptions = "as 3pc; and no packet is repeated across its receiver's crash, no retry of an aborted payment outlives its "
                   "coordinator's crash, since a no and an abort are not forced",
    .synchronous = nonblocking_verdicts(),
    .asynchronous = nonblocking_verdicts_asynchronous(),
    .hears_the_end = false,
    .message_names = kNames,
    .timer_names = kTimerNames,
    .argument_name = [](std::uint8_t kind, std::uint8_t argument) {
      return argument_name(kWords, kPrecommitWords, kind, argument);
    },
    .commit_cost = [](std::uint32_t n) { return core::CommitCost{.messages = 5 * n, .forced_writes = 2 * n + 1}; },
    .abort_cost = [](std::uint32_t yes, std::uint32_t no) {
      return core::CommitCost{.messages = 2 * (yes + no) + yes, .forced_writes = yes};
    },
    .make_node = [](const core::NodeConfig& config) -> std::unique_ptr<core::Role> {
      return std::make_unique<OptimisedNode>(config);
    },
    .parts = kOptimisedParts,
    .exclusions = kExclusions,
    .message_weight = [](const Message& sent) { return ranking::of(sent, kWords, kPrecommitWords); },
};

}  // namespace paygrid::commit
