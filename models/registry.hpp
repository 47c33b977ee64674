// The protocols and the lock services that scenarios can name. A new one is one .cpp in models/commit or models/lock and one line in
// registry.cpp.
#pragma once

#include <span>
#include <string_view>

#include "models/core/spec.hpp"
#include "models/lock/service.hpp"

namespace paygrid::models {

std::span<const core::ProtocolSpec* const> commit_protocols();

// Null when no protocol has this name.
const core::ProtocolSpec* find_commit_protocol(std::string_view name);

std::span<const lock::LockServiceSpec* const> lock_services();

// Null when no lock service has this name.
const lock::LockServiceSpec* find_lock_service(std::string_view name);

}  // namespace paygrid::models
