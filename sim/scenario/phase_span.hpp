// When the phases of a run are.
#pragma once

#include <cstdint>

#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

// [from, to); empty when the run has no such phase.
struct PhaseSpan {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
};

// The end of the time in which faults come by themselves: the healing, or the settling.
inline std::int64_t faults_end_ns(const Scenario& scenario) {
  return scenario.phases.heal_at_ns >= 0 ? scenario.phases.heal_at_ns : scenario.duration_ns - scenario.phases.settle_ns;
}

inline PhaseSpan span_of(Phase phase, const Scenario& scenario) {
  switch (phase) {
    case Phase::kWarmup: return {0, scenario.phases.warmup_ns};
    case Phase::kFault: return {scenario.phases.warmup_ns, faults_end_ns(scenario)};
    case Phase::kSettle: return {scenario.duration_ns - scenario.phases.settle_ns, scenario.duration_ns};
  }
  return {};
}

}  // namespace paygrid::scenario
