// Three-phase commit, central site, every message acknowledged; and its known-unsafe variant without the termination protocol.
//
// Sources: Skeen (1981); Bernstein, Hadzilacos, Goodman (1987), 7.5 (whose count of messages leaves out the final ACK).
// Assumptions: see nonblocking_node.hpp. The naive variant replaces termination and recovery by bare timeouts: waiting ->
// abort, precommitted -> commit.
//
// Invariants:
//  1. every change of state of coordinator and participants is forced.
//  2. the coordinator keeps a decision until everybody who did not vote no has acknowledged it.
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

enum class ThreePhaseMessage : std::uint8_t {
  kPrepare, kYes, kNo, kPrecommit, kPrecommitAck, kCommit, kAbort, kAck, kInquire, kUndecided, kStateRequest, kStateReport
};
constexpr std::array<std::string_view, 12> kNames{"PREPARE", "YES", "NO", "PRECOMMIT", "PRECOMMIT_ACK", "COMMIT",
                                                  "ABORT", "ACK", "INQUIRE", "UNDECIDED", "STATE_REQUEST", "STATE_REPORT"};

constexpr std::uint8_t word(ThreePhaseMessage kind) { return static_cast<std::uint8_t>(kind); }
constexpr Words kWords{.prepare = word(ThreePhaseMessage::kPrepare),
                       .yes = word(ThreePhaseMessage::kYes),
                       .no = word(ThreePhaseMessage::kNo),
                       .commit = word(ThreePhaseMessage::kCommit),
                       .abort = word(ThreePhaseMessage::kAbort),
                       .acknowledge = word(ThreePhaseMessage::kAck),
                       .inquire = word(ThreePhaseMessage::kInquire)};
constexpr PrecommitWords kPrecommitWords{.precommit = word(ThreePhaseMessage::kPrecommit),
                                         .acknowledge = word(ThreePhaseMessage::kPrecommitAck),
                                         .state_request = word(ThreePhaseMessage::kStateRequest),
                                         .state_report = word(ThreePhaseMessage::kStateReport),
                                         .undecided = word(ThreePhaseMessage::kUndecided)};

class ThreePhaseNode : public NonblockingNode {
 protected:
  explicit ThreePhaseNode(const core::NodeConfig& config) : NonblockingNode(config, kWords, kPrecommitWords) {}

  void on_message(NodeId from, const Message& received, Effects& out) final {
    switch (static_cast<ThreePhaseMessage>(received.kind)) {
      case ThreePhaseMessage::kPrepare: return on_prepare(from, received, out);
      case ThreePhaseMessage::kYes: readmit_voter(from, received.txn); return on_yes(from, received, out);
      case ThreePhaseMessage::kNo: return on_no(from, received, out);
      case ThreePhaseMessage::kPrecommit: return on_precommit(from, received, out);
      case ThreePhaseMessage::kPrecommitAck: return on_precommit_acknowledged(from, received, out);
      case ThreePhaseMessage::kCommit: return on_decision(from, received, Outcome::kCommitted, out);
      case ThreePhaseMessage::kAbort: return on_decision(from, received, Outcome::kAborted, out);
      case ThreePhaseMessage::kAck: return on_acknowledge(from, received, out);
      case ThreePhaseMessage::kInquire: return on_inquire(from, received, out);
      case ThreePhaseMessage::kUndecided: return on_undecided(from, received, out);
      case ThreePhaseMessage::kStateRequest: return on_state_request(from, received, out);
      case ThreePhaseMessage::kStateReport: return on_state_report(from, received, out);
    }
  }

  void on_decision(NodeId from, const Message& received, Outcome outcome, Effects& out) {
    switch (static_cast<Half>(received.argument)) {
      case Half::kParticipant: return learn_forced(from, received.txn, outcome, out);
      case Half::kCoordinator: return coordinator_learns(received.txn, outcome, out);
    }
  }

  void commit_precommitted(TxnId txn, Effects& out) final { force_decision(txn, Outcome::kCommitted, out); }
  void decide_abort(TxnId txn, Effects& out) final { force_decision(txn, Outcome::kAborted, out); }
  void adopt(TxnId txn, Outcome outcome, Effects& out) final { force_decision(txn, outcome, out); }
  void conclude(TxnId txn, Outcome outcome, Effects& out) final { force_outcome(txn, outcome, out); }
  void refuse(TxnId txn, Vote vote, Effects& out) final { force_refusal(txn, vote, out); }

