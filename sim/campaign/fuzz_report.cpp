// The report of a fuzz campaign in words.
#include <fmt/format.h>

#include "sim/campaign/bound.hpp"
#include "sim/campaign/fuzz.hpp"

namespace paygrid::campaign {

namespace {

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string finding_text(const FuzzFinding& finding, const std::string& folder) {
  std::string text =
      fmt::format("  {:<12} {}, in {} run{}; fastest: run {}, {} events, {} faults\n", finding.check, finding.state,
                  finding.times, finding.times == 1 ? "" : "s", finding.run, finding.events, finding.world.faults.size());
  text += fmt::format("               {}\n", finding.reason);
  if (!finding.broken.empty())
    text += fmt::format("               its world is not synchronous: {}\n", joined(finding.broken, "; "));
  if (!folder.empty()) text += fmt::format("               replay: paygrid check {}/scenario.yaml\n", folder);
  return text;
}

std::string findings_text(const FuzzReport& report, bool expected,
                          const std::function<std::string(const FuzzFinding&)>& folder_of) {
  std::string text;
  for (const FuzzFinding& finding : report.findings)
    if (finding.expected == expected) text += finding_text(finding, folder_of(finding));
  return text.empty() ? "  none\n" : text;
}

std::string coverage_text(const FuzzReport& report) {
  std::string text;
  for (const char* group : {"fault", "check", "fact", "message", "transition"}) {
    std::vector<std::string> missed;
    std::size_t all = 0;
    const std::string prefix = std::string(group) + " ";
    for (const MarkCount& mark : report.coverage) {
      if (!mark.name.starts_with(prefix)) continue;
      ++all;
      if (mark.runs == 0) missed.push_back(mark.name.substr(prefix.size()));
    }
    text += fmt::format("  {:<10} {} of {}", group, all - missed.size(), all);
    if (!missed.empty()) text += "; never exercised: " + joined(missed, ", ");
    text += "\n";
  }
  return text;
}

std::string doctor_text(const FuzzReport& report, const std::function<std::string(std::uint64_t)>& folder_of_run) {
  std::string text = fmt::format("Doctored: {} runs ran twice, {} of them differently\n", report.doctored,
                                 report.irreproducible.size());
  for (const IrreproducibleRun& run : report.irreproducible)
    text += fmt::format("  run {}: paygrid doctor {}/scenario.yaml\n", run.run, folder_of_run(run.run));
  return text;
}

std::string lost_text(const FuzzReport& report) {
  if (report.lost.empty()) return {};
  std::string text = "Lost runs, judged by nobody:\n";
  for (const LostRun& lost : report.lost) text += fmt::format("  run {}: {}\n", lost.run, lost.why);
  return text;
}

}  // namespace

std::string report_text(const FuzzReport& report, const Folders& folders) {
  std::string text = fmt::format("{} runs of seed {}, {} payments, {} events; {} runs within the assumptions of the protocol\n",
                                 report.runs, report.seed, report.payments, report.events, report.within_assumptions);
  text += "Failures:\n" + findings_text(report, false, folders.of_finding);
  text +=
      "Findings as expected, where faults lie outside the protocol's assumptions:\n" + findings_text(report, true, folders.of_finding);
  text += lost_text(report);
  text += doctor_text(report, folders.of_run);
  text += "Coverage:\n" + coverage_text(report);
  text += fmt::format("{} of {} runs failed; with 95 % confidence fewer than {:.3g} % of such runs do (Clopper-Pearson)\n",
                      report.failed, report.runs, 100 * violation_bound(report.failed, report.runs));
  return text;
}

}  // namespace paygrid::campaign
