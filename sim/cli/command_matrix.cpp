// `paygrid explore --matrix`: the table, and what differs from the specifications.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "analysis/report/junit.hpp"
#include "sim/cli/commands.hpp"
#include "sim/cli/exit_codes.hpp"
#include "sim/cli/interrupt.hpp"
#include "sim/cli/matrix.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::cli {

namespace {

using report::ExitCode;

constexpr std::array<std::string_view, 5> kColumns{"AC1", "AC2", "AC3", "AC4", "AC5"};
constexpr std::array<std::string_view, 3> kLockColumns{"mutual-exclusion", "zombie-writes", "AC1"};

std::span<const std::string_view> columns_of(const Cell& cell) {
  return cell.locks ? std::span<const std::string_view>(kLockColumns) : std::span<const std::string_view>(kColumns);
}

std::string_view name_of(world::Timing timing) {
  return timing == world::Timing::kSynchronous ? "synchronous" : "asynchronous";
}

std::string name_of(const Cell& cell) {
  if (cell.locks) return fmt::format("{} under {}, {}", cell.protocol->name, cli::name_of(*cell.locks), cell.faults);
  return fmt::format("{}, {}, {}", cell.protocol->name, name_of(cell.timing), cell.faults);
}

std::string timers_of(const Cell& cell) {
  return cell.timers == world::kUnlimited ? "unlimited" : std::to_string(cell.timers);
}

CellVerdict found_of(const Cell& cell, std::string_view property) {
  const auto found = std::ranges::find(cell.properties, property, &CellProperty::name);
  return found == cell.properties.end() ? CellVerdict::kNotJudged : found->found;
}

// What has no column of its own.
CellVerdict worst_of_others(const Cell& cell) {
  CellVerdict worst = CellVerdict::kNotJudged;
  for (const CellProperty& property : cell.properties)
    if (std::ranges::find(columns_of(cell), property.name) == columns_of(cell).end()) worst = std::max(worst, property.found);
  return worst;
}

std::string expected_text(const CellProperty& property) {
  return fmt::format("{}: {}", property.name, cli::name_of(property.expected));
}

// A line for each way to differ; properties that differ alike share one.
std::vector<std::string> differences(const Cell& cell) {
  std::vector<std::array<std::string, 3>> ways;  // how, names, why
  for (const CellProperty& property : cell.properties) {
    if (property.met) continue;
    const std::string how = fmt::format("expected {}, found {}", cli::name_of(property.expected), cli::name_of(property.found));
    const std::string path = property.steps == 0 ? "" : fmt::format(" after {} steps", property.steps);
    const std::string why = property.reason + path;
    const auto same = std::ranges::find_if(ways, [&](const auto& way) { return way[0] == how && way[2] == why; });
    if (same == ways.end()) ways.push_back({how, property.name, why});
    else (*same)[1] += "; " + property.name;
  }
  std::vector<std::string> lines;
  for (const auto& [how, names, why] : ways) lines.push_back(fmt::format("{}: {} ({})", how, names, why));
  return lines;
}

void print_lock_head() {
  fmt::print("\n{:<10} {:<24} {:<20} {:<9} {:>9} {:>6}", "protocol", "locks", "faults", "timers", "states", "s");
  for (const std::string_view column : kLockColumns) fmt::print("  {:<16}", column);
  fmt::print("  others\n");
}

void print_head() {
  fmt::print("{:<10} {:<13} {:<20} {:<9} {:>9} {:>6}", "protocol", "timing", "faults", "timers", "states", "s");
  for (const std::string_view column : kColumns) fmt::print("  {:<8}", column);
  fmt::print("  others\n");
}

void print_lock_row(const Cell& cell) {
  fmt::print("{:<10} {:<24} {:<20} {:<9} {:>9} {:>6.2f}", cell.protocol->name, cli::name_of(*cell.locks), cell.faults,
             timers_of(cell), cell.distinct, cell.seconds);
  for (const std::string_view column : kLockColumns) fmt::print("  {:<16}", cli::name_of(found_of(cell, column)));
}

void print_plain_row(const Cell& cell) {
  fmt::print("{:<10} {:<13} {:<20} {:<9} {:>9} {:>6.2f}", cell.protocol->name, name_of(cell.timing), cell.faults, timers_of(cell),
             cell.distinct, cell.seconds);
  for (const std::string_view column : kColumns) fmt::print("  {:<8}", cli::name_of(found_of(cell, column)));
}

void print_row(const Cell& cell) {
  cell.locks ? print_lock_row(cell) : print_plain_row(cell);
  fmt::print("  {}\n", cli::name_of(worst_of_others(cell)));
  for (const std::string& line : differences(cell)) fmt::print("  DIFFERS  {}: {}\n", name_of(cell), line);
  std::fflush(stdout);
}

void print_sum(const std::vector<Cell>& cells, std::uint32_t participants) {
  const auto locked = std::ranges::count_if(cells, [](const Cell& cell) { return cell.locks.has_value(); });
  const auto met = std::ranges::count_if(cells, &Cell::met);
  const auto open = std::ranges::count_if(cells, &Cell::open);
  const std::string beside = locked == 0 ? "" : fmt::format(" and {} under lock services", locked);
  fmt::print("{}{} worlds of {} participants{}, {} searched to their ends: {} as expected, {} unknown, {} not\n",
             interrupted() ? "stopped; " : "", static_cast<std::ptrdiff_t>(cells.size()) - locked, participants, beside,
             std::ranges::count_if(cells, &Cell::complete), met,
             open, static_cast<std::ptrdiff_t>(cells.size()) - met - open);
}

ExitCode exit_code_of(const Cell& cell) {
  ExitCode worst = ExitCode::kAsExpected;
  for (const CellProperty& property : cell.properties) {
    if (property.met) continue;
    const bool liveness = property.name == scenario::kTermination;
    if (property.found == CellVerdict::kViolated)
      worst = worse_of(worst, liveness ? ExitCode::kLivenessViolated : ExitCode::kSafetyViolated);
    else if (property.found == CellVerdict::kUnknown) worst = worse_of(worst, ExitCode::kUnknown);
    else worst = worse_of(worst, ExitCode::kFigureMissed);
  }
  return worst;
}

report::JunitScenario junit_of(const Cell& cell) {
  report::JunitScenario scenario;
  scenario.name = name_of(cell);
  scenario.wall_s = cell.seconds;
  scenario.result.exit_code = exit_code_of(cell);
  scenario.result.summary = fmt::format("timers {}, {} states", timers_of(cell), cell.distinct);
  for (const CellProperty& property : cell.properties)
    scenario.result.expectations.push_back(
        {expected_text(property), std::string(cli::name_of(property.found)), property.met, true});
  return scenario;
}

}  // namespace

