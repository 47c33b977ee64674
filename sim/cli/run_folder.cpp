#include "sim/cli/run_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/history/trace_reader.hpp"
#include "analysis/report/diagram/lock_waits.hpp"
#include "sim/cli/repeated_run.hpp"
#include "sim/cli/version.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;
using history::TraceLine;
using history::TraceReader;

bool is_chosen(const std::vector<core::PaymentId>& payments, std::int64_t number) {
  return number < 0 || std::ranges::any_of(payments, [number](core::PaymentId payment) { return payment.value == number; });
}

// The lines of a trace that a diagram of the payment needs; nullopt: not all of them are there.
std::optional<report::RunDiagramInput> read_trace(const fs::path& path, core::PaymentId payment) {
  if (!fs::exists(path)) return std::nullopt;
  report::LockWaits waits;
  bool is_there = false;
  bool waited = false;
  {
    TraceReader reader(path);
    reader.keep_if([](std::string_view text) { return text.find(R"("what":"packet")") == std::string_view::npos; });
    for (TraceLine line; reader.next(line);) {
      waits.add(line);
      if (line.what != TraceLine::What::kFact || line.txn.payment != payment || !line.is_of_payment()) continue;
      is_there = is_there || line.fact == core::FactKind::kSubmitted;
      waited = waited || line.fact == core::FactKind::kLockWait;
    }
  }
  report::RunDiagramInput input;
  input.payment = payment;
  input.past = waits.past_of(payment, report::kPastMax, input.left_out);
  if (!is_there || (waited && input.past.size() == 1)) return std::nullopt;  // a sample holds no one it waited for
  TraceReader reader(path);
  reader.keep_if([&](std::string_view text) { return is_chosen(input.past, history::payment_in(text)); });
  for (TraceLine line; reader.next(line);) input.lines.push_back(line);
  input.names = reader.names();
  return input;
}

std::optional<report::RunDiagramInput> recorded_lines(const RunFolder& run, core::PaymentId payment) {
  if (auto input = read_trace(run.path / "trace.jsonl", payment)) return input;
  if (std::ranges::find(run.exemplars, payment.value) == run.exemplars.end()) return std::nullopt;
  return read_trace(run.path / "exemplars.jsonl", payment);
}

report::RunDiagramInput repeated_lines(const RunFolder& run, core::PaymentId payment) {
  const TemporaryFile trace;
  const RepeatedRun repeated = repeat_run(run.path / "resolved.yaml", payment, report::kPastMax, trace.path());
  if (repeated.trace_hash != run.trace_hash)
    throw NotDeterministic(fmt::format("{}: the repeated run has trace hash {}, result.json has {}", run.path.string(),
                                       repeated.trace_hash, run.trace_hash));
  report::RunDiagramInput input;
  input.payment = payment;
  input.past = repeated.past;
  input.left_out = repeated.left_out;
  TraceReader reader(trace.path());
  for (TraceLine line; reader.next(line);) input.lines.push_back(line);
  input.names = reader.names();
  return input;
}

nlohmann::json result_of(const fs::path& folder) {
  if (!fs::is_directory(folder))
    throw std::invalid_argument(fmt::format("found no folder {}; accepted: a result folder", folder.string()));
  std::ifstream file(folder / "result.json");
  if (!file)
    throw std::invalid_argument(
        fmt::format("found {}, which has no result.json; accepted: the result folder of a run", folder.string()));
  const nlohmann::json result = nlohmann::json::parse(file, nullptr, false);
  if (!result.is_object())
    throw std::invalid_argument(
        fmt::format("{}/result.json:1:1: found no JSON object; accepted: the result of a run", folder.string()));
  return result;
}

}  // namespace

RunFolder open_run(const fs::path& folder) {
  const nlohmann::json result = result_of(folder);
  const std::string version = result.value("version", "none");
  if (version != kVersion)
    throw std::invalid_argument(
        fmt::format("{}/result.json: found the result of version {}; accepted: {}", folder.string(), version, kVersion));
  RunFolder run;
  try {
    run.path = folder;
    run.scenario = result.at("scenario").get<std::string>();
    run.protocol = result.at("protocol").get<std::string>();
    run.seed = result.at("seed").get<std::uint64_t>();
    run.submitted = result.at("payments").at("submitted").get<std::uint64_t>();
    run.trace_hash = result.at("trace_hash").get<std::string>();
    run.complete = result.at("complete").get<bool>();
    for (const nlohmann::json& exemplar : result.value("exemplars", nlohmann::json::array()))
      run.exemplars.push_back(exemplar.at("payment").get<std::uint32_t>());
  } catch (const nlohmann::json::exception& error) {
    throw std::invalid_argument(
        fmt::format("{}/result.json: found another shape ({}); accepted: the result of a run", folder.string(), error.what()));
  }
  return run;
}

report::RunDiagramInput lines_of(const RunFolder& run, core::PaymentId payment) {
  if (payment.value >= run.submitted)
    throw std::invalid_argument(fmt::format("--payment: found {}; accepted: 0 to {}, the payments of {}", payment.value,
                                            static_cast<std::int64_t>(run.submitted) - 1, run.path.string()));
  std::optional<report::RunDiagramInput> input = recorded_lines(run, payment);
  if (!input) {
    if (!run.complete)
      throw std::invalid_argument(
          fmt::format("found {}, an interrupted run without a trace of payment {}; accepted: a complete run", run.path.string(),
                      payment.value));
    input = repeated_lines(run, payment);
  }
  input->title = fmt::format("payment {} of {}, {}, seed {}", payment.value, run.scenario, run.protocol, run.seed);
  return std::move(*input);
}

}  // namespace paygrid::cli
