// How many servers the lock service of a scenario has, and what they are called.
#include <fmt/format.h>

#include "models/registry.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

std::string lock_server_name(std::uint32_t number) { return fmt::format("{}/{}", kLockServers, number); }

std::uint32_t lock_servers(const Locking& locking) {
  if (!locking.has_service()) return 0;
  return locking.servers != 0 ? locking.servers : models::find_lock_service(locking.service)->servers_usual;
}

}  // namespace paygrid::scenario