  void recover_coordinator(TxnId txn, const core::OpenTxn& open, Effects& out) final {
    switch (open.coordinator) {
      case core::DurableCoordinator::kPrecommitted: return recover_precommitted(txn, open, out);
      case core::DurableCoordinator::kCommitted: return redo_decision(txn, open, Outcome::kCommitted, out);
      case core::DurableCoordinator::kAborted: return redo_decision(txn, open, Outcome::kAborted, out);
      case core::DurableCoordinator::kNothing: break;
    }
    PAYGRID_ASSERT(false, "only what the log leaves open is recovered");
  }
  virtual void recover_precommitted(TxnId txn, const core::OpenTxn& open, Effects& out) { recover_asking(txn, open, out); }
};

class SkeenNode final : public core::ValueRole<SkeenNode, ThreePhaseNode> {
 public:
  explicit SkeenNode(const core::NodeConfig& config) : ValueRole(config) {}
  auto fields() const { return nonblocking_fields(); }
};

// Every wait ends by its own timeout; nobody asks, nobody elects.
class NaiveNode final : public core::ValueRole<NaiveNode, ThreePhaseNode> {
 public:
  explicit NaiveNode(const core::NodeConfig& config) : ValueRole(config) {}
  auto fields() const { return nonblocking_fields(); }

 private:
  void on_suspect(NodeId, Effects&) override {}
  void on_trust(NodeId) override {}

  void await_acknowledgements(TxnId txn, Effects& out) override {
    out.set_timer(timer(CommitTimer::kVotes, txn), config_.timing.vote_timeout);
  }

  void on_votes_overdue(TxnId txn, Effects& out) override {
    const Coordinated* entry = attempt_of(txn);
    const bool precommitted = entry != nullptr && entry->phase == CoordinatorPhase::kPrecommitted;
    if (precommitted) commit_precommitted(txn, out);
    else CommitNode::on_votes_overdue(txn, out);
  }

  void on_in_doubt(TxnId txn, Effects& out) override {
    const Participating* entry = participating_.find(txn);
    if (entry == nullptr) return;
    switch (entry->phase) {
      case ParticipantPhase::kPrepared: return conclude(txn, Outcome::kAborted, out);
      case ParticipantPhase::kPrecommitted: return conclude(txn, Outcome::kCommitted, out);
      case ParticipantPhase::kLocking:
      case ParticipantPhase::kPreparing:
      case ParticipantPhase::kRefusing:
      case ParticipantPhase::kPrecommitting:  // the wait in the next state has its own timeout
      case ParticipantPhase::kCommitting:
      case ParticipantPhase::kAborting: return;
    }
  }

  void recover_participant(TxnId txn, Effects& out) override {
    out.set_timer(timer(CommitTimer::kInDoubt, txn), config_.timing.inquire_after);
  }

  void recover_precommitted(TxnId txn, const core::OpenTxn& open, Effects& out) override {
    Coordinated& entry = coordinated_[txn.payment];
    entry.attempt = txn.attempt;
    entry.payment = open.payment;
    entry.phase = CoordinatorPhase::kPrecommitted;
    for (std::uint32_t position = 0; position < open.payment->participants.size(); ++position) entry.yes.add(position);
    await_acknowledgements(txn, out);
  }
};

constexpr core::CommitCost commit_cost(std::uint32_t n) { return {.messages = 6 * n, .forced_writes = 3 * n + 2}; }
constexpr core::CommitCost abort_cost(std::uint32_t yes, std::uint32_t no) {
  return {.messages = 2 * (yes + no) + 2 * yes, .forced_writes = 1 + 2 * yes + no};
}

