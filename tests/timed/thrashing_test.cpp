// Throughput against load on a few accounts: under every lock policy it rises, peaks and falls.
//
// Source: Tay, Goodman, Suri, "Locking performance in centralized databases" (1985), for thrashing. Loads are those at which a
// policy is below its peak, near it and beyond it, as measured.
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/timed/scenario_run.hpp"

namespace paygrid::timed {
namespace {

struct Loads {
  std::string policy;
  std::array<int, 3> per_s;  // below the peak, near it, beyond it
};
void PrintTo(const Loads& loads, std::ostream* out) { *out << loads.policy; }

class ThrashingSlow : public testing::TestWithParam<Loads> {};

double throughput(const std::string& policy, int per_s) {
  std::ifstream file(std::string(PAYGRID_SOURCE_DIR) + "/scenarios/locks/thrashing.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const std::string arrivals = "workload.0.arrivals=poisson(" + std::to_string(per_s) + "/s)";
  const std::vector<std::string> overrides{"locking.policy=" + policy, arrivals};
  return tests::run({text.str(), overrides, {}})["throughput_per_s"].get<double>();
}

TEST_P(ThrashingSlow, ThroughputRisesPeaksAndFalls) {
  const auto [policy, per_s] = GetParam();
  const double below = throughput(policy, per_s[0]);
  const double near = throughput(policy, per_s[1]);
  const double beyond = throughput(policy, per_s[2]);
  EXPECT_GT(near, 1.5 * below);
  EXPECT_LT(beyond, 0.75 * near);
}

INSTANTIATE_TEST_SUITE_P(Policies, ThrashingSlow,
                         testing::Values(Loads{"wait", {10, 40, 80}}, Loads{"no_wait", {40, 160, 640}},
                                         Loads{"wait_die", {40, 160, 640}}, Loads{"wound_wait", {40, 160, 320}},
                                         Loads{"detect", {10, 40, 80}}, Loads{"probe", {40, 80, 160}}),
                         [](const auto& row) { return row.param.policy; });

}  // namespace
}  // namespace paygrid::timed
