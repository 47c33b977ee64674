// A lock service as a process: the machine of a service (see server.hpp) as a role. It has no disk of its own: what keeps a service
// alive beneath is not modelled, so the role outlives a crash, and the machine says what of it does.
#pragma once

#include <memory>

#include "models/core/role.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock {

// `service` outlives the role.
std::unique_ptr<core::Role> make_lock_server(const LockServiceSpec& service, const ServerConfig& config);

}  // namespace paygrid::lock
