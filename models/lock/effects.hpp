// What a lock machine can do to the world: the counterpart of core::Effects, with the clock of a timer and the facts of locks.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/effects.hpp"
#include "models/core/id.hpp"
#include "models/lock/letter.hpp"

namespace paygrid::lock {

// A wall clock may be set, forward and back; a monotonic clock only runs a little fast or slow.
enum class Clock : std::uint8_t { kMonotonic, kWall };

enum class LockTimer : std::uint8_t {
  // the server
  kExpiry,     // the key's time to live; owner and lock
  kSession,    // the session's time to live; owner
  kLockDelay,  // after the session was invalidated; lock
  kElection,   // of an ensemble: nobody is known to lead it
  kLagging,    // ... a follower has not logged all that it was sent
  // the client; owner and lock
  kLeaseEven,  // the lease that an even round began
  kLeaseOdd,   // ... an odd round
  kResend,     // a request is unanswered
  kRetry,      // the lock was taken: ask again
  kRenew,      // the lease is to begin again
  kPatience,   // a timed acquire ends
};

std::string_view name_of(LockTimer timer);

// Setting a timer again replaces it.
struct TimerKey {
  LockTimer kind{};
  LockId lock;
  core::TxnId owner;
  auto operator<=>(const TimerKey&) const = default;
};

enum class FactKind : std::uint8_t {
  // the server: true ownership
  kTaken,  // by `owner`, under `token`
  kFreed,  // what `owner` had under `token`; says why
  // the client: believed ownership
  kAcquired,
  kReleased,  // by its own will
  kLost,      // the lease ran out, or the server said that it is not held
};
using Freed = core::LockEnd;

struct Fact {
  FactKind kind{};
  LockId lock;
  core::TxnId owner;
  Token token;
  Freed why{};  // of kFreed
  bool operator==(const Fact&) const = default;
};

// What a client tells the process that it lives in. Exactly one of kAcquired and kRefused answers each acquire.
enum class NoticeKind : std::uint8_t { kAcquired, kRefused, kLost };
struct Notice {
  NoticeKind kind{};
  LockId lock;
  core::TxnId owner;
  Token token;  // of kAcquired
  bool operator==(const Notice&) const = default;
};

struct SetTimer { TimerKey key; core::Duration min; core::Duration max; Clock clock; };
struct CancelTimer { TimerKey key; };
struct Observe { Fact fact; };
struct Notify { Notice notice; };

using Effect = std::variant<core::Send, SetTimer, CancelTimer, Observe, Notify>;

class Effects {
 public:
  void send(core::NodeId to, const Letter& letter) { items_.emplace_back(core::Send{to, pack(letter)}); }
  void set_timer(TimerKey key, core::Duration min, core::Duration max, Clock clock = Clock::kMonotonic) {
    items_.emplace_back(SetTimer{key, min, max, clock});
  }
  void set_timer(TimerKey key, core::Duration exactly, Clock clock = Clock::kMonotonic) {
    set_timer(key, exactly, exactly, clock);
  }
  void cancel_timer(TimerKey key) { items_.emplace_back(CancelTimer{key}); }
  void observe(const Fact& fact) { items_.emplace_back(Observe{fact}); }
  void notify(const Notice& notice) { items_.emplace_back(Notify{notice}); }

  void add(const Effect& effect) { items_.push_back(effect); }

  std::span<const Effect> items() const { return items_; }
  void clear() { items_.clear(); }

 private:
  std::vector<Effect> items_;
};

}  // namespace paygrid::lock
