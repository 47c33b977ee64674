// The share of payments that are answered before their deadline, learnt from those that the monitor sees: Beta posterior, and
// the beta-binomial forecast of the next interval.
//
// A count takes a whole range of probabilities. Its place in that range is the next member of an equidistributed sequence,
// which makes the scores of a right forecast normal (the randomised transform of Smith, J. Forecasting 4, 1985, without dice).
// Payments of the last intervals whose deadline lies behind the end of the run count only when they were answered.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "analysis/estimate/bayes/beta.hpp"
#include "analysis/estimate/distributions.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

namespace {

struct Count {
  std::uint64_t submitted = 0;
  std::uint64_t answered = 0;
  std::uint64_t in_time = 0;

  std::uint64_t trials(bool is_over) const { return is_over ? submitted : answered; }
};

// [k]: P(at most k of `trials` succeed). Each probability follows from the one before.
std::vector<double> beta_binomial(const estimate::Beta& share, std::uint64_t trials) {
  std::vector<double> below;
  below.reserve(trials + 1);
  const auto n = static_cast<double>(trials);
  double log_probability = estimate::log_beta(share.alpha, share.beta + n) - estimate::log_beta(share.alpha, share.beta);
  double sum = 0;
  for (std::uint64_t count = 0; count <= trials; ++count) {
    sum += std::exp(log_probability);
    below.push_back(std::min(sum, 1.0));
    const auto k = static_cast<double>(count);
    if (count < trials) log_probability += std::log((n - k) / (k + 1) * (share.alpha + k) / (share.beta + n - k - 1));
  }
  return below;
}

double share_at(const std::vector<double>& below, double probability) {
  const auto at = std::ranges::lower_bound(below, probability);
  const auto last = static_cast<double>(below.size() - 1);
  return std::min(static_cast<double>(at - below.begin()), last) / last;
}

class AvailabilityWatcher final : public Watcher {
 public:
  AvailabilityWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings),
        info_(info),
        sample_(info.seed, settings.sample),
        seen_(static_cast<std::size_t>(std::max<TimeNs>(info.measured_to_ns - info.measured_from_ns, 0) / settings.every_ns)),
        all_(seen_.size()) {}

  void on_touch(const check::Touch& touch) override {
    if (touch.fact->kind != core::FactKind::kSubmitted && touch.fact->kind != core::FactKind::kAnswered) return;
    const check::PaymentView& payment = *touch.payment;
    if (!payment.submitted || !payment.measured) return;
    const auto at = static_cast<std::size_t>((payment.submitted.at_ns - info_.measured_from_ns) / settings_.every_ns);
    if (at >= all_.size()) return;
    enter(all_[at], touch);
    if (sample_.has(payment.id)) enter(seen_[at], touch);
  }

  EstimatorGrade finish(TimeNs end_ns) override {
    estimate::Trials known;
    ForecastGrade grade;
    const auto learn = static_cast<std::size_t>(settings_.learn * static_cast<double>(all_.size()));
    double place = 0;
    for (std::size_t at = 0; at < all_.size(); ++at) {
      const TimeNs ends_ns = info_.measured_from_ns + static_cast<TimeNs>(at + 1) * settings_.every_ns;
      if (ends_ns > end_ns) break;
      const bool is_over = ends_ns + info_.deadline_ns <= end_ns;
      const std::uint64_t seen = seen_[at].trials(is_over);
      const estimate::Beta share = posterior(estimate::kJeffreysShare, known);
      if (at >= learn) judge(grade, share, at, seconds_of(ends_ns), is_over, place);
      known.successes += seen_[at].in_time;
      known.failures += seen - seen_[at].in_time;
    }
    EstimatorGrade result = std::move(grade).finish(settings_, "share", true);
    if (known.successes + known.failures > 0)
      result.posterior = {posterior(estimate::kJeffreysShare, known).mean(),
                          credible_interval(estimate::kJeffreysShare, known)};
    return result;
  }

 private:
  void enter(Count& count, const check::Touch& touch) const {
    const check::PaymentView& payment = *touch.payment;
    if (touch.fact->kind == core::FactKind::kSubmitted) ++count.submitted;
    if (touch.fact->kind != core::FactKind::kAnswered || payment.answered.event != touch.event) return;
    ++count.answered;
    count.in_time += touch.at_ns - payment.submitted.at_ns <= info_.deadline_ns ? 1 : 0;
  }

  void judge(ForecastGrade& grade, const estimate::Beta& share, std::size_t at, double at_s, bool is_over,
             double& place) const {
    constexpr double kTail = (1 - estimate::kConfidence) / 2;
    if (const std::uint64_t trials = all_[at].trials(is_over); trials > 0) {
      const std::vector<double> below = beta_binomial(share, trials);
      grade.add({at_s, share.mean(), share_at(below, kTail), share_at(below, 1 - kTail),
                 static_cast<double>(all_[at].in_time) / static_cast<double>(trials)});
    }
    if (const std::uint64_t trials = seen_[at].trials(is_over); trials > 0) {
      const std::vector<double> below = beta_binomial(share, trials);
      const std::uint64_t count = seen_[at].in_time;
      const double low = count == 0 ? 0 : below[count - 1];
      place = std::fmod(place + std::numbers::phi, 1.0);
      grade.add_score(normal_score(low + place * (below[count] - low)));
    }
  }

  EstimatorSettings settings_;
  const history::RunInfo& info_;
  PaymentSample sample_;
  std::vector<Count> seen_;
  std::vector<Count> all_;
};

}  // namespace

std::unique_ptr<Watcher> watch_availability(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<AvailabilityWatcher>(settings, info);
}

}  // namespace paygrid::monitor
