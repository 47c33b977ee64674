// The field table: every key of a scenario with its values, default and meaning. Decoding, errors, the JSON Schema, the
// reference and the resolved text all come from here.
#pragma once

#include "sim/scenario/codec.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::scenario {

const Codec<Scenario>& scenario_table();

// Parts of it, one file each.
Codec<Cluster> cluster_table();
Codec<Fault> fault_table();
Codec<std::vector<Fault>> faults_table();
Codec<Anchor> anchor_table();
Codec<FaultBudget> fault_budget_table();
Codec<Outsider> outsider_table();
Codec<Security> security_table();
Codec<Detector> detector_table();
Codec<Locking> locking_table();
Codec<Workload> workload_table();
Codec<std::vector<Expectation>> expectation_table();
Codec<std::vector<Estimator>> estimators_table();
Codec<Exploration> exploration_table();

// The defaults of sections that a scenario may leave out: an empty mapping.
inline Fallback empty_section() { return otherwise("{}"); }

// Conditions between keys, each blamed on the key at fault. Throws ScenarioError.
void check_consistency(const Scenario& scenario, const Context& context);
void check_locking(const Scenario& scenario, const Places& places);
void check_detector(const Scenario& scenario, const Places& places);
void check_estimators(const Scenario& scenario, const Places& places);

}  // namespace paygrid::scenario
