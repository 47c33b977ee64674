// What a registered lock service says about itself. A new one is one file in models/lock and one line in models/registry.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

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
