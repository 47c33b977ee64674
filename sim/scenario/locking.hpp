// Who locks the accounts of a payment, and how: the shards themselves, and perhaps a lock service before them. Durations in
// nanoseconds.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/core/lock_policy.hpp"

namespace paygrid::scenario {

enum class LockOrder : std::uint8_t { kSorted, kAsGiven };

// What a crash leaves of the locks of a server.
enum class LockMemory : std::uint8_t { kKept, kLost };

struct Locking {
  std::string service = "local";         // local | a lock service by name
  LockOrder order = LockOrder::kSorted;
  core::LockPolicy policy = core::LockPolicy::kWait;
  core::Victim victim = core::Victim::kYoungest;
  std::int64_t timeout_ns = 2'000'000'000;
  // Of a lock service:
  std::uint32_t servers = 0;             // 0: as many as the service usually has
  std::string at = "first";              // the node beside which the first of them stands
  std::int64_t ttl_ns = 10'000'000'000;
  std::int64_t renew_ns = kRenewUsual;   // 0: never
  double drift_ppm = kDriftUsual;        // rho, as far as clients know
  std::int64_t retry_ns = 100'000'000;
  std::int64_t lock_delay_ns = 0;        // of `cas`
  LockMemory memory = LockMemory::kKept;  // of a server that crashes: of `redis`
  bool fencing = false;
  static constexpr std::int64_t kRenewUsual = -1;
  static constexpr double kDriftUsual = -1;
  bool has_service() const { return service != "local"; }
  bool operator==(const Locking&) const = default;
};

// Servers of the lock service are the nodes kLockServers/1, kLockServers/2 ...
inline constexpr std::string_view kLockServers = "locks";
std::string lock_server_name(std::uint32_t number);
// 0 without a service. Requires: a registered one.
std::uint32_t lock_servers(const Locking& locking);
// After how long a lease is begun again, 0: never. Requires: a registered service.
std::int64_t lock_renewal_ns(const Locking& locking);

}  // namespace paygrid::scenario
