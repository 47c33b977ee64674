// A figure before it is text: panels of curves, or bars. Its curves stand in the data file one block each, in the order of
// blocks_of, which is how the script finds them.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/estimate/bands.hpp"
#include "analysis/report/plot/plot.hpp"
#include "analysis/report/plot/plot_groups.hpp"

namespace paygrid::report {

struct CurvePoint {
  double x = 0;
  double y = 0;
  std::optional<estimate::Interval> band;  // of y, or of x where the curve says so
};

enum class BandOf : std::uint8_t { kY, kX };

struct Curve {
  static constexpr std::size_t kReference = static_cast<std::size_t>(-1);  // no group's: thin and grey

  std::string name;       // in the data file
  std::string key;        // in the panel's key; empty: none
  std::size_t group = 0;  // decides colour, dash and mark
  std::vector<CurvePoint> points;
  BandOf band_of = BandOf::kY;
  bool marks = false;  // points alone, no line
};

// A line across the panel with a name at its right end.
struct Level {
  double y = 0;
  std::string name;
};

struct Axis {
  std::string label;
  double low = 0;
  double high = 1;
  bool log = false;
  std::vector<std::pair<double, std::string>> ticks;
};

struct Panel {
  std::string name;  // in the data file, with units
  Axis x, y;
  std::vector<Curve> curves;
  std::vector<Level> levels;
  bool over_time = false;  // fault windows are shaded
  bool tall = false;
  std::string nothing;  // said in place of the curves where there are none
};

// One stacked bar: a group.
struct Bar {
  std::string label;
  std::vector<double> parts;
  double total = 0;
  std::optional<estimate::Interval> band;  // of the total
};

struct Bars {
  std::vector<std::string> parts;
  std::vector<Bar> bars;
  Axis x;
  std::string name;
};

struct Figure {
  std::string stem;
  std::vector<std::string> notes;  // head lines of the data file: what is drawn, units
  std::vector<Panel> panels;       // from top to bottom; those over time share one x axis
  std::optional<Bars> bars;        // instead of panels
  std::vector<FaultWindow> faults;
  std::size_t faults_not_drawn = 0;
};

// What is in the data file, numbered in this order.
struct Block {
  const Panel* panel = nullptr;
  const Curve* curve = nullptr;
  bool outline = false;  // the closed outline of a band of x, which gnuplot cannot fill from the curve's own block
};
std::vector<Block> blocks_of(const Figure& figure);  // curves without points have none
bool has_band(const Curve& curve);

Figure make_figure(std::span<const PlotGroup> groups, PlotKind kind);
std::string data_text(const Figure& figure);
std::string csv_text(const Figure& figure);
PlotText script_of(const Figure& figure, PlotFormat format, PlotWidth width);  // the data is left empty

// Axes whose ticks are round numbers and which hold all values; 0 and below count for nothing on a logarithmic one.
Axis linear_axis(std::string label, double low, double high, std::size_t ticks_max);
Axis log_axis(std::string label, double low, double high);

}  // namespace paygrid::report
