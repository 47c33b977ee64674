#include "analysis/report/timeline_csv.hpp"

#include <algorithm>

namespace paygrid::report {

TimelineCsv::TimelineCsv(const history::RunInfo& info, const check::CheckSuite& suite, const Metrics& metrics,
                         std::filesystem::path path)
    : every_ns_(std::max<history::TimeNs>(info.timeline_every_ns, 1)),
      book_(suite.book()),
      locks_(suite.locks()),
      metrics_(metrics),
      file_(std::move(path)),
      end_ns_(every_ns_) {
  file_.print("from_ms,submitted,committed,aborted,gave_up,in_doubt,frozen_money,latency_p50_ms,latency_p90_ms,latency_p99_ms,"
              "latency_max_ms,messages,forced_writes,lost_messages,faults_active,processes_down,"
              "cpu_queue_max,disk_queue_max,clock_offset_min_ms,clock_offset_max_ms,"
              "locks_waited_for,locks_owned,locks_believed,locks_unfounded\n");
}

void TimelineCsv::on_touch(const check::Touch& touch) {
  if (touch.fact->kind != core::FactKind::kAnswered || touch.payment->answered.event != touch.event) return;
  if (touch.payment->answer == check::Decision::kCommitted && touch.payment->submitted)
    latency_.record(touch.at_ns - touch.payment->submitted.at_ns);
}

TimelineCsv::Totals TimelineCsv::totals_now() const {
  const Figures& figures = metrics_.figures();
  return {figures.submitted, figures.committed,      figures.aborted,          figures.gave_up,
          figures.messages.total, figures.forced_writes.total, figures.lost_messages};
}

void TimelineCsv::write_row() {
  const Totals now = totals_now();
  const auto quantile = [this](std::uint64_t percent) {
    return latency_.count() == 0 ? std::string() : milliseconds_text(latency_.quantile(percent, 100));
  };
  const check::LockLevels locks = locks_.levels();
  const std::int64_t frozen = metrics_.frozen_now().minor;
  file_.print("{},{},{},{},{},{},{}.{:02},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", milliseconds_text(end_ns_ - every_ns_),
              now.submitted - before_.submitted, now.committed - before_.committed, now.aborted - before_.aborted,
              now.gave_up - before_.gave_up, metrics_.in_doubt_now(), frozen / 100, frozen % 100, quantile(50), quantile(90),
              quantile(99), quantile(100), now.messages - before_.messages, now.forced_writes - before_.forced_writes,
              now.lost_messages - before_.lost_messages, book_.faults_active(), book_.processes_absent(),
              levels_text(), locks.waited_for, locks.owned, locks.believed, locks.unfounded);
  before_ = now;
  latency_.clear();
  end_ns_ += every_ns_;
}

std::string TimelineCsv::levels_text() const {
  if (!levels_) return ",,,";
  const history::Levels levels = levels_();
  return fmt::format("{},{},{},{}", levels.cpu_queue_max, levels.disk_queue_max, milliseconds_text(levels.clock_offset_min_ns),
                     milliseconds_text(levels.clock_offset_max_ns));
}

void TimelineCsv::finish(history::TimeNs end_ns) {
  advance(end_ns);
  if (end_ns > end_ns_ - every_ns_) write_row();
  file_.close();
}

}  // namespace paygrid::report
