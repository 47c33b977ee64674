// What a registered lock service says about itself. A new one is one file in models/lock and one line in models/registry.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "models/core/spec.hpp"
#include "models/lock/server.hpp"

namespace paygrid::lock {

// How a client asks and how it lets go.
enum class Manners : std::uint8_t {
  kCompare,    // acquires if absent, releases what is its own, stops believing when its lease is over
  kQuorum,     // as kCompare, at a majority of independent servers
  kOverwrite,  // writes, reads back and believes; deletes whatever is there; watches no lease
  kQueue,      // queues at an ensemble, and watches who is just before
  kHerd,       // ... and watches the whole queue
  kBarge,      // creates a znode, looks at it, and believes whatever it saw; deletes whatever is there; watches no lease
};
constexpr bool is_queueing(Manners manners) {
  return manners == Manners::kQueue || manners == Manners::kHerd || manners == Manners::kBarge;
}

// What is expected of a service without fencing, in synchronous worlds whose leases are honoured (sim/world/rules.hpp).
struct ExpectedLocks {
  core::Expectation mutual_exclusion{};  // whoever rightfully believes is alone; with fencing, too
  core::Expectation zombie_writes{};     // who writes owns; with fencing, what is written late does no harm, whatever happens
};
struct ExpectedLockVerdicts {
  ExpectedLocks no_fault;
  ExpectedLocks crash;   // of any process, which may come back with what it had
  ExpectedLocks pause;   // of any process
  std::optional<ExpectedLocks> amnesia;  // a server that comes back has lost its locks; nullopt: that is not modelled
};

// While its owner runs a lease is a lock; but what the owner has sent may be written when the lease is over.
inline constexpr ExpectedLocks kExclusive{core::Expectation::kHolds, core::Expectation::kHolds};
inline constexpr ExpectedLocks kWrittenLate{core::Expectation::kHolds, core::Expectation::kViolated};
inline constexpr ExpectedLocks kNoLock{core::Expectation::kViolated, core::Expectation::kViolated};
inline constexpr ExpectedLockVerdicts kLeases{kExclusive, kWrittenLate, kWrittenLate, std::nullopt};
inline constexpr ExpectedLockVerdicts kForgettableLeases{kExclusive, kWrittenLate, kWrittenLate, kNoLock};
inline constexpr ExpectedLockVerdicts kConvicted{kNoLock, kNoLock, kNoLock, std::nullopt};

struct LockServiceSpec {
  std::string_view name;  // the scenario key
  std::string_view title;
  std::string_view source;
  std::string_view assumptions;  // under which exclusion holds; one sentence
  Manners manners{};
  bool gives_tokens = true;  // which a fence can tell apart
  Clock clock = Clock::kMonotonic;  // which the timers of the server follow
  std::uint32_t servers_usual = 1;
  std::uint32_t servers_max = 1;
  std::uint32_t servers_explored = 1;  // in the smallest world that shows what it is
  ExpectedLockVerdicts expected = kLeases;
  std::unique_ptr<Server> (*make_server)(const ServerConfig& config);
};

extern const LockServiceSpec kCas;
extern const LockServiceSpec kRedis;
extern const LockServiceSpec kRedisNaive;
extern const LockServiceSpec kRedlock;
extern const LockServiceSpec kZooKeeper;
extern const LockServiceSpec kZooKeeperHerd;
extern const LockServiceSpec kZooKeeperNaive;

}  // namespace paygrid::lock
