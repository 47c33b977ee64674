// NAME.gp: a figure as gnuplot 5.4 draws it, without a warning.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "analysis/report/plot/plot_layout.hpp"

namespace paygrid::report {

namespace {

// Okabe and Ito, "Color universal design", 2008; yellow is left out, since it vanishes on white.
constexpr std::array kColours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"};
constexpr std::array kDashes{"1", "(9,5)", "(3,4)", "(12,4,3,4)", "(18,6)", "(8,3,3,3,3,3)", "(2,2)"};
constexpr std::array kMarks{7, 5, 9, 11, 13, 4, 6};
constexpr double kAxisNameBelow = 0.76;  // cm
constexpr double kPixelsPerCm = 300 / 2.54;
constexpr double kSvgPixelsPerCm = 96 / 2.54;

// A string of gnuplot in which nothing has a meaning of its own.
std::string quoted(const std::string& text) {
  std::string made = "'";
  for (const char letter : text) {
    if (letter == '\'')
      made += "''";
    else if (static_cast<unsigned char>(letter) >= ' ')
      made += letter;
  }
  return made + "'";
}

std::size_t style_of(const Curve& curve) {
  return curve.group == Curve::kReference ? kColours.size() + 1 : curve.group % kColours.size() + 1;
}

// A sample of a line style, or of a fill.
struct KeyEntry {
  std::string text;
  std::size_t style = 0;
  std::string fill{};
  bool opaque = false;
};

class Script {
 public:
  Script(const Figure& figure, PlotFormat format, const Layout& layout)
      : figure_(figure), layout_(layout), blocks_(blocks_of(figure)) {
    add_head(format);
    if (figure.bars)
      add_bars(*figure.bars);
    else
      add_panels();
    add("unset multiplot\nunset output\n");
  }
  const std::string& text() const { return text_; }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += fmt::format(format, std::forward<Args>(args)...);
  }
  std::string across(double cm) const { return fmt::format("screen {:.5f}", cm / layout_.width); }
  std::string up(double cm) const { return fmt::format("screen {:.5f}", cm / layout_.height); }

  void add_head(PlotFormat format);
  void add_terminals();
  void add_line_styles();
  void add_axis(char name, const Axis& axis, bool labels);
  void add_place(const PanelPlace& place);
  void add_key(const PanelPlace& place, const std::vector<KeyEntry>& entries);
  void add_captions();
  void add_faults(const Panel& panel, bool tags);
  void add_levels(const Panel& panel);
  void add_panels();
  void add_panel(const Panel& panel, const PanelPlace& place);
  void add_curves(const Panel& panel, const PanelPlace& place);
  std::string band_of(const Panel& panel, const Curve& curve, std::size_t block) const;
  std::string curve_of(const Curve& curve, std::size_t block) const;
  void add_bars(const Bars& bars);
  void add_plot(const std::vector<std::string>& elements) { add("plot {}\n", fmt::join(elements, ", \\\n     ")); }

