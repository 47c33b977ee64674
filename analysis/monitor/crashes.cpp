// Mean times between failures and to repair, from crashes and recoveries of the nodes. All nodes are taken to fail at one rate:
// the operating time of all of them together, from one crash to the next, is then exponential. Gamma posterior of the rate, and
// Lomax forecasts of the next time. Both rates together give the share of time in service.
#include <cmath>
#include <optional>
#include <vector>

#include "analysis/estimate/bayes/gamma.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

namespace {

// The time below which the next one lies with this probability. Requires: exposure > 0.
double next_time(const estimate::Gamma& rate, double probability) {
  return rate.exposure * std::expm1(-std::log1p(-probability) / rate.shape);
}

// What was learnt of one rate.
struct Learnt {
  std::uint64_t events = 0;
  double time_s = 0;
  estimate::Gamma rate(double open_s = 0) const { return posterior(estimate::kJeffreysRate, events, time_s + open_s); }
};

class CrashWatcher final : public Watcher {
 public:
  CrashWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings), info_(info), down_since_ns_(info.processes.size(), kUp) {
    for (const history::ProcessInfo& process : info.processes) up_ += process.payer ? 0 : 1;
  }

  void on_process(const history::ProcessEvent& event) override {
    if (event.process.value >= down_since_ns_.size() || info_.processes[event.process.value].payer) return;
    TimeNs& down_since_ns = down_since_ns_[event.process.value];
    if (event.change == history::ProcessChange::kCrashed && down_since_ns == kUp) {
      operate_until(event.at_ns);
      came(failures_, operated_s_, event.at_ns, Quantity::kMtbf);
      operated_s_ = 0;
      down_since_ns = event.at_ns;
      --up_;
    } else if (event.change == history::ProcessChange::kRecovered && down_since_ns != kUp) {
      operate_until(event.at_ns);
      came(repairs_, seconds_of(event.at_ns - down_since_ns), event.at_ns, Quantity::kMttr);
      down_since_ns = kUp;
      ++up_;
    }
  }

  EstimatorGrade finish(TimeNs end_ns) override {
    operate_until(end_ns);
    double down_s = 0;
    for (const TimeNs since_ns : down_since_ns_) down_s += since_ns == kUp ? 0 : seconds_of(end_ns - since_ns);
    const bool is_time_share = settings_.of == Quantity::kAvailability;
    std::optional<PosteriorSummary> learnt;
    if (is_time_share)
      learnt = time_in_service(down_s, seconds_of(end_ns));
    else if (settings_.of == Quantity::kMtbf)
      learnt = mean_of(failures_, operated_s_);
    else
      learnt = mean_of(repairs_, down_s);
    EstimatorGrade grade = std::move(grade_).finish(settings_, is_time_share ? "share" : "s", !is_time_share);
    grade.posterior = learnt;
    return grade;
  }

 private:
  static constexpr TimeNs kUp = -1;

  void operate_until(TimeNs now_ns) {
    operated_s_ += static_cast<double>(up_) * seconds_of(now_ns - counted_to_ns_);
    counted_to_ns_ = now_ns;
  }

  // Forecasts of `of` are graded; of each, the first event says nothing yet.
  void came(Learnt& learnt, double time_s, TimeNs at_ns, Quantity of) {
    constexpr double kTail = (1 - estimate::kConfidence) / 2;
    if (settings_.of == of && learnt.time_s > 0) {
      const estimate::Gamma rate = learnt.rate();
      grade_.add({seconds_of(at_ns), estimate::mean_time(rate), next_time(rate, kTail), next_time(rate, 1 - kTail), time_s});
      grade_.add_score(normal_score(1 - estimate::no_event_for(rate, time_s)));
    }
    ++learnt.events;
    learnt.time_s += time_s;
  }

  static std::optional<PosteriorSummary> mean_of(const Learnt& learnt, double open_s) {
    if (learnt.events == 0) return std::nullopt;
    const estimate::Gamma rate = learnt.rate(open_s);
    return PosteriorSummary{estimate::mean_time(rate), estimate::mean_time_interval(rate)};
  }

  // Of a node in the long run, beside the share of their time in which the nodes were up.
  std::optional<PosteriorSummary> time_in_service(double down_s, double end_s) {
    if (failures_.events == 0 || repairs_.events == 0) return std::nullopt;
    const estimate::SteadyAvailability share = steady_availability(failures_.rate(operated_s_), repairs_.rate(down_s));
    const double up_s = failures_.time_s + operated_s_;
    grade_.add({end_s, share.mean, share.interval.low, share.interval.high, up_s / (up_s + repairs_.time_s + down_s)});
    return PosteriorSummary{share.mean, share.interval};
  }

  EstimatorSettings settings_;
  const history::RunInfo& info_;
  std::vector<TimeNs> down_since_ns_;  // by process; kUp: it is up
  std::uint64_t up_ = 0;
  TimeNs counted_to_ns_ = 0;
  double operated_s_ = 0;  // by all nodes since the last crash
  Learnt failures_;
  Learnt repairs_;
  ForecastGrade grade_;
};

}  // namespace

std::unique_ptr<Watcher> watch_crashes(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<CrashWatcher>(settings, info);
}

}  // namespace paygrid::monitor
