// Where everything in a figure stands, in centimetres from its lower left corner. Nothing is left to gnuplot's guess, so that
// no label meets another: widths of text are estimated from above.
#pragma once

#include <string>
#include <vector>

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

inline constexpr double kFontPoints = 8;
inline constexpr double kSmallFontPoints = 7;

struct Box {
  double left = 0, right = 0, bottom = 0, top = 0;
};

// Entries in rows from the left: a sample of the line, then its name.
struct KeyPlace {
  std::size_t columns = 0;  // 0: no key
  double top = 0;
  double entry = 0;  // width of one
};
inline constexpr double kKeyRow = 0.36;
inline constexpr double kKeySample = 0.7;

struct PanelPlace {
  Box box;
  KeyPlace key;
  bool x_labels = true;  // false: those of the panel below serve
};

// A label over one fault window or several that stand close.
struct FaultTag {
  std::string text;
  double at_s = 0;
};

struct Layout {
  double width = 0, height = 0;
  std::vector<PanelPlace> panels;     // of Figure::panels, or the one of its bars
  std::vector<FaultTag> tags;         // over the first panel over time
  std::vector<std::string> captions;  // under the figure, top down
  double captions_top = 0;
};

inline constexpr double kCaptionHeight = 0.32;

Layout lay_out(const Figure& figure, PlotWidth width);

}  // namespace paygrid::report
