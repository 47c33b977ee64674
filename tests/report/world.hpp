// A stream of facts into a whole analysis, and a folder of its own for each test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "analysis/report/run_analysis.hpp"
#include "tests/check/fact_stream.hpp"

namespace paygrid::test {

struct AnalysisHolder {
  AnalysisHolder(history::RunInfo info, report::AnalysisOutputs outputs) : analysis(std::move(info), outputs) {}
  report::RunAnalysis analysis;
};

class AnalysisStream : private AnalysisHolder, public FactStream {
 public:
  explicit AnalysisStream(history::RunInfo info = small_world(), report::AnalysisOutputs outputs = {})
      : AnalysisHolder(std::move(info), outputs), FactStream(AnalysisHolder::analysis) {}

  report::RunAnalysis& analysis() { return AnalysisHolder::analysis; }
  report::RunResult finish(std::span<const report::Expectation> expectations = {}, std::int64_t end_ns = 0) {
    report::EngineFigures engine;
    engine.simulated_ns = end_ns > 0 ? end_ns : now_ns;
    engine.wall_s = 0.5;
    engine.deliveries = 100;
    engine.trace_hash = "cafe";
    return analysis().finish(engine, expectations);
  }
};

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "paygrid-report-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::filesystem::path& path) {
  std::vector<std::string> lines;
  std::istringstream text(read(path));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

}  // namespace paygrid::test
