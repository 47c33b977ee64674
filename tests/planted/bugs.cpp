#include "tests/planted/bugs.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <string_view>
#include <utility>
#include <variant>

#include "models/commit/commit_node.hpp"
#include "models/commit/protocols.hpp"
#include "tests/planted/distorted.hpp"

namespace paygrid::planted_test {

namespace {

using core::Deliver;
using core::Effect;
using core::Effects;
using core::Event;
using core::Message;
using core::NodeId;
using core::Persist;
using core::ProtocolSpec;
using core::RecordKind;
using core::Send;
using core::TxnId;

// --- words and effects ------------------------------------------------------------------------------------------------------

std::uint8_t kind_of(const ProtocolSpec& protocol, std::string_view word) {
  return static_cast<std::uint8_t>(std::ranges::find(protocol.message_names, word) - protocol.message_names.begin());
}

bool is(const Message& message, const ProtocolSpec& protocol, std::string_view word) {
  return message.family == core::MessageFamily::kCommit && message.kind == kind_of(protocol, word);
}

// The message, when the event is the arrival of this word.
const Message* arrival(const Event& event, const ProtocolSpec& protocol, std::string_view word) {
  const auto* deliver = std::get_if<Deliver>(&event);
  return deliver != nullptr && is(deliver->message, protocol, word) ? &deliver->message.get() : nullptr;
}

Message message(const ProtocolSpec& protocol, std::string_view word, TxnId txn) {
  Message built;
  built.family = core::MessageFamily::kCommit;
  built.kind = kind_of(protocol, word);
  built.txn = txn;
  return built;
}

void hear(const Victim& victim, NodeId from, const Message& heard, Effects& out) {
  victim.honest.step(Event{Deliver{from, heard}}, out);
}

const std::vector<NodeId>& participants(const Victim& victim) { return victim.config.placement->shard_nodes; }
std::uint64_t bit(NodeId node) { return std::uint64_t{1} << node.value; }

void pass_on(Effect effect, Effects& out) {
  if (auto* send = std::get_if<Send>(&effect)) return out.send(send->to, std::move(send->message));
  if (const auto* timer = std::get_if<core::SetTimer>(&effect)) return out.set_timer(timer->key, timer->min, timer->max);
  if (const auto* timer = std::get_if<core::CancelTimer>(&effect)) return out.cancel_timer(timer->key);
  if (auto* observe = std::get_if<core::Observe>(&effect)) return out.observe(std::move(observe->fact));
  auto& persist = std::get<Persist>(effect);
  if (persist.forced) out.force(std::move(persist.record));
  else out.append(std::move(persist.record));
}

// --- the disk ---------------------------------------------------------------------------------------------------------------

// Takes a forced record of one kind for durable as soon as it is written.
template <RecordKind kKind>
void trust_the_disk(Victim victim, const Event& event, Effects& out) {
  std::size_t at = out.items().size();
  victim.honest.step(event, out);
  for (; at < out.items().size(); ++at) {
    auto* persist = std::get_if<Persist>(&out.items()[at]);
    if (persist == nullptr || !persist->forced || persist->record.kind != kKind) continue;
    persist->forced = false;
    victim.honest.step(Event{core::Persisted{kKind, persist->record.txn}}, out);
  }
}

// Recovers from another log than its own.
template <void (*kDistort)(const core::Placement& placement, core::DurableState& durable)>
void misread_the_log(Victim victim, const Event& event, Effects& out) {
  const auto* recover = std::get_if<core::Recover>(&event);
  if (recover == nullptr) return victim.honest.step(event, out);
  core::DurableState misread = recover->durable;
  kDistort(*victim.config.placement, misread);
  victim.honest.step(Event{core::Recover{misread, recover->incarnation}}, out);
}

void leave_holds_in_the_balance(const core::Placement& placement, core::DurableState& durable) {
  durable.open.for_each_sorted([&](TxnId, const core::OpenTxn& open) {
    for (const core::Leg& leg : open.payment->legs_of(durable.node))
      if (leg.amount < core::Money{}) durable.balances[placement.local_index(leg.account)] -= leg.amount;
  });
}

void skip_votes(const core::Placement&, core::DurableState& durable) {
  for (const TxnId txn : durable.open.sorted_keys())
    if (durable.open.find(txn)->coordinator == core::DurableCoordinator::kNothing) durable.open.erase(txn);
}

void lose_precommits(const core::Placement&, core::DurableState& durable) {
  for (const TxnId txn : durable.open.sorted_keys())
    if (durable.open.find(txn)->coordinator == core::DurableCoordinator::kPrecommitted) durable.open.erase(txn);
}

// --- votes ------------------------------------------------------------------------------------------------------------------

// A repeated yes is counted for the next participant that has not voted.
void count_copies(Victim victim, const Event& event, Effects& out) {
  const Message* yes = arrival(event, commit::kTwoPhase, "YES");
  if (yes == nullptr) return victim.honest.step(event, out);
  NodeId from = std::get<Deliver>(event).from;
  if ((victim.memory & bit(from)) != 0)
    for (const NodeId other : participants(victim))
      if ((victim.memory & bit(other)) == 0) from = other;
  victim.memory |= bit(from);
  hear(victim, from, *yes, out);
}

// More than half of the votes are taken for all.
template <const ProtocolSpec& kProtocol>
void count_majority(Victim victim, const Event& event, Effects& out) {
  victim.honest.step(event, out);
  const Message* yes = arrival(event, kProtocol, "YES");
  if (yes == nullptr) return;
  victim.memory |= bit(std::get<Deliver>(event).from);
  if (2 * static_cast<std::size_t>(std::popcount(victim.memory)) <= participants(victim).size()) return;
  const Message vote = *yes;
  for (const NodeId other : participants(victim))
    if ((std::exchange(victim.memory, victim.memory | bit(other)) & bit(other)) == 0) hear(victim, other, vote, out);
}

// The first yes finds the coordinator out of patience.
void lose_patience(Victim victim, const Event& event, Effects& out) {
  victim.honest.step(event, out);
  if (const Message* yes = arrival(event, commit::kTwoPhase, "YES"))
    victim.honest.step(Event{core::TimerFired{{static_cast<std::uint8_t>(commit::CommitTimer::kVotes), yes->txn}}}, out);
}

// --- decisions --------------------------------------------------------------------------------------------------------------

// ABORT is not sent to those who were silent, and they are taken for having acknowledged it.
void forget_the_silent(Victim victim, const Event& event, Effects& out) {
  for (const std::string_view vote : {"YES", "NO"})
    if (arrival(event, commit::kTwoPhase, vote) != nullptr) victim.memory |= bit(std::get<Deliver>(event).from);
  Effects effects;
  victim.honest.step(event, effects);
  for (Effect& effect : effects.items()) {
    const auto* send = std::get_if<Send>(&effect);
    const bool forgotten =
        send != nullptr && is(send->message, commit::kTwoPhase, "ABORT") && (victim.memory & bit(send->to)) == 0;
    if (!forgotten) pass_on(std::move(effect), out);
    else hear(victim, send->to, message(commit::kTwoPhase, "ACK", send->message.txn), out);
  }
}

// A participant in doubt that is tired of waiting aborts.
void abort_in_doubt(Victim victim, const Event& event, Effects& out) {
  const auto* fired = std::get_if<core::TimerFired>(&event);
  const bool tired = fired != nullptr && fired->key.kind == static_cast<std::uint8_t>(commit::CommitTimer::kInDoubt);
  if (!tired) return victim.honest.step(event, out);
  hear(victim, victim.config.self, message(commit::kTwoPhase, "ABORT", fired->key.txn), out);
}

// A participant that has voted yes does not wait for the others.
void commit_with_the_vote(Victim victim, const Event& event, Effects& out) {
  victim.honest.step(event, out);
  const auto* persisted = std::get_if<core::Persisted>(&event);
  if (persisted != nullptr && persisted->kind == RecordKind::kPrepared)
    hear(victim, victim.config.self, message(commit::kTwoPhase, "COMMIT", persisted->txn), out);
}

// The payer hears of the commit when its record is written, not when it is durable.
void answer_early(Victim victim, const Event& event, Effects& out) {
  std::size_t at = out.items().size();
  victim.honest.step(event, out);
  for (; at < out.items().size(); ++at) {
    const auto* persist = std::get_if<Persist>(&out.items()[at]);
    if (persist == nullptr || persist->record.kind != RecordKind::kCoordinatorCommitted) continue;
    core::Fact replied;
    replied.kind = core::FactKind::kReplied;
    replied.argument = static_cast<std::uint8_t>(core::Outcome::kCommitted);
    replied.txn = persist->record.txn;
    out.observe(std::move(replied));
  }
}

// Says that it aborts, and posts.
void post_what_aborts(Victim victim, const Event& event, Effects& out) {
  if (const Message* abort = arrival(event, commit::kTwoPhase, "ABORT")) {
    victim.memory = 1;
    return hear(victim, std::get<Deliver>(event).from, message(commit::kTwoPhase, "COMMIT", abort->txn), out);
  }
  Effects effects;
  victim.honest.step(event, effects);
  for (Effect& effect : effects.items()) {
    auto* observe = std::get_if<core::Observe>(&effect);
    if (victim.memory != 0 && observe != nullptr && observe->fact.kind == core::FactKind::kDecided)
      observe->fact.argument = static_cast<std::uint8_t>(core::Outcome::kAborted);
    pass_on(std::move(effect), out);
  }
}

// Says that it commits, and posts nothing.
void commit_without_posting(Victim victim, const Event& event, Effects& out) {
  Effects effects;
  victim.honest.step(event, effects);
  for (Effect& effect : effects.items()) {
    const auto* observe = std::get_if<core::Observe>(&effect);
    if (observe == nullptr || observe->fact.kind != core::FactKind::kPosted) pass_on(std::move(effect), out);
  }
}

// Every acknowledgement is answered with the decision.
void answer_answers(Victim victim, const Event& event, Effects& out) {
  victim.honest.step(event, out);
  if (const Message* acknowledged = arrival(event, commit::kTwoPhase, "ACK"))
    out.send(std::get<Deliver>(event).from, message(commit::kTwoPhase, "COMMIT", acknowledged->txn));
}

// --- the third phase --------------------------------------------------------------------------------------------------------

// The first acknowledgement of PRECOMMIT is taken for all.
template <const ProtocolSpec& kProtocol, const char* kAcknowledged>
void hurry_precommit(Victim victim, const Event& event, Effects& out) {
  victim.honest.step(event, out);
  if (const Message* acknowledged = arrival(event, kProtocol, kAcknowledged))
    for (const NodeId other : participants(victim))
      hear(victim, other, message(kProtocol, kAcknowledged, acknowledged->txn), out);
}

// A backup coordinator takes everybody for waiting.
template <const ProtocolSpec& kProtocol>
void overlook_precommitted(Victim victim, const Event& event, Effects& out) {
  const Message* report = arrival(event, kProtocol, "STATE_REPORT");
  if (report == nullptr) return victim.honest.step(event, out);
  Message distorted = *report;
  distorted.argument = static_cast<std::uint8_t>(commit::ParticipantPhase::kPrepared);
  hear(victim, std::get<Deliver>(event).from, distorted, out);
}

// Whoever is sent COM is taken for having committed.
void forget_commits_at_once(Victim victim, const Event& event, Effects& out) {
  std::size_t at = out.items().size();
  victim.honest.step(event, out);
  for (; at < out.items().size(); ++at) {
    const auto* send = std::get_if<Send>(&out.items()[at]);
    if (send == nullptr || !is(send->message, commit::kOptimised, "COM")) continue;
    const NodeId to = send->to;
    Message learned = message(commit::kOptimised, "PACK", send->message.txn);
    learned.has_learned = true;
    learned.learned = learned.txn;
    hear(victim, to, learned, out);
  }
}

// --- the bugs ---------------------------------------------------------------------------------------------------------------

constexpr char kPrecommitAck[] = "PRECOMMIT_ACK";
constexpr char kPack[] = "PACK";

constexpr Bug kYesTooEarly{"2pc: yes before PREPARED is durable", &commit::kTwoPhase, trust_the_disk<RecordKind::kPrepared>};
constexpr Bug kCommitTooEarly{"2pc: COMMIT before the decision is durable", &commit::kTwoPhase,
                              trust_the_disk<RecordKind::kCoordinatorCommitted>};
constexpr Bug kCommitTooEarlyHere{"2pc: own commit before the decision is durable", &commit::kTwoPhase,
                                  trust_the_disk<RecordKind::kCoordinatorCommitted>};
constexpr Bug kAckTooEarly{"2pc: ACK before COMMITTED is durable", &commit::kTwoPhase, trust_the_disk<RecordKind::kCommitted>};
constexpr Bug kAckTooEarlyThree{"3pc: ACK before COMMITTED is durable", &commit::kThreePhase,
                                trust_the_disk<RecordKind::kCommitted>};
constexpr Bug kPresumptionLost{"opo: a recovery loses PRECOMMITTED, and presumes abort", &commit::kOptimised,
                               misread_the_log<lose_precommits>};
constexpr Bug kOverruleLost{"opo: overrules a precommit before ABORTED is durable", &commit::kOptimised,
                            trust_the_disk<RecordKind::kAborted>};
constexpr Bug kHoldsForgotten{"2pc: a recovery forgets holds", &commit::kTwoPhase, misread_the_log<leave_holds_in_the_balance>};
constexpr Bug kVoteForgotten{"2pc: a recovery forgets votes", &commit::kTwoPhase, misread_the_log<skip_votes>};
constexpr Bug kVoteAndHoldsForgotten{"2pc: a recovery forgets votes and what they hold", &commit::kTwoPhase,
                                     misread_the_log<skip_votes>};
constexpr Bug kCopiesCounted{"2pc: a copy of a yes counts", &commit::kTwoPhase, count_copies};
constexpr Bug kMajority{"2pc: commits by majority", &commit::kTwoPhase, count_majority<commit::kTwoPhase>};
constexpr Bug kMajorityThree{"3pc: precommits by majority", &commit::kThreePhase, count_majority<commit::kThreePhase>};
constexpr Bug kMajorityNaive{"3pc-naive: precommits by majority", &commit::kThreePhaseNaive,
                             count_majority<commit::kThreePhaseNaive>};
constexpr Bug kMajorityOptimised{"opo: precommits by majority", &commit::kOptimised, count_majority<commit::kOptimised>};
constexpr Bug kImpatient{"2pc: aborts at the first yes", &commit::kTwoPhase, lose_patience};
constexpr Bug kSilentForgotten{"2pc: no ABORT to the silent", &commit::kTwoPhase, forget_the_silent};
constexpr Bug kDoubtAborts{"2pc: a participant in doubt aborts", &commit::kTwoPhase, abort_in_doubt};
constexpr Bug kVoteCommits{"2pc: a yes commits", &commit::kTwoPhase, commit_with_the_vote};
constexpr Bug kAnswersEarly{"2pc: answers before the decision is durable", &commit::kTwoPhase, answer_early};
constexpr Bug kPostsAborted{"2pc: posts what it aborts", &commit::kTwoPhase, post_what_aborts};
constexpr Bug kPostsNothing{"2pc: commits and posts nothing", &commit::kTwoPhase, commit_without_posting};
constexpr Bug kPingPong{"2pc: answers every ACK", &commit::kTwoPhase, answer_answers};
constexpr Bug kFirstAck{"3pc: the first PRECOMMIT_ACK counts for all", &commit::kThreePhase,
                        hurry_precommit<commit::kThreePhase, kPrecommitAck>};
constexpr Bug kFirstPack{"opo: the first PACK counts for all", &commit::kOptimised, hurry_precommit<commit::kOptimised, kPack>};
constexpr Bug kOverlooks{"3pc: termination overlooks the precommitted", &commit::kThreePhase,
                         overlook_precommitted<commit::kThreePhase>};
constexpr Bug kOverlooksOptimised{"opo: termination overlooks the precommitted", &commit::kOptimised,
                                  overlook_precommitted<commit::kOptimised>};
constexpr Bug kCommitForgotten{"opo: forgets a commit at once", &commit::kOptimised, forget_commits_at_once};

world::Rules rules(world::Timing timing, world::DiskModel disk) {
  world::Rules made;
  made.timing = timing;
  made.disk = disk;
  return made;
}

template <const Bug& kBug>
Planted planted(const explore::Size& size, const world::Rules& rules, std::vector<Breach> breaches) {
  return {&distorted<kBug>(), kBug.protocol, size, rules, std::move(breaches)};
}

}  // namespace

std::vector<Planted> planted_bugs() {
  using world::Fault;
  using world::Rules;
  const Rules async = rules(world::Timing::kAsynchronous, world::DiskModel::kAsync);
  const Rules instant = rules(world::Timing::kAsynchronous, world::DiskModel::kInstant);
  const Rules sync = rules(world::Timing::kSynchronous, world::DiskModel::kInstant);
  const Rules recovery = Rules(async).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1);
  const Rules doubt = Rules(recovery).allow(Fault::kTimer, 1);
  const Rules reading = Rules(instant).allow(Fault::kCrash, 1).allow(Fault::kRecovery, 1).allow(Fault::kTimer, 1);
  const Rules total_failure = rules(world::Timing::kSynchronous, world::DiskModel::kAsync)
                                  .allow(Fault::kCrash, 2)
                                  .allow(Fault::kRecovery, 2);
  const Rules failover = Rules(sync).allow(Fault::kCrash, 2);
  const explore::Size two{.participants = 2};
  const explore::Size three{.participants = 3};
  const explore::Size together{.participants = 2, .coordinator_participates = true};
  const explore::Size contended{.participants = 1, .payments = 2, .contended = true};
  const std::string beside = "invariant: no commit beside an abort";
  const std::string no_abort = "invariant: nonblocking: no abort beside a precommitted participant";
  const std::string no_commit = "invariant: nonblocking: no commit while a participant waits";
  const std::string votes_first = "invariant: no precommit before every vote";
  const std::string forgets = "invariant: the coordinator forgets when nobody is in doubt";
  return {
      planted<kYesTooEarly>(two, doubt, {{"durability", 4}, {beside, 9}, {"AC1", 11}}),
      planted<kCommitTooEarly>(two, doubt, {{beside, 13}, {"AC1", 13}}),
      planted<kCommitTooEarlyHere>(together, recovery, {{beside, 8}, {"AC1", 8}, {"AC4", 8}}),
      planted<kAckTooEarly>(two, recovery, {{forgets, 14}}),
      planted<kAckTooEarlyThree>(two, recovery, {{forgets, 21}}),
      planted<kPresumptionLost>(two, reading, {{"AC1", 15}}),
      planted<kOverruleLost>({.participants = 1}, total_failure, {{"AC1", 11}, {"AC4", 12}}),
      planted<kHoldsForgotten>(contended, recovery, {{"durability", 5}, {"no overdraft", 11}}),
      planted<kVoteForgotten>(two, reading, {{"AC1", 9}, {beside, 9}}),
      planted<kVoteAndHoldsForgotten>(contended, recovery, {{"no overdraft", 7}}),
      planted<kCopiesCounted>(two, Rules(instant).allow(Fault::kDuplicate, 1), {{"AC2", 4}}),
      planted<kMajority>(three, async,
                         {{"invariant: no commit before every vote", 8}, {"AC2", 8}, {"possible inputs only", 10}}),
      planted<kMajorityThree>(three, async, {{votes_first, 8}, {"possible inputs only", 10}}),
      planted<kMajorityNaive>(three, async, {{votes_first, 8}, {"possible inputs only", 10}}),
      planted<kMajorityOptimised>(three, async, {{votes_first, 8}, {"possible inputs only", 10}}),
      planted<kImpatient>(two, instant, {{"AC3", 3}}),
      planted<kSilentForgotten>(two, Rules(instant).allow(Fault::kTimer, 1), {{forgets, 3}}),
      planted<kDoubtAborts>(two, Rules(async).allow(Fault::kTimer, 1), {{beside, 8}, {"AC1", 10}}),
      planted<kVoteCommits>(two, instant, {{"invariant: nobody commits while votes are collected", 2}, {"AC2", 2}}),
      planted<kAnswersEarly>(two, async, {{"answer", 7}}),
      planted<kPostsAborted>({.participants = 2, .refusals = 1}, instant, {{"conservation", 6}}),
      planted<kPostsNothing>(two, instant, {{"conservation", 6}}),
      planted<kPingPong>(two, instant, {{"ranking: decreases", 7}}),
      planted<kFirstAck>(two, instant, {{no_commit, 7}}),
      planted<kFirstPack>(two, instant, {{no_commit, 7}}),
      planted<kOverlooks>(two, failover, {{no_abort, 11}, {"AC1", 14}}),
      planted<kOverlooksOptimised>(two, failover, {{no_abort, 11}, {"AC1", 14}}),
      planted<kCommitForgotten>(two, instant, {{"invariant: a commit is forgotten when nobody is in doubt", 9}}),
  };
}

}  // namespace paygrid::planted_test
