// The fence at a resource is the resource's own: see models/core/fence.hpp.
#pragma once

#include "models/core/fence.hpp"

namespace paygrid::lock {

using core::Fence;

}  // namespace paygrid::lock
