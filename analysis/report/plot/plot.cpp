#include "analysis/report/plot/plot.hpp"

#include "analysis/report/plot/plot_figure.hpp"

namespace paygrid::report {

std::string_view name_of(PlotKind kind) {
  switch (kind) {
    case PlotKind::kLatencyCcdf:
      return "latency-ccdf";
    case PlotKind::kTimeline:
      return "timeline";
    case PlotKind::kAvailability:
      return "availability";
    case PlotKind::kThroughput:
      return "throughput";
    case PlotKind::kPhaseBars:
      return "phases";
    case PlotKind::kInDoubt:
      return "in-doubt";
  }
  return "?";
}

std::string_view name_of(PlotFormat format) {
  switch (format) {
    case PlotFormat::kSvg:
      return "svg";
    case PlotFormat::kPdf:
      return "pdf";
    case PlotFormat::kPng:
      return "png";
  }
  return "?";
}

Plots::Plots(std::span<const RecordedRun> runs) : groups_(group_runs(runs)) {}
Plots::~Plots() = default;
Plots::Plots(Plots&&) noexcept = default;

PlotText Plots::text(PlotKind kind, PlotFormat format, PlotWidth width) const {
  const Figure figure = make_figure(groups_, kind);
  PlotText text = script_of(figure, format, width);
  text.data = data_text(figure);
  return text;
}

std::string Plots::csv(PlotKind kind) const { return csv_text(make_figure(groups_, kind)); }

}  // namespace paygrid::report
