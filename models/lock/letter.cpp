#include "models/lock/letter.hpp"

#include "models/core/assert.hpp"

namespace paygrid::lock {

static_assert(sizeof(core::Message) == 32, "an engine's queue keeps a message within one line of the cache");

std::string_view name_of(LockMessage kind) {
  switch (kind) {
    case LockMessage::kAcquire: return "ACQUIRE";
    case LockMessage::kRenew: return "RENEW";
    case LockMessage::kRelease: return "RELEASE";
    case LockMessage::kOverwrite: return "OVERWRITE";
    case LockMessage::kRead: return "READ";
    case LockMessage::kDelete: return "DELETE";
    case LockMessage::kGranted: return "GRANTED";
    case LockMessage::kTaken: return "TAKEN";
    case LockMessage::kRenewed: return "RENEWED";
    case LockMessage::kNotHeld: return "NOT_HELD";
    case LockMessage::kReleased: return "RELEASED";
    case LockMessage::kStored: return "STORED";
    case LockMessage::kValue: return "VALUE";
    case LockMessage::kDeleted: return "DELETED";
  }
  return "?";
}

// The lock and the token share the field that other families use for a second transaction.
core::Message pack(const Letter& letter) {
  core::Message message;
  message.family = core::MessageFamily::kLock;
  message.kind = static_cast<std::uint8_t>(letter.kind);
  message.argument = letter.is_yours ? 1 : 0;
  message.has_learned = true;
  message.epoch = letter.round;
  message.txn = letter.owner;
  message.learned = {core::PaymentId{letter.lock.value}, letter.token.value};
  return message;
}

Letter unpack(const core::Message& message) {
  PAYGRID_ASSERT(message.family == core::MessageFamily::kLock, "only letters are unpacked");
  PAYGRID_ASSERT(message.kind <= static_cast<std::uint8_t>(LockMessage::kDeleted), "a letter is of a known kind");
  return {.kind = static_cast<LockMessage>(message.kind),
          .lock = LockId{message.learned.payment.value},
          .owner = message.txn,
          .round = message.epoch,
          .token = Token{message.learned.attempt},
          .is_yours = message.argument != 0};
}

}  // namespace paygrid::lock
