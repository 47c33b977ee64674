// When did latency change? The online posterior of the run length over the logarithm of the interval's mean, and the baseline
// that alarms whenever the mean passes a fixed value. Graded by the times at which faults began and ended, kind by kind: a
// fault that latency does not show is a change that nobody can detect this way, and counts as one that was missed.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "analysis/estimate/bayes/run_length.hpp"
#include "analysis/monitor/latency_series.hpp"

namespace paygrid::monitor {

namespace {

struct Change {
  double at_s = 0;
  std::string fault;
};

constexpr double kHazard = 1.0 / 100;  // of a change before each interval
constexpr std::size_t kRegimeMin = 3;  // intervals of a regime before it is believed in

// What the intervals of the learning time say about any regime: they count as one value and a half.
estimate::NormalGamma prior_of(const std::vector<double>& learnt) {
  const double mean = estimate::mean_of(learnt);
  double squares = 0;
  for (const double value : learnt) squares += (value - mean) * (value - mean);
  const double variance = std::max(squares / static_cast<double>(learnt.size()), 1e-6);
  return {mean, 0.1, 1.5, 1.5 * variance};
}

// Ends of intervals at which the run length says that a regime has begun, or the level is passed upwards.
std::vector<double> alarms_of(const EstimatorSettings& settings, const std::vector<LevelInterval>& intervals,
                              std::size_t learn) {
  std::vector<double> learnt;
  for (std::size_t at = 0; at < learn; ++at)
    if (!std::isnan(intervals[at].value)) learnt.push_back(std::log(intervals[at].value));
  std::vector<double> alarms;
  if (learnt.size() < kRegimeMin) return alarms;
  estimate::RunLength<estimate::NormalRegime> regimes({prior_of(learnt)}, {.hazard = kHazard});
  estimate::ChangeAlarm alarm(kRegimeMin);
  bool above = false;
  for (std::size_t at = 0; at < intervals.size(); ++at) {
    const LevelInterval& interval = intervals[at];
    if (std::isnan(interval.value)) continue;
    bool raised = false;
    if (settings.with == Method::kRunLength) {
      regimes.add(std::log(interval.value));
      raised = alarm.add(regimes.most_probable().length);
    } else {
      raised = interval.value > settings.value && !above;
      above = interval.value > settings.value;
    }
    if (raised && at >= learn) alarms.push_back(interval.ends_s);
  }
  return alarms;
}

double mean_or_zero(const std::vector<double>& values) { return values.empty() ? 0 : estimate::mean_of(values); }

// As estimate::grade_changes counts, kind by kind.
std::vector<ChangeRow> rows_of(const std::vector<Change>& changes, const std::vector<double>& alarms, double patience_s) {
  std::map<std::string, std::pair<ChangeRow, std::vector<double>>> rows;
  for (std::size_t at = 0; at < changes.size(); ++at) {
    auto& [row, delays] = rows[changes[at].fault];
    row.fault = changes[at].fault;
    ++row.changes;
    const double last_s = at + 1 < changes.size() ? changes[at + 1].at_s : INFINITY;
    const auto first = std::ranges::lower_bound(alarms, changes[at].at_s);
    if (first == alarms.end() || *first >= last_s || *first > changes[at].at_s + patience_s) continue;
    ++row.detected;
    delays.push_back(*first - changes[at].at_s);
  }
  std::vector<ChangeRow> result;
  for (auto& [name, entry] : rows) {
    entry.first.delay_s = mean_or_zero(entry.second);
    result.push_back(entry.first);
  }
  return result;
}

class ChangeWatcher final : public Watcher {
 public:
  ChangeWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings), info_(info), series_(settings, info) {}

  void advance(TimeNs now_ns) override { series_.advance(now_ns); }
  void on_touch(const check::Touch& touch) override { series_.on_touch(touch); }
  void on_fault(const history::FaultEvent& event) override {
    if (event.at_ns >= info_.measured_to_ns) return;
    changes_.push_back({seconds_of(event.at_ns), std::string(event.kind) + (event.begins ? "" : " ends")});
  }

  EstimatorGrade finish(TimeNs end_ns) override {
    series_.advance(end_ns);
    const std::vector<LevelInterval>& intervals = series_.intervals();
    const auto learn = static_cast<std::size_t>(settings_.learn * static_cast<double>(intervals.size()));
    const double graded_from_s = learn == 0 ? seconds_of(info_.measured_from_ns) : intervals[learn - 1].ends_s;
    std::erase_if(changes_, [graded_from_s](const Change& change) { return change.at_s < graded_from_s; });
    EstimatorGrade grade;
    grade.settings = settings_;
    grade.alarms_s = alarms_of(settings_, intervals, learn);
    grade.judged = intervals.size() - learn;
    grade.changes = scores(grade.alarms_s);
    for (const LevelInterval& interval : intervals)
      grade.points.push_back({interval.ends_s, interval.value, kNothing, kNothing, interval.truth});
    return grade;
  }

 private:
  ChangeScores scores(const std::vector<double>& alarms) const {
    const double patience_s = static_cast<double>(settings_.window) * seconds_of(settings_.every_ns);
    std::vector<double> times;
    for (const Change& change : changes_) times.push_back(change.at_s);
    const estimate::ChangeGrade graded = estimate::grade_changes(times, alarms, patience_s);
    ChangeScores result{rows_of(changes_, alarms, patience_s), graded.changes, graded.detected, graded.false_alarms,
                        std::nullopt};
    if (!graded.delays.empty()) result.delay_s = estimate::mean_of(graded.delays);
    return result;
  }

  EstimatorSettings settings_;
  const history::RunInfo& info_;
  LatencySeries series_;
  std::vector<Change> changes_;
};

}  // namespace

std::unique_ptr<Watcher> watch_changes(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<ChangeWatcher>(settings, info);
}

}  // namespace paygrid::monitor
