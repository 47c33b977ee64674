// Will the payment in doubt be committed? The posterior of the outcome at the moment at which a participant comes to be in
// doubt and, when it still is, one interval later; held against what it then learnt.
//
// The monitor knows how the doubts that are over ended and how long they lasted; of a payment in doubt it knows that this
// participant voted yes, and no other vote: votes go to the coordinator. One that came too late is a no, so that a participant
// alone has one vote that is unheard, its own. A coordinator's death is as likely as those so far say, before its decision as
// well as after it.
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/estimate/bayes/in_doubt.hpp"
#include "analysis/estimate/distributions.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

namespace {

// Are probabilities as often right as they say? The test of Spiegelhalter (Statistics in Medicine 5, 1986) of the Brier score.
class Calibration {
 public:
  void add(double probability, bool happened) {
    const double outcome = happened ? 1 : 0;
    sum_ += (outcome - probability) * (1 - 2 * probability);
    variance_ += (1 - 2 * probability) * (1 - 2 * probability) * probability * (1 - probability);
    ++count_;
  }
  estimate::ConsistencyReport report() const {
    estimate::ConsistencyReport report;
    if (static_cast<double>(count_) < estimate::ConsistencyGrade::kDegreesMin || !(variance_ > 0)) return report;
    const double half = estimate::normal_quantile(0.5 + estimate::kConfidence / 2);
    report.mean = sum_ / std::sqrt(variance_);
    report.bounds = {-half, half};
    report.size_ok = report.bounds.contains(report.mean);
    report.tails_ok = report.whiteness_ok = true;
    report.verdict = report.size_ok ? estimate::Consistency::kConsistent : estimate::Consistency::kInconsistent;
    return report;
  }

 private:
  double sum_ = 0;
  double variance_ = 0;
  std::uint64_t count_ = 0;
};

class OutcomeWatcher final : public Watcher {
 public:
  OutcomeWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings), info_(info), sample_(info.seed, settings.sample) {
    for (const history::ProcessInfo& process : info.processes) nodes_ += process.payer ? 0 : 1;
  }

  void on_touch(const check::Touch& touch) override {
    if (touch.participant == nullptr || !sample_.has(touch.payment->id)) return;
    const core::FactKind kind = touch.fact->kind;
    if (kind == core::FactKind::kInDoubt && touch.doubt_began) begin(touch);
    if (kind == core::FactKind::kDecided && touch.doubt_ended) end(touch);
  }
  void on_process(const history::ProcessEvent& event) override {
    const bool is_node = event.process.value < info_.processes.size() && !info_.processes[event.process.value].payer;
    crashes_ += is_node && event.change == history::ProcessChange::kCrashed ? 1 : 0;
  }

  EstimatorGrade finish(TimeNs) override {
    EstimatorGrade grade;
    grade.settings = settings_;
    grade.judged = scores_.judged();
    grade.consistency = calibration_.report();
    if (scores_.judged() > 0)
      grade.probabilities = ProbabilityScores{scores_.brier(), scores_.log_score(), scores_.brier_of_base_rate()};
    return grade;
  }

 private:
  using Key = std::pair<core::TxnId, std::uint32_t>;  // and participant
  struct Doubt {
    TimeNs since_ns = 0;
    std::uint64_t unheard = 0;  // votes
    double at_once = 0;         // P(commit)
  };

  double probability(std::uint64_t unheard, TimeNs silent_ns, TimeNs now_ns) const {
    const estimate::Gamma rate = posterior(estimate::kJeffreysRate, crashes_,
                                           std::max(seconds_of(now_ns), 1.0) * static_cast<double>(std::max(nodes_, 1u)));
    const double dies = estimate::dies_within(seconds_of(silent_ns), 1 / rate.mean());
    const double late = silent_ns == 0 ? 1 : (static_cast<double>(long_) + 0.5) / (static_cast<double>(ended_) + 1);
    return estimate::outcome_posterior(posterior(estimate::kUniformShare, votes_), {0, 0, unheard}, {dies / 2, dies / 2, late})
        .commit;
  }

  void begin(const check::Touch& touch) {
    const std::uint64_t unheard = std::max<std::uint64_t>(touch.attempt->participants.size(), 2) - 1;
    open_.insert_or_assign({touch.fact->txn, touch.process.value},
                           Doubt{touch.at_ns, unheard, probability(unheard, 0, touch.at_ns)});
  }

  void end(const check::Touch& touch) {
    const auto at = open_.find({touch.fact->txn, touch.process.value});
    if (at == open_.end()) return;
    const Doubt doubt = at->second;
    open_.erase(at);
    const bool committed = static_cast<core::Outcome>(touch.fact->argument) == core::Outcome::kCommitted;
    const bool was_long = touch.at_ns - doubt.since_ns > settings_.every_ns;
    if (doubt.since_ns >= info_.measured_from_ns) {
      score(doubt.at_once, committed);
      // What was known then is what is known now, but for the few doubts that ended in between.
      if (was_long) score(probability(doubt.unheard, settings_.every_ns, doubt.since_ns + settings_.every_ns), committed);
    }
    // Of an abort at least one of the votes was no, and no more is known.
    votes_.successes += doubt.unheard - (committed ? 0 : 1);
    votes_.failures += committed ? 0 : 1;
    ++ended_;
    long_ += was_long ? 1 : 0;
  }

  void score(double probability, bool committed) {
    scores_.add(probability, committed);
    calibration_.add(probability, committed);
  }

  EstimatorSettings settings_;
  const history::RunInfo& info_;
  PaymentSample sample_;
  std::uint32_t nodes_ = 0;
  std::uint64_t crashes_ = 0;
  estimate::Trials votes_;  // that were not heard, of the doubts that are over
  std::map<Key, Doubt> open_;
  std::uint64_t ended_ = 0;
  std::uint64_t long_ = 0;  // of those, longer than an interval
  estimate::Scores scores_;
  Calibration calibration_;
};

}  // namespace

std::unique_ptr<Watcher> watch_outcomes(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<OutcomeWatcher>(settings, info);
}

}  // namespace paygrid::monitor
