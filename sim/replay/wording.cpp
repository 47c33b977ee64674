#include "sim/replay/wording.hpp"

#include <fmt/format.h>

#include "models/lock/join.hpp"
#include "models/lock/letter.hpp"

namespace paygrid::replay {

using core::FactKind;
using core::NodeId;
using world::StepKind;

std::string text_of(core::TxnId txn) { return fmt::format("{}.{}", txn.payment.value, txn.attempt); }

std::string_view text_of(core::Outcome outcome) { return outcome == core::Outcome::kCommitted ? "committed" : "aborted"; }

std::string Wording::message_name(const core::Message& message) const {
  switch (message.family) {
    case core::MessageFamily::kClient:
      return static_cast<core::ClientMessage>(message.kind) == core::ClientMessage::kSubmit ? "SUBMIT" : "ANSWER";
    case core::MessageFamily::kCommit:
      if (message.kind < protocol_.message_names.size()) return std::string(protocol_.message_names[message.kind]);
      return fmt::format("MESSAGE_{}", message.kind);
    case core::MessageFamily::kLock: return std::string(lock::name_of(static_cast<lock::LockMessage>(message.kind)));
    case core::MessageFamily::kDeadlock: return std::string(core::name_of(static_cast<core::DeadlockMessage>(message.kind)));
  }
  return "?";
}

namespace {

// Whatever is not said is 0.
std::string letter_details(const lock::Letter& letter) {
  std::string text = fmt::format("lock {}, payment {}, round {}", letter.lock.value, text_of(letter.owner), letter.round);
  if (letter.token.value != 0) text += fmt::format(", token {}", letter.token.value);
  if (letter.is_yours) text += ", its own";
  if (letter.epoch != 0) text += fmt::format(", epoch {}", letter.epoch);
  if (letter.since.value != 0) text += fmt::format(", since {}", letter.since.value);
  if (letter.operation != lock::Operation{}) text += fmt::format(", operation {}", static_cast<unsigned>(letter.operation));
  return text;
}

}  // namespace

std::string Wording::message_details(const core::Message& message) const {
  if (message.family == core::MessageFamily::kClient) {
    if (static_cast<core::ClientMessage>(message.kind) == core::ClientMessage::kSubmit)
      return fmt::format("payment {}", message.txn.payment.value);
    return fmt::format("payment {} {}", text_of(message.txn), text_of(static_cast<core::Outcome>(message.argument)));
  }
  if (message.family == core::MessageFamily::kLock) return letter_details(lock::unpack(message));
  std::string text = "payment " + text_of(message.txn);
  if (message.family == core::MessageFamily::kDeadlock) {
    if (static_cast<core::DeadlockMessage>(message.kind) == core::DeadlockMessage::kProbe)
      text += fmt::format(" after {} at {}", text_of(message.learned), message.epoch);
    return text;
  }
  if (protocol_.argument_name != nullptr) {
    const std::string_view argument = protocol_.argument_name(message.kind, message.argument);
    if (!argument.empty()) text += fmt::format(" {}", argument);
  } else if (message.argument != 0) {
    text += fmt::format(" argument {}", message.argument);
  }
  if (message.epoch > 0) text += fmt::format(" epoch {}", message.epoch);
  if (message.has_learned) text += fmt::format(" learned {}", text_of(message.learned));
  return text;
}

std::string Wording::packet(NodeId from, NodeId to, const core::Message& message) const {
  return fmt::format("{} {}>{} {}", message_name(message), name(from), name(to), message_details(message));
}

std::string Wording::timer_name(core::TimerKey timer) const {
  if (timer.kind < protocol_.timer_names.size()) return std::string(protocol_.timer_names[timer.kind]);
  if (lock::is_lock_timer(timer)) return std::string(lock::name_of(lock::from_core(timer).kind));
  return fmt::format("timer-{}", timer.kind);
}

std::string Wording::timer(core::TimerKey timer) const {
  const std::string text = fmt::format("{} {}", timer_name(timer), text_of(timer.txn));
  return lock::is_lock_timer(timer) ? fmt::format("{} lock {}", text, timer.lock.value) : text;
}

std::uint32_t Wording::members() const {
  return description_.retries ? description_.processes() : description_.servers_end();
}

std::string Wording::sides(std::uint32_t first) const {
  std::string far;
  std::string near;
  for (std::uint32_t id = 0; id < members(); ++id) {
    std::string& side = (first >> id & 1u) != 0 ? far : near;
    side += (side.empty() ? "" : ", ") + name({id});
  }
  return fmt::format("partition {{{}}} | {{{}}}", far, near);
}

std::string Wording::mirrored(const world::Step& partition) const { return sides(~partition.side); }

std::string Wording::step(const world::Step& step) const {
  const std::string verb(world::name_of(step.kind));
  const std::string self = name(step.process);
  switch (step.kind) {
    case StepKind::kSubmit: return fmt::format("{} {}", verb, step.message.payment->id.value);
    case StepKind::kDeliver:
    case StepKind::kDuplicate:
    case StepKind::kForge:
    case StepKind::kDrop: return fmt::format("{} {}", verb, packet(step.peer, step.process, step.message));
    case StepKind::kFire: {
      const bool payers_own = step.process.value >= description_.servers_end();
      if (payers_own) return fmt::format("{} {} answer {}", verb, self, step.timer.txn.payment.value);
      return fmt::format("{} {} {}", verb, self, timer(step.timer));
    }
    case StepKind::kPersist:
    case StepKind::kCrash:
    case StepKind::kWipe:
    case StepKind::kPause:
    case StepKind::kResume:
    case StepKind::kRecover: return fmt::format("{} {}", verb, self);
    case StepKind::kSuspect:
    case StepKind::kTrust: return fmt::format("{} {} {}", verb, self, name(step.peer));
    case StepKind::kPartition: return sides(step.side);
    case StepKind::kHeal: return verb;
  }
  return "?";
}

std::string Wording::effect(const Effect& effect) const {
  const std::string self = name(effect.process);
  const auto record = [&] { return fmt::format("{} {}", core::name_of(effect.record.kind), text_of(effect.record.txn)); };
  const auto timer_text = [&] {
    const bool payers_own = effect.process.value >= description_.servers_end();
    return payers_own ? fmt::format("answer {}", effect.timer.txn.payment.value) : timer(effect.timer);
  };
  const auto words = [&] { return message_name(effect.message); };
  switch (effect.kind) {
    case EffectKind::kSent:
      return fmt::format("{} sends {} to {}, {}", self, words(), name(effect.peer), message_details(effect.message));
    case EffectKind::kSentToSelf: return fmt::format("{} tells itself {}, {}", self, words(), message_details(effect.message));
    case EffectKind::kTimerSet: return fmt::format("{} sets timer {}", self, timer_text());
    case EffectKind::kTimerCancelled: return fmt::format("{} cancels timer {}", self, timer_text());
    case EffectKind::kWritten: return fmt::format("{} {} {}", self, effect.forced ? "forces" : "appends", record());
    case EffectKind::kDurable: return fmt::format("{} has {} on disk", self, record());
    case EffectKind::kFact: return self + " " + fact(effect.fact);
  }
  return "?";
}

namespace {

std::string voted(core::Vote vote, const std::string& payment) {
  if (vote == core::Vote::kYes) return "votes yes on " + payment;
  return fmt::format("votes no on {}: {}", payment, core::name_of(vote));
}

}  // namespace

std::string Wording::fact(const core::Fact& fact) const {
  const std::string payment = "payment " + text_of(fact.txn);
  const auto outcome = [&] { return text_of(static_cast<core::Outcome>(fact.argument)); };
  const auto epoch = [&] { return fact.word == 0 ? std::string() : fmt::format(", epoch {}", fact.word); };
  const std::uint32_t account = fact.account.value;
  switch (fact.kind) {
    case FactKind::kSubmitted: return fmt::format("submits payment {}", fact.txn.payment.value);
    case FactKind::kRetried: return fmt::format("submits payment {} again", fact.txn.payment.value);
    case FactKind::kAnswered: return fmt::format("hears that payment {} is {}", fact.txn.payment.value, outcome());
    case FactKind::kGaveUp: return fmt::format("gives up on payment {}", fact.txn.payment.value);
    case FactKind::kBegun: return "begins " + payment;
    case FactKind::kVoteTimeout: return "waits no longer for votes on " + payment;
    case FactKind::kPrecommitDecided: return "enters the precommit phase of " + payment + epoch();
    case FactKind::kDecided:
      return fmt::format("decides: {} is {}, as {}", payment, outcome(), fact.word == 0 ? "coordinator" : "participant");
    case FactKind::kReplied: return fmt::format("answers that {} is {}", payment, outcome());
    case FactKind::kEnded: return "is done with " + payment;
    case FactKind::kTerminationStarted: return "starts the termination of " + payment + epoch();
    case FactKind::kInquired: return "asks about " + payment;
    case FactKind::kVoted: return voted(static_cast<core::Vote>(fact.argument), payment);
    case FactKind::kInDoubt: return "is in doubt about " + payment;
    case FactKind::kPrecommitted: return "is precommitted in " + payment + epoch();
    case FactKind::kLockWait:
      return fmt::format("waits for the lock of account {} behind payment {}, {}", account,
                         text_of(core::txn_of_word(fact.word)), payment);
    case FactKind::kLockUnwanted:
      return fmt::format("waits no more for the lock of account {}, {}: {}", account, payment,
                         core::name_of(static_cast<core::WaitEnd>(fact.argument)));
    case FactKind::kLockDenied: return fmt::format("may not wait for the lock of account {}, {}", account, payment);
    case FactKind::kLocked: return "has the locks of " + payment;
    case FactKind::kHeld: return fmt::format("holds {} of account {} for {}", fact.amount.minor, account, payment);
    case FactKind::kReleased: return fmt::format("gives {} back to account {}, {}", fact.amount.minor, account, payment);
    case FactKind::kPosted: return fmt::format("posts {:+} to account {}, {}", fact.amount.minor, account, payment);
    case FactKind::kRecovered: return fmt::format("recovers with {}", fact.amount.minor);
    case FactKind::kRecoveredOpen:
      return fmt::format("finds {} on disk, {}", core::name_of(static_cast<core::RecordKind>(fact.argument)), payment);
    case FactKind::kDenied:
      return "gives up " + payment +
             (static_cast<core::Denial>(fact.argument) == core::Denial::kWounded ? ", which is in the way of an older one"
                                                                                 : ", whose locks are not its own");
    case FactKind::kFenced:
      return fmt::format("refuses {}: account {} has seen a newer token than {}", payment, account, fact.word);
    case FactKind::kLockTaken:
      return fmt::format("grants the lock of account {} to {}, token {}", account, payment, fact.word);
    case FactKind::kLockFreed:
      return fmt::format("frees the lock of account {}, of {}: {}", account, payment,
                         core::name_of(static_cast<core::LockEnd>(fact.argument)));
    case FactKind::kLockAsked: return fmt::format("asks for the lock of account {} for {}", account, payment);
    case FactKind::kLockAcquired:
      return fmt::format("has the lock of account {} for {}, token {}", account, payment, fact.word);
    case FactKind::kLockReleased: return fmt::format("gives back the lock of account {}, {}", account, payment);
    case FactKind::kLockLost: return fmt::format("loses the lock of account {}, {}", account, payment);
  }
  return "?";
}

}  // namespace paygrid::replay
