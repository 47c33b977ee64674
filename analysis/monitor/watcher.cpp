#include "analysis/monitor/watcher.hpp"

#include <stdexcept>

namespace paygrid::monitor {

namespace {

// The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): every bit of the result depends on every bit of the number.
std::uint64_t scrambled(std::uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9u;
  number = (number ^ (number >> 27)) * 0x94d049bb133111ebu;
  return number ^ (number >> 31);
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15u;

}  // namespace

PaymentSample::PaymentSample(std::uint64_t seed, double share) : seed_(scrambled(seed + kGolden)), share_(share) {}

bool PaymentSample::has(core::PaymentId payment) const {
  const std::uint64_t drawn = scrambled(seed_ ^ (kGolden * (payment.value + 1ull)));
  return static_cast<double>(drawn >> 11) * 0x1p-53 < share_;
}

std::unique_ptr<Watcher> make_watcher(const EstimatorSettings& settings, const history::RunInfo& info,
                                      const ClockReading& clock) {
  switch (settings.of) {
    case Quantity::kLatency:
      return watch_latency(settings, info);
    case Quantity::kInDoubt:
    case Quantity::kJournalLag:
      return watch_open_payments(settings, info);
    case Quantity::kClockOffset:
      return watch_clocks(settings, info, clock);
    case Quantity::kAvailability:
      return settings.with == Method::kGamma ? watch_crashes(settings, info) : watch_availability(settings, info);
    case Quantity::kMtbf:
    case Quantity::kMttr:
      return watch_crashes(settings, info);
    case Quantity::kLatencyChange:
      return watch_changes(settings, info);
    case Quantity::kOutcome:
      return watch_outcomes(settings, info);
  }
  throw std::logic_error("no such quantity");
}

}  // namespace paygrid::monitor
