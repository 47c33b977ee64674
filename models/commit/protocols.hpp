// The commit protocols, one specification each. A new protocol adds its .cpp here and its line in models/registry.cpp.
#pragma once

#include "models/core/spec.hpp"

namespace paygrid::commit {

extern const core::ProtocolSpec kTwoPhase;         // two_phase.cpp
extern const core::ProtocolSpec kThreePhase;       // three_phase.cpp
extern const core::ProtocolSpec kThreePhaseNaive;  // three_phase.cpp
extern const core::ProtocolSpec kOptimised;        // optimised.cpp

}  // namespace paygrid::commit
