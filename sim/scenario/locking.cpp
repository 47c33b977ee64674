// What a scenario leaves to its lock service: how many servers it has, what they are called, and how often a client renews.
#include "sim/scenario/locking.hpp"

#include <fmt/format.h>

#include "models/registry.hpp"

namespace paygrid::scenario {

std::string lock_server_name(std::uint32_t number) { return fmt::format("{}/{}", kLockServers, number); }

std::uint32_t lock_servers(const Locking& locking) {
  if (!locking.has_service()) return 0;
  return locking.servers != 0 ? locking.servers : models::find_lock_service(locking.service)->servers_usual;
}

std::int64_t lock_renewal_ns(const Locking& locking) {
  if (locking.renew_ns != Locking::kRenewUsual) return locking.renew_ns;
  return models::find_lock_service(locking.service)->manners == lock::Manners::kQuorum ? 0 : locking.ttl_ns / 3;
}

}  // namespace paygrid::scenario
