#include "analysis/monitor/settings.hpp"

#include <algorithm>

namespace paygrid::monitor {

namespace {

template <class E, std::size_t N>
std::optional<E> find_in(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto at = std::ranges::find(names, name);
  return at == names.end() ? std::nullopt : std::optional(static_cast<E>(at - names.begin()));
}

bool is_of_levels(Quantity of) { return of == Quantity::kLatency || of == Quantity::kInDoubt || of == Quantity::kJournalLag; }

}  // namespace

std::optional<Quantity> find_quantity(std::string_view name) { return find_in<Quantity>(kQuantities, name); }
std::optional<Method> find_method(std::string_view name) { return find_in<Method>(kMethods, name); }

bool is_applicable(Quantity of, Method with) {
  switch (with) {
    case Method::kLocalLevel:
    case Method::kLocalLinearTrend:
    case Method::kAdaptiveLevel:
    case Method::kMovingAverage:
    case Method::kFixed:
      return is_of_levels(of);
    case Method::kRfc6298:
      return of == Quantity::kLatency;
    case Method::kClockFilter:
    case Method::kBestSingle:
      return of == Quantity::kClockOffset;
    case Method::kBeta:
      return of == Quantity::kAvailability;
    case Method::kGamma:
      return of == Quantity::kMtbf || of == Quantity::kMttr || of == Quantity::kAvailability;
    case Method::kRunLength:
    case Method::kThreshold:
      return of == Quantity::kLatencyChange;
    case Method::kVotes:
      return of == Quantity::kOutcome;
  }
  return false;
}

}  // namespace paygrid::monitor
