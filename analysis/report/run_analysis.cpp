#include "analysis/report/run_analysis.hpp"

#include <optional>

#include "analysis/check/check_suite.hpp"
#include "analysis/monitor/monitor.hpp"
#include "analysis/report/estimator_report.hpp"
#include "analysis/report/exemplars.hpp"
#include "analysis/report/metrics.hpp"
#include "analysis/report/payments_csv.hpp"
#include "analysis/report/result_json.hpp"
#include "analysis/report/summary.hpp"
#include "analysis/report/timeline_csv.hpp"
#include "analysis/report/trace_jsonl.hpp"

namespace paygrid::report {

using history::TimeNs;

struct RunAnalysis::Parts final : check::SuiteFollower {
  explicit Parts(history::RunInfo info_, const AnalysisOutputs& outputs)
      : info(std::move(info_)), suite(info, this), metrics(info, suite.book()) {
    if (!outputs.estimators.empty()) monitor.emplace(info, outputs.estimators);
    estimates_folder = outputs.estimators.empty() ? nullptr : outputs.folder;
    if (outputs.folder == nullptr) return;
    const ResultFolder& folder = *outputs.folder;
    examples.emplace(info);
    examples_path = folder.path_of("exemplars.jsonl");
    payments.emplace(info, folder.path_of("payments.csv"));
    timeline_path = folder.path_of("timeline.csv");
    timeline.emplace(info, suite, metrics, timeline_path);
    if (outputs.trace != TraceMode::kNone)
      trace.emplace(info, outputs.trace == TraceMode::kFull ? 1 : TraceJsonl::kSampleEvery, folder.path_of("trace.jsonl"));
  }

  // Every occurrence enters here: it is given its id, and time moves on.
  std::uint64_t next(TimeNs at_ns) {
    if (timeline) timeline->advance(at_ns);
    metrics.advance(at_ns);
    if (monitor) monitor->advance(at_ns);
    return ++event;
  }

  void on_retired(const check::PaymentView& payment) override {
    metrics.on_retired(payment);
    close(payment);
  }
  // Files the payment. Its log ends here.
  void close(const check::PaymentView& payment) {
    if (!payments) return;
    std::optional<PhaseTimes> phases;
    if (payment.answered) phases = critical_path(examples->log.of(payment.id), payment.answered.event);
    if (phases && payment.measured && payment.answer == check::Decision::kCommitted) phase_totals.add(*phases);
    payments->write(payment, phases);
    examples->choice.consider(payment, examples->log);
    for (const std::string_view check : suite.violated_first_by(payment.id))
      examples->choice.keep(payment.id, check, examples->log);
    examples->log.close(payment.id);
  }
  void on_part_recovered(check::PaymentView& payment, check::AttemptView& attempt, const check::ParticipantView& before,
                         check::ParticipantView& after, check::RecoveryChange change) override {
    metrics.on_part_recovered(payment, attempt, before, after, change);
    if (monitor) monitor->on_part_recovered(payment.id, before, after);
  }

  // What is kept of single payments, for the files.
  struct Examples {
    explicit Examples(const history::RunInfo& run) : log(run.placement.accounts), choice(run) {}
    void add(core::PaymentId payment, const LogEntry& entry) {
      if (!log.add(payment, entry)) choice.follow(payment, entry);
    }
    PaymentLog log;
    Exemplars choice;
  };

