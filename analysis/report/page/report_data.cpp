#include "analysis/report/page/report_data.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "analysis/report/page/decimate.hpp"
#include "analysis/report/page/page_availability.hpp"
#include "analysis/report/page/page_diagrams.hpp"
#include "analysis/report/page/page_estimates.hpp"
#include "analysis/report/page/page_payments.hpp"
#include "analysis/report/page/page_words.hpp"
#include "analysis/report/page/region_map.hpp"

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

constexpr double kMillisecondsPerSecond = 1e3;

// What is drawn over time: columns of timeline.csv. A count is drawn as a rate; of a level, and of a quantile, the median of a
// point's intervals.
struct Column {
  std::string_view name;
  bool is_count = false;
};
constexpr Column kColumns[] = {
    {"submitted", true}, {"committed", true},     {"aborted", true},       {"gave_up", true},  {"in_doubt"},
    {"frozen_money"},    {"latency_p50_ms"},      {"latency_p90_ms"},      {"latency_p99_ms"}, {"latency_max_ms"},
    {"messages", true},  {"forced_writes", true}, {"lost_messages", true}, {"processes_down"}, {"cpu_queue_max"},
    {"disk_queue_max"},  {"clock_offset_min_ms"}, {"clock_offset_max_ms"},
    {"locks_waited_for"}, {"locks_owned"}, {"locks_believed"}, {"locks_unfounded"}};

