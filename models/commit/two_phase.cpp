// Two-phase commit, presumed nothing, with cooperative termination.
//
// Sources: Gray (1978), 5.8.3; Bernstein, Hadzilacos, Goodman (1987), 7.4.
// Assumptions: crashes with recovery, lost, repeated and reordered messages, partitions; no bound on delays.
//
// Invariants:
//  1. the coordinator's decision is durable before anybody hears of it.
//  2. a participant that voted yes waits for the outcome as long as it takes: the protocol blocks, it never guesses.
//  3. the coordinator keeps a decision until everybody who did not vote no has acknowledged it.
#include "models/commit/protocols.hpp"

#include <array>

#include "models/commit/commit_node.hpp"
#include "models/commit/ranking.hpp"
#include "models/commit/standing.hpp"
#include "models/commit/transitions.hpp"
#include "models/commit/vocabulary.hpp"
#include "models/core/assert.hpp"

namespace paygrid::commit {

namespace {

enum class TwoPhaseMessage : std::uint8_t { kPrepare, kYes, kNo, kCommit, kAbort, kAck, kInquire };
constexpr std::array<std::string_view, 7> kNames{"PREPARE", "YES", "NO", "COMMIT", "ABORT", "ACK", "INQUIRE"};

constexpr std::uint8_t word(TwoPhaseMessage kind) { return static_cast<std::uint8_t>(kind); }
constexpr Words kWords{.prepare = word(TwoPhaseMessage::kPrepare),
                       .yes = word(TwoPhaseMessage::kYes),
                       .no = word(TwoPhaseMessage::kNo),
                       .commit = word(TwoPhaseMessage::kCommit),
                       .abort = word(TwoPhaseMessage::kAbort),
                       .acknowledge = word(TwoPhaseMessage::kAck),
                       .inquire = word(TwoPhaseMessage::kInquire)};

class TwoPhaseNode final : public core::ValueRole<TwoPhaseNode, CommitNode> {
 public:
  explicit TwoPhaseNode(const core::NodeConfig& config) : ValueRole(config, kWords) {}
  auto fields() const { return common_fields(); }

 private:
  void on_message(NodeId from, const Message& received, Effects& out) override {
    switch (static_cast<TwoPhaseMessage>(received.kind)) {
      case TwoPhaseMessage::kPrepare: return on_prepare(from, received, out);
      case TwoPhaseMessage::kYes: return on_yes(from, received, out);
      case TwoPhaseMessage::kNo: return on_no(from, received, out);
      case TwoPhaseMessage::kCommit: return learn_forced(from, received.txn, Outcome::kCommitted, out);
      case TwoPhaseMessage::kAbort: return learn_forced(from, received.txn, Outcome::kAborted, out);
      case TwoPhaseMessage::kAck: return on_acknowledge(from, received, out);
      case TwoPhaseMessage::kInquire: answer_inquiry(from, received, out); return;
    }
  }

  void all_voted_yes(TxnId txn, Effects& out) override { force_decision(txn, Outcome::kCommitted, out); }
  void decide_abort(TxnId txn, Effects& out) override { force_decision(txn, Outcome::kAborted, out); }
  void refuse(TxnId txn, Vote vote, Effects& out) override { force_refusal(txn, vote, out); }

  void on_in_doubt(TxnId txn, Effects& out) override {
    const Participating* entry = participating_.find(txn);
    const bool in_doubt = entry != nullptr && entry->phase == ParticipantPhase::kPrepared;
    if (in_doubt) ask(txn, *entry, out);
  }

  void recover_participant(TxnId txn, Effects& out) override { ask(txn, *participating_.find(txn), out); }

  void ask(TxnId txn, const Participating& entry, Effects& out) {
    inquire(txn, entry.payment, entry.recovered ? Doubter::kRecoveredParticipant : Doubter::kParticipant, out);
    out.set_timer(timer(CommitTimer::kInDoubt, txn), config_.timing.inquire_after);
  }

