// An estimator that watches a run, and is graded at its end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace paygrid::scenario {

struct Estimator {
  std::string of;                      // of kEstimated
  std::string with;                    // of those that apply to it
  std::int64_t every_ns = 500'000'000;
  double sample = 0.1;                 // (0, 1]
  double learn = 0.2;                  // [0, 1)
  std::uint32_t window = 10;
  std::optional<double> value = {};    // of `fixed` and `threshold`, ms or payments
  std::int64_t asymmetry_ns = 200'000;
  bool operator==(const Estimator&) const = default;
};

}  // namespace paygrid::scenario