  const Figure& figure_;
  const Layout& layout_;
  std::vector<Block> blocks_;
  std::string text_;
};

void Script::add_head(PlotFormat format) {
  add("# PayGrid: {0}. `gnuplot {0}.gp` in this folder draws {0}.{1} from {0}.dat;\n", figure_.stem, name_of(format));
  add("# gnuplot -e \"format='pdf'\" {0}.gp draws another format: svg, pdf or png.\n", figure_.stem);
  add("if (!exists(\"format\")) format = '{}'\n", name_of(format));
  add("data = {}\n", quoted(figure_.stem + ".dat"));
  add("set encoding utf8\n");
  add_terminals();
  add("set output {} . format\n\n", quoted(figure_.stem + "."));
  add_line_styles();
  add("set border 3 linewidth 0.7\nset tics out nomirror scale 0.5, 0.25\nset grid ytics linecolor rgb '#d8d8d8' linewidth 0.5 "
      "dashtype 1\n");
  add("set style fill solid noborder\nunset key\nset errorbars small\nset multiplot\n");
}

void Script::add_terminals() {
  const double width = layout_.width, height = layout_.height;
  add("# {} cm by {:.2f} cm, text of {} points.\n", width, height, kFontPoints);
  add("if (format eq 'pdf') {{ set terminal pdfcairo color noenhanced size {}cm,{:.4f}cm font 'Liberation Sans,{}' fontscale "
      "0.75 linewidth 1 }}\n",
      width, height, kFontPoints);
  add("if (format eq 'png') {{ set terminal pngcairo color noenhanced size {:.0f},{:.0f} font 'Liberation Sans,{}' fontscale "
      "{:.4f} linewidth {:.3f} pointscale {:.3f} }}\n",
      width * kPixelsPerCm, height * kPixelsPerCm, kFontPoints, 300.0 / 96, 300.0 / 72, 300.0 / 72);
  add("if (format eq 'svg') {{ set terminal svg noenhanced size {:.0f},{:.0f} font 'Liberation Sans,{:.3f}' linewidth 1.333 "
      "background 'white' }}\n",
      width * kSvgPixelsPerCm, height * kSvgPixelsPerCm, kFontPoints * 96 / 72);
  add("small = format eq 'svg' ? ',{:.3f}' : ',{}'\n", kSmallFontPoints * 96 / 72, kSmallFontPoints);
}

void Script::add_line_styles() {
  for (std::size_t at = 0; at < kColours.size(); ++at)
    add("set style line {} linecolor rgb '{}' dashtype {} linewidth 1.3 pointtype {} pointsize 0.55\n", at + 1, kColours[at],
        kDashes[at], kMarks[at]);
  add("set style line {} linecolor rgb '#808080' dashtype 1 linewidth 0.7\n", kColours.size() + 1);
}

void Script::add_axis(char name, const Axis& axis, bool labels) {
  add("{} logscale {}\n", axis.log ? "set" : "unset", name);
  // On a logarithmic axis gnuplot loses a tick that lies on the very end.
  const double slack = axis.log ? 1.0005 : 1;
  add("set {}range [{:.10g}:{:.10g}]\n", name, axis.low / slack, axis.high * slack);
  std::vector<std::string> ticks;
  for (const auto& [at, text] : axis.ticks) ticks.push_back(fmt::format("{} {:.10g}", quoted(labels ? text : ""), at));
  if (axis.log)
    for (double decade = std::pow(10, std::floor(std::log10(axis.low))); decade < axis.high; decade *= 10)
      for (int digit = 2; digit <= 9; ++digit) {
        const double at = digit * decade;
        const bool named =
            std::ranges::any_of(axis.ticks, [at](const auto& tick) { return std::abs(tick.first - at) < at * 1e-9; });
        if (!named && at > axis.low && at < axis.high) ticks.push_back(fmt::format("'' {:.10g} 1", at));
      }
  add("set {}tics ({})\n", name, fmt::join(ticks, ", "));
}

void Script::add_place(const PanelPlace& place) {
  add("set lmargin at {}\nset rmargin at {}\n", across(place.box.left), across(place.box.right));
  add("set bmargin at {}\nset tmargin at {}\n", up(place.box.bottom), up(place.box.top));
}

// A key of our own: gnuplot's moves the curves or covers them, and warns where it finds no room.
void Script::add_key(const PanelPlace& place, const std::vector<KeyEntry>& entries) {
  for (std::size_t at = 0; at < entries.size(); ++at) {
    const double left = place.box.left + static_cast<double>(at % place.key.columns) * place.key.entry;
    const double middle = place.key.top - kKeyRow * (static_cast<double>(at / place.key.columns) + 0.5);
    const KeyEntry& entry = entries[at];
    if (!entry.fill.empty())
      add("set object rectangle from {}, {} to {}, {} fillcolor rgb '{}' fillstyle {} noborder\n", across(left),
          up(middle - 0.09), across(left + kKeySample), up(middle + 0.09), entry.fill,
          entry.opaque ? "solid 1" : "transparent solid 0.25");
    else
      add("set arrow from {}, {} to {}, {} nohead linestyle {}\n", across(left), up(middle), across(left + kKeySample),
          up(middle), entry.style);
    add("set label {} at {}, {} left\n", quoted(entry.text), across(left + kKeySample + 0.12), up(middle));
  }
}

void Script::add_captions() {
  for (std::size_t at = 0; at < layout_.captions.size(); ++at)
    add("set label {} at {}, {} left font small\n", quoted(layout_.captions[at]), across(layout_.panels.front().box.left - 1.2),
        up(layout_.captions_top - kCaptionHeight * (static_cast<double>(at) + 0.5)));
}

void Script::add_faults(const Panel& panel, bool tags) {
  if (!panel.over_time) return;
  const double span = panel.x.high - panel.x.low;
  for (const FaultWindow& fault : figure_.faults)  // a fault of an instant is still seen
    add("set object rectangle from first {:.10g}, graph 0 to first {:.10g}, graph 1 behind fillcolor rgb '#e4e4e4' fillstyle "
        "solid noborder\n",
        fault.from_s, std::min(panel.x.high, std::max(fault.to_s, fault.from_s + span * 0.004)));
  if (!tags) return;
  for (const FaultTag& tag : layout_.tags)
    add("set label {} at first {:.10g}, graph 1 center offset 0, character 0.5 font small\n", quoted(tag.text), tag.at_s);
}

void Script::add_levels(const Panel& panel) {
  for (const Level& level : panel.levels) {
    add("set arrow from graph 0, first {0:.10g} to graph 1, first {0:.10g} nohead back linecolor rgb '#909090' dashtype (2,4) "
        "linewidth 0.6\n",
        level.y);
    add("set label {} at graph 1, first {:.10g} left offset character 0.4, 0 font small\n", quoted(level.name), level.y);
  }
}

std::string Script::band_of(const Panel& panel, const Curve& curve, std::size_t block) const {
  const auto bands = std::ranges::count_if(panel.curves, [](const Curve& other) { return !other.marks && has_band(other); });
  const std::string colour = kColours[curve.group % kColours.size()];
  const std::string fill =
      fmt::format("fillcolor rgb '{}' fillstyle transparent solid {} noborder", colour, bands > 1 ? 0.13 : 0.2);
  const auto held = [](std::string_view column, double low) {
    return fmt::format("(${0} > {1:.10g} ? ${0} : {1:.10g})", column, low);
  };
  if (curve.band_of == BandOf::kX)
    return fmt::format("data index {} using {}:2 with filledcurves closed {}", block + 1, held("1", panel.x.low), fill);
  return fmt::format("data index {} using 1:{}:{} with filledcurves {}", block, held("3", panel.y.low), held("4", panel.y.low),
                     fill);
}

std::string Script::curve_of(const Curve& curve, std::size_t block) const {
  const std::size_t style = style_of(curve);
  if (!curve.marks) return fmt::format("data index {} using 1:2 with lines linestyle {}", block, style);
  if (!has_band(curve)) return fmt::format("data index {} using 1:2 with points linestyle {}", block, style);
  return fmt::format("data index {} using 1:2:3:4 with xerrorbars linestyle {} dashtype 1 linewidth 0.9", block, style);
}

void Script::add_curves(const Panel& panel, const PanelPlace& place) {
  std::vector<std::string> bands, lines;
  std::vector<KeyEntry> key;
  bool band_key = false;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const Curve& curve = *blocks_[block].curve;
    if (blocks_[block].panel != &panel || blocks_[block].outline) continue;
    lines.push_back(curve_of(curve, block));
    if (!curve.key.empty()) key.push_back({curve.key, style_of(curve)});
    if (!has_band(curve) || curve.marks) continue;
    bands.push_back(band_of(panel, curve, block));
    band_key = band_key || !curve.key.empty();
  }
  if (band_key) key.push_back({"95 % band", 0, kColours[0], false});
  add_key(place, key);
  bands.insert(bands.end(), lines.begin(), lines.end());
  if (bands.empty()) bands.push_back(fmt::format("{:.10g} with lines linecolor rgb 'white'", panel.y.low));
  add_plot(bands);
}

