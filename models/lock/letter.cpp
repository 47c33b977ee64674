#include "models/lock/letter.hpp"

#include "models/core/assert.hpp"

namespace paygrid::lock {

static_assert(sizeof(core::Message) == 32, "an engine's queue keeps a message within one line of the cache");

namespace {

constexpr auto kFirstQueue = static_cast<std::uint8_t>(LockMessage::kQueue);
constexpr std::uint32_t kHalf = 16;  // bits

constexpr QueueMessage queue_of(std::uint8_t kind) { return static_cast<QueueMessage>(kind - kFirstQueue); }

bool is_between_servers(const Letter& letter) {
  if (letter.kind == LockMessage::kQueue) return letter.queue >= QueueMessage::kLooking;
  return letter.kind >= LockMessage::kSync && letter.kind <= LockMessage::kHad;
}

// What is said of an operation or a ping names a lock; what is said of the history has a second zxid in its place.
bool is_about_history(const Letter& letter) {
  return letter.kind == LockMessage::kQueue && is_between_servers(letter) && letter.queue != QueueMessage::kPropose &&
         letter.queue != QueueMessage::kConfirm &&
         letter.queue != QueueMessage::kConfirmed;
}

}  // namespace

std::string_view name_of(LockMessage kind) {
  if (kind >= LockMessage::kQueue) return name_of(queue_of(static_cast<std::uint8_t>(kind)));
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
    case LockMessage::kNotMaster: return "NOT_MASTER";
    case LockMessage::kSync: return "SYNC";
    case LockMessage::kReplicate: return "REPLICATE";
    case LockMessage::kRetract: return "RETRACT";
    case LockMessage::kHad: return "HAD";
    case LockMessage::kQueue: break;
  }
  return "?";
}

std::string_view name_of(QueueMessage kind) {
  switch (kind) {
    case QueueMessage::kCreate: return "CREATE";
    case QueueMessage::kCreatePlain: return "CREATE_PLAIN";
    case QueueMessage::kList: return "LIST";
    case QueueMessage::kListAndWatch: return "LIST_AND_WATCH";
    case QueueMessage::kWatch: return "WATCH";
    case QueueMessage::kPing: return "PING";
    case QueueMessage::kDelete: return "DELETE";
    case QueueMessage::kDeleteAny: return "DELETE_ANY";
    case QueueMessage::kCreated: return "CREATED";
    case QueueMessage::kExists: return "EXISTS";
    case QueueMessage::kChildren: return "CHILDREN";
    case QueueMessage::kWatching: return "WATCHING";
    case QueueMessage::kGone: return "GONE";
    case QueueMessage::kPong: return "PONG";
    case QueueMessage::kNotThere: return "NOT_THERE";
    case QueueMessage::kDeleted: return "DELETED";
    case QueueMessage::kEvent: return "EVENT";
    case QueueMessage::kRedirect: return "REDIRECT";
    case QueueMessage::kLooking: return "LOOKING";
    case QueueMessage::kElect: return "ELECT";
    case QueueMessage::kPromise: return "PROMISE";
    case QueueMessage::kLead: return "LEAD";
    case QueueMessage::kPropose: return "PROPOSE";
    case QueueMessage::kAck: return "ACK";
    case QueueMessage::kCommit: return "COMMIT";
    case QueueMessage::kConfirm: return "CONFIRM";
    case QueueMessage::kConfirmed: return "CONFIRMED";
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
  const bool is_queue = letter.kind == LockMessage::kQueue;
  if (is_queue) message.kind = static_cast<std::uint8_t>(kFirstQueue + static_cast<std::uint8_t>(letter.queue));
  if (!is_between_servers(letter)) return message;
  PAYGRID_ASSERT(letter.epoch >> kHalf == 0 && letter.round >> kHalf == 0, "an epoch and a round share one word");
  message.epoch = letter.epoch << kHalf | letter.round;
  message.argument = static_cast<std::uint8_t>(letter.operation);
  if (is_about_history(letter)) message.learned.payment = core::PaymentId{letter.since.value};
  return message;
}

Letter unpack(const core::Message& message) {
  PAYGRID_ASSERT(message.family == core::MessageFamily::kLock, "only letters are unpacked");
  const bool is_queue = message.kind >= kFirstQueue;
  PAYGRID_ASSERT(is_queue ? queue_of(message.kind) <= QueueMessage::kConfirmed
                          : message.kind <= static_cast<std::uint8_t>(LockMessage::kHad),
                 "a letter is of a known kind");
  Letter letter{.kind = is_queue ? LockMessage::kQueue : static_cast<LockMessage>(message.kind),
                .lock = LockId{message.learned.payment.value},
                .owner = message.txn,
                .round = message.epoch,
                .token = Token{message.learned.attempt},
                .is_yours = message.argument != 0};
  if (is_queue) letter.queue = queue_of(message.kind);
  if (!is_between_servers(letter)) return letter;
  letter.epoch = message.epoch >> kHalf;
  letter.round = message.epoch & ((1u << kHalf) - 1);
  letter.is_yours = false;
  letter.operation = static_cast<Operation>(message.argument);
  if (is_about_history(letter)) {
    letter.since = Token{letter.lock.value};
    letter.lock = {};
  }
  return letter;
}

}  // namespace paygrid::lock
