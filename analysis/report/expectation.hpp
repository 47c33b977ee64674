// Expectations of a scenario against the result of a run, and the exit code that follows from both.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/check/check_suite.hpp"
#include "analysis/check/finding.hpp"
#include "analysis/report/metrics.hpp"

namespace paygrid::report {

enum class Comparison : std::uint8_t { kEqual, kAtLeast, kAtMost, kMore, kLess };
std::string_view symbol_of(Comparison comparison);

// A check's verdict (`verdict` set), an estimator's (`grade` set), or a figure of result.json.
struct Expectation {
  // "AC1", or a path into result.json: "availability", "latency_ms.p99"; the row of an estimator is "estimators.OF.WITH".
  std::string name;
  std::optional<check::Verdict> verdict;
  Comparison comparison = Comparison::kEqual;
  double value = 0;
  // In (1/2, 1), for a share of counted payments and a bound: the posterior of the share is judged, not what was counted.
  std::optional<double> confidence;
  std::string grade = {};  // "consistent", "inconsistent", "too short"
};

// Of an expectation with a confidence.
struct ShareFound {
  std::uint64_t successes = 0;
  std::uint64_t trials = 0;
  double probability = 0;                      // that the bound is kept
  std::optional<std::uint64_t> trials_needed;  // in all, to say; of an undecided one
};

struct ExpectationResult {
  std::string expected;  // "AC1: pass", "availability >= 0.95", "availability >= 0.95 with 95%"
  std::string found;     // "fail", "0.93", "no such figure"
  bool met = false;
  bool about_check = false;
  bool undecided = false;  // neither met nor missed: too little was seen
  std::optional<ShareFound> share = {};
};

// `figures`: what was counted behind the shares of `result`.
std::vector<ExpectationResult> evaluate(std::span<const Expectation> expectations, std::span<const check::Finding> findings,
                                        const nlohmann::ordered_json& result, const Figures& figures = {});

enum class ExitCode : std::uint8_t {
  kAsExpected = 0,
  kSafetyViolated = 1,
  kUnknown = 2,
  kLivenessViolated = 3,
  kFigureMissed = 4,
  kNotDeterministic = 5,
  kUsage = 64,
  kInternal = 70
};
std::string_view name_of(ExitCode code);  // "as expected", "safety violated", ...

// The most serious class present, in the order safety, liveness, unknown, figure:
//  - a check that fails although nobody expected it to is a violation of its class, unless it only follows from another check
//    whose failure is expected, or nothing in the run promises it;
//  - an expected check that is unknown, an undecided expectation, or a run in which every check is unknown, is kUnknown;
//  - a missed figure, or an expected failure that did not come, is kFigureMissed.
ExitCode exit_code_of(std::span<const check::Finding> findings, std::span<const Expectation> expectations,
                      std::span<const ExpectationResult> results);

// For the loader of scenarios: names that an expectation may use.
using check::check_names;
bool is_figure(std::string_view path);           // a numeric path of result.json, e.g. "in_doubt.max_ms"
std::vector<std::string> figure_paths();         // all fixed ones, for error messages and the schema

}  // namespace paygrid::report
