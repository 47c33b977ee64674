// Figures that are shares of counted payments: what stands behind each, for whoever judges it by its posterior.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "analysis/estimate/bayes/beta.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/report/metrics.hpp"

namespace paygrid::report {

inline constexpr std::array<std::string_view, 2> kCountedShares{"availability", "success_share"};

struct CountedShare {
  estimate::Trials payments;
  history::TimeNs span_ns = 0;  // simulated time in which they were submitted
};

// None for a figure that is not one of kCountedShares.
std::optional<CountedShare> counted_share(std::string_view figure, const Figures& figures);

}  // namespace paygrid::report
