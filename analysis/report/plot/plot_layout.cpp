#include "analysis/report/plot/plot_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace paygrid::report {

namespace {

constexpr double kCharacter = 0.152;  // cm, of the font at 8 points, on average from above
constexpr double kTagRow = 0.30;
constexpr double kEdge = 0.12;
constexpr double kTicksHeight = 0.42;  // labels under an axis
constexpr double kLabelHeight = 0.50;  // the axis' name below them
constexpr double kPanelGap = 0.32;
constexpr double kBarHeight = 0.52;
constexpr std::size_t kTagsMax = 12;
constexpr std::size_t kCaptionsMax = 4;

// Of UTF-8: what is drawn.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::size_t longest(const std::vector<std::string>& texts) {
  std::size_t found = 0;
  for (const std::string& text : texts) found = std::max(found, characters(text));
  return found;
}

std::string shortened(std::string text, double width) {
  const auto room = static_cast<std::size_t>(width / (kCharacter * kSmallFontPoints / kFontPoints));
  if (characters(text) <= room) return text;
  while (characters(text) > room - 3) {
    while ((static_cast<unsigned char>(text.back()) & 0xC0) == 0x80) text.pop_back();
    text.pop_back();
  }
  return text + "...";
}

std::vector<std::string> keys_of(const Panel& panel) {
  std::vector<std::string> keys;
  bool band = false;
  for (const Curve& curve : panel.curves) {
    if (curve.key.empty() || curve.points.empty()) continue;
    keys.push_back(curve.key);
    band = band || has_band(curve);
  }
  if (band) keys.emplace_back("95 % band");
  return keys;
}

// A key that begins at height `bottom`.
KeyPlace place_key(const std::vector<std::string>& keys, double width, double bottom) {
  if (keys.empty()) return {0, bottom, 0};
  const double entry = static_cast<double>(longest(keys)) * kCharacter + kKeySample + 0.45;
  const auto columns = std::clamp<std::size_t>(static_cast<std::size_t>(width / entry), 1, keys.size());
  const std::size_t rows = (keys.size() + columns - 1) / columns;
  return {columns, bottom + static_cast<double>(rows) * kKeyRow + 0.14, entry};
}

std::string seconds(double value) { return fmt::format("{:.6g}", value); }

std::vector<std::string> captions_of(const Figure& figure, double width) {
  const std::vector<FaultWindow>& faults = figure.faults;
  std::vector<std::string> captions;
  if (faults.size() > kTagsMax) {
    captions.push_back(fmt::format("grey: {} faults, named in {}.dat", faults.size(), figure.stem));
  } else {
    const std::size_t named = faults.size() > kCaptionsMax ? kCaptionsMax - 1 : faults.size();
    for (std::size_t at = 0; at < named; ++at)
      captions.push_back(fmt::format("{}, {} to {} s: {}", faults.size() == 1 ? "grey" : fmt::format("grey {}", at + 1),
                                     seconds(faults[at].from_s), seconds(faults[at].to_s), faults[at].description));
    if (named < faults.size())
      captions.push_back(fmt::format("and {} more, named in {}.dat", faults.size() - named, figure.stem));
  }
  if (figure.faults_not_drawn > 0)
    captions.push_back(fmt::format("{} faults differ between the runs and are not drawn", figure.faults_not_drawn));
  for (std::string& caption : captions) caption = shortened(caption, width);
  return captions;
}

