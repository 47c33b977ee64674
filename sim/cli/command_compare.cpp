#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "analysis/report/compare/comparison.hpp"
#include "analysis/report/expectation.hpp"
#include "analysis/report/output_file.hpp"
#include "sim/cli/commands.hpp"

namespace paygrid::cli {

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  report::OutputFile file(path);
  file.print("{}", text);
  file.close();
}

}  // namespace

int compare_command(const CompareOptions& options) {
  const report::RecordedRun a(options.a), b(options.b);
  const report::RunComparison comparison = report::compare_runs(a, b);
  const std::string text = report::comparison_text(comparison);
  const std::string csv = report::comparison_csv(comparison);
  const std::string html = report::comparison_html(comparison);
  if (!options.out.empty()) {
    const std::filesystem::path out(options.out);
    std::filesystem::create_directories(out);
    write(out / "compare.txt", text);
    write(out / "compare.csv", csv);
    write(out / "compare.html", html);
  }
  fmt::print("{}", options.format == "csv" ? csv : options.format == "html" ? html : text);
  return static_cast<int>(report::ExitCode::kAsExpected);
}

}  // namespace paygrid::cli