// Whoever is in doubt guesses in the end, and guesses wrong as soon as a PRECOMMIT is missing or late.
constexpr core::ExpectedVerdict kDecides{core::Expectation::kHolds, core::Expectation::kHolds};
constexpr core::ExpectedVerdict kSplits{core::Expectation::kViolated, core::Expectation::kHolds};
constexpr core::ExpectedVerdicts kNaiveSynchronous{.no_fault = kDecides,
                                                   .crash = kSplits,
                                                   .crash_and_recovery = kSplits,
                                                   .loss = kSplits,
                                                   .crash_and_loss = kSplits,
                                                   .duplicate = kDecides,
                                                   .partition = kSplits,
                                                   .false_suspicion = kDecides};
constexpr core::ExpectedVerdicts kNaiveAsynchronous{.no_fault = kSplits,
                                                    .crash = kSplits,
                                                    .crash_and_recovery = kSplits,
                                                    .loss = kSplits,
                                                    .crash_and_loss = kSplits,
                                                    .duplicate = kSplits,
                                                    .partition = kSplits,
                                                    .false_suspicion = kSplits};

// Rows of Skeen's concurrency sets; "nonblocking" are the two on which the termination protocol rests.
constexpr core::Exclusion kVotesFirst{"no precommit before every vote",
                                      kLeadsPrecommit | kPrecommits | kIsPrecommitted | kAnyCommit,
                                      kCollects | kHasNotVoted | kRefuses};
constexpr std::array kExclusions{
    kVotesFirst,
    core::Exclusion{"nonblocking: no commit while a participant waits", kAnyCommit, kWaits,
                    core::Assumption::kAccurateSuspicions},
    core::Exclusion{"nonblocking: no abort beside a precommitted participant", kAnyAbort, kIsPrecommitted,
                    core::Assumption::kAccurateSuspicions},
    core::Exclusion{"the coordinator forgets when nobody is in doubt", kEndedCommit | kEndedAbort, kAnyDoubt},
};
constexpr std::array kNaiveExclusions{kVotesFirst};

}  // namespace

constinit const core::ProtocolSpec kThreePhase{
    .name = "3pc",
    .title = "three-phase commit with termination protocol",
    .source = "Skeen 1981, central site; Bernstein, Hadzilacos, Goodman 1987, 7.5",
    .assumptions = "crashes with recovery, bounded delays, accurate suspicions, one participant survives; a partition or a "
                   "false suspicion during the precommit broadcast splits it; total failure waits for all to recover",
    .synchronous = nonblocking_verdicts(),
    .asynchronous = nonblocking_verdicts_asynchronous(),
    .message_names = kNames,
    .timer_names = kTimerNames,
    .argument_name = [](std::uint8_t kind, std::uint8_t argument) {
      return argument_name(kWords, kPrecommitWords, kind, argument);
    },
    .commit_cost = commit_cost,
    .abort_cost = abort_cost,
    .make_node = [](const core::NodeConfig& config) -> std::unique_ptr<core::Role> {
      return std::make_unique<SkeenNode>(config);
    },
    .parts = kThreePhaseParts,
    .exclusions = kExclusions,
    .message_weight = [](const Message& sent) { return ranking::of(sent, kWords, kPrecommitWords); },
};

constinit const core::ProtocolSpec kThreePhaseNaive{
    .name = "3pc-naive",
    .title = "three-phase commit with bare timeouts (known to be unsafe)",
    .source = "Skeen 1981 without its termination protocol; Bernstein, Hadzilacos, Goodman 1987, 7.5",
    .assumptions = "no delay beyond a timeout and no crash while PRECOMMITs are on the way: one coordinator crash splits it",
    .synchronous = kNaiveSynchronous,
    .asynchronous = kNaiveAsynchronous,
    .decides_by_timeout = true,
    .message_names = kNames,
    .timer_names = kTimerNames,
    .argument_name = [](std::uint8_t kind, std::uint8_t argument) {
      return argument_name(kWords, kPrecommitWords, kind, argument);
    },
    .commit_cost = commit_cost,
    .abort_cost = abort_cost,
    .make_node = [](const core::NodeConfig& config) -> std::unique_ptr<core::Role> {
      return std::make_unique<NaiveNode>(config);
    },
    .parts = kThreePhaseNaiveParts,
    .exclusions = kNaiveExclusions,
    .message_weight = [](const Message& sent) { return ranking::of(sent, kWords, kPrecommitWords); },
};

}  // namespace paygrid::commit
