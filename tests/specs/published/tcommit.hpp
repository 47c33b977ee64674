// TCommit: what transaction commit means, without saying how it is reached. Each of n resource managers prepares and decides
// while it sees the states of all others.
// Source: L. Lamport, in J. Gray, L. Lamport, "Consensus on transaction commit", ACM
// TODS 31(1), 2006, appendix A.1; tlaplus/Examples, specifications/transaction_commit/TCommit.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

std::unique_ptr<Spec> tcommit(std::uint32_t managers);

// Derived: 3^n states without a commit, and 2^n - 1 in which somebody committed and the others are prepared.
Figures tcommit_figures(std::uint32_t managers);

}  // namespace paygrid::specs