  history::RunInfo info;
  check::CheckSuite suite;
  Metrics metrics;
  std::optional<Examples> examples;
  std::filesystem::path examples_path;
  std::filesystem::path timeline_path;
  PhaseTotals phase_totals;
  std::optional<PaymentsCsv> payments;
  std::optional<TimelineCsv> timeline;
  std::optional<TraceJsonl> trace;
  std::optional<monitor::Monitor> monitor;
  const ResultFolder* estimates_folder = nullptr;
  std::uint64_t event = 0;
};

RunAnalysis::RunAnalysis(history::RunInfo info, AnalysisOutputs outputs)
    : parts_(std::make_unique<Parts>(std::move(info), outputs)) {}

RunAnalysis::~RunAnalysis() = default;

void RunAnalysis::on_fact(TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  Parts& parts = *parts_;
  const std::uint64_t event = parts.next(at_ns);
  if (parts.trace) parts.trace->on_fact(event, at_ns, process, fact);
  if (parts.examples && fact.kind != core::FactKind::kRecovered) {
    if (fact.kind == core::FactKind::kSubmitted) parts.examples->log.open(fact.txn.payment);
    parts.examples->add(fact.txn.payment, entry_of(event, at_ns, process, fact));
  }
  const check::Touch touch = parts.suite.on_fact(at_ns, event, process, fact);
  if (parts.examples && fact.kind == core::FactKind::kLocked) parts.examples->log.locked(*touch.payment, process);
  parts.metrics.on_touch(touch);
  if (parts.timeline) parts.timeline->on_touch(touch);
  if (parts.monitor) parts.monitor->on_touch(touch);
  parts.suite.settle(touch);
}

void RunAnalysis::on_packet(const history::PacketEvent& event) {
  Parts& parts = *parts_;
  const std::uint64_t id = parts.next(event.at_ns);
  if (parts.trace) parts.trace->on_packet(id, event);
  if (parts.examples) parts.examples->add(event.message.txn.payment, entry_of(id, event));
  if (parts.monitor) parts.monitor->on_packet(event);
  if (event.origin != history::Origin::kGenuine) parts.suite.on_outsider(id, event);
  if (event.fate == history::PacketFate::kDelivered) {  // its sending and its effects tell all that is counted
    if (event.message.payment) parts.suite.expect_holds(*event.message.payment, event.to);
    return;
  }
  parts.metrics.on_packet(event, parts.suite.on_packet(event));
}

void RunAnalysis::on_process(const history::ProcessEvent& event) {
  Parts& parts = *parts_;
  const std::uint64_t id = parts.next(event.at_ns);
  if (parts.trace) parts.trace->on_process(id, event);
  if (parts.examples) parts.examples->choice.on_process(id, event);
  parts.suite.on_process(event);
  parts.metrics.on_process(event);
  if (parts.monitor) parts.monitor->on_process(event);
}

void RunAnalysis::on_fault(const history::FaultEvent& event) {
  Parts& parts = *parts_;
  const std::uint64_t id = parts.next(event.at_ns);
  if (parts.trace) parts.trace->on_fault(id, event);
  if (parts.examples) parts.examples->choice.on_fault(id, event);
  parts.suite.on_fault(event);
  parts.metrics.on_fault(event);
  if (parts.monitor) parts.monitor->on_fault(event);
}

void RunAnalysis::on_disk(const history::DiskEvent& event) {
  Parts& parts = *parts_;
  const std::uint64_t id = parts.next(event.at_ns);
  if (parts.trace) parts.trace->on_disk(id, event);
  if (parts.examples) parts.examples->add(event.record.txn.payment, entry_of(id, event));
  parts.metrics.on_disk(event, parts.suite.on_disk(id, event));
  if (parts.monitor) parts.monitor->on_disk(event);
}

void RunAnalysis::on_handled(core::NodeId) { parts_->suite.on_handled(); }

void RunAnalysis::expect(core::PaymentId payment) { parts_->suite.book().expect(payment); }

void RunAnalysis::watch(std::function<history::Levels()> levels) {
  if (parts_->timeline) parts_->timeline->watch(std::move(levels));
}

void RunAnalysis::watch_clocks(std::function<TimeNs(core::NodeId)> clock) {
  if (parts_->monitor) parts_->monitor->watch_clocks(std::move(clock));
}

void RunAnalysis::map(std::vector<history::RoundTrip> round_trips) { parts_->info.round_trips = std::move(round_trips); }

LiveFigures RunAnalysis::live() const {
  const Figures& figures = parts_->metrics.figures();
  return {figures.submitted, figures.committed, figures.aborted, parts_->metrics.in_doubt_now(), parts_->event};
}

RunResult RunAnalysis::finish(const EngineFigures& engine, std::span<const Expectation> expectations) {
  Parts& parts = *parts_;
  RunResult result;
  result.findings = parts.suite.findings(engine.simulated_ns, engine.complete);
  if (parts.timeline) parts.timeline->finish(engine.simulated_ns);
  if (parts.payments) {
    parts.suite.book().for_each_live([&](check::PaymentView& payment) { parts.close(payment); });
    parts.payments->close();
    parts.examples->choice.write(parts.examples_path);
  }
  if (parts.trace) parts.trace->close();
  parts.metrics.finish(engine.simulated_ns, parts.suite);
  const Figures& figures = parts.metrics.figures();
  const std::vector<Exemplar> exemplars = parts.examples ? parts.examples->choice.chosen() : std::vector<Exemplar>{};
  result.json = result_json(parts.info, engine, figures, result.findings, parts.phase_totals, exemplars);
  if (parts.monitor) {
    result.grades = parts.monitor->finish(engine.simulated_ns);
    result.json["estimators"] = estimators_json(result.grades);
    if (parts.estimates_folder != nullptr) parts.estimates_folder->write("estimates.csv", estimates_csv(result.grades));
  }
  result.expectations = evaluate(expectations, result.findings, result.json, figures);
  result.exit_code = exit_code_of(result.findings, expectations, result.expectations);
  // What was not run may still go wrong.
  if (!engine.complete && result.exit_code == ExitCode::kAsExpected) result.exit_code = ExitCode::kUnknown;
  result.json["verdict"] = name_of(result.exit_code);
  for (const ExpectationResult& expectation : result.expectations)
    result.json["expectations"].push_back(expectation_json(expectation));
  std::optional<RecordedTimeline> timeline;
  if (parts.timeline) timeline = read_timeline(parts.timeline_path);
  result.summary = summary_text(parts.info, engine, figures, result, timeline ? &*timeline : nullptr);
  return result;
}

void write_result(const ResultFolder& folder, const RunResult& result) {
  // A name that is not UTF-8 must not cost the result.
  const auto bad_bytes = nlohmann::ordered_json::error_handler_t::replace;
  folder.write("result.json", result.json.dump(2, ' ', false, bad_bytes) + "\n");
  folder.write("summary.txt", result.summary);
}

}  // namespace paygrid::report
