#include "analysis/report/counted_share.hpp"

namespace paygrid::report {

std::optional<CountedShare> counted_share(std::string_view figure, const Figures& figures) {
  const auto of = [&figures](std::uint64_t successes, std::uint64_t trials) {
    return CountedShare{{successes, trials - successes}, figures.measured_span_ns};
  };
  if (figure == "availability") return of(figures.answered_in_time, figures.measured - figures.undetermined);
  if (figure == "success_share") return of(figures.measured_committed, figures.measured);
  return std::nullopt;
}

}  // namespace paygrid::report
