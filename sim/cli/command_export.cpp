// `paygrid export`: the trace of a run in the formats of other tools, line by line.
#include <fmt/format.h>

#include <stdexcept>

#include "analysis/history/trace_reader.hpp"
#include "analysis/report/diagram/chrome_trace.hpp"
#include "analysis/report/diagram/shiviz.hpp"
#include "analysis/report/diagram/trace_words.hpp"
#include "analysis/report/expectation.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/run_folder.hpp"
#include "sim/cli/text_output.hpp"

namespace paygrid::cli {

namespace {

namespace fs = std::filesystem;
using history::TraceLine;
using history::TraceNames;

// RFC 4180.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + "\"";
}

std::string csv_row(const TraceLine& line, const TraceNames& names) {
  const auto name = [&](std::uint32_t process) {
    return process == TraceLine::kNobody ? std::string() : cell(report::process_name(names, process));
  };
  const bool is_packet = line.what == TraceLine::What::kPacket;
  return fmt::format("{},{},{},{},{},{},{},{},{},{}\n", line.id, line.at_ns, history::name_of(line.what), name(line.process),
                     name(line.peer), line.is_of_payment() ? std::to_string(line.txn.payment.value) : "",
                     line.is_of_payment() ? std::to_string(line.txn.attempt) : "", is_packet ? std::to_string(line.packet) : "",
                     is_packet ? cell(names.messages().at(line.message)) : "", cell(report::deed(line, names)));
}

template <class Visit>
void for_each_line(history::TraceReader& reader, Visit visit) {
  for (TraceLine line; reader.next(line);) visit(line, reader.names());
}

}  // namespace

int export_command(const ExportOptions& options) {
  const RunFolder run = open_run(options.run);
  const fs::path trace = run.path / "trace.jsonl";
  if (!fs::exists(trace))
    throw std::invalid_argument(
        fmt::format("found {}, which has no trace.jsonl; accepted: a run with --trace sample or full", options.run));
  const std::string_view ending = options.format == "chrome"   ? "chrome.json"
                                  : options.format == "shiviz" ? "shiviz.log"
                                                               : "csv";
  TextOutput out(options.out.empty() ? run.path / fmt::format("trace.{}", ending) : fs::path(options.out));
  const auto sink = [&out](std::string_view text) { out.write(text); };
  history::TraceReader reader(trace);
  if (options.format == "chrome") {
    report::ChromeTrace chrome(sink);
    for_each_line(reader, [&](const TraceLine& line, const TraceNames& names) { chrome.add(line, names); });
    chrome.finish();
  } else if (options.format == "shiviz") {
    report::Shiviz shiviz(sink);
    for_each_line(reader, [&](const TraceLine& line, const TraceNames& names) { shiviz.add(line, names); });
  } else {
    out.write("event,t_ns,what,process,peer,payment,attempt,packet,message,words\n");
    for_each_line(reader, [&](const TraceLine& line, const TraceNames& names) { out.write(csv_row(line, names)); });
  }
  out.commit();
  return static_cast<int>(report::ExitCode::kAsExpected);
}

}  // namespace paygrid::cli
