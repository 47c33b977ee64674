// A linearisable register with sessions: a lock is a key that is created if absent and bound to its owner's session.
//
// Sources: etcd documentation, leases and the concurrency package; Consul documentation, sessions and lock-delay.
// An owner has one session. It opens with the owner's first lock, every granted or renewed request of the owner begins it
// again, and it ends with the last lock. When it is invalidated all its locks are freed, and each stays unavailable for the
// lock-delay.
//
// Invariants:
//  1. a session exists exactly while its owner holds a lock, and its timer is armed.
//  2. the token is the modification index of the creation of the key: it grows with every key, also across crashes.
//  3. an owner that asks again for what it holds is granted the same token, under the newer round.
#include <algorithm>
#include <tuple>

#include "models/core/assert.hpp"
#include "models/core/flat_map.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock {

namespace {

using core::TxnId;

TimerKey session_of(TxnId owner) { return {.kind = LockTimer::kSession, .lock = {}, .owner = owner}; }
TimerKey delay_of(LockId lock) { return {.kind = LockTimer::kLockDelay, .lock = lock, .owner = {}}; }

class Cas final : public ValueServer<Cas> {
 public:
  explicit Cas(const ServerConfig& config) : config_(config) {}

  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    switch (letter.kind) {
      case LockMessage::kAcquire: return effects.send(from, on_acquire(letter, effects));
      case LockMessage::kRenew: return effects.send(from, on_renew(letter, effects));
      case LockMessage::kRelease: return effects.send(from, on_release(letter, effects));
      case LockMessage::kOverwrite:
      case LockMessage::kRead:
      case LockMessage::kDelete:
      case LockMessage::kGranted:
      case LockMessage::kTaken:
      case LockMessage::kRenewed:
      case LockMessage::kNotHeld:
      case LockMessage::kReleased:
      case LockMessage::kStored:
      case LockMessage::kValue:
      case LockMessage::kDeleted:
      case LockMessage::kSync:
      case LockMessage::kReplicate:
      case LockMessage::kRetract:
      case LockMessage::kHad:
      case LockMessage::kNotMaster:
      case LockMessage::kQueue: PAYGRID_ASSERT(false, "a register is sent comparing requests only");
    }
  }

  void fire(TimerKey key, Effects& effects) override {
    if (key.kind == LockTimer::kLockDelay) {
      const Key* delayed = keys_.find(key.lock);
      if (delayed != nullptr && delayed->phase == Phase::kDelayed) keys_.erase(key.lock);
      return;
    }
    PAYGRID_ASSERT(key.kind == LockTimer::kSession, "a register sets timers of sessions and of lock-delays only");
    invalidate(key.owner, effects);
  }

  void recover(Effects& effects) override {
    for (const TxnId owner : sessions_.sorted_keys()) arm(owner, effects);
    keys_.for_each_sorted([&](LockId lock, const Key& key) {
      if (key.phase == Phase::kDelayed) effects.set_timer(delay_of(lock), config_.lock_delay);
    });
  }

  auto fields() const { return std::tie(keys_, sessions_, index_); }

 private:
  enum class Phase : std::uint8_t { kHeld, kDelayed };
  struct Key {
    Phase phase{};
    TxnId owner;
    std::uint32_t round{};
    Token token;
    auto fields() const { return std::tie(phase, owner, round, token); }
    bool operator==(const Key& other) const { return fields() == other.fields(); }
  };

  Letter on_acquire(const Letter& letter, Effects& effects) {
    Key* key = keys_.find(letter.lock);
    if (key == nullptr) {
      ++index_.value;
      key = &(keys_[letter.lock] = {Phase::kHeld, letter.owner, letter.round, index_});
      ++sessions_[letter.owner];
      effects.observe({.kind = FactKind::kTaken, .lock = letter.lock, .owner = letter.owner, .token = index_});
    } else if (!is_held_by(*key, letter.owner)) {
      return reply_to(letter, LockMessage::kTaken);
    }
    // A late repetition of an older round must not undo the newer one, which its owner will name when it lets go.
    key->round = std::max(key->round, letter.round);
    arm(letter.owner, effects);
    return reply_to(letter, LockMessage::kGranted, key->token);
  }

  Letter on_renew(const Letter& letter, Effects& effects) const {
    const Key* key = keys_.find(letter.lock);
    if (key == nullptr || !is_held_by(*key, letter.owner) || key->token != letter.token)
      return reply_to(letter, LockMessage::kNotHeld);
    arm(letter.owner, effects);
    return reply_to(letter, LockMessage::kRenewed, key->token);
  }

  Letter on_release(const Letter& letter, Effects& effects) {
    const Key* key = keys_.find(letter.lock);
    if (key == nullptr || !is_held_by(*key, letter.owner) || key->round != letter.round)
      return reply_to(letter, LockMessage::kNotHeld);
    observe_freed(letter.lock, *key, Freed::kReleased, effects);
    keys_.erase(letter.lock);
    if (--*sessions_.find(letter.owner) == 0) {
      sessions_.erase(letter.owner);
      effects.cancel_timer(session_of(letter.owner));
    }
    return reply_to(letter, LockMessage::kReleased);
  }

  void invalidate(TxnId owner, Effects& effects) {
    if (!sessions_.erase(owner)) return;
    for (const LockId lock : keys_.sorted_keys()) {
      Key& key = *keys_.find(lock);
      if (!is_held_by(key, owner)) continue;
      observe_freed(lock, key, Freed::kExpired, effects);
      if (config_.lock_delay.ns > 0) {
        key = {.phase = Phase::kDelayed, .owner = {}, .round = 0, .token = {}};
        effects.set_timer(delay_of(lock), config_.lock_delay);
      } else {
        keys_.erase(lock);
      }
    }
  }

  static bool is_held_by(const Key& key, TxnId owner) { return key.phase == Phase::kHeld && key.owner == owner; }

  static void observe_freed(LockId lock, const Key& key, Freed why, Effects& effects) {
    effects.observe({.kind = FactKind::kFreed, .lock = lock, .owner = key.owner, .token = key.token, .why = why});
  }

  void arm(TxnId owner, Effects& effects) const { effects.set_timer(session_of(owner), config_.ttl); }

  ServerConfig config_;
  core::FlatMap<LockId, Key> keys_;
  core::FlatMap<TxnId, std::uint32_t> sessions_;  // how many locks each holds
  Token index_;
};

std::unique_ptr<Server> make_cas(const ServerConfig& config) { return std::make_unique<Cas>(config); }

}  // namespace

const LockServiceSpec kCas{
    .name = "cas",
    .title = "Compare-and-set with sessions",
    .source = "etcd documentation, leases; Consul documentation, sessions",
    .assumptions = "no client stands still while it believes; with tokens checked at the resource: none",
    .manners = Manners::kCompare,
    .make_server = make_cas,
};

}  // namespace paygrid::lock
