#include "analysis/report/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/estimate/bayes/share_bound.hpp"
#include "analysis/estimate/grade/consistency_grade.hpp"
#include "analysis/report/counted_share.hpp"
#include "analysis/report/result_json.hpp"

namespace paygrid::report {

using check::Finding;
using check::Property;
using check::Verdict;
using nlohmann::ordered_json;

namespace {

bool compare(double found, Comparison comparison, double value) {
  switch (comparison) {
    case Comparison::kEqual: return found == value;
    case Comparison::kAtLeast: return found >= value;
    case Comparison::kAtMost: return found <= value;
    case Comparison::kMore: return found > value;
    case Comparison::kLess: return found < value;
  }
  return false;
}

// The step before the next dot, which is taken away.
std::string_view next_step(std::string_view& path) {
  const std::string_view step = path.substr(0, path.find('.'));
  path.remove_prefix(std::min(step.size() + 1, path.size()));
  return step;
}

// The row of a list of estimators; null when there is none.
const ordered_json* row_of(const ordered_json& rows, std::string_view of, std::string_view with) {
  for (const ordered_json& row : rows)
    if (row.is_object() && row.value("of", "") == of && row.value("with", "") == with) return &row;
  return nullptr;
}

// Follows a dotted path; null when it leads nowhere.
const ordered_json* at_path(const ordered_json& result, std::string_view path) {
  const ordered_json* at = &result;
  while (at != nullptr && !path.empty()) {
    const std::string_view step = next_step(path);
    if (at->is_array()) {
      at = row_of(*at, step, next_step(path));
      continue;
    }
    const auto next = at->is_object() ? at->find(std::string(step)) : at->end();
    at = next == at->end() ? nullptr : &*next;
  }
  return at;
}

const Finding* find_check(std::span<const Finding> findings, std::string_view name) {
  const auto at = std::ranges::find(findings, name, &Finding::name);
  return at == findings.end() ? nullptr : &*at;
}

ExpectationResult evaluate_check(const Expectation& expectation, std::span<const Finding> findings) {
  const Finding* finding = find_check(findings, expectation.name);
  ExpectationResult result;
  result.about_check = true;
  result.expected = fmt::format("{}: {}", expectation.name, check::name_of(*expectation.verdict));
  result.found = finding == nullptr ? "no such check" : check::name_of(finding->verdict);
  result.met = finding != nullptr && finding->verdict == *expectation.verdict;
  return result;
}

ExpectationResult evaluate_grade(const Expectation& expectation, const ordered_json& json) {
  const ordered_json* row = at_path(json, expectation.name);
  const ordered_json verdict = row != nullptr && row->is_object() ? row->value("verdict", ordered_json()) : ordered_json();
  ExpectationResult result;
  result.expected = fmt::format("{}: {}", expectation.name, expectation.grade);
  result.found = verdict.is_string() ? verdict.get<std::string>() : "no verdict";
  result.met = result.found == expectation.grade;
  result.undecided = !result.met && result.found == estimate::name_of(estimate::Consistency::kTooShort);
  return result;
}

ExpectationResult evaluate_figure(const Expectation& expectation, const ordered_json& json) {
  const ordered_json* figure = at_path(json, expectation.name);
  ExpectationResult result;
  result.expected = fmt::format("{} {} {}", expectation.name, symbol_of(expectation.comparison), expectation.value);
  if (figure == nullptr || !(figure->is_number() || figure->is_null())) {
    result.found = "no such figure";
  } else if (figure->is_null()) {
    result.found = "nothing to measure";
  } else {
    const double found = figure->get<double>();
    result.found = fmt::format("{}", found);
    result.met = compare(found, expectation.comparison, expectation.value);
  }
  return result;
}

// What would settle it, e.g. "; 5400 payments would say, 27 s of this load".
std::string needed_text(const estimate::BoundJudgement& judgement, const CountedShare& share) {
  if (!judgement.trials_needed) return "; no number of payments would say while the share stays so near to the bound";
  const double trials = static_cast<double>(share.payments.successes + share.payments.failures);
  const double times = static_cast<double>(*judgement.trials_needed) / trials;
  return fmt::format("; about {} payments would say, {:.3g} s of this load", *judgement.trials_needed,
                     times * static_cast<double>(share.span_ns) / 1e9);
}

// Requires: a bound of one of kCountedShares with a confidence.
ExpectationResult evaluate_share(const Expectation& expectation, const Figures& figures) {
  ExpectationResult result;
  result.expected = fmt::format("{} {} {} with {:.6g}%", expectation.name, symbol_of(expectation.comparison), expectation.value,
                                100 * *expectation.confidence);
  const std::optional<CountedShare> share = counted_share(expectation.name, figures);
  if (!share) {
    result.found = "no share of counted payments";
    return result;
  }
  const std::uint64_t trials = share->payments.successes + share->payments.failures;
  if (trials == 0) {
    result.found = "nothing to measure";
    result.undecided = true;
    return result;
  }
  const bool at_least = expectation.comparison == Comparison::kAtLeast || expectation.comparison == Comparison::kMore;
  const estimate::BoundJudgement judgement =
      estimate::judge_bound({at_least, expectation.value, *expectation.confidence}, share->payments);
  result.met = judgement.verdict == estimate::BoundVerdict::kKept;
  result.undecided = judgement.verdict == estimate::BoundVerdict::kUndecided;
  result.share = {share->payments.successes, trials, judgement.probability_kept, judgement.trials_needed};
  result.found = fmt::format("{} of {} payments: kept with probability {:.4g}{}", share->payments.successes, trials,
                             judgement.probability_kept, result.undecided ? needed_text(judgement, *share) : std::string());
  return result;
}

void collect_paths(const ordered_json& json, const std::string& prefix, std::vector<std::string>& paths) {
  for (const auto& [key, value] : json.items()) {
    const std::string path = prefix.empty() ? key : prefix + "." + key;
    if (value.is_object()) collect_paths(value, path, paths);
    else if (value.is_number() || (value.is_null() && key != "protocol" && key != "verdict")) paths.push_back(path);
  }
}

const Expectation* expectation_about(std::span<const Expectation> expectations, std::string_view check) {
  const auto at = std::ranges::find_if(
      expectations, [check](const Expectation& expectation) { return expectation.verdict && expectation.name == check; });
  return at == expectations.end() ? nullptr : &*at;
}

// True when somebody expects this very failure.
bool is_expected_to_fail(std::span<const Expectation> expectations, std::string_view check) {
  const Expectation* expectation = expectation_about(expectations, check);
  return expectation != nullptr && *expectation->verdict == Verdict::kFail;
}

// kAsExpected when the finding is no surprise.
ExitCode judge(const Finding& finding, std::span<const Expectation> expectations) {
  const Expectation* expectation = expectation_about(expectations, finding.name);
  const bool surprise = expectation != nullptr && *expectation->verdict != finding.verdict;
  switch (finding.verdict) {
    case Verdict::kFail: {
      const bool follows = !finding.follows_from.empty() && is_expected_to_fail(expectations, finding.follows_from);
      const bool excused = expectation == nullptr && (follows || !finding.promised);
      if (excused || (expectation != nullptr && !surprise)) return ExitCode::kAsExpected;
      return finding.property == Property::kSafety ? ExitCode::kSafetyViolated : ExitCode::kLivenessViolated;
    }
    case Verdict::kUnknown: return surprise ? ExitCode::kUnknown : ExitCode::kAsExpected;
    case Verdict::kPass: return surprise ? ExitCode::kFigureMissed : ExitCode::kAsExpected;
  }
  return ExitCode::kInternal;
}

}  // namespace

std::string_view symbol_of(Comparison comparison) {
  switch (comparison) {
    case Comparison::kEqual: return "=";
    case Comparison::kAtLeast: return ">=";
    case Comparison::kAtMost: return "<=";
    case Comparison::kMore: return ">";
    case Comparison::kLess: return "<";
  }
  return "?";
}

std::string_view name_of(ExitCode code) {
  switch (code) {
    case ExitCode::kAsExpected: return "as expected";
    case ExitCode::kSafetyViolated: return "safety violated";
    case ExitCode::kUnknown: return "unknown";
    case ExitCode::kLivenessViolated: return "liveness violated";
    case ExitCode::kFigureMissed: return "an expectation was missed";
    case ExitCode::kNotDeterministic: return "not deterministic";
    case ExitCode::kUsage: return "usage or scenario error";
    case ExitCode::kInternal: return "internal error";
  }
  return "?";
}

std::vector<ExpectationResult> evaluate(std::span<const Expectation> expectations, std::span<const Finding> findings,
                                        const ordered_json& result, const Figures& figures) {
  std::vector<ExpectationResult> results;
  results.reserve(expectations.size());
  for (const Expectation& expectation : expectations)
    results.push_back(expectation.verdict          ? evaluate_check(expectation, findings)
                      : !expectation.grade.empty() ? evaluate_grade(expectation, result)
                      : expectation.confidence     ? evaluate_share(expectation, figures)
                                                   : evaluate_figure(expectation, result));
  return results;
}

ExitCode exit_code_of(std::span<const Finding> findings, std::span<const Expectation> expectations,
                      std::span<const ExpectationResult> results) {
  std::vector<ExitCode> found;
  for (const Finding& finding : findings) found.push_back(judge(finding, expectations));
  const bool all_unknown = std::ranges::all_of(findings, [](const Finding& f) { return f.verdict == Verdict::kUnknown; });
  if (all_unknown) found.push_back(ExitCode::kUnknown);
  for (const ExpectationResult& result : results)
    if (!result.met && !result.about_check)
      found.push_back(result.undecided ? ExitCode::kUnknown : ExitCode::kFigureMissed);
  for (const ExitCode code :
       {ExitCode::kSafetyViolated, ExitCode::kLivenessViolated, ExitCode::kUnknown, ExitCode::kFigureMissed})
    if (std::ranges::find(found, code) != found.end()) return code;
  return ExitCode::kAsExpected;
}

std::vector<std::string> figure_paths() {
  std::vector<std::string> paths;
  collect_paths(result_json(history::RunInfo{}, EngineFigures{}, Figures{}, {}), "", paths);
  return paths;
}

bool is_figure(std::string_view path) {
  constexpr std::string_view kByType = "messages.by_type.";
  if (path.starts_with(kByType)) return path.size() > kByType.size();
  const std::vector<std::string> paths = figure_paths();
  return std::ranges::find(paths, path) != paths.end();
}

}  // namespace paygrid::report
