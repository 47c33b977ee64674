#include "analysis/report/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "analysis/check/witness.hpp"
#include "analysis/report/estimator_report.hpp"
#include "analysis/report/sparkline.hpp"

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

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? "nothing to measure"
                    : fmt::format("{:.4f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string per(std::uint64_t cost, std::uint64_t attempts) {
  return attempts == 0 ? "-" : number(static_cast<double>(cost) / static_cast<double>(attempts));
}

// A table whose first column is a label and whose others are numbers.
void add_table(std::string& text, const std::vector<std::vector<std::string>>& rows) {
  constexpr std::size_t kNumberWidth = 11;
  for (const std::vector<std::string>& row : rows) {
    text += fmt::format("{:<{}}", row.front(), kLabelWidth + 2);
    for (std::size_t at = 1; at < row.size(); ++at) text += fmt::format("  {:>{}}", row[at], kNumberWidth);
    text += '\n';
  }
}

std::vector<std::string> times_row(std::string label, const Histogram& times) {
  std::vector<std::string> row{"  " + std::move(label), std::to_string(times.count())};
  if (times.count() == 0) {
    row.resize(8, "-");
    return row;
  }
  row.push_back(number(times.mean() / 1e6));
  for (const std::uint64_t share : {500u, 900u, 990u, 999u, 1000u}) row.push_back(ms(times.quantile(share, 1000)));
  return row;
}

std::vector<std::string> cost_row(std::string label, const Cost& cost, const Figures& figures) {
  return {"  " + std::move(label), std::to_string(cost.total), per(cost.committed, figures.committed_attempts),
          per(cost.aborted, figures.aborted_attempts)};
}

void add_tables(std::string& text, const Figures& figures) {
  text += '\n';
  add_table(text, {{"times, ms", "count", "mean", "p50", "p90", "p99", "p999", "max"},
                   times_row("latency", figures.latency), times_row("in doubt", figures.in_doubt),
                   times_row("lock waits", figures.lock_wait)});
  text += '\n';
  add_table(text, {{"costs", "in all", "/ committed", "/ aborted"}, cost_row("messages", figures.messages, figures),
                   cost_row("forced writes", figures.forced_writes, figures)});
}

