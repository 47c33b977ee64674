// NAME.dat: what a figure draws, to be read by people, by gnuplot and by anything that reads columns.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ranges>

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

namespace {

std::string number(double value) { return std::isnan(value) ? "NaN" : fmt::format("{:.10g}", value); }

bool drawable(const Curve& curve) {
  return std::ranges::any_of(curve.points, [](const CurvePoint& point) { return !std::isnan(point.y); });
}

void add_outline(std::string& text, std::size_t index, const Block& block) {
  text += fmt::format("\n\n# block {}: outline of the band of block {}\n# x y\n", index, index - 1);
  const std::vector<CurvePoint>& points = block.curve->points;
  for (const CurvePoint& point : points)
    if (point.band) text += fmt::format("{} {}\n", number(point.band->low), number(point.y));
  for (const CurvePoint& point : points | std::views::reverse)
    if (point.band) text += fmt::format("{} {}\n", number(point.band->high), number(point.y));
}

void add_block(std::string& text, std::size_t index, const Block& block) {
  if (block.outline) return add_outline(text, index, block);
  const Curve& curve = *block.curve;
  const char* band = curve.band_of == BandOf::kY ? "low high: 95 % band of y" : "low high: 95 % band of x";
  text += fmt::format("\n\n# block {}: {}\n# {}\n# x y {}\n", index, block.panel->name, curve.name, band);
  for (const CurvePoint& point : curve.points)
    text += fmt::format("{} {} {} {}\n", number(point.x), number(point.y), point.band ? number(point.band->low) : "NaN",
                        point.band ? number(point.band->high) : "NaN");
}

void add_bars(std::string& text, const Bars& bars) {
  text += fmt::format("\n\n# block 0: {}\n# row", bars.name);
  for (const std::string& part : bars.parts) text += " " + part;
  text += " total total_low total_high label; low high: 95 % band of the total\n";
  for (std::size_t row = 0; row < bars.bars.size(); ++row) {
    const Bar& bar = bars.bars[row];
    text += fmt::format("{}", row + 1);
    for (const double part : bar.parts) text += " " + number(part);
    text += fmt::format(" {} {} {} \"{}\"\n", number(bar.total), bar.band ? number(bar.band->low) : "NaN",
                        bar.band ? number(bar.band->high) : "NaN", bar.label);
  }
}

}  // namespace

bool has_band(const Curve& curve) {
  return std::ranges::any_of(curve.points, [](const CurvePoint& point) { return point.band.has_value(); });
}

std::vector<Block> blocks_of(const Figure& figure) {
  std::vector<Block> blocks;
  for (const Panel& panel : figure.panels)
    for (const Curve& curve : panel.curves)
      if (drawable(curve)) {
        blocks.push_back({&panel, &curve, false});
        if (curve.band_of == BandOf::kX && !curve.marks && has_band(curve)) blocks.push_back({&panel, &curve, true});
      }
  return blocks;
}

std::string data_text(const Figure& figure) {
  std::string text = fmt::format("# PayGrid: {}\n", figure.stem);
  for (const std::string& note : figure.notes) text += fmt::format("# {}\n", note);
  for (const FaultWindow& fault : figure.faults)
    text += fmt::format("# fault: {}, from {:g} s to {:g} s\n", fault.description, fault.from_s, fault.to_s);
  if (figure.faults_not_drawn > 0)
    text += fmt::format("# faults whose times differ between the runs, not drawn: {}\n", figure.faults_not_drawn);
  const std::vector<Block> blocks = blocks_of(figure);
  for (std::size_t index = 0; index < blocks.size(); ++index) add_block(text, index, blocks[index]);
  if (figure.bars) add_bars(text, *figure.bars);
  return text;
}

}  // namespace paygrid::report