  void recover_coordinator(TxnId txn, const core::OpenTxn& open, Effects& out) override {
    switch (open.coordinator) {
      case core::DurableCoordinator::kCommitted: return redo_decision(txn, open, Outcome::kCommitted, out);
      case core::DurableCoordinator::kAborted: return redo_decision(txn, open, Outcome::kAborted, out);
      case core::DurableCoordinator::kNothing:
      case core::DurableCoordinator::kPrecommitted: break;
    }
    PAYGRID_ASSERT(false, "a two-phase coordinator records decisions only");
  }

  void on_precommitted_durable(TxnId, Effects&) override { PAYGRID_ASSERT(false, "two-phase commit has no third phase"); }
  void on_coordinator_precommitted_durable(TxnId, Effects&) override {
    PAYGRID_ASSERT(false, "two-phase commit has no third phase");
  }

  // Suspicions change nothing: whoever is in doubt waits for a process that knows.
  void on_suspect(NodeId, Effects&) override {}
  void on_trust(NodeId) override {}
};

// Agreement never depends on time. Whoever is in doubt waits for a coordinator that crashed, and asynchronously, where nobody knows
// how long, for the end of a partition.
constexpr core::ExpectedVerdict kAlwaysDecides{core::Expectation::kHolds, core::Expectation::kHolds};
constexpr core::ExpectedVerdict kMayBlock{core::Expectation::kHolds, core::Expectation::kBlocks};
constexpr core::ExpectedVerdicts expected_with(core::ExpectedVerdict partition) {
  return {.no_fault = kAlwaysDecides,
          .crash = kMayBlock,
          .crash_and_recovery = kMayBlock,
          .loss = kAlwaysDecides,
          .crash_and_loss = kMayBlock,
          .duplicate = kAlwaysDecides,
          .partition = partition,
          .false_suspicion = kAlwaysDecides};
}

// What the invariants above mean for every moment.
constexpr std::array kExclusions{
    core::Exclusion{"no commit beside an abort", kDecidesCommit | kAnyCommit, kAnyAbort},
    core::Exclusion{"no commit before every vote", kDecidesCommit | kAnyCommit, kHasNotVoted | kRefuses},
    core::Exclusion{"nobody commits while votes are collected", kAnyCommit, kCollects},
    core::Exclusion{"the coordinator forgets when nobody is in doubt", kEndedCommit | kEndedAbort, kAnyDoubt},
};

}  // namespace

constinit const core::ProtocolSpec kTwoPhase{
    .name = "2pc",
    .title = "two-phase commit, presumed nothing",
    .source = "Gray 1978, 5.8.3; Bernstein, Hadzilacos, Goodman 1987, 7.4",
    .assumptions = "crashes with recovery, lost, repeated and late messages, partitions; durable log; no bound on delays",
    .synchronous = expected_with(kAlwaysDecides),
    .asynchronous = expected_with(kMayBlock),
    .message_names = kNames,
    .timer_names = kTimerNames,
    .argument_name = [](std::uint8_t kind, std::uint8_t argument) { return argument_name(kWords, kind, argument); },
    .commit_cost = [](std::uint32_t n) { return core::CommitCost{.messages = 4 * n, .forced_writes = 2 * n + 1}; },
    .abort_cost = [](std::uint32_t yes, std::uint32_t no) {
      return core::CommitCost{.messages = 2 * (yes + no) + 2 * yes, .forced_writes = 1 + 2 * yes + no};
    },
    .make_node = [](const core::NodeConfig& config) -> std::unique_ptr<core::Role> {
      return std::make_unique<TwoPhaseNode>(config);
    },
    .parts = kTwoPhaseParts,
    .exclusions = kExclusions,
    .message_weight = [](const Message& sent) { return ranking::of(sent, kWords); },
};

}  // namespace paygrid::commit