void add_checks(std::string& text, const RunResult& result) {
  text += "checks\n";
  for (const check::Finding& finding : result.findings) {
    if (finding.idle) continue;
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
  const int verdict_width = std::ranges::any_of(result.expectations, &ExpectationResult::undecided) ? 7 : 6;
  for (const ExpectationResult& expectation : result.expectations) {
    const std::string_view verdict = expectation.undecided ? "unknown" : expectation.met ? "met" : "MISSED";
    text += fmt::format("  {:<{}}  {:<{}}   found {}\n", expectation.expected, width, verdict, verdict_width, expectation.found);
  }
}

void add_service_locks(std::string& text, const ServiceLockFigures& locks, const history::RunInfo& info) {
  add_row(text, "lock service",
          fmt::format("{} locks granted, {} messages; waited {} ms (median), {} ms (p99); {} payments denied", locks.taken,
                      locks.messages, locks.wait.count() == 0 ? "-" : ms(locks.wait.quantile(50, 100)),
                      locks.wait.count() == 0 ? "-" : ms(locks.wait.quantile(99, 100)), locks.denied));
  if (locks.lost + locks.fenced + locks.zombie_writes > 0 || locks.unfounded_ns > 0)
    add_row(text, "",
            fmt::format("{} lost, {} believed in without owning them; {} postings of {} by zombies, {} fenced off", locks.lost,
                        check::seconds_text(locks.unfounded_ns), locks.zombie_writes,
                        check::money_text(locks.zombie_money, info), locks.fenced));
}

std::string times_text(const std::vector<history::TimeNs>& times_ns) {
  const double sum = std::accumulate(times_ns.begin(), times_ns.end(), 0.0);
  return fmt::format("{} ms on average, {} ms at most", number(sum / static_cast<double>(times_ns.size()) / 1e6),
                     ms(*std::ranges::max_element(times_ns)));
}

void add_detector(std::string& text, const history::RunInfo& info, const EngineFigures& engine,
                  const estimate::DetectorQuality& quality) {
  std::string heard = fmt::format("{} heartbeats, {} heard; {} crashes detected", engine.heartbeats, engine.heartbeats_heard,
                                  quality.detections_ns.size());
  if (!quality.detections_ns.empty()) heard += " after " + times_text(quality.detections_ns);
  if (quality.undetected > 0) heard += fmt::format(", {} not", quality.undetected);
  add_row(text, "detector", heard);
  std::string mistakes = fmt::format("{} mistakes in {} of {} watches", quality.mistakes, check::seconds_text(quality.alive_ns),
                                     info.watches.size());
  if (!quality.durations_ns.empty()) mistakes += ", which lasted " + times_text(quality.durations_ns);
  add_row(text, "", mistakes + fmt::format("; accuracy {:.6f}", quality.accuracy()));
}

void add_figures(std::string& text, const history::RunInfo& info, const EngineFigures& engine, const Figures& figures) {
  text += "\nfigures\n";
  add_row(text, "payments", fmt::format("{} submitted, {} committed, {} aborted, {} unknown, {} in doubt at the end",
                                        figures.submitted, figures.committed, figures.aborted,
                                        figures.submitted - figures.committed - figures.aborted, figures.in_doubt_at_end));
  add_row(text, "measured",
          fmt::format("{} payments over {}", figures.measured, check::seconds_text(figures.measured_span_ns)));
  add_row(text, "availability", percent(figures.answered_in_time, figures.measured - figures.undetermined));
  add_row(text, "success share", percent(figures.measured_committed, figures.measured));
  if (figures.measured_span_ns > 0)
    add_row(text, "throughput", fmt::format("{} committed payments per second",
                                            number(static_cast<double>(figures.measured_committed) * 1e9 /
                                                   static_cast<double>(figures.measured_span_ns))));
  const std::string_view currency(info.placement.currency.code.data(), info.placement.currency.code.size());
  add_row(text, "frozen money",
          fmt::format("{} {} seconds; {} payments blocked", number(figures.frozen_money_seconds), currency,
                      figures.blocked_payments));
  const auto votes = [&figures](core::Vote vote) { return figures.votes[static_cast<std::size_t>(vote)]; };
  std::string refusals = fmt::format("{} insufficient funds, {} lock timeouts, ", votes(core::Vote::kInsufficientFunds),
                                     votes(core::Vote::kLockTimeout));
  if (votes(core::Vote::kLockDenied) > 0) refusals += fmt::format("{} locks denied, ", votes(core::Vote::kLockDenied));
  add_row(text, "refusals", refusals + fmt::format("{} others", votes(core::Vote::kRefused)));
  if (info.lock_word != nullptr) add_service_locks(text, figures.service_locks, info);
  if (!info.watches.empty()) add_detector(text, info, engine, figures.detection);
  add_row(text, "troubles",
          fmt::format("{} faults, {} crashes, {} recoveries, {} messages lost, {} corrupted, {} vote timeouts, {} terminations, "
                      "{} retries",
                      figures.faults, figures.crashes, figures.recoveries, figures.lost_messages, figures.corrupted_messages,
                      figures.vote_timeouts, figures.terminations, figures.retries));
  if (figures.rejected_messages + figures.forged_messages + figures.altered_messages + figures.replayed_messages > 0)
    add_row(text, "outsider", fmt::format("{} messages forged, {} altered, {} replayed; {} refused", figures.forged_messages,
                                          figures.altered_messages, figures.replayed_messages, figures.rejected_messages));
}

// Drawn from timeline.csv; its last characters stand for the settling, without payments.
void add_over_time(std::string& text, const RecordedTimeline& timeline) {
  constexpr std::size_t kWidth = 40;
  const std::span<const double> submitted = timeline.column("submitted");
  const std::span<const double> committed = timeline.column("committed");
  const std::span<const double> aborted = timeline.column("aborted");
  std::vector<double> answered(timeline.rows());
  for (std::size_t row = 0; row < answered.size(); ++row)
    answered[row] = submitted[row] > 0 ? std::min(100.0, 100 * (committed[row] + aborted[row]) / submitted[row])
                                       : std::numeric_limits<double>::quiet_NaN();
  const auto add = [&text](std::string_view label, std::span<const double> values, Pool pool, std::string_view unit) {
    double low = std::numeric_limits<double>::quiet_NaN(), high = low;
    for (const double value : values) low = std::fmin(low, value), high = std::fmax(high, value);
    if (std::isnan(low)) return;
    add_row(text, label, fmt::format("{}  {} to {} {}", sparkline(values, kWidth, pool), number(low), number(high), unit));
  };
  text += "\nover time\n";
  add("latency p99", timeline.column("latency_p99_ms"), Pool::kGreatest, "ms");
  add("answered/sent", answered, Pool::kLeast, "%");
}

constexpr std::string_view kPlain = "\033[0m";
constexpr std::string_view kBold = "\033[1m";

// The colour of a verdict's word; empty for any other.
std::string_view colour_of(std::string_view word) {
  if (word == "pass" || word == "met" || word == "consistent") return "\033[32m";
  if (word == "fail" || word == "MISSED") return "\033[1;31m";
  if (word == "unknown" || word == "inconsistent") return "\033[33m";
  return {};
}

// A line with its verdict, the first word after two blanks behind the label, in colour.
std::string coloured(std::string_view line) {
  if (line.empty()) return "";
  if (line.front() != ' ') return fmt::format("{}{}{}", kBold, line, kPlain);
  if (line.size() < 3 || line[2] == ' ') return std::string(line);
  const std::size_t gap = line.find("  ", 2);
  const std::size_t from = gap == std::string_view::npos ? gap : line.find_first_not_of(' ', gap);
  if (from == std::string_view::npos) return std::string(line);
  const std::size_t to = std::min(line.find(' ', from), line.size());
  const std::string_view colour = colour_of(line.substr(from, to - from));
  if (colour.empty()) return std::string(line);
  return fmt::format("{}{}{}{}{}", line.substr(0, from), colour, line.substr(from, to - from), kPlain, line.substr(to));
}

bool is_drawn(std::string_view line) { return line.find("\xE2\x96") != std::string_view::npos; }  // the blocks' first bytes

std::string_view cut(std::string_view line, std::size_t columns) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(line[at]) & 0xC0) != 0x80;
    if (begins && characters++ == columns) return line.substr(0, at);
  }
  return line;
}

}  // namespace

