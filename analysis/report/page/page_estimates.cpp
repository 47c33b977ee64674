#include "analysis/report/page/page_estimates.hpp"

#include <array>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analysis/report/csv_reader.hpp"
#include "analysis/report/page/report_data.hpp"

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

constexpr std::array<const char*, 5> kLines{"at_s", "estimate", "low", "high", "truth"};
using Row = std::array<double, kLines.size()>;

struct Estimator {
  std::string of;
  std::string with;
  std::vector<Row> rows;
};

ordered_json json_of(const Estimator& estimator) {
  ordered_json json{{"of", estimator.of}, {"with", estimator.with}};
  const std::size_t stride = (estimator.rows.size() + kTimelinePointsMax - 1) / kTimelinePointsMax;
  for (std::size_t line = 0; line < kLines.size(); ++line) {
    ordered_json values = ordered_json::array();
    for (std::size_t at = 0; at < estimator.rows.size(); at += stride) {
      const double value = estimator.rows[at][line];
      values.push_back(std::isnan(value) ? ordered_json() : ordered_json(value));
    }
    json[kLines[line]] = std::move(values);
  }
  return json;
}

}  // namespace

ordered_json estimates_json(const RecordedRun& run) {
  ordered_json list = ordered_json::array();
  const std::filesystem::path path = run.folder() / "estimates.csv";
  if (!std::filesystem::exists(path)) return list;
  CsvReader reader(path);
  std::array<std::size_t, kLines.size()> columns{};
  for (std::size_t line = 0; line < kLines.size(); ++line) columns[line] = reader.column(kLines[line]);
  const std::size_t of = reader.column("of"), with = reader.column("with");
  std::vector<Estimator> estimators;
  while (reader.next()) {
    const std::string_view quantity = reader.cell(of), method = reader.cell(with);
    if (estimators.empty() || estimators.back().of != quantity || estimators.back().with != method)
      estimators.push_back({std::string(quantity), std::string(method), {}});
    Row& row = estimators.back().rows.emplace_back();
    for (std::size_t line = 0; line < kLines.size(); ++line) row[line] = reader.number(columns[line]);
  }
  for (const Estimator& estimator : estimators) list.push_back(json_of(estimator));
  return list;
}

}  // namespace paygrid::report
