// The protocols that scenarios can name. A new protocol is one .cpp in models/commit and one line in registry.cpp.
#pragma once

#include <span>
#include <string_view>

#include "models/core/spec.hpp"

namespace paygrid::models {

std::span<const core::ProtocolSpec* const> commit_protocols();

// Null when no protocol has this name.
const core::ProtocolSpec* find_commit_protocol(std::string_view name);

}  // namespace paygrid::models