int matrix_command(const MatrixOptions& options) {
  std::ofstream junit;
  if (!options.junit.empty()) junit.open(options.junit);
  if (!junit) throw std::runtime_error("cannot write " + options.junit);
  note_interrupts();
  MatrixRequest request;
  request.participants = options.participants;
  request.states_max = options.states_max;
  request.threads = options.threads;
  request.go_on = [] { return !interrupted(); };
  bool locks_begun = false;
  request.on_cell = [&](const Cell& cell) {
    if (cell.locks && !options.quiet && !std::exchange(locks_begun, true)) print_lock_head();
    if (!options.quiet || !cell.met()) print_row(cell);
  };
  if (!options.quiet) print_head();
  const std::vector<Cell> cells = search_matrix(request);

  ExitCode exit_code = interrupted() ? ExitCode::kUnknown : ExitCode::kAsExpected;
  std::vector<report::JunitScenario> scenarios;
  for (const Cell& cell : cells) {
    exit_code = worse_of(exit_code, exit_code_of(cell));
    scenarios.push_back(junit_of(cell));
  }
  if (!options.quiet || exit_code != ExitCode::kAsExpected) print_sum(cells, options.participants);
  if (junit.is_open()) {
    junit << report::junit_xml(scenarios);
    if (!junit.flush()) throw std::runtime_error("cannot write " + options.junit);
  }
  return static_cast<int>(exit_code);
}

}  // namespace paygrid::cli
