// Plots of one or several runs for a paper: data and gnuplot script of each kind. Pure: text in, text out; who runs gnuplot is
// the command line.
//
// Runs of one scenario content and protocol that differ in their seed alone are replicates: one curve, with a 95 % confidence
// band over them (Student). A single run has a band where statistics give one: a distribution (Dvoretzky-Kiefer-Wolfowitz), a
// share (Wilson). Colours are those of Okabe and Ito, told apart by the colour-blind, with dashes beside them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

enum class PlotKind : std::uint8_t { kLatencyCcdf, kTimeline, kAvailability, kThroughput, kPhaseBars, kInDoubt };
inline constexpr std::array kPlotKinds{PlotKind::kLatencyCcdf, PlotKind::kTimeline,  PlotKind::kAvailability,
                                       PlotKind::kThroughput,  PlotKind::kPhaseBars, PlotKind::kInDoubt};
std::string_view name_of(PlotKind kind);  // "latency-ccdf", ...: also the stem of its files

enum class PlotFormat : std::uint8_t { kSvg, kPdf, kPng };
std::string_view name_of(PlotFormat format);  // "svg", ...: also the extension

// Of the page that the figure stands in: 8.5 cm or 17.8 cm wide.
enum class PlotWidth : std::uint8_t { kOneColumn, kTwoColumns };

struct PlotText {
  std::string data;            // NAME.dat
  std::string script;          // NAME.gp: `gnuplot NAME.gp`, in its folder, writes NAME.<format>
  std::uint32_t width_px = 0;  // of a PNG
  std::uint32_t height_px = 0;
};

struct PlotGroup;

// Reads what the plots need of each run, once. Keeps no run.
class Plots {
 public:
  // Throws std::runtime_error when a run lacks what is drawn. Requires: at least one run.
  explicit Plots(std::span<const RecordedRun> runs);
  ~Plots();
  Plots(Plots&&) noexcept;

  PlotText text(PlotKind kind, PlotFormat format, PlotWidth width) const;
  // The same points as a table: panel, curve, x, y, low and high of the 95 % band, and of which of x and y it is.
  std::string csv(PlotKind kind) const;

 private:
  std::vector<PlotGroup> groups_;
};

}  // namespace paygrid::report
