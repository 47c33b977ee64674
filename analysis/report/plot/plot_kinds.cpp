// The six kinds of plot, as figures.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/report/plot/plot_curves.hpp"

namespace paygrid::report {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kTicks = 4;  // of a panel over time, at most
constexpr std::size_t kTicksTall = 6;

double number_at(const nlohmann::ordered_json& result, const std::string& pointer) {
  const nlohmann::ordered_json::json_pointer where(pointer);
  return result.contains(where) && result.at(where).is_number() ? result.at(where).get<double>() : kNan;
}

// The least and the greatest of what is drawn; bands only where `with_bands`.
estimate::Interval extent(const std::vector<Curve>& curves, double CurvePoint::*value, bool with_bands, bool above_zero) {
  estimate::Interval found{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  const auto take = [&](double number) {
    if (std::isnan(number) || (above_zero && number <= 0)) return;
    found.low = std::min(found.low, number);
    found.high = std::max(found.high, number);
  };
  for (const Curve& curve : curves)
    for (const CurvePoint& point : curve.points) {
      take(point.*value);
      const bool own_band = (curve.band_of == BandOf::kY) == (value == &CurvePoint::y);
      if (!with_bands || !point.band || !own_band) continue;
      take(point.band->low);
      take(point.band->high);
    }
  return found.low <= found.high ? found : estimate::Interval{0, 0};
}

bool has_points(const Panel& panel) {
  return std::ranges::any_of(panel.curves, [](const Curve& curve) {
    return std::ranges::any_of(curve.points, [](const CurvePoint& point) { return !std::isnan(point.y); });
  });
}

void add_groups(Panel& panel, std::span<const PlotGroup> groups, const auto& make) {
  for (std::size_t at = 0; at < groups.size(); ++at) {
    Curve curve = make(groups[at]);
    curve.group = at;
    panel.curves.push_back(std::move(curve));
  }
}

Axis time_axis(std::span<const PlotGroup> groups) {
  double end_s = 0;
  for (const PlotGroup& group : groups)
    for (const RunSample& sample : group.samples) end_s = std::max(end_s, sample.end_s);
  Axis axis = linear_axis("time, s", 0, end_s, 8);
  axis.high = end_s;
  std::erase_if(axis.ticks, [end_s](const auto& tick) { return tick.first > end_s * (1 + 1e-9); });
  return axis;
}

Panel time_panel(std::span<const PlotGroup> groups, std::string name) {
  Panel panel;
  panel.name = std::move(name);
  panel.x = time_axis(groups);
  panel.over_time = true;
  return panel;
}

// A level or a rate: from zero.
Panel level_panel(std::span<const PlotGroup> groups, std::string name, std::string label, Series RunSample::*series) {
  Panel panel = time_panel(groups, std::move(name));
  add_groups(panel, groups, [series](const PlotGroup& group) { return series_curve(group, series); });
  panel.y = linear_axis(std::move(label), 0, extent(panel.curves, &CurvePoint::y, true, false).high, kTicks);
  return panel;
}

void add_reference(Panel& panel, std::span<const PlotGroup> groups, std::string key, Series RunSample::*series) {
  Curve curve = series_curve(groups.front(), series);
  curve.group = Curve::kReference;
  curve.name = key + " (" + groups.front().label + ")";
  curve.key = std::move(key);
  for (CurvePoint& point : curve.points) point.band.reset();
  panel.curves.insert(panel.curves.begin(), std::move(curve));
  panel.y = linear_axis(panel.y.label, 0, extent(panel.curves, &CurvePoint::y, true, false).high, kTicks);
}

Panel latency_panel(std::span<const PlotGroup> groups, std::string quantile, Series RunSample::*series) {
  Panel panel = time_panel(groups, fmt::format("latency {} of payments committed in the interval, ms", quantile));
  add_groups(panel, groups, [series](const PlotGroup& group) { return series_curve(group, series); });
  const estimate::Interval drawn = extent(panel.curves, &CurvePoint::y, false, true);
  panel.y = log_axis(quantile + ", ms", drawn.low, drawn.high);
  if (!has_points(panel)) panel.nothing = "no payment was committed";
  return panel;
}

Panel ccdf_panel(std::span<const PlotGroup> groups, std::string name, std::string label,
                 std::vector<double> RunSample::*samples, std::string nothing) {
  Panel panel;
  panel.name = std::move(name);
  panel.tall = true;
  std::size_t count = 1;
  add_groups(panel, groups, [samples](const PlotGroup& group) { return ccdf_curve(group, samples); });
  for (const PlotGroup& group : groups)
    for (const RunSample& sample : group.samples) count = std::max(count, (sample.*samples).size());
  const estimate::Interval x = extent(panel.curves, &CurvePoint::x, false, true);
  panel.x = log_axis(std::move(label), x.low, x.high);
  // Whole decades, two at least.
  panel.y = log_axis("share above", std::pow(10, std::min(-2.0, std::floor(-std::log10(static_cast<double>(count))))), 1);
  if (!has_points(panel)) panel.nothing = std::move(nothing);
  return panel;
}

struct Mark {
  const char* name;
  double above;
};
constexpr std::array kMarks{Mark{"p50", 0.5}, Mark{"p90", 0.1}, Mark{"p99", 0.01}, Mark{"p999", 0.001}};

// The quantiles that result.json states, on the curve of their group.
Curve quantile_marks(const PlotGroup& group, std::size_t at) {
  Curve marks;
  marks.name = group.label + ": p50, p90, p99, p99.9";
  marks.group = at;
  marks.marks = true;
  marks.band_of = BandOf::kX;
  for (const Mark& mark : kMarks) {
    const Estimate found = estimate(
        group, [&mark](const RunSample& sample) { return number_at(sample.result, std::string("/latency_ms/") + mark.name); });
    if (!std::isnan(found.mean)) marks.points.push_back({found.mean, mark.above, found.band});
  }
  return marks;
}

// The key of the first panel serves all.
void keep_first_key(Figure& figure) {
  for (std::size_t at = 1; at < figure.panels.size(); ++at)
    for (Curve& curve : figure.panels[at].curves) curve.key.clear();
}

void make_latency_ccdf(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {"P(latency > x) of measured payments that were committed, from the intended start to the payer's answer.",
                  "Marks are the quantiles that result.json states."};
  Panel panel = ccdf_panel(groups, "latency, ms; share of payments above", "latency, ms", &RunSample::latency_ms,
                           "no measured payment was committed");
  for (std::size_t at = 0; at < groups.size(); ++at) panel.curves.push_back(quantile_marks(groups[at], at));
  for (const Mark& mark : kMarks)
    if (mark.above >= panel.y.low) panel.levels.push_back({mark.above, std::string(mark.name) == "p999" ? "p99.9" : mark.name});
  figure.panels = {std::move(panel)};
}

void make_timeline(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {
      "Of all payments, by interval of timeline.csv: rates and latencies by the time of the answer, levels at its end."};
  figure.panels.push_back(level_panel(groups, "committed payments per second", "committed/s", &RunSample::committed_per_s));
  figure.panels.push_back(latency_panel(groups, "p50", &RunSample::p50_ms));
  figure.panels.push_back(latency_panel(groups, "p99", &RunSample::p99_ms));
  figure.panels.push_back(level_panel(groups, "participants in doubt", "in doubt", &RunSample::in_doubt));
  keep_first_key(figure);
}

std::string interval_text(const Estimate& found, double scale, int digits, std::string_view unit) {
  if (std::isnan(found.mean)) return "none";
  std::string text = fmt::format("{:.{}f}{}", scale * found.mean, digits, unit);
  if (found.band)
    text += fmt::format(" ({:.{}f} to {:.{}f})", scale * found.band->low, digits, scale * found.band->high, digits);
  return text;
}

// Shares by interval; the figures of the whole run stand in the key, and in the data file as one point.
Panel share_panel(std::span<const PlotGroup> groups, const std::string& what, std::string label,
                  std::vector<Share> RunSample::*shares, Share RunSample::*overall) {
  Panel panel = time_panel(groups, fmt::format("{}, per cent of payments by their intended start, s", what));
  add_groups(panel, groups, [&](const PlotGroup& group) {
    Curve curve = share_curve(group, shares);
    const Estimate whole = share_estimate(group, overall);
    curve.name += fmt::format("; measured payments: {}", interval_text(whole, 100, 4, " %"));
    curve.key += fmt::format(": {}", interval_text(whole, 100, 2, " %"));
    return curve;
  });
  const estimate::Interval drawn = extent(panel.curves, &CurvePoint::y, true, false);
  panel.y = linear_axis(std::move(label), std::min(drawn.low, 99.0), 100, kTicks);
  return panel;
}

void make_availability(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {
      "Available: answered before the payer's deadline; the rest of those unanswered at the end of the run counts for nothing.",
      "Over time: all payments. In the key: measured payments, as result.json states them."};
  figure.panels.push_back(
      share_panel(groups, "available", "available, %", &RunSample::available, &RunSample::available_overall));
  figure.panels.push_back(
      share_panel(groups, "committed", "committed, %", &RunSample::committed, &RunSample::committed_overall));
}

void make_throughput(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {"Of all payments, by interval of timeline.csv. In the key: measured payments, as result.json states them."};
  Panel committed = level_panel(groups, "committed payments per second", "committed/s", &RunSample::committed_per_s);
  for (Curve& curve : committed.curves) {
    const Estimate whole =
        estimate(groups[curve.group], [](const RunSample& sample) { return number_at(sample.result, "/throughput_per_s"); });
    curve.name += fmt::format("; measured payments: {} per second", interval_text(whole, 1, 4, ""));
    curve.key += fmt::format(": {}", interval_text(whole, 1, 1, "/s"));
  }
  add_reference(committed, groups, "submitted", &RunSample::submitted_per_s);
  figure.panels.push_back(std::move(committed));
  figure.panels.push_back(level_panel(groups, "aborted payments per second", "aborted/s", &RunSample::aborted_per_s));
  keep_first_key(figure);
}

void make_in_doubt(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {
      "Time that payments were in doubt, of all payments that were; money that participants in doubt hold, in major units."};
  figure.panels.push_back(ccdf_panel(groups, "time in doubt, ms; share of the payments in doubt above",
                                     "time in doubt of a payment, ms", &RunSample::in_doubt_ms, "no payment was in doubt"));
  figure.panels.push_back(level_panel(groups, "frozen money, major units", "frozen money", &RunSample::frozen_money));
  keep_first_key(figure);
}

void make_phases(Figure& figure, std::span<const PlotGroup> groups) {
  figure.notes = {"Where the latency of measured committed payments went: means, ms. The parts add up to the mean latency."};
  Bars bars;
  bars.name = "mean latency by phase, ms";
  for (std::size_t phase = 0; phase < kPhaseKinds; ++phase) bars.parts.emplace_back(name_of(static_cast<Phase>(phase)));
  double highest = 0;
  for (const PlotGroup& group : groups) {
    Bar bar{group.label, {}, 0, std::nullopt};
    const auto part = [](const RunSample& sample, const std::string& name) {
      const double value = number_at(sample.result, "/phases_ms/" + name);
      return std::isnan(value) ? 0 : value;
    };
    for (const std::string& name : bars.parts)
      bar.parts.push_back(estimate(group, [&](const RunSample& sample) { return part(sample, name); }).mean);
    const Estimate total = estimate(group, [&](const RunSample& sample) {
      double sum = 0;
      for (const std::string& name : bars.parts) sum += part(sample, name);
      return sum;
    });
    bar.total = total.mean;
    bar.band = total.band;
    highest = std::max({highest, bar.total, bar.band ? bar.band->high : 0});
    bars.bars.push_back(std::move(bar));
  }
  bars.x = linear_axis("mean latency, ms", 0, highest * 1.15, kTicksTall);  // room for the totals
  figure.bars = std::move(bars);
}

}  // namespace

Figure make_figure(std::span<const PlotGroup> groups, PlotKind kind) {
  Figure figure;
  figure.stem = name_of(kind);
  switch (kind) {
    case PlotKind::kLatencyCcdf:
      make_latency_ccdf(figure, groups);
      break;
    case PlotKind::kTimeline:
      make_timeline(figure, groups);
      break;
    case PlotKind::kAvailability:
      make_availability(figure, groups);
      break;
    case PlotKind::kThroughput:
      make_throughput(figure, groups);
      break;
    case PlotKind::kPhaseBars:
      make_phases(figure, groups);
      break;
    case PlotKind::kInDoubt:
      make_in_doubt(figure, groups);
      break;
  }
  if (std::ranges::any_of(figure.panels, &Panel::over_time)) figure.faults = shared_faults(groups, figure.faults_not_drawn);
  return figure;
}

}  // namespace paygrid::report
