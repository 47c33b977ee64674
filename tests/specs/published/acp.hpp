// Atomic commitment by one coordinator and n participants that see each other's state and crash for good, with three ways to
// spread the decision. Crashes are actions of the specifications and need no budget. The votes differ between the 2^n initial
// states.
// Source: O. Babaoglu, S. Toueg, "Non-blocking atomic commitment", in S. Mullender (ed.), "Distributed Systems", 2nd
// ed., 1993, chapter 6; tlaplus/Examples, specifications/acp.
//
// Invariants of a state: AC1, AC2 and AC3 in its safe part. AC4 is asserted of every step that writes a decision.
#pragma once

#include <cstdint>
#include <memory>

#include "tests/specs/published/spec.hpp"

namespace paygrid::specs {

enum class Broadcast : std::uint8_t {
  kSimple,   // ACP_SB: the coordinator tells one after the other, and a crash may interrupt it
  kUniform,  // ACP_NB: a participant forwards the decision to all others before it decides
  kHasty,    // ACP_NB_WRONG: a participant decides before it has forwarded
};

std::unique_ptr<Spec> atomic_commitment(Broadcast broadcast, std::uint32_t participants);

}  // namespace paygrid::specs
