// What a monitor estimates, and how: the entries of `estimators:` of a scenario.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "analysis/history/observer.hpp"

namespace paygrid::monitor {

using history::TimeNs;

enum class Quantity : std::uint8_t {
  kLatency,        // mean of the payments committed in an interval, ms
  kInDoubt,        // payments of which a participant is in doubt, at the end of an interval
  kJournalLag,     // payments of which a record waits for a disk, at the end of an interval
  kClockOffset,    // of one node's clock against another's, ms
  kAvailability,   // share of the payments of an interval that are answered before their deadline; with kGamma, of time in
                   // service
  kMtbf,           // operating time of all nodes together from one crash to the next, s
  kMttr,           // from a crash to the recovery, s
  kLatencyChange,  // the times at which faults begin and end
  kOutcome         // whether a payment in doubt was committed
};
inline constexpr std::array<std::string_view, 9> kQuantities{
    "latency", "in_doubt", "journal_lag", "clock_offset", "availability", "mtbf", "mttr", "latency_change", "outcome"};

enum class Method : std::uint8_t {
  kLocalLevel,        // Kalman filter, variances by maximum likelihood
  kLocalLinearTrend,  // the same with a slope
  kAdaptiveLevel,     // Kalman filter, variances matched while it runs
  kClockFilter,
  kBeta,
  kGamma,
  kRunLength,  // online change points
  kVotes,      // the posterior of the outcome
  // Baselines: they say nothing about their errors.
  kMovingAverage,
  kRfc6298,
  kFixed,
  kBestSingle,  // the exchange with the least round trip
  kThreshold    // an alarm whenever a fixed value is passed
};
inline constexpr std::array<std::string_view, 13> kMethods{
    "local_level", "local_linear_trend", "adaptive_level", "clock_filter", "beta",        "gamma",    "run_length",
    "votes",       "moving_average",     "rfc6298",        "fixed",        "best_single", "threshold"};

constexpr std::string_view name_of(Quantity of) { return kQuantities[static_cast<std::size_t>(of)]; }
constexpr std::string_view name_of(Method with) { return kMethods[static_cast<std::size_t>(with)]; }
std::optional<Quantity> find_quantity(std::string_view name);
std::optional<Method> find_method(std::string_view name);
bool is_applicable(Quantity of, Method with);

struct EstimatorSettings {
  Quantity of{};
  Method with{};
  TimeNs every_ns = 500'000'000;  // length of an interval
  double sample = 0.1;            // share of the payments that the monitor sees; (0, 1]
  double learn = 0.2;             // share of the measured time in which nothing is graded; [0, 1)
  std::size_t window = 10;        // values of a moving average, exchanges of an observation of a clock, intervals of patience
  double value = 0;               // of kFixed and kThreshold, in the unit of the quantity
  double asymmetry_ns = 200'000;  // deviation of the delay there less the delay back
};

}  // namespace paygrid::monitor
