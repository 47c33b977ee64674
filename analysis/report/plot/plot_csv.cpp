// NAME.csv: what a figure draws as one tidy table, a row a point, for spreadsheets and statistics programs (RFC 4180).
#include <fmt/format.h>

#include <cmath>

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

namespace {

std::string cell(double value) { return std::isnan(value) ? std::string() : fmt::format("{:.10g}", value); }

std::string cell(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) quoted += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return quoted + '"';
}

void add_row(std::string& text, std::string_view panel, std::string_view curve, const std::string& x, double y,
             const std::optional<estimate::Interval>& band, std::string_view band_of) {
  text += fmt::format("{},{},{},{},{},{},{}\n", cell(panel), cell(curve), x, cell(y), band ? cell(band->low) : "",
                      band ? cell(band->high) : "", band ? band_of : "");
}

}  // namespace

std::string csv_text(const Figure& figure) {
  std::string text = "panel,curve,x,y,low,high,band_of\n";
  for (const Panel& panel : figure.panels)
    for (const Curve& curve : panel.curves)
      for (const CurvePoint& point : curve.points)
        add_row(text, panel.name, curve.name, cell(point.x), point.y, point.band, curve.band_of == BandOf::kY ? "y" : "x");
  if (!figure.bars) return text;
  for (const Bar& bar : figure.bars->bars) {
    for (std::size_t part = 0; part < bar.parts.size(); ++part)
      add_row(text, figure.bars->name, bar.label, cell(figure.bars->parts[part]), bar.parts[part], std::nullopt, "");
    add_row(text, figure.bars->name, bar.label, cell("total"), bar.total, bar.band, "y");
  }
  return text;
}

}  // namespace paygrid::report
