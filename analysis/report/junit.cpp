#include "analysis/report/junit.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace paygrid::report {

namespace {

// XML 1.0 allows no control characters but tab, newline and carriage return, not even escaped.
std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c; break;
    }
  }
  return out;
}

std::string witness_of(const RunResult& result, const ExpectationResult& expectation) {
  const auto finding = std::ranges::find_if(result.findings, [&](const check::Finding& candidate) {
    return expectation.about_check && expectation.expected.starts_with(std::string(candidate.name) + ":");
  });
  return finding == result.findings.end() ? "" : finding->reason + "\n" + finding->witness;
}

void add_case(std::string& xml, const JunitScenario& scenario, const ExpectationResult& expectation) {
  xml += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", escaped(scenario.name), escaped(expectation.expected));
  if (expectation.met) {
    xml += "/>\n";
    return;
  }
  xml += fmt::format(">\n      <failure message=\"found {}\">{}</failure>\n    </testcase>\n", escaped(expectation.found),
                     escaped(witness_of(scenario.result, expectation)));
}

// The run as a whole: its exit code covers what no expectation names.
void add_run(std::string& xml, const JunitScenario& scenario) {
  xml += fmt::format("    <testcase classname=\"{}\" name=\"run\" time=\"{:.3f}\"", escaped(scenario.name), scenario.wall_s);
  if (!scenario.error.empty()) {
    xml += fmt::format(">\n      <error message=\"{}\"/>\n    </testcase>\n", escaped(scenario.error));
  } else if (scenario.result.exit_code != ExitCode::kAsExpected) {
    xml += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                       name_of(scenario.result.exit_code), escaped(scenario.result.summary));
  } else {
    xml += "/>\n";
  }
}

}  // namespace

std::string junit_xml(std::span<const JunitScenario> scenarios) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"paygrid\">\n";
  for (const JunitScenario& scenario : scenarios) {
    const bool ran = scenario.error.empty();
    const auto& expectations = scenario.result.expectations;
    const auto missed = std::ranges::count_if(expectations, [](const auto& expectation) { return !expectation.met; });
    const bool surprise = ran && scenario.result.exit_code != ExitCode::kAsExpected;
    xml += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3f}\">\n",
                       escaped(scenario.name), ran ? expectations.size() + 1 : 1, ran ? missed + (surprise ? 1 : 0) : 0,
                       ran ? 0 : 1, scenario.wall_s);
    add_run(xml, scenario);
    if (ran)
      for (const ExpectationResult& expectation : expectations) add_case(xml, scenario, expectation);
    xml += "  </testsuite>\n";
  }
  return xml + "</testsuites>\n";
}

}  // namespace paygrid::report
