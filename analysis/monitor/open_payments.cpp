// How many payments have something open: a participant in doubt, or a record that waits for a disk. The monitor counts those
// that it sees and scales up; each payment is seen or not with all that it has open.
#include <set>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "analysis/monitor/level_estimators.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

namespace {

class OpenPaymentsWatcher final : public Watcher {
 public:
  OpenPaymentsWatcher(const EstimatorSettings& settings, const history::RunInfo& info)
      : settings_(settings),
        sample_(info.seed, settings.sample),
        intervals_(info.measured_from_ns, info.measured_to_ns, settings.every_ns) {}

  void advance(TimeNs now_ns) override {
    for (TimeNs end_ns = 0; intervals_.next_over(now_ns, end_ns);) close(end_ns);
  }
  void on_doubt(core::PaymentId payment, core::NodeId participant, bool began) override {
    if (settings_.of == Quantity::kInDoubt) set({payment.value, participant.value, 0, 0}, began);
  }
  void on_disk(const history::DiskEvent& event) override {
    if (settings_.of != Quantity::kJournalLag) return;
    const bool waits = event.change == history::DiskChange::kForced || event.change == history::DiskChange::kAppended;
    set({event.record.txn.payment.value, event.process.value, event.record.txn.attempt,
         static_cast<std::uint32_t>(event.record.kind)},
        waits);
  }
  EstimatorGrade finish(TimeNs end_ns) override {
    advance(end_ns);
    return grade_level(settings_, "payments", done_);
  }

 private:
  using Item = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>;  // payment, node, attempt, kind

  void set(const Item& item, bool open) {
    if (!(open ? items_.insert(item).second : items_.erase(item) > 0)) return;
    const core::PaymentId payment{std::get<0>(item)};
    std::uint32_t& count = open_of_[payment.value];
    const bool was_open = count > 0;
    count = open ? count + 1 : count - 1;
    const bool is_open = count > 0;
    if (!is_open) open_of_.erase(payment.value);
    if (was_open == is_open) return;
    const std::int64_t change = is_open ? 1 : -1;
    all_ += change;
    if (sample_.has(payment)) seen_ += change;
  }

  void close(TimeNs end_ns) {
    const double value = static_cast<double>(seen_) / settings_.sample;
    sum_ += value;
    const double mean = sum_ / static_cast<double>(done_.size() + 1);
    LevelInterval interval;
    interval.ends_s = seconds_of(end_ns);
    interval.value = value;
    interval.truth = static_cast<double>(all_);
    interval.sampling_variance = mean * (1 - settings_.sample) / settings_.sample;  // binomial
    done_.push_back(std::move(interval));
  }

  EstimatorSettings settings_;
  PaymentSample sample_;
  Intervals intervals_;
  std::set<Item> items_;
  std::unordered_map<std::uint32_t, std::uint32_t> open_of_;  // by payment; never walked
  std::int64_t all_ = 0;
  std::int64_t seen_ = 0;
  double sum_ = 0;
  std::vector<LevelInterval> done_;
};

}  // namespace

std::unique_ptr<Watcher> watch_open_payments(const EstimatorSettings& settings, const history::RunInfo& info) {
  return std::make_unique<OpenPaymentsWatcher>(settings, info);
}

}  // namespace paygrid::monitor