void Script::add_panel(const Panel& panel, const PanelPlace& place) {
  add("\n# {}\nunset label\nunset arrow\nunset object\n", panel.name);
  add_place(place);
  add_axis('x', panel.x, place.x_labels);
  add_axis('y', panel.y, true);
  const double middle = (place.box.left + place.box.right) / 2;
  if (place.x_labels)
    add("set label {} at {}, {} center\n", quoted(panel.x.label), across(middle), up(place.box.bottom - kAxisNameBelow));
  add("set label {} at {}, {} center rotate\n", quoted(panel.y.label), across(0.22),
      up((place.box.bottom + place.box.top) / 2));
  const bool first = &panel == figure_.panels.data();
  if (first) add_captions();
  add_faults(panel, &panel == &*std::ranges::find_if(figure_.panels, &Panel::over_time));
  add_levels(panel);
  if (!panel.nothing.empty()) add("set label {} at graph 0.5, graph 0.5 center\n", quoted(panel.nothing));
  add_curves(panel, place);
}

void Script::add_panels() {
  for (std::size_t at = 0; at < figure_.panels.size(); ++at) add_panel(figure_.panels[at], layout_.panels[at]);
}

void Script::add_bars(const Bars& bars) {
  static constexpr std::array kPhaseColours{"#0072B2", "#56B4E9", "#E69F00", "#D55E00", "#CC79A7"};
  const PanelPlace& place = layout_.panels.front();
  const double rows = static_cast<double>(bars.bars.size());
  add("\n# {}\n", bars.name);
  add_place(place);
  add_axis('x', bars.x, true);
  add("set grid noytics xtics\nset yrange [{:.2f}:0.35]\n", rows + 0.65);
  std::vector<std::string> ticks, elements;
  bool band = false;
  for (std::size_t row = 0; row < bars.bars.size(); ++row) {
    const Bar& bar = bars.bars[row];
    ticks.push_back(fmt::format("{} {}", quoted(bar.label), row + 1));
    band = band || bar.band;
    add("set label '{:.4g}' at first {:.10g}, first {} left offset character 0.6, 0\n", bar.total,
        bar.band ? std::max(bar.band->high, bar.total) : bar.total, row + 1);
  }
  add("set ytics scale 0 ({})\nset label {} at {}, {} center\n", fmt::join(ticks, ", "), quoted(bars.x.label),
      across((place.box.left + place.box.right) / 2), up(place.box.bottom - kAxisNameBelow));
  std::vector<KeyEntry> key;
  std::string before = "0";
  for (std::size_t part = 0; part < bars.parts.size(); ++part) {
    const std::string upto = fmt::format("{}+${}", before, part + 2);
    elements.push_back(
        fmt::format("data index 0 using (({0}+{1})/2):1:({0}):({1}):($1-0.34):($1+0.34) with boxxyerror fillcolor rgb '{2}' "
                    "fillstyle solid noborder",
                    before, upto, kPhaseColours[part]));
    key.push_back({bars.parts[part], 0, kPhaseColours[part], true});
    before = upto;
  }
  add_key(place, key);
  const std::size_t total = bars.parts.size() + 2;
  if (band)
    elements.push_back(
        fmt::format("data index 0 using {}:1:{}:{} with xerrorbars linecolor rgb 'black' pointtype 0 linewidth 1", total,
                    total + 1, total + 2));
  add_plot(elements);
}

}  // namespace

PlotText script_of(const Figure& figure, PlotFormat format, PlotWidth width) {
  const Layout layout = lay_out(figure, width);
  const Script script(figure, format, layout);
  return {"", script.text(), static_cast<std::uint32_t>(std::lround(layout.width * kPixelsPerCm)),
          static_cast<std::uint32_t>(std::lround(layout.height * kPixelsPerCm))};
}

}  // namespace paygrid::report
