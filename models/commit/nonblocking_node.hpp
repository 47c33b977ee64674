// NonblockingNode: what the three-phase protocols share: the precommit phase between votes and decision, and the termination
// protocol that lets the survivors of a crash decide without the coordinator.
//
// Sources: Skeen, "Nonblocking commit protocols" (SIGMOD 1981), central site, and its termination protocol; Bernstein,
// Hadzilacos, Goodman (1987), 7.5.
// Assumptions: bounded delays and accurate suspicions; after everything that a suspected process sent has arrived. A false
// suspicion or a partition may split the participants: that is the price of not blocking.
//
// Invariants:
//  1. a participant is precommitted only if all voted yes; an operational one that waits excludes that anybody has committed.
//  2. COMMIT is decided only when every participant that has not crashed since its vote is precommitted, durably.
//  3. one leader per epoch: epoch = round * kParticipantsMax + position of the leader; the coordinator leads epoch 0. A
//     participant obeys no epoch older than the newest it saw.
//  4. a participant that recovers in doubt never leads and never reports its state: it asks.
#pragma once

#include <vector>

#include "models/commit/commit_node.hpp"

namespace paygrid::commit {

// Who has crashed since it took part in a transaction: excluded from it for good, even after recovering.
struct Absent {
  ParticipantSet participants;
  bool coordinator = false;
  auto fields() const { return std::tie(participants, coordinator); }
  bool operator==(const Absent&) const = default;
};

enum class RoundStage : std::uint8_t { kReports, kPrecommits };

// A round of termination that this participant leads.
struct Round {
  RoundStage stage{};
  ParticipantSet reported;
  ParticipantSet precommitted;
  auto fields() const { return std::tie(stage, reported, precommitted); }
  bool operator==(const Round&) const = default;
};

// The kinds of the messages that three-phase protocols add.
struct PrecommitWords {
  std::uint8_t precommit, acknowledge, state_request, state_report, undecided;
};

// What is expected of three phases with the termination protocol. Agreement rests on accurate suspicions alone: lost and late
// messages are repeated, false suspicions split it.
constexpr core::ExpectedVerdicts nonblocking_verdicts() {
  constexpr core::ExpectedVerdict decides{core::Expectation::kHolds, core::Expectation::kHolds};
  return {.no_fault = decides,
          .crash = decides,
          .crash_and_recovery = decides,
          .loss = decides,
          .crash_and_loss = decides,
          .duplicate = decides,
          .partition = decides,
          .false_suspicion = decides};
}
constexpr core::ExpectedVerdicts nonblocking_verdicts_asynchronous() {
  constexpr core::ExpectedVerdict splits{core::Expectation::kViolated, core::Expectation::kBlocks};
  core::ExpectedVerdicts verdicts = nonblocking_verdicts();
  verdicts.partition = splits;
  verdicts.false_suspicion = splits;
  return verdicts;
}

class NonblockingNode : public CommitNode {
 public:
  std::uint64_t rank() const override;

 protected:
  NonblockingNode(const core::NodeConfig& config, const Words& words, const PrecommitWords& precommit_words)
      : CommitNode(config, words), precommit_words_(precommit_words) {}

  auto nonblocking_fields() const {
    return std::tuple_cat(common_fields(), std::tie(suspected_, absent_, rounds_));
  }

  // --- what differs -------------------------------------------------------------------------------------------------------
  // All participants that count are precommitted: the coordinator decides.
  virtual void commit_precommitted(TxnId txn, Effects& out) = 0;
  // The coordinator hears the outcome from somebody else.
  virtual void adopt(TxnId txn, Outcome outcome, Effects& out) = 0;
  // A participant in doubt records the outcome and lets it take effect.
  virtual void conclude(TxnId txn, Outcome outcome, Effects& out) = 0;
  virtual void await_acknowledgements(TxnId txn, Effects& out);

  // --- the precommit phase: precommit.cpp ---------------------------------------------------------------------------------
  void all_voted_yes(TxnId txn, Effects& out) override;
  void on_coordinator_precommitted_durable(TxnId txn, Effects& out) override;
  void on_precommit(NodeId from, const Message& message, Effects& out);
  void on_precommitted_durable(TxnId txn, Effects& out) override;
  void on_precommit_acknowledged(NodeId from, const Message& message, Effects& out);
  void advance_precommit(TxnId txn, Effects& out);
  void on_resend(TxnId txn, Effects& out) override;
  void coordinator_learns(TxnId txn, Outcome outcome, Effects& out);
  void recover_asking(TxnId txn, const core::OpenTxn& open, Effects& out);
  void ask_as_coordinator(TxnId txn, Effects& out);

  // --- termination: termination.cpp ---------------------------------------------------------------------------------------
  // A coordinator that crashed precommitted will ask the survivors, who decided without it, however long it stays away.
  bool may_forget() const override { return suspected_.empty(); }
  void on_suspect(NodeId node, Effects& out) override;
  void on_trust(NodeId node) override;
  void on_in_doubt(TxnId txn, Effects& out) override;
  void on_prepared(TxnId txn, Effects& out) override;
  void on_settled(TxnId txn, const Participating& entry, Outcome outcome, Effects& out) override;
  void recover_participant(TxnId txn, Effects& out) override;
  void on_inquire(NodeId from, const Message& message, Effects& out);
  void on_undecided(NodeId from, const Message& message, Effects& out);
  void on_state_request(NodeId from, const Message& message, Effects& out);
  void on_state_report(NodeId from, const Message& message, Effects& out);
  void on_ended(TxnId txn) override { forget_absent(txn); }
  void readmit_voter(NodeId from, TxnId txn);

  PrecommitWords precommit_words_;
  std::vector<NodeId> suspected_;  // ascending
  core::FlatMap<TxnId, Absent> absent_;
  core::FlatMap<TxnId, Round> rounds_;

 private:
  static bool undecided(ParticipantPhase phase);
  static bool undecided(CoordinatorPhase phase);
  // `from` is not the participant that leads `epoch`.
  static bool is_impostor(NodeId from, const Participating& entry, std::uint32_t epoch);
  void forget_absent(TxnId txn);
  void send_precommit(NodeId to, TxnId txn, std::uint32_t epoch, Effects& out);
  void precommit(TxnId txn, Effects& out);
  void acknowledge_precommit(TxnId txn, const Participating& entry, Effects& out);
  void set_absent(TxnId txn, const core::Payment& payment, NodeId node);
  void note_recovered(NodeId node, TxnId txn, Doubter doubter, Effects& out);
  bool counts(TxnId txn, const core::Payment& payment, std::uint32_t position) const;
  bool leader_lost(TxnId txn, const Participating& entry) const;
  std::uint32_t elected(TxnId txn, const core::Payment& payment) const;
  void consider_termination(TxnId txn, Effects& out);
  void start_round(TxnId txn, Effects& out);
  void advance_round(TxnId txn, Effects& out);
  void begin_precommits(TxnId txn, Effects& out);
  void repeat_round(TxnId txn, Effects& out);
  void request_state(NodeId to, TxnId txn, Effects& out);
  void note_report(NodeId from, const Message& message, bool precommitted, Effects& out);
  void join(TxnId txn, Participating& entry, std::uint32_t epoch);
  void report_undecided(NodeId to, TxnId txn, Doubter doubter, Effects& out);
};

}  // namespace paygrid::commit
