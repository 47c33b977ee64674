// The client recipe of a queue at an ensemble: to who is above, the same as Client.
//
// Source: ZooKeeper documentation, "ZooKeeper Recipes and Solutions", locks. Creates its znode under a GUID, lists the children, and
// has the lock when its own is the lowest; else it watches the one just before (Manners::kHerd: all) and lists again when that
// goes. A watch is lost with its server, so who waits lists again from time to time. All claims of a client are at one server: when
// it is silent the client turns to the next, when it names the leader, to that one.
//
// A lease is that of the session, as far as this claim knows: it is begun by the create, and again by every ping that is answered;
// the claim pings for itself and names its znode, so that no later session of its owner is taken for this one. Who loses its
// session while it waits queues again.
//
// Under Manners::kBarge it creates a plain znode, lists, and believes whatever came back.
//
// Invariants 1 to 4 of client.hpp, where "the request that began the lease" is a create or a ping, and:
//  5. who holds was told that its znode is the lowest, in a lease.
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
#include "models/lock/service.hpp"

namespace paygrid::lock {

class QueueClient {
 public:
  // Requires: at least one server, in the order of the ensemble. Pings every `renew_every` of `timing`, or, if that is zero, every
  // third of its ttl.
  QueueClient(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing);

  // As those of Client.
  void acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects);
  void interrupt(LockId lock, core::TxnId owner, Effects& effects);
  void release(LockId lock, core::TxnId owner, Effects& effects);
  void deliver(core::NodeId from, const Letter& letter, Effects& effects);
  void fire(TimerKey key, Effects& effects);
  std::optional<Token> token(LockId lock, core::TxnId owner) const;
  bool at_rest() const { return claims_.empty(); }
  std::string describe() const;

  auto fields() const { return std::tie(claims_, place_); }
  bool operator==(const QueueClient& other) const { return fields() == other.fields(); }

 private:
  using Place = std::uint32_t;  // in servers_

  enum class Phase : std::uint8_t {
    kCreating,   // the znode
    kListing,    // the children
    kWatching,   // asked to watch the znode just before
    kWaiting,    // for its end
    kHolding,
    kReleasing,  // deletes the znode
  };
  struct Claim {
    Phase phase{};
    bool tries_once = false;
    std::uint32_t depth = 0;  // acquires not yet released; > 0 exactly while holding
    std::uint32_t round = 0;  // the newest create or ping
    std::uint32_t lease = 0;  // the round whose lease runs; 0: none
    Token token;              // of the znode; 0: not known
    Token before;             // of the znode that is watched
    Place asked = 0;          // where the newest request went
    auto fields() const { return std::tie(phase, tries_once, depth, round, lease, token, before, asked); }
    bool operator==(const Claim& other) const { return fields() == other.fields(); }
  };
  using Key = ClaimKey;

  void on_created(Key key, Claim& claim, const Letter& letter, Effects& effects);
  void on_children(Key key, Claim& claim, const Letter& letter, Effects& effects);
  void on_watching(Claim& claim, const Letter& letter) const;
  void on_event(Key key, Claim& claim, Effects& effects);
  void on_pong(Key key, Claim& claim, const Letter& letter, Effects& effects);
  void on_not_there(Key key, Claim& claim, const Letter& letter, Effects& effects);
  void on_redirect(Key key, Claim& claim, const Letter& letter, Effects& effects);

  void on_resend(Key key, Claim& claim, Effects& effects);
  void on_ping_due(Key key, Claim& claim, Effects& effects);
  void on_lease_over(Key key, Claim& claim, LockTimer slot, Effects& effects);

  void create(Key key, Claim& claim, Effects& effects);
  void begin_round(Key key, Claim& claim, Effects& effects) const;
  void ask(Key key, Claim& claim, Phase phase, Effects& effects);
  void repeat_request(Key key, Claim& claim, Effects& effects);
  void ping(Key key, Claim& claim, Effects& effects);
  void turn_from(Place silent);
  void take(Key key, Claim& claim, Effects& effects);
  void withdraw(Key key, Claim& claim, Effects& effects);
  void refuse(Key key, Effects& effects);
  void give_back(Key key, Claim& claim, Effects& effects);
  void lose(Key key, Claim& claim, Effects& effects);
  void forget(Key key, Effects& effects);

  bool barges() const { return service_->manners == Manners::kBarge; }
  bool pings(const Claim& claim) const;
  Letter request(Key key, const Claim& claim) const;

  std::vector<core::NodeId> servers_;
  const LockServiceSpec* service_;
  ClientTiming timing_;
  core::Duration ping_every_;
  core::FlatMap<Key, Claim> claims_;
  Place place_ = 0;
};

}  // namespace paygrid::lock
