// One server of a lock service: a process that takes requests one at a time. A step is atomic. The disk beneath is not modelled:
// `recover` says what of the state outlived a crash.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "models/core/digest.hpp"
#include "models/core/duration.hpp"
#include "models/core/id.hpp"
#include "models/lock/effects.hpp"
#include "models/lock/letter.hpp"

namespace paygrid::lock {

// What a crash leaves of the state.
enum class Memory : std::uint8_t { kKept, kLost };

inline constexpr std::uint32_t kEnsembleMax = 5;

struct ServerConfig {
  core::Duration ttl{10'000'000'000};  // of a lease, on the server's own clock
  core::Duration lock_delay{0};        // `cas`: how long a lock stays taken after its session was invalidated
  Memory memory = Memory::kKept;       // `redis`
  // `zookeeper`; `redis` with two servers, of which the first is the master, the other its replica
  core::NodeId self{};
  std::array<core::NodeId, kEnsembleMax> ensemble{};  // all servers, in the order in which clients know them
  std::uint32_t ensemble_size = 0;                    // 0: this one alone
  // `zookeeper`
  core::Duration resend_every{200'000'000};  // to a follower that has not logged all
  core::Duration election_min{50'000'000};   // how long a server waits for another to stand before it does, and for votes
  core::Duration election_max{150'000'000};
};

class Server {
 public:
  virtual ~Server() = default;
  // Requires: a request of LockMessage that this service understands.
  virtual void deliver(core::NodeId from, const Letter& letter, Effects& effects) = 0;
  // A timer that means nothing any more is ignored.
  virtual void fire(TimerKey key, Effects& effects) = 0;
  // What the failure detector of this process says about another server. A crash forgets it.
  virtual void suspect(core::NodeId, Effects&) {}
  virtual void trust(core::NodeId, Effects&) {}
  // After a crash, which took all timers. Leases that are kept begin again: never shorter than they were.
  virtual void recover(Effects& effects) = 0;
  virtual std::unique_ptr<Server> clone() const = 0;
  virtual bool equals(const Server& other) const = 0;
  virtual std::uint64_t digest() const = 0;

 protected:
  Server() = default;
  Server(const Server&) = default;
  Server& operator=(const Server&) = default;
};

// Derives the value operations from `fields()`.
template <class Derived>
class ValueServer : public Server {
 public:
  std::unique_ptr<Server> clone() const final { return std::make_unique<Derived>(self()); }
  bool equals(const Server& other) const final {
    const auto* same = dynamic_cast<const Derived*>(&other);
    return same != nullptr && same->fields() == self().fields();
  }
  std::uint64_t digest() const final {
    core::Digest digest;
    digest.add(self());
    return digest.value();
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

// The reply to `request`: about the same lock, owner and round.
inline Letter reply_to(const Letter& request, LockMessage kind, Token token = {}) {
  return {.kind = kind, .lock = request.lock, .owner = request.owner, .round = request.round, .token = token};
}

}  // namespace paygrid::lock
