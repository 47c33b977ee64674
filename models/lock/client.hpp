// The client recipe, one for all lock services: reentrant, patient or not, interruptible, with renewal and notice of loss.
//
// Sources: Redis documentation, "Distributed locks with Redis"; etcd concurrency package; Gray and Cheriton (1989), leases.
//
// Invariants, for a service that compares (Manners::kCompare):
//  1. a belief ends no later than TTL (1 - rho) / (1 + rho) after the sending of the request that last began the lease.
//  2. exactly one of kAcquired and kRefused answers each acquire; kLost comes only to who holds, once for all its holds.
//  3. a grant that nobody waits for is given back, so that an interrupted acquire leaves nothing behind.
//  4. a request is repeated as the same packet, and its lease is counted from the first sending.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/lock/claim_key.hpp"
#include "models/lock/effects.hpp"
#include "models/lock/letter.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock {

// All on the client's own monotonic clock.
struct ClientTiming {
  core::Duration ttl{10'000'000'000};         // as the server's
  std::uint32_t rate_error_ppm = 0;           // rho: how far the rate of either clock may be off; below 1'000'000
  core::Duration resend_every{1'000'000'000};
  core::Duration retry_min{50'000'000};       // after the lock was taken
  core::Duration retry_max{150'000'000};
  core::Duration renew_every{0};              // 0: never, a hold ends with its first lease
};

// floor(ttl (1 - rho) / (1 + rho)): how long a client may believe, counted from sending.
core::Duration usable_lease(core::Duration ttl, std::uint32_t rate_error_ppm);

// How long an acquire waits for a lock that is taken. A try does not wait for that, but one usable lease for a server that is
// silent.
struct Patience {
  enum class Kind : std::uint8_t { kTry, kTimed, kForever };
  Kind kind{};
  core::Duration timeout{};  // of kTimed
  static constexpr Patience try_once() { return {Kind::kTry, {}}; }
  static constexpr Patience timed(core::Duration timeout) { return {Kind::kTimed, timeout}; }
  static constexpr Patience forever() { return {Kind::kForever, {}}; }
};

// Part of the process that wants locks: it is told who wants what, and tells by Notify what came of it.
class Client {
 public:
  // Requires: at least one server; with more, one of them is the master, and the client looks for it.
  Client(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing);

  // A holder is granted at once and must release once more. Requires: the owner is not waiting for the lock, and did not let go
  // of it before (see models/README.md, Locks).
  void acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects);
  // Ends a waiting acquire, which is refused. Does nothing to a holder, or to who wants nothing.
  void interrupt(LockId lock, core::TxnId owner, Effects& effects);
  // Undoes one acquire. Does nothing after the lock was lost.
  void release(LockId lock, core::TxnId owner, Effects& effects);

  void deliver(core::NodeId from, const Letter& letter, Effects& effects);
  // A timer that means nothing any more is ignored.
  void fire(TimerKey key, Effects& effects);

  // The token to write with, while the owner believes that it holds the lock.
  std::optional<Token> token(LockId lock, core::TxnId owner) const;
  bool at_rest() const { return claims_.empty(); }
  // One line a claim, e.g. "lock 3 of payment 7.0: held, token 12".
  std::string describe() const;

  auto fields() const { return std::tie(claims_, place_); }
  bool operator==(const Client& other) const { return fields() == other.fields(); }

 private:
  using Place = std::uint32_t;  // in servers_

  enum class Phase : std::uint8_t {
    kAsking,     // a request to take the lock is on its way
    kChecking,   // kOverwrite only: written, and being read back
    kPausing,    // it was taken: asks again when kRetry fires
    kHolding,
    kRenewing,   // holds, and a renewal is on its way
    kReleasing,  // given back, and not yet acknowledged
  };
  struct Claim {
    Phase phase{};
    bool tries_once = false;
    std::uint32_t depth = 0;  // acquires not yet released; > 0 exactly while holding
    std::uint32_t round = 0;  // the newest
    std::uint32_t grip = 0;   // the round by which the server knows the owner; meaningless before it is granted or given back
    std::uint32_t lease = 0;  // the newest round that the server has answered; meaningless unless holding
    Token token;              // meaningless unless holding
    Place asked = 0;          // where the newest request went
    auto fields() const { return std::tie(phase, tries_once, depth, round, grip, lease, token, asked); }
    bool operator==(const Claim& other) const { return fields() == other.fields(); }
  };
  using Key = ClaimKey;

  void on_granted(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_renewed(Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_not_held(Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_let_go(Key key, const Claim* claim, const Letter& letter, Effects& effects);
  void on_taken(Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_stored(Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_value(Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_not_master(core::NodeId from, Key key, Claim* claim, Effects& effects);

  void on_lease_over(Key key, Claim& claim, LockTimer slot, Effects& effects);

  void begin_round(Key key, Claim& claim, Phase phase, Effects& effects);
  void repeat_request(Key key, Claim& claim, Effects& effects) const;
  void turn_from(Place silent);
  void take(Key key, Claim& claim, Token token, Effects& effects);
  void refused_for_now(Key key, Claim& claim, Effects& effects);
  void refuse(Key key, Effects& effects);
  void withdraw(Key key, Claim& claim, Effects& effects);
  void give_back(Key key, Claim& claim, Effects& effects);
  void lose(Key key, Effects& effects);
  void forget(Key key, Effects& effects);

  bool watches_leases() const { return service_->manners == Manners::kCompare; }
  Letter request(Key key, const Claim& claim) const;

  std::vector<core::NodeId> servers_;
  const LockServiceSpec* service_;
  ClientTiming timing_;
  core::FlatMap<Key, Claim> claims_;
  Place place_ = 0;  // where requests go
};

}  // namespace paygrid::lock
