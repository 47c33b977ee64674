#include "analysis/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/check/witness.hpp"

namespace paygrid::report {

namespace {

constexpr std::size_t kLabelWidth = 16;
constexpr std::size_t kTextWidth = 112;

void add_row(std::string& text, std::string_view label, std::string_view value) {
  text += fmt::format("  {:<{}}  {}\n", label, kLabelWidth, value);
}

// Breaks at spaces; every line starts with `indent` blanks.
void add_wrapped(std::string& text, std::string_view words, std::size_t indent) {
  while (!words.empty()) {
    std::size_t length = words.size();
    if (length > kTextWidth - indent) {
      length = words.rfind(' ', kTextWidth - indent);
      if (length == std::string_view::npos || length == 0) length = std::min(words.find(' '), words.size());
    }
    text += fmt::format("{:{}}{}\n", "", indent, words.substr(0, length));
    words.remove_prefix(std::min(length + 1, words.size()));
  }
}

// Six significant digits are more than a run of minutes can support; trailing zeros go.
std::string number(double value) { return fmt::format("{:.6g}", value); }

std::string ms(std::int64_t ns) { return number(static_cast<double>(ns) / 1e6); }

std::string quantiles(const Histogram& histogram) {
  if (histogram.count() == 0) return "none";
  return fmt::format("mean {}  p50 {}  p90 {}  p99 {}  p999 {}  max {} ms", number(histogram.mean() / 1e6),
                     ms(histogram.quantile(50, 100)), ms(histogram.quantile(90, 100)), ms(histogram.quantile(99, 100)),
                     ms(histogram.quantile(999, 1000)), ms(histogram.max()));
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "nothing to measure"
                    : fmt::format("{:.4f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string per(std::uint64_t cost, std::uint64_t attempts) {
  return attempts == 0 ? "-" : number(static_cast<double>(cost) / static_cast<double>(attempts));
}

std::string cost_text(const Cost& cost, const Figures& figures) {
  return fmt::format("{} in all, {} per committed, {} per aborted transaction", cost.total,
                     per(cost.committed, figures.committed_attempts), per(cost.aborted, figures.aborted_attempts));
}

void add_checks(std::string& text, const RunResult& result) {
  text += "checks\n";
  for (const check::Finding& finding : result.findings) {
    add_row(text, finding.name, fmt::format("{:<8} {}", check::name_of(finding.verdict), finding.reason));
    if (!finding.follows_from.empty()) add_row(text, "", fmt::format("{:<8} a consequence of {}", "", finding.follows_from));
    if (!finding.witness.empty()) add_wrapped(text, finding.witness, kLabelWidth + 13);
  }
}

void add_expectations(std::string& text, const RunResult& result) {
  if (result.expectations.empty()) return;
  text += "\nexpectations\n";
  std::size_t width = kLabelWidth;
  for (const ExpectationResult& expectation : result.expectations) width = std::max(width, expectation.expected.size());
  for (const ExpectationResult& expectation : result.expectations)
    text += fmt::format("  {:<{}}  {:<6}   found {}\n", expectation.expected, width, expectation.met ? "met" : "MISSED",
                        expectation.found);
}

void add_figures(std::string& text, const history::RunInfo& info, const Figures& figures) {
  text += "\nfigures\n";
  add_row(text, "payments", fmt::format("{} submitted, {} committed, {} aborted, {} unknown, {} in doubt at the end",
                                        figures.submitted, figures.committed, figures.aborted,
                                        figures.submitted - figures.committed - figures.aborted, figures.in_doubt_at_end));
  add_row(text, "measured",
          fmt::format("{} payments over {}", figures.measured, check::seconds_text(figures.measured_span_ns)));
  add_row(text, "availability", percent(figures.answered_in_time, figures.measured - figures.undetermined));
  add_row(text, "success share", percent(figures.measured_committed, figures.measured));
  add_row(text, "latency", quantiles(figures.latency));
  if (figures.measured_span_ns > 0)
    add_row(text, "throughput", fmt::format("{} committed payments per second",
                                            number(static_cast<double>(figures.measured_committed) * 1e9 /
                                                   static_cast<double>(figures.measured_span_ns))));
  add_row(text, "messages", cost_text(figures.messages, figures));
  add_row(text, "forced writes", cost_text(figures.forced_writes, figures));
  add_row(text, "in doubt", fmt::format("{} times; {}", figures.in_doubt.count(), quantiles(figures.in_doubt)));
  const std::string_view currency(info.placement.currency.code.data(), info.placement.currency.code.size());
  add_row(text, "frozen money",
          fmt::format("{} {} seconds; {} payments blocked", number(figures.frozen_money_seconds), currency,
                      figures.blocked_payments));
  if (figures.lock_wait.count() > 0)
    add_row(text, "lock waits", fmt::format("{} times; {}", figures.lock_wait.count(), quantiles(figures.lock_wait)));
  add_row(
      text, "refusals",
      fmt::format("{} insufficient funds, {} lock timeouts, {} others", figures.votes[1], figures.votes[2], figures.votes[3]));
  add_row(text, "troubles", fmt::format("{} faults, {} crashes, {} recoveries, {} messages lost, {} vote timeouts, {} "
                                        "terminations, {} retries", figures.faults, figures.crashes, figures.recoveries,
                                        figures.lost_messages, figures.vote_timeouts, figures.terminations, figures.retries));
}

}  // namespace

std::string summary_text(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                         const RunResult& result) {
  std::string text = fmt::format("{}: {}{}\n", info.scenario, name_of(result.exit_code),
                                 engine.complete ? "" : " (INCOMPLETE: stopped before its end)");
  text += fmt::format("  {}seed {}, {} simulated, {} deliveries\n",
                      info.protocol == nullptr ? "" : fmt::format("{}, ", info.protocol->name), info.seed,
                      check::seconds_text(engine.simulated_ns), engine.deliveries);
  text += fmt::format("  version {}, scenario {}, trace {}\n\n", info.version, info.scenario_hash, engine.trace_hash);
  add_checks(text, result);
  add_expectations(text, result);
  add_figures(text, info, figures);
  return text;
}

}  // namespace paygrid::report
