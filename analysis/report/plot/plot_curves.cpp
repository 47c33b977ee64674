#include "analysis/report/plot/plot_curves.hpp"

#include <algorithm>
#include <cmath>

namespace paygrid::report {

namespace {

constexpr double kThinning = 1.01;  // successive points of a distribution differ in their share above by at least this factor

// Numbers of samples above a point of the curve, descending from count to 0: all of the last hundred, geometric before.
std::vector<std::size_t> shares_above(std::size_t count) {
  std::vector<std::size_t> above;
  for (std::size_t left = count; left > 0;) {
    above.push_back(left);
    left = std::min(left - 1, static_cast<std::size_t>(static_cast<double>(left) / kThinning));
  }
  return above;
}

void add_empirical(Curve& curve, const std::vector<double>& samples) {
  const std::size_t count = samples.size();
  const double half = estimate::dkw_half_width(count);
  const auto add = [&](double x, std::size_t above) {
    const double share = static_cast<double>(above) / static_cast<double>(count);
    if (!curve.points.empty() && curve.points.back().x == x && curve.points.back().y == share) return;
    curve.points.push_back({x, share, estimate::Interval{std::max(0.0, share - half), std::min(1.0, share + half)}});
  };
  add(samples.front(), count);
  std::size_t before = count;
  for (const std::size_t above : shares_above(count)) {
    if (above == count) continue;
    const double x = samples[count - above - 1];  // P(X > x) is this share from here up to the next sample
    if (before == above + 1) add(x, before);      // where every sample is drawn, so are the steps
    add(x, above);
    before = above;
  }
  if (count > 1) add(samples.back(), before);
}

void add_replicates(Curve& curve, const std::vector<const std::vector<double>*>& runs) {
  curve.band_of = BandOf::kX;
  const auto fewest = std::ranges::min(runs, {}, [](const auto* samples) { return samples->size(); })->size();
  for (const std::size_t above : shares_above(fewest)) {
    const double share = static_cast<double>(above) / static_cast<double>(fewest);
    std::vector<double> values;
    for (const auto* samples : runs) {
      const double rank = std::ceil((1 - share) * static_cast<double>(samples->size()) - 1e-9);
      values.push_back((*samples)[static_cast<std::size_t>(std::max(rank, 1.0)) - 1]);
    }
    curve.points.push_back({estimate::mean_of(values), share, estimate::student_interval(values)});
  }
}

Curve named_after(const PlotGroup& group) {
  Curve curve;
  curve.name = group.label;
  curve.key = group.label;
  return curve;
}

Estimate estimate_of(const std::vector<double>& values) { return {estimate::mean_of(values), estimate::student_interval(values)}; }

}  // namespace

Curve ccdf_curve(const PlotGroup& group, std::vector<double> RunSample::*samples) {
  Curve curve = named_after(group);
  std::vector<const std::vector<double>*> runs;
  for (const RunSample& sample : group.samples)
    if (!(sample.*samples).empty()) runs.push_back(&(sample.*samples));
  if (runs.empty()) return curve;
  if (group.samples.size() == 1)
    add_empirical(curve, *runs.front());
  else
    add_replicates(curve, runs);
  return curve;
}

Curve series_curve(const PlotGroup& group, Series RunSample::*series) {
  Curve curve = named_after(group);
  const Series& first = group.samples.front().*series;
  for (std::size_t row = 0; row < first.at_s.size(); ++row) {
    std::vector<double> values;
    for (const RunSample& sample : group.samples)
      if (row < (sample.*series).values.size() && !std::isnan((sample.*series).values[row]))
        values.push_back((sample.*series).values[row]);
    const Estimate found = estimate_of(values);
    curve.points.push_back({first.at_s[row], found.mean, found.band});
  }
  return curve;
}

Curve share_curve(const PlotGroup& group, std::vector<Share> RunSample::*shares) {
  Curve curve = named_after(group);
  const RunSample& first = group.samples.front();
  const auto percent = [](const estimate::Interval& share) { return estimate::Interval{100 * share.low, 100 * share.high}; };
  for (std::size_t row = 0; row < (first.*shares).size(); ++row) {
    const double from_s = static_cast<double>(row) * first.share_width_s;
    const double at_s = (from_s + std::min(first.end_s, from_s + first.share_width_s)) / 2;
    std::vector<double> values;
    for (const RunSample& sample : group.samples)
      if (row < (sample.*shares).size() && (sample.*shares)[row].trials > 0)
        values.push_back(100 * (sample.*shares)[row].value());
    Estimate found = estimate_of(values);
    const Share& own = (first.*shares)[row];
    if (group.samples.size() == 1 && own.trials > 0) found.band = percent(estimate::wilson(own.successes, own.trials));
    curve.points.push_back({at_s, found.mean, found.band});
  }
  return curve;
}

Estimate estimate(const PlotGroup& group, const std::function<double(const RunSample&)>& figure) {
  std::vector<double> values;
  for (const RunSample& sample : group.samples)
    if (const double value = figure(sample); !std::isnan(value)) values.push_back(value);
  return estimate_of(values);
}

Estimate share_estimate(const PlotGroup& group, Share RunSample::*share) {
  Estimate found = estimate(group, [share](const RunSample& sample) { return (sample.*share).value(); });
  const Share& own = group.samples.front().*share;
  if (group.samples.size() == 1) found.band = estimate::wilson(own.successes, own.trials);
  return found;
}

}  // namespace paygrid::report
