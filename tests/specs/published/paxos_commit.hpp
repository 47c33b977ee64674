// PaxosCommit: each resource manager's vote is agreed upon by one instance of Paxos among the acceptors. All messages ever sent
// are part of the state, and leaders act on that set: one process holds it all.
// Source: J. Gray, L. Lamport, "Consensus on
// transaction commit", ACM TODS 31(1), 2006, appendix A.3; tlaplus/Examples, specifications/transaction_commit/PaxosCommit.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

// Ballots are {0 .. ballot_max}; the majorities are the smallest ones. Symmetry is that of the resource managers.
std::unique_ptr<Spec> paxos_commit(std::uint32_t managers, std::uint32_t acceptors, std::uint32_t ballot_max);

}  // namespace paygrid::specs
