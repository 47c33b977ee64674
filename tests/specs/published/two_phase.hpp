// TwoPhase: two-phase commit by messages that are never taken off the way. One process is the transaction manager, one each the
// resource managers. What the specification lets a process do by itself is a timer that is armed while the action is enabled;
// what it lets a process do upon a message is the delivery of a packet, and a guard on its reception is Rules::hears.
// Source: L. Lamport, in J. Gray, L. Lamport, "Consensus on transaction commit", ACM TODS 31(1), 2006, appendix A.2;
// tlaplus/Examples, specifications/transaction_commit/TwoPhase.
//
// Facts: a resource manager votes yes when it prepares and no when it aborts before; the transaction manager votes no when it
// aborts, which stands for the abort messages that the specification leaves out. All of them are functions of the
// specification's state, so following them adds no states.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

std::unique_ptr<Spec> two_phase(std::uint32_t managers);

// Derived. By the transaction manager's state: undecided, each resource manager is working, prepared (known to it or not) or
// aborted: 4^n; aborted, it has never prepared or has, known or not, and has aborted or not: 6^n; committed: 2^n.
Figures two_phase_figures(std::uint32_t managers);

// Up to exchanges of resource managers: multisets instead of words.
std::uint64_t two_phase_orbits(std::uint32_t managers);

}  // namespace paygrid::specs