// Six digits are more than a plot shows.
ordered_json drawn(double value) {
  if (std::isnan(value)) return nullptr;
  if (value == 0) return 0;
  const double scale = std::pow(10.0, 5 - std::floor(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

struct Timeline {
  double every_s = 1;  // width of a row
  std::size_t rows_per_point = 1;
  std::vector<double> from_s;       // of points
  std::vector<double> row_width_s;  // the last row may be shorter
};

Timeline timeline_of(const RecordedRun& run, double end_s) {
  Timeline timeline;
  const std::span<const double> from_ms = run.timeline().column("from_ms");
  if (from_ms.empty()) return timeline;
  timeline.every_s = from_ms.size() > 1 ? (from_ms[1] - from_ms[0]) / kMillisecondsPerSecond : end_s;
  timeline.rows_per_point = values_per_bucket(from_ms.size(), kTimelinePointsMax);
  for (std::size_t row = 0; row < from_ms.size(); ++row) {
    const double to_s = row + 1 < from_ms.size() ? from_ms[row + 1] / kMillisecondsPerSecond : end_s;
    timeline.row_width_s.push_back(to_s - from_ms[row] / kMillisecondsPerSecond);
    if (row % timeline.rows_per_point == 0) timeline.from_s.push_back(from_ms[row] / kMillisecondsPerSecond);
  }
  return timeline;
}

ordered_json series_of(std::vector<double> values, const Timeline& timeline, bool is_count) {
  if (is_count)
    for (std::size_t row = 0; row < values.size(); ++row)
      values[row] = timeline.row_width_s[row] > 0 ? values[row] / timeline.row_width_s[row] : std::nan("");
  ordered_json series{{"value", ordered_json::array()}};
  for (const Bucket& bucket : decimate(values, timeline.rows_per_point)) {
    series["value"].push_back(drawn(is_count ? bucket.mean : bucket.median));
    if (timeline.rows_per_point == 1) continue;
    series["low"].push_back(drawn(bucket.min));
    series["high"].push_back(drawn(bucket.max));
  }
  return series;
}

ordered_json timeline_json(const RecordedRun& run, const Timeline& timeline) {
  ordered_json series = ordered_json::object();
  for (const Column& column : kColumns) {
    if (std::ranges::find(run.timeline().names, column.name) == run.timeline().names.end()) continue;
    const std::span<const double> values = run.timeline().column(column.name);
    series[std::string(column.name)] = series_of({values.begin(), values.end()}, timeline, column.is_count);
  }
  return {{"interval_s", timeline.every_s},
          {"rows_per_point", timeline.rows_per_point},
          {"from_s", timeline.from_s},
          {"series", std::move(series)}};
}

ordered_json map_json(const ordered_json& world) {
  const ordered_json& regions = world.at("regions");
  const auto at = [&](const ordered_json& name) {
    const auto found = std::ranges::find_if(regions, [&](const ordered_json& region) { return region.at("name") == name; });
    if (found == regions.end())
      throw std::runtime_error("result.json: found a round trip of an unknown region; accepted: those of world.regions");
    return static_cast<std::size_t>(found - regions.begin());
  };
  Distances distances(regions.size());
  ordered_json links = ordered_json::array();
  for (const ordered_json& pair : world.at("round_trips_ms")) {
    const std::size_t a = at(pair.at("between").at(0));
    const std::size_t b = at(pair.at("between").at(1));
    if (a == b) continue;
    distances.set(a, b, pair.at("ms"));
    links.push_back({{"a", a}, {"b", b}, {"ms", pair.at("ms")}});
  }
  const RegionMap map = region_map(distances);
  ordered_json places = ordered_json::array();
  for (std::size_t region = 0; region < regions.size(); ++region) {
    ordered_json place = regions[region];
    place["x"] = drawn(map.places[region].x);
    place["y"] = drawn(map.places[region].y);
    places.push_back(std::move(place));
  }
  return {{"regions", std::move(places)}, {"links", std::move(links)}, {"stress", drawn(map.stress)}};
}

ordered_json diagrams_json(std::span<const PaymentDiagram> diagrams) {
  ordered_json shown = ordered_json::array();
  for (const PaymentDiagram& diagram : diagrams)
    shown.push_back({{"payment", diagram.payment}, {"why", diagram.why}, {"messages", diagram.messages}, {"svg", diagram.svg}});
  return shown;
}

std::optional<double> deadline_of(const ordered_json& result) {
  const auto window = result.find("window");
  if (window == result.end() || !window->contains("deadline_s")) return std::nullopt;
  return window->at("deadline_s").get<double>();
}

ordered_json assemble(const RecordedRun& run, std::span<const PaymentDiagram> diagrams) {
  const ordered_json& result = run.result();
  const double end_s = result.at("simulated_s");
  const Timeline timeline = timeline_of(run, end_s);
  const PageIntervals intervals{timeline.every_s * static_cast<double>(timeline.rows_per_point), timeline.from_s.size()};
  PagePayments payments(intervals);
  const std::optional<double> deadline_s = deadline_of(result);
  PageAvailability availability(intervals, deadline_s.value_or(0), end_s);
  run.for_each_payment([&](const RecordedPayment& payment) {
    payments.add(payment);
    if (deadline_s) availability.add(payment);
  });

  ordered_json data;
  data["result"] = result;
  data["words"] = verdict_words(result);
  if (result.contains("world")) data["map"] = map_json(result.at("world"));
  data["timeline"] = timeline_json(run, timeline);
  if (deadline_s) {
    data["timeline"]["series"]["availability"] = availability.over_time();
    data["availability"] = availability.groups();
  }
  data["estimates"] = estimates_json(run);
  data["curves"] = payments.curves(result);
  data["phases"] = payments.phases(result);
  data["costs"] = payments.costs();
  if (std::string circle = circle_diagram(result); !circle.empty()) data["circle"] = std::move(circle);
  data["diagrams"] = diagrams_json(diagrams);
  data["resolved"] = run.text_of("resolved.yaml");
  return data;
}

}  // namespace

ordered_json report_data(const RecordedRun& run, std::span<const PaymentDiagram> diagrams) {
  try {
    return assemble(run, diagrams);
  } catch (const ordered_json::exception& error) {
    throw std::runtime_error("result.json of " + run.folder().string() + ": " + error.what() +
                             "; accepted: a result of this version");
  }
}

}  // namespace paygrid::report
