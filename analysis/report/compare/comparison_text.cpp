// The comparison for a console, for a spreadsheet and as a page.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "analysis/report/compare/comparison.hpp"

namespace paygrid::report {

namespace {

constexpr std::size_t kSettingsMax = 12;

std::string number(double value) { return std::isnan(value) ? "-" : fmt::format("{:.6g}", value == 0 ? 0.0 : value); }

std::string band_text(const Difference& row) {
  return row.band ? fmt::format("{} to {}", number(row.band->low), number(row.band->high)) : std::string("-");
}

std::string label_of(const Difference& row) { return row.unit.empty() ? row.name : row.name + ", " + row.unit; }

std::string pairing_text(const RunComparison& comparison) {
  const std::uint64_t most = std::max(comparison.a.payments, comparison.b.payments);
  return fmt::format("paired {} of {} payments by id: same payer, kind and intended start; {} measured, {} committed in both",
                     comparison.pairs, most, comparison.measured_pairs, comparison.committed_pairs);
}

std::string outcomes_text(const RunComparison& comparison) {
  const OutcomeChanges& outcomes = comparison.outcomes;
  const std::string judged =
      outcomes.only_a + outcomes.only_b == 0
          ? "no outcome changed"
          : fmt::format("exact McNemar p = {:.3g}: {}", outcomes.probability,
                        name_of(outcomes.probability < 1 - estimate::kConfidence ? Judgement::kOutside : Judgement::kWithin));
  return fmt::format("{} committed in both, {} in A only, {} in B only, {} in neither; {}", outcomes.both, outcomes.only_a,
                     outcomes.only_b, outcomes.neither, judged);
}

constexpr std::string_view kMethod =
    "Intervals are of 95 %, each for itself. Means: Student over blocks of successive pairs; quantiles: bootstrap of the same "
    "blocks.\n"
    "Latency, its parts, messages and forced writes: payments committed in both. Frozen money, blocked payments and "
    "throughput: one\n"
    "figure a run, so repeat with other seeds to judge them.";

std::string escaped(std::string_view text) {
  std::string made;
  for (const char letter : text) {
    if (letter == '<')
      made += "&lt;";
    else if (letter == '>')
      made += "&gt;";
    else if (letter == '&')
      made += "&amp;";
    else if (letter == '"')
      made += "&quot;";
    else
      made += letter;
  }
  return made;
}

// The difference and its interval, in per cent of A, on one scale for all rows.
std::string strip(const Difference& row, double scale) {
  if (!row.band || !(row.a != 0) || std::isnan(row.difference)) return "";
  const auto x = [&](double value) { return 100 + 95 * std::clamp(value / std::abs(row.a) / scale, -1.0, 1.0); };
  return fmt::format(
      "<svg width=\"200\" height=\"16\" viewBox=\"0 0 200 16\" role=\"img\" aria-label=\"{} to {}\">"
      "<path d=\"M100 0V16\" class=\"zero\"/><path d=\"M{:.1f} 8H{:.1f}\" class=\"{}\"/><circle cx=\"{:.1f}\" cy=\"8\" r=\"3\" "
      "class=\"{}\"/></svg>",
      number(row.band->low), number(row.band->high), x(row.band->low), x(row.band->high),
      row.judgement == Judgement::kOutside ? "out" : "in", x(row.difference),
      row.judgement == Judgement::kOutside ? "out" : "in");
}

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{padding:.25rem "
    ".75rem;text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums;"
    "border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)}th:first-child,td:first-child,td:last-child,"
    "th:last-child{text-align:left}svg{vertical-align:middle}.wide{overflow-x:auto}.zero{stroke:currentColor;stroke-opacity:.4}"
    "path.in,path.out{stroke-"
    "width:3}"
    "path.in{stroke:#8a8a8a}circle.in{fill:#8a8a8a}path.out{stroke:#0072B2}circle.out{fill:#0072B2}"
    "@media(prefers-color-scheme:dark){path.out{stroke:#56B4E9}circle.out{fill:#56B4E9}}small{opacity:.8}";

std::string run_text(std::string_view name, const ComparedRun& run) {
  return fmt::format("{}  {}: {}, {}, seed {}", name, run.folder, run.scenario, run.protocol, run.seed);
}

}  // namespace

std::string comparison_text(const RunComparison& comparison) {
  std::string text =
      fmt::format("{}\n{}\n{}\n", run_text("A", comparison.a), run_text("B", comparison.b), pairing_text(comparison));
  for (std::size_t at = 0; at < comparison.settings.size() && at < kSettingsMax; ++at)
    text += fmt::format("{}{}\n", at == 0 ? "differs: " : "         ", comparison.settings[at]);
  if (comparison.settings.size() > kSettingsMax)
    text += fmt::format("         and {} more\n", comparison.settings.size() - kSettingsMax);

  using Cells = std::array<std::string, 6>;
  std::vector<Cells> table{{"", "A", "B", "B - A", "95 % interval", ""}};
  for (const Difference& row : comparison.rows)
    table.push_back({label_of(row), number(row.a), number(row.b), number(row.difference), band_text(row),
                     std::string(name_of(row.judgement))});
  std::array<std::size_t, 6> widths{};
  for (const Cells& cells : table)
    for (std::size_t at = 0; at < cells.size(); ++at) widths[at] = std::max(widths[at], cells[at].size());
  text += "\n";
  for (const Cells& cells : table) {
    std::string line = fmt::format("  {:<{}}", cells[0], widths[0]);
    for (std::size_t at = 1; at < 5; ++at) line += fmt::format("  {:>{}}", cells[at], widths[at]);
    if (!cells[5].empty()) line += "  " + cells[5];
    text += line + "\n";
  }
  return text + fmt::format("\noutcomes: {}\n\n{}\n", outcomes_text(comparison), kMethod);
}

std::string comparison_csv(const RunComparison& comparison) {
  const auto cell = [](double value) { return std::isnan(value) ? std::string() : fmt::format("{:.12g}", value); };
  std::string text = "figure,unit,a,b,difference,low,high,pairs,judgement\n";
  for (const Difference& row : comparison.rows)
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", row.name, row.unit, cell(row.a), cell(row.b), cell(row.difference),
                        row.band ? cell(row.band->low) : "", row.band ? cell(row.band->high) : "", row.pairs,
                        name_of(row.judgement));
  return text;
}

std::string comparison_html(const RunComparison& comparison) {
  double scale = 0.01;  // of A: the longest strip
  for (const Difference& row : comparison.rows)
    if (row.band && row.a != 0 && std::isfinite(row.a))
      scale = std::max({scale, std::abs(row.band->low / row.a), std::abs(row.band->high / row.a)});
  std::string page = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
      "<title>{} and {}</title><style>{}</style>\n<h1>{} and {}</h1>\n<p>{}<br>{}</p>\n<p>{}.</p>\n",
      escaped(comparison.a.scenario), escaped(comparison.b.scenario), kStyle, escaped(comparison.a.scenario),
      escaped(comparison.b.scenario), escaped(run_text("A", comparison.a)), escaped(run_text("B", comparison.b)),
      escaped(pairing_text(comparison)));
  if (!comparison.settings.empty()) {
    page += "<p>What differs, A | B:</p><ul>\n";
    for (const std::string& setting : comparison.settings) page += fmt::format("<li><code>{}</code></li>\n", escaped(setting));
    page += "</ul>\n";
  }
  page += fmt::format(
      "<div class=\"wide\"><table><thead><tr><th></th><th>A</th><th>B</th><th>B - A</th><th>95 % interval</th>"
      "<th>-{0:.3g} % to +{0:.3g} % of A</th><th></th></tr></thead><tbody>\n",
      100 * scale);
  for (const Difference& row : comparison.rows)
    page += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                        escaped(label_of(row)), number(row.a), number(row.b), number(row.difference), band_text(row),
                        strip(row, scale), name_of(row.judgement));
  page += fmt::format("</tbody></table></div>\n<p>Outcomes: {}.</p>\n<p><small>{}</small></p>\n</html>\n",
                      escaped(outcomes_text(comparison)), escaped(kMethod));
  return page;
}

}  // namespace paygrid::report
