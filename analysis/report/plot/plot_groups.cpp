#include "analysis/report/plot/plot_groups.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>

namespace paygrid::report {

namespace {

constexpr std::size_t kShareIntervalsMax = 120;
constexpr double kNanosecondsPerSecond = 1e9;

double seconds(history::TimeNs ns) { return static_cast<double>(ns) / kNanosecondsPerSecond; }

const nlohmann::ordered_json& value_at(const RecordedRun& run, const std::string& pointer) {
  const nlohmann::ordered_json::json_pointer where(pointer);
  if (!run.result().contains(where) || run.result().at(where).is_null())
    throw std::runtime_error(
        fmt::format("{}: found no {}; accepted: a result of this version", (run.folder() / "result.json").string(), pointer));
  return run.result().at(where);
}

std::vector<FaultWindow> faults_of(const RecordedRun& run, double end_s) {
  std::vector<FaultWindow> windows;
  for (const auto& row : value_at(run, "/faults/rows")) {
    const auto& ended = row.at("ended_s");
    windows.push_back({row.at("description"), row.at("began_s"), ended.is_null() ? end_s : ended.get<double>()});
  }
  return windows;
}

// Fills the rates and levels from timeline.csv.
void add_timeline(RunSample& sample, const RecordedTimeline& timeline) {
  const std::span<const double> from_ms = timeline.column("from_ms");
  const std::size_t rows = timeline.rows();
  std::vector<double> middle(rows), width(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    const double to_s = row + 1 < rows ? from_ms[row + 1] / 1e3 : sample.end_s;
    middle[row] = (from_ms[row] / 1e3 + to_s) / 2;
    width[row] = to_s - from_ms[row] / 1e3;
  }
  const auto series = [&](std::string_view name, bool rate) {
    const std::span<const double> column = timeline.column(name);
    Series made{middle, {column.begin(), column.end()}};
    if (rate) std::ranges::transform(made.values, width, made.values.begin(), std::divides<>());
    return made;
  };
  sample.submitted_per_s = series("submitted", true);
  sample.committed_per_s = series("committed", true);
  sample.aborted_per_s = series("aborted", true);
  sample.p50_ms = series("latency_p50_ms", false);
  sample.p99_ms = series("latency_p99_ms", false);
  sample.in_doubt = series("in_doubt", false);
  sample.frozen_money = series("frozen_money", false);
}

void make_share_intervals(RunSample& sample, const RecordedTimeline& timeline) {
  const std::size_t rows = std::max<std::size_t>(timeline.rows(), 1);
  const double every_s = timeline.rows() > 1 ? timeline.column("from_ms")[1] / 1e3 : sample.end_s;
  const std::size_t together = (rows + kShareIntervalsMax - 1) / kShareIntervalsMax;
  sample.share_width_s = every_s * static_cast<double>(together);
  const std::size_t intervals = (rows + together - 1) / together;
  sample.available.resize(intervals);
  sample.committed.resize(intervals);
}

void add(Share& share, bool success) {
  ++share.trials;
  share.successes += success ? 1 : 0;
}

void add_payment(RunSample& sample, const RecordedPayment& payment, double deadline_s) {
  const double submitted_s = seconds(payment.intended_start_ns);
  const std::optional<history::TimeNs> latency = payment.latency_ns();
  const bool committed = payment.outcome == "committed";
  const bool in_time = latency && seconds(*latency) <= deadline_s;
  // Unanswered when the run ended before its deadline: nobody can say.
  const bool undetermined = !latency && submitted_s + deadline_s > sample.end_s;
  const auto interval = std::min(static_cast<std::size_t>(submitted_s / sample.share_width_s), sample.available.size() - 1);
  if (!undetermined) add(sample.available[interval], in_time);
  add(sample.committed[interval], committed);
  if (payment.in_doubt_ms > 0) sample.in_doubt_ms.push_back(payment.in_doubt_ms);
  if (!payment.measured) return;
  if (!undetermined) add(sample.available_overall, in_time);
  add(sample.committed_overall, committed);
  if (committed && latency) sample.latency_ms.push_back(static_cast<double>(*latency) / 1e6);
}

RunSample sample_of(const RecordedRun& run) {
  RunSample sample;
  sample.result = run.result();
  sample.end_s = value_at(run, "/simulated_s");
  const double deadline_s = value_at(run, "/window/deadline_s");
  sample.faults = faults_of(run, sample.end_s);
  add_timeline(sample, run.timeline());
  make_share_intervals(sample, run.timeline());
  run.for_each_payment([&](const RecordedPayment& payment) { add_payment(sample, payment, deadline_s); });
  std::ranges::sort(sample.latency_ms);
  std::ranges::sort(sample.in_doubt_ms);
  return sample;
}

std::string text_at(const RunSample& sample, const char* key) {
  const auto found = sample.result.find(key);
  return found != sample.result.end() && found->is_string() ? found->get<std::string>() : std::string("?");
}

std::string folder_name(const RecordedRun& run) {
  const std::filesystem::path path = std::filesystem::weakly_canonical(run.folder());
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

bool all_differ(const std::vector<std::string>& labels) {
  return std::set<std::string>(labels.begin(), labels.end()).size() == labels.size();
}

void label_groups(std::vector<PlotGroup>& groups, const std::vector<std::string>& folders) {
  std::vector<std::string> protocols, scenarios;
  for (const PlotGroup& group : groups) {
    protocols.push_back(text_at(group.samples.front(), "protocol"));
    scenarios.push_back(text_at(group.samples.front(), "scenario"));
  }
  const std::vector<std::string>& labels = all_differ(protocols) ? protocols : all_differ(scenarios) ? scenarios : folders;
  for (std::size_t at = 0; at < groups.size(); ++at) {
    groups[at].label = labels[at];
    const std::size_t replicates = groups[at].samples.size();
    if (replicates > 1) groups[at].label += fmt::format(", {} seeds", replicates);
  }
}

}  // namespace

double Share::value() const {
  return trials == 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(successes) / static_cast<double>(trials);
}

std::vector<PlotGroup> group_runs(std::span<const RecordedRun> runs) {
  std::vector<PlotGroup> groups;
  std::vector<std::string> folders;                      // of each group's first run
  std::map<std::string, std::size_t> group_of;           // by scenario content
  std::set<std::pair<std::size_t, std::uint64_t>> seen;  // (group, seed)
  for (const RecordedRun& run : runs) {
    const std::string content =
        value_at(run, "/scenario_hash").get<std::string>() + " " + value_at(run, "/version").get<std::string>();
    const std::uint64_t seed = value_at(run, "/seed");
    const auto [at, fresh] = group_of.try_emplace(content, groups.size());
    if (fresh) {
      groups.emplace_back();
      folders.push_back(folder_name(run));
    }
    if (!seen.emplace(at->second, seed).second)
      throw std::runtime_error(fmt::format("found {} twice: scenario content {} with seed {}; accepted: each run once",
                                           run.folder().string(), content, seed));
    groups[at->second].samples.push_back(sample_of(run));
  }
  label_groups(groups, folders);
  return groups;
}

std::vector<FaultWindow> shared_faults(std::span<const PlotGroup> groups, std::size_t& others) {
  // Times to the millisecond: an anchored fault may begin some microseconds apart.
  using Key = std::pair<std::int64_t, std::int64_t>;
  std::map<Key, std::map<std::string, std::size_t>> found;  // in how many runs a fault of this name has this window
  std::map<Key, std::size_t> runs_with;
  std::size_t runs = 0;
  for (const PlotGroup& group : groups)
    for (const RunSample& sample : group.samples) {
      ++runs;
      std::map<Key, std::set<std::string>> own;
      for (const FaultWindow& window : sample.faults)
        own[{std::llround(window.from_s * 1e3), std::llround(window.to_s * 1e3)}].insert(window.description);
      for (const auto& [key, names] : own) {
        ++runs_with[key];
        for (const std::string& name : names) ++found[key][name];
      }
    }
  std::vector<FaultWindow> shared;
  for (const auto& [key, names] : found) {
    if (runs_with[key] < runs) continue;
    std::vector<std::string> everywhere;
    for (const auto& [name, count] : names)
      if (count == runs) everywhere.push_back(name);
    const std::string text =
        everywhere.empty() ? names.begin()->first + " or another" : fmt::format("{}", fmt::join(everywhere, ", "));
    shared.push_back({text, static_cast<double>(key.first) / 1e3, static_cast<double>(key.second) / 1e3});
  }
  others = found.size() - shared.size();
  return shared;
}

}  // namespace paygrid::report
