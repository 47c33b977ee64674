// A run as its result folder tells it: what the report page, the plots and the comparison of two runs are drawn from.
//
// Files: result.json, timeline.csv, payments.csv, resolved.yaml (README, "A result"). Columns are found by name, so that a column
// more is no error; a column that is missing is one, which names file:line:column.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/history/observer.hpp"
#include "analysis/report/critical_path.hpp"

namespace paygrid::report {

// One row of payments.csv. Texts are valid during the callback.
struct RecordedPayment {
  std::uint32_t payment = 0;
  std::string_view kind;
  std::string_view payer;
  std::string_view coordinator;
  std::string_view participants;  // names, separated by blanks
  std::string_view outcome;       // as answered: committed | aborted | unknown
  history::TimeNs intended_start_ns = 0;
  std::optional<history::TimeNs> answered_ns;
  double in_doubt_ms = 0;
  std::uint32_t messages = 0;
  std::uint32_t forced_writes = 0;
  std::uint32_t tries = 0;
  bool measured = false;                                  // submitted in the measured window
  std::optional<std::array<double, kPhaseKinds>> phases_ms;  // of answered payments

  std::optional<history::TimeNs> latency_ns() const {
    return answered_ns ? std::optional(*answered_ns - intended_start_ns) : std::nullopt;
  }
};

// timeline.csv by column. A cell without a value is NaN.
struct RecordedTimeline {
  std::vector<std::string> names;
  std::vector<std::vector<double>> columns;
  std::size_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  // Throws std::runtime_error when there is no such column.
  std::span<const double> column(std::string_view name) const;
};

// Throws std::runtime_error, file:line:column.
RecordedTimeline read_timeline(const std::filesystem::path& path);

class RecordedRun {
 public:
  // Throws std::runtime_error, one line, when the folder or one of its files is missing or cannot be read.
  explicit RecordedRun(std::filesystem::path folder);

  const std::filesystem::path& folder() const { return folder_; }
  const nlohmann::ordered_json& result() const { return result_; }
  const RecordedTimeline& timeline() const { return timeline_; }
  std::string text_of(std::string_view file) const;  // "" when there is none

  // Streams payments.csv, in its order, which is that of retirement. Throws std::runtime_error, file:line:column.
  void for_each_payment(const std::function<void(const RecordedPayment&)>& visit) const;

 private:
  std::filesystem::path folder_;
  nlohmann::ordered_json result_;
  RecordedTimeline timeline_;
};

}  // namespace paygrid::report
