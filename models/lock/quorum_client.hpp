// The client recipe of a lock at a majority of independent servers: to who is above, the same as Client.
//
// Source: Redis documentation, "Distributed locks with Redis", the Redlock algorithm; Kleppmann (2016) on why it gives no
// token: the servers count apart, so that no number grows from one holder to the next. A round asks all servers at once. It has
// failed when a majority can no longer be had or its lease is over; then it is taken back everywhere, and the next one begins
// after a delay that the engine draws. A hold ends with its lease: it is never renewed.
//
// Invariants 1 to 4 of client.hpp, for a round instead of a request, and:
//  5. who holds was granted one round by a majority of the servers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/lock/claim_key.hpp"
#include "models/lock/client.hpp"
#include "models/lock/effects.hpp"
#include "models/lock/letter.hpp"

namespace paygrid::lock {

class QuorumClient {
 public:
  // Requires: 1 to 32 servers, and a hold that is not to be renewed.
  QuorumClient(std::span<const core::NodeId> servers, const ClientTiming& timing);

  // As those of Client.
  void acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects);
  void interrupt(LockId lock, core::TxnId owner, Effects& effects);
  void release(LockId lock, core::TxnId owner, Effects& effects);
  void deliver(core::NodeId from, const Letter& letter, Effects& effects);
  void fire(TimerKey key, Effects& effects);

  // Token{} while the owner believes that it holds the lock: no fence can tell it from another.
  std::optional<Token> token(LockId lock, core::TxnId owner) const;
  bool at_rest() const { return claims_.empty(); }
  std::string describe() const;

  auto fields() const { return std::tie(claims_); }
  bool operator==(const QuorumClient& other) const { return fields() == other.fields(); }

 private:
  using Servers = std::uint32_t;  // a set of places in servers_, one bit each

  enum class Phase : std::uint8_t { kAsking, kPausing, kHolding, kReleasing };
  struct Claim {
    Phase phase{};
    bool tries_once = false;
    std::uint32_t depth = 0;  // acquires not yet released; > 0 exactly while holding
    std::uint32_t round = 0;
    Servers granted = 0;   // of this round
    Servers answered = 0;  // in this phase
    auto fields() const { return std::tie(phase, tries_once, depth, round, granted, answered); }
    bool operator==(const Claim& other) const { return fields() == other.fields(); }
  };
  using Key = ClaimKey;

  void on_granted(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_taken(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_let_go(core::NodeId from, Key key, Claim* claim, const Letter& letter, Effects& effects);
  void on_lease_over(Key key, Claim& claim, Effects& effects);

  void begin_round(Key key, Claim& claim, Effects& effects);
  void fail_round(Key key, Claim& claim, Effects& effects);
  void take(Key key, Claim& claim, Effects& effects);
  void withdraw(Key key, Claim& claim, Effects& effects);
  void give_back(Key key, Claim& claim, Effects& effects);
  void refuse(Key key, Effects& effects);
  void forget(Key key, Effects& effects);

  // To every server that has not answered in this phase.
  void send_to_rest(LockMessage kind, Key key, const Claim& claim, Effects& effects) const;
  void repeat_request(Key key, const Claim& claim, Effects& effects) const;

  Servers bit_of(core::NodeId server) const;
  Servers everybody() const { return static_cast<Servers>((std::uint64_t{1} << servers_.size()) - 1); }
  std::uint32_t quorum() const { return static_cast<std::uint32_t>(servers_.size() / 2 + 1); }

  std::vector<core::NodeId> servers_;
  ClientTiming timing_;
  core::FlatMap<Key, Claim> claims_;
};

}  // namespace paygrid::lock
