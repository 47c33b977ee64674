// The one consumer that a run needs: feeds the book of transactions, every check and every metric, and streams the files.
//
//   RunAnalysis analysis(info, {.folder = &folder, .trace = TraceMode::kSample});
//   engine.run(analysis);                                     // calls on_fact, on_packet, ... in order of true time
//   RunResult result = analysis.finish(engine_figures, expectations);
//   write_result(folder, result);
//   folder.commit();
//
// An occurrence's event id is its number in the stream, from 1: witnesses and trace.jsonl speak of the same ids.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "analysis/check/finding.hpp"
#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/monitor/estimator_grade.hpp"
#include "analysis/report/expectation.hpp"
#include "analysis/report/result_folder.hpp"

namespace paygrid::report {

enum class TraceMode : std::uint8_t {
  kNone,
  kSample,  // every 100th payment, and all that happens to processes
  kFull
};

struct AnalysisOutputs {
  const ResultFolder* folder = nullptr;  // null: no files at all. Outlives the analysis.
  TraceMode trace = TraceMode::kNone;
  std::vector<monitor::EstimatorSettings> estimators = {};
};

// What only the engine knows, at the end of a run.
struct EngineFigures {
  history::TimeNs simulated_ns = 0;
  double wall_s = 0;
  std::uint64_t deliveries = 0;  // messages given to processes
  std::uint64_t heartbeats = 0;  // sent
  std::uint64_t heartbeats_heard = 0;
  std::string trace_hash;
  bool complete = true;          // false: stopped early; what was measured so far is reported, and liveness is not judged
};

// For a progress line.
struct LiveFigures {
  std::uint64_t submitted = 0;
  std::uint64_t committed = 0;
  std::uint64_t aborted = 0;
  std::uint64_t in_doubt_now = 0;
  std::uint64_t occurrences = 0;  // of any kind
};

struct RunResult {
  nlohmann::ordered_json json;   // result.json
  std::string summary;           // summary.txt, and what a console shows
  std::vector<check::Finding> findings;
  std::vector<ExpectationResult> expectations;
  std::vector<monitor::EstimatorGrade> grades;  // in the order of the settings
  ExitCode exit_code = ExitCode::kAsExpected;
};

class RunAnalysis final : public history::Observer {
 public:
  // Throws std::runtime_error when a file cannot be created.
  RunAnalysis(history::RunInfo info, AnalysisOutputs outputs);
  ~RunAnalysis() override;

  void on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) override;
  void on_packet(const history::PacketEvent& event) override;
  void on_process(const history::ProcessEvent& event) override;
  void on_fault(const history::FaultEvent& event) override;
  void on_disk(const history::DiskEvent& event) override;
  void on_handled(core::NodeId process) override;
  void expect(core::PaymentId payment) override;

  // Where queues and clocks are read for the timeline. What `levels` refers to outlives the last occurrence and finish().
  void watch(std::function<history::Levels()> levels);

  // Where estimators of clocks read how far a node's clock is ahead of true time, ns. As above.
  void watch_clocks(std::function<history::TimeNs(core::NodeId)> clock);

  // What the platform makes of the distances between regions.
  void map(std::vector<history::RoundTrip> round_trips);

  LiveFigures live() const;

  // Judges, closes all files and returns the result. Call once. Throws std::runtime_error when a file cannot be written.
  RunResult finish(const EngineFigures& engine, std::span<const Expectation> expectations);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// result.json and summary.txt.
void write_result(const ResultFolder& folder, const RunResult& result);

}  // namespace paygrid::report