std::string summary_text(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                         const RunResult& result, const RecordedTimeline* timeline) {
  std::string text = fmt::format("{}: {}{}\n", info.scenario, name_of(result.exit_code),
                                 engine.complete ? "" : " (INCOMPLETE: stopped before its end)");
  text += fmt::format("  {}seed {}, {} simulated, {} deliveries\n",
                      info.protocol == nullptr ? "" : fmt::format("{}, ", info.protocol->name), info.seed,
                      check::seconds_text(engine.simulated_ns), engine.deliveries);
  text += fmt::format("  version {}, scenario {}, trace {}\n\n", info.version, info.scenario_hash, engine.trace_hash);
  add_checks(text, result);
  add_expectations(text, result);
  add_figures(text, info, engine, figures);
  add_tables(text, figures);
  text += estimators_text(result.grades);
  if (timeline != nullptr && timeline->rows() > 0) add_over_time(text, *timeline);
  return text;
}

std::string summary_for_terminal(std::string_view summary, std::size_t columns, bool colours) {
  std::string text;
  while (!summary.empty()) {
    const std::size_t end = std::min(summary.find('\n'), summary.size());
    std::string_view line = summary.substr(0, end);
    if (is_drawn(line)) line = cut(line, columns);
    text += colours ? coloured(line) : std::string(line);
    if (end < summary.size()) text += '\n';
    summary.remove_prefix(std::min(end + 1, summary.size()));
  }
  return text;
}

}  // namespace paygrid::report
