// Curves of groups of runs: distributions, series over time, shares; each with the band that its data supports.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

// P(X > x) of each group. One run: its empirical distribution, thinned to about a thousand points, in a
// Dvoretzky-Kiefer-Wolfowitz band. Replicates: at each share the mean over the runs of the value that this share lies above, in
// a Student band of that value. Empty where no run has a sample. Samples ascend.
Curve ccdf_curve(const PlotGroup& group, std::vector<double> RunSample::*samples);

// One run: its values. Replicates: mean and Student band, at intervals where at least one run has a value.
Curve series_curve(const PlotGroup& group, Series RunSample::*series);

// Per cent. One run: Wilson band; replicates: Student band of the runs' shares.
Curve share_curve(const PlotGroup& group, std::vector<Share> RunSample::*shares);

// A figure of each run: mean and, over replicates, Student's interval.
struct Estimate {
  double mean = 0;  // NaN where no run has one
  std::optional<estimate::Interval> band;
};
Estimate estimate(const PlotGroup& group, const std::function<double(const RunSample&)>& figure);
// As above; a single run's by Wilson.
Estimate share_estimate(const PlotGroup& group, Share RunSample::*share);

}  // namespace paygrid::report
