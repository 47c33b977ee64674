#include "sim/cli/repeated_run.hpp"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "analysis/history/run_info.hpp"
#include "analysis/report/diagram/lock_waits.hpp"
#include "analysis/report/trace_jsonl.hpp"
#include "models/registry.hpp"
#include "sim/cli/pipe.hpp"
#include "sim/scenario/error.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "sim/timed/trace_hash.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;
using history::TimeNs;
using nlohmann::json;

// Who waited for whom.
class LockFacts final : public history::Observer {
 public:
  void on_fact(TimeNs, core::NodeId process, const core::Fact& fact) override {
    history::TraceLine line;
    line.what = history::TraceLine::What::kFact;
    line.process = process.value;
    line.fact = fact.kind;
    line.txn = fact.txn;
    line.account = fact.account;
    waits.add(line);
  }
  void on_process(const history::ProcessEvent& event) override {
    history::TraceLine line;
    line.what = history::TraceLine::What::kProcess;
    line.process = event.process.value;
    line.process_change = event.change;
    waits.add(line);
  }

  report::LockWaits waits;
};

// Lines of chosen payments, of processes and faults. Occurrences are numbered as in RunAnalysis.
class ChosenTrace final : public history::Observer {
 public:
  ChosenTrace(const history::RunInfo& info, std::vector<core::PaymentId> chosen, const fs::path& path)
      : chosen_(std::move(chosen)), trace_(info, 1, path) {}

  void on_fact(TimeNs at_ns, core::NodeId process, const core::Fact& fact) override {
    ++event_;
    if (fact.kind == core::FactKind::kRecovered || is_chosen(fact.txn)) trace_.on_fact(event_, at_ns, process, fact);
  }
  void on_packet(const history::PacketEvent& event) override {
    ++event_;
    if (is_chosen(event.message.txn)) trace_.on_packet(event_, event);
  }
  void on_process(const history::ProcessEvent& event) override { trace_.on_process(++event_, event); }
  void on_fault(const history::FaultEvent& event) override { trace_.on_fault(++event_, event); }
  void on_disk(const history::DiskEvent& event) override {
    ++event_;
    if (event.record.kind != core::RecordKind::kForgetOldest && is_chosen(event.record.txn)) trace_.on_disk(event_, event);
  }
  void close() { trace_.close(); }

 private:
  bool is_chosen(core::TxnId txn) const { return std::ranges::find(chosen_, txn.payment) != chosen_.end(); }

  std::vector<core::PaymentId> chosen_;
  report::TraceJsonl trace_;
  std::uint64_t event_ = 0;
};

// Runs the scenario for the observers; the trace hash. `prepare` is given what a trace must know of the run.
std::string run_for(const fs::path& file, const std::function<history::Observer*(const history::RunInfo&)>& prepare) {
  const scenario::Scenario scenario = scenario::load(file.string(), {});
  const core::ProtocolSpec* protocol = models::find_commit_protocol(scenario.commit.protocol);
  if (protocol == nullptr) throw std::invalid_argument("no commit protocol is called " + scenario.commit.protocol);
  timed::Platform platform(scenario, {});
  const timed::Layout layout = timed::make_layout(scenario, platform.file_hosts());
  timed::ScenarioWorkload workload(scenario, layout);
  history::RunInfo info;
  info.protocol = protocol;
  for (std::uint32_t i = 0; i < layout.names.size(); ++i)
    info.processes.push_back({layout.names[i], layout.places[layout.place_of[i]], layout.is_payer({i})});
  history::Observer* observer = prepare(info);
  timed::TraceHash hash;
  timed::Engine engine(scenario, *protocol, layout, platform, workload, {&hash, observer});
  engine.run([](const timed::Progress&) { return true; });
  return hash.hex();
}

// In the child. Never returns.
[[noreturn]] void answer(const std::function<json()>& work, int pipe_end) {
  json answer;
  try {
    answer = work();
  } catch (const std::exception& error) {
    answer = {{"error", error.what()}};
  }
  const std::string text = answer.dump();
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t wrote = write(pipe_end, text.data() + sent, text.size() - sent);
    if (wrote <= 0) _exit(EXIT_FAILURE);
    sent += static_cast<std::size_t>(wrote);
  }
  std::fflush(nullptr);
  std::exit(EXIT_SUCCESS);
}

// What `work` comes to in a process of its own. Throws std::invalid_argument with the child's error.
json in_child(const std::function<json()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe to a child process");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no child process");
  if (child == 0) {
    close(ends[0]);
    answer(work, ends[1]);
  }
  close(ends[1]);
  const std::string text = read_all(ends[0]);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  json result = json::parse(text, nullptr, false);
  if (status != 0 || result.is_discarded()) throw std::runtime_error("the repeated run ended without a result");
  if (result.contains("error")) throw std::invalid_argument(result.at("error").get<std::string>());
  return result;
}

}  // namespace

TemporaryFile::TemporaryFile() {
  std::string pattern = (fs::temp_directory_path() / "paygrid-trace-XXXXXX").string();
  const int file = mkstemp(pattern.data());
  if (file < 0) throw std::runtime_error("cannot create " + pattern);
  close(file);
  path_ = pattern;
}

TemporaryFile::~TemporaryFile() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

RepeatedRun repeat_run(const fs::path& scenario, core::PaymentId payment, std::size_t past_max, const fs::path& trace) {
  const json first = in_child([&]() -> json {
    LockFacts facts;
    const std::string hash = run_for(scenario, [&](const history::RunInfo&) { return &facts; });
    std::size_t left_out = 0;
    json past = json::array();
    for (const core::PaymentId each : facts.waits.past_of(payment, past_max, left_out)) past.push_back(each.value);
    return {{"hash", hash}, {"past", past}, {"left_out", left_out}};
  });
  RepeatedRun repeated{first.at("hash").get<std::string>(), {}, first.at("left_out").get<std::size_t>()};
  for (const json& each : first.at("past")) repeated.past.push_back({each.get<std::uint32_t>()});
  in_child([&]() -> json {
    std::optional<ChosenTrace> lines;
    history::RunInfo known;
    run_for(scenario, [&](const history::RunInfo& info) {
      known = info;
      return &lines.emplace(known, repeated.past, trace);
    });
    lines->close();
    return json::object();
  });
  return repeated;
}

}  // namespace paygrid::cli
