// The steps of a world in words, for the traces of its witnesses.
#include "tests/lock/world.hpp"

namespace paygrid::lock::tests {

namespace {

std::string_view verb_of(Act act) {
  switch (act) {
    case Act::kAcquire: return "acquires";
    case Act::kRelease: return "releases";
    case Act::kInterrupt: return "is interrupted";
    case Act::kWrite: return "writes";
    case Act::kDeliver: return "arrives";
    case Act::kRepeat: return "arrives, and is still on the way";
    case Act::kLose: return "is lost";
    case Act::kFire: return "fires";
    case Act::kTick: return "passes";
    case Act::kPause: return "stands still";
    case Act::kResume: return "goes on";
    case Act::kCrash: return "crashes";
    case Act::kReturn: return "comes back";
    case Act::kDrift: return "runs a tick ahead";
    case Act::kJump: return "has its wall clock set forward";
    case Act::kSuspect: return "suspects";
    case Act::kTrust: return "trusts";
  }
  return "?";
}

}  // namespace

std::string World::describe(Step step) const {
  const auto process = [&](std::uint32_t who) {
    return is_client(who) ? "client " + std::to_string(who) : "server " + std::to_string(who - clients_.size());
  };
  const auto owner = [](core::TxnId txn) { return "owner " + std::to_string(txn.payment.value); };
  const std::string verb = " " + std::string(verb_of(step.act));
  switch (step.act) {
    case Act::kAcquire:
    case Act::kRelease:
    case Act::kInterrupt:
    case Act::kWrite: return owner(wishes_[step.who].owner) + verb;
    case Act::kDeliver:
    case Act::kRepeat:
    case Act::kLose: {
      const Packet& packet = packets_[step.who];
      const Letter& letter = packet.letter;
      std::string text{letter.kind == LockMessage::kQueue ? lock::name_of(letter.queue) : lock::name_of(letter.kind)};
      if (letter.epoch > 0) text += " of epoch " + std::to_string(letter.epoch);
      if (letter.owner != core::TxnId{}) text += " of " + owner(letter.owner) + " round " + std::to_string(letter.round);
      if (letter.token.value > 0) text += " token " + std::to_string(letter.token.value);
      return text + " from " + process(packet.from) + " to " + process(packet.to) + verb;
    }
    case Act::kFire: {
      const TimerKey key = processes_[step.who].timers[step.how].key;
      return std::string(name_of(key.kind)) + " timer at " + process(step.who) + verb;
    }
    case Act::kTick: return "a tick" + verb;
    case Act::kPause:
    case Act::kResume:
    case Act::kCrash:
    case Act::kReturn:
    case Act::kDrift:
    case Act::kJump: return process(step.who) + verb;
    case Act::kSuspect:
    case Act::kTrust: return process(step.who) + verb + " " + process(step.how);
  }
  return "?";
}

}  // namespace paygrid::lock::tests