// Numbers of windows, in order of time; those that would touch become one, "2-4".
std::vector<FaultTag> tags_of(const Figure& figure, const Panel& panel, const Box& box) {
  if (figure.faults.size() < 2 || figure.faults.size() > kTagsMax) return {};
  const double cm_per_s = (box.right - box.left) / (panel.x.high - panel.x.low);
  struct Cluster {
    std::size_t first, last;
    double from, to;  // cm, of its text
  };
  const auto width_of = [](std::size_t first, std::size_t last) { return kCharacter * (first == last ? 2 : 5); };
  std::vector<Cluster> clusters;
  const auto centre = [&](std::size_t at) { return (figure.faults[at].from_s + figure.faults[at].to_s) / 2 * cm_per_s; };
  for (std::size_t at = 0; at < figure.faults.size(); ++at) {
    Cluster fresh{at, at, centre(at) - width_of(at, at) / 2, centre(at) + width_of(at, at) / 2};
    while (!clusters.empty() && clusters.back().to + kCharacter > fresh.from) {
      fresh.first = clusters.back().first;
      clusters.pop_back();
      const double middle = (centre(fresh.first) + centre(fresh.last)) / 2;
      fresh.from = middle - width_of(fresh.first, fresh.last) / 2;
      fresh.to = middle + width_of(fresh.first, fresh.last) / 2;
    }
    clusters.push_back(fresh);
  }
  std::vector<FaultTag> tags;
  for (const Cluster& cluster : clusters)
    tags.push_back({cluster.first == cluster.last ? fmt::format("{}", cluster.first + 1)
                                                  : fmt::format("{}-{}", cluster.first + 1, cluster.last + 1),
                    (cluster.from + cluster.to) / 2 / cm_per_s});
  return tags;
}

struct Sizes {
  double width, tall, low;
};
constexpr Sizes kOneColumn{8.5, 4.6, 1.9};
constexpr Sizes kTwoColumns{17.8, 6.6, 2.3};

// Bottom up in heights: every panel, its key and its tags above it, its axis below it.
Layout lay_out_panels(const Figure& figure, const Sizes& sizes) {
  Layout layout;
  layout.width = sizes.width;
  const bool levels = std::ranges::any_of(figure.panels, [](const Panel& panel) { return !panel.levels.empty(); });
  const double left = 1.35;
  const double right = sizes.width - (levels ? 0.8 : 0.45);
  layout.captions = captions_of(figure, sizes.width - 2 * kEdge);
  double y = kEdge + kCaptionHeight * static_cast<double>(layout.captions.size());
  layout.captions_top = y;
  bool below_over_time = false;
  const auto first_over_time = std::ranges::find_if(figure.panels, &Panel::over_time) - figure.panels.begin();
  layout.panels.resize(figure.panels.size());
  for (std::size_t at = figure.panels.size(); at-- > 0;) {
    const Panel& panel = figure.panels[at];
    PanelPlace& place = layout.panels[at];
    place.x_labels = !(panel.over_time && below_over_time);
    y += place.x_labels ? kTicksHeight + kLabelHeight : kPanelGap;
    const double height = panel.tall ? sizes.tall : figure.panels.size() < 3 ? sizes.low * 1.35 : sizes.low;
    place.box = {left, right, y, y + height};
    y += height;
    if (static_cast<std::ptrdiff_t>(at) == first_over_time) {
      layout.tags = tags_of(figure, panel, place.box);
      if (!layout.tags.empty()) y += kTagRow;
    }
    place.key = place_key(keys_of(panel), right - left, y);
    y = place.key.top;
    below_over_time = panel.over_time;
  }
  layout.height = y + kEdge;
  return layout;
}

Layout lay_out_bars(const Bars& bars, const Sizes& sizes) {
  Layout layout;
  layout.width = sizes.width;
  std::vector<std::string> labels;
  for (const Bar& bar : bars.bars) labels.push_back(bar.label);
  const double left = std::min(0.45 * sizes.width, static_cast<double>(longest(labels)) * kCharacter + 0.45);
  const double right = sizes.width - 0.45;
  double y = kEdge + kTicksHeight + kLabelHeight;
  PanelPlace place;
  place.box = {left, right, y, y + kBarHeight * (static_cast<double>(bars.bars.size()) + 0.3)};
  place.key = place_key(bars.parts, right - left, place.box.top);
  layout.panels = {place};
  layout.height = place.key.top + kEdge;
  return layout;
}

}  // namespace

Layout lay_out(const Figure& figure, PlotWidth width) {
  const Sizes& sizes = width == PlotWidth::kOneColumn ? kOneColumn : kTwoColumns;
  return figure.bars ? lay_out_bars(*figure.bars, sizes) : lay_out_panels(figure, sizes);
}

}  // namespace paygrid::report
