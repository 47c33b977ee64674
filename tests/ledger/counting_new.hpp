// Counts the allocations of this test program.
#pragma once

#include <cstddef>

namespace paygrid::ledger {

std::size_t allocation_count();

}  // namespace paygrid::ledger
