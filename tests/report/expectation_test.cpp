#include "analysis/report/expectation.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace paygrid::report {
namespace {

using check::Finding;
using check::Property;
using check::Verdict;

std::vector<Finding> findings_with(std::string_view name, Verdict verdict, std::string_view follows_from = {}) {
  std::vector<Finding> findings;
  for (const std::string_view check : check_names()) {
    Finding finding;
    finding.name = check;
    finding.property = check == "AC5" ? Property::kLiveness : Property::kSafety;
    finding.verdict = check == name ? verdict : Verdict::kPass;
    if (check == name) finding.follows_from = follows_from;
    findings.push_back(finding);
  }
  return findings;
}

Expectation check_is(std::string name, Verdict verdict) {
  Expectation expectation;
  expectation.name = std::move(name);
  expectation.verdict = verdict;
  return expectation;
}

Expectation figure(std::string path, Comparison comparison, double value) {
  Expectation expectation;
  expectation.name = std::move(path);
  expectation.comparison = comparison;
  expectation.value = value;
  return expectation;
}

ExitCode code_of(const std::vector<Finding>& findings, const std::vector<Expectation>& expectations,
                 const nlohmann::ordered_json& json = {}) {
  const auto results = evaluate(expectations, findings, json);
  return exit_code_of(findings, expectations, results);
}

TEST(ExitCode, is_zero_when_every_check_passes) {
  EXPECT_EQ(code_of(findings_with("", Verdict::kPass), {}), ExitCode::kAsExpected);
}

TEST(ExitCode, is_one_when_safety_fails_unexpectedly) {
  EXPECT_EQ(code_of(findings_with("AC1", Verdict::kFail), {}), ExitCode::kSafetyViolated);
  EXPECT_EQ(code_of(findings_with("AC1", Verdict::kFail), {check_is("AC1", Verdict::kPass)}), ExitCode::kSafetyViolated);
}

TEST(ExitCode, is_three_when_liveness_fails_unexpectedly) {
  EXPECT_EQ(code_of(findings_with("AC5", Verdict::kFail), {}), ExitCode::kLivenessViolated);
}

TEST(ExitCode, is_zero_when_an_expected_failure_comes) {
  EXPECT_EQ(code_of(findings_with("AC1", Verdict::kFail), {check_is("AC1", Verdict::kFail)}), ExitCode::kAsExpected);
}

TEST(ExitCode, is_four_when_an_expected_failure_does_not_come) {
  EXPECT_EQ(code_of(findings_with("", Verdict::kPass), {check_is("AC1", Verdict::kFail)}), ExitCode::kFigureMissed);
}

TEST(ExitCode, is_two_when_an_expected_check_is_unknown_but_not_when_nobody_asked) {
  EXPECT_EQ(code_of(findings_with("durability", Verdict::kUnknown), {check_is("durability", Verdict::kPass)}),
            ExitCode::kUnknown);
  EXPECT_EQ(code_of(findings_with("durability", Verdict::kUnknown), {}), ExitCode::kAsExpected);
}

TEST(ExitCode, is_two_when_nothing_at_all_was_exercised) {
  std::vector<Finding> findings = findings_with("", Verdict::kPass);
  for (Finding& finding : findings) finding.verdict = Verdict::kUnknown;
  EXPECT_EQ(code_of(findings, {}), ExitCode::kUnknown);
}

TEST(ExitCode, excuses_a_consequence_of_an_expected_failure_alone) {
  std::vector<Finding> findings = findings_with("conservation", Verdict::kFail, "AC1");
  findings[0].verdict = Verdict::kFail;
  EXPECT_EQ(code_of(findings, {check_is("AC1", Verdict::kFail)}), ExitCode::kAsExpected);
  EXPECT_EQ(code_of(findings, {}), ExitCode::kSafetyViolated);
  EXPECT_EQ(code_of(findings, {check_is("AC1", Verdict::kFail), check_is("conservation", Verdict::kPass)}),
            ExitCode::kSafetyViolated);
}

TEST(ExitCode, excuses_what_nothing_promised_unless_it_is_expected_to_pass) {
  std::vector<Finding> findings = findings_with("no-circular-wait", Verdict::kFail);
  EXPECT_NE(exit_code_of(findings, {}, {}), ExitCode::kAsExpected);
  std::ranges::find(findings, "no-circular-wait", &Finding::name)->promised = false;
  EXPECT_EQ(exit_code_of(findings, {}, {}), ExitCode::kAsExpected);
  const std::vector<Expectation> pass{check_is("no-circular-wait", Verdict::kPass)};
  EXPECT_NE(exit_code_of(findings, pass, {}), ExitCode::kAsExpected);
}

TEST(ExitCode, is_four_when_a_figure_misses_and_safety_outranks_it) {
  const nlohmann::ordered_json json = {{"availability", 0.93}};
  const std::vector<Expectation> expectations{figure("availability", Comparison::kAtLeast, 0.95)};
  EXPECT_EQ(code_of(findings_with("", Verdict::kPass), expectations, json), ExitCode::kFigureMissed);
  EXPECT_EQ(code_of(findings_with("AC2", Verdict::kFail), expectations, json), ExitCode::kSafetyViolated);
}

TEST(Expectations, compare_figures_at_dotted_paths) {
  const nlohmann::ordered_json json = {{"latency_ms", {{"p99", 12.5}}}};
  const auto met = [&](Comparison comparison, double value) {
    return evaluate(std::vector{figure("latency_ms.p99", comparison, value)}, {}, json)[0].met;
  };
  EXPECT_TRUE(met(Comparison::kEqual, 12.5));
  EXPECT_TRUE(met(Comparison::kAtLeast, 12.5));
  EXPECT_TRUE(met(Comparison::kAtMost, 12.5));
  EXPECT_FALSE(met(Comparison::kMore, 12.5));
  EXPECT_FALSE(met(Comparison::kLess, 12.5));
  EXPECT_TRUE(met(Comparison::kMore, 12.4));
  EXPECT_TRUE(met(Comparison::kLess, 12.6));
}

TEST(Expectations, miss_with_words_what_does_not_exist_or_was_not_measured) {
  const nlohmann::ordered_json json = {{"availability", nullptr}, {"scenario", "x"}};
  const auto found = [&](std::string path) {
    const auto result = evaluate(std::vector{figure(std::move(path), Comparison::kAtLeast, 0)}, {}, json)[0];
    EXPECT_FALSE(result.met);
    return result.found;
  };
  EXPECT_EQ(found("availability"), "nothing to measure");
  EXPECT_EQ(found("scenario"), "no such figure");
  EXPECT_EQ(found("no.such.path"), "no such figure");
  EXPECT_EQ(found(""), "no such figure");
  EXPECT_EQ(evaluate(std::vector{check_is("AC9", Verdict::kPass)}, {}, json)[0].found, "no such check");
}

TEST(Expectations, with_a_confidence_are_judged_by_the_payments_behind_the_share) {
  Figures figures;
  figures.measured = 1010;
  figures.undetermined = 10;
  figures.answered_in_time = 999;
  figures.measured_committed = 960;
  figures.measured_span_ns = 50'000'000'000;
  const auto judged = [&](std::string name, Comparison comparison, double value) {
    Expectation expectation = figure(std::move(name), comparison, value);
    expectation.confidence = 0.95;
    return evaluate(std::vector{expectation}, {}, {}, figures)[0];
  };
  const ExpectationResult kept = judged("availability", Comparison::kAtLeast, 0.99);
  EXPECT_EQ(kept.expected, "availability >= 0.99 with 95%");
  EXPECT_EQ(kept.found, "999 of 1000 payments: kept with probability 0.9998");
  EXPECT_TRUE(kept.met);
  const ExpectationResult missed = judged("success_share", Comparison::kMore, 0.99);
  EXPECT_FALSE(missed.met);
  EXPECT_FALSE(missed.undecided);
  EXPECT_EQ(missed.share->trials, 1010u);
  EXPECT_TRUE(judged("success_share", Comparison::kAtMost, 0.97).met);
  const ExpectationResult open = judged("availability", Comparison::kAtLeast, 0.998);
  EXPECT_FALSE(open.met);
  EXPECT_TRUE(open.undecided);
  EXPECT_EQ(open.share->trials_needed, 4737u);
  EXPECT_EQ(open.found,
            "999 of 1000 payments: kept with probability 0.7389; about 4737 payments would say, 237 s of this load");
}

TEST(Expectations, left_open_make_the_run_unknown_and_a_missed_one_does_not) {
  Figures figures;
  figures.measured = 1000;
  figures.answered_in_time = 999;
  const auto code = [&](double bound, std::uint64_t measured) {
    figures.measured = measured;
    figures.answered_in_time = measured == 0 ? 0 : measured - 1;
    Expectation expectation = figure("availability", Comparison::kAtLeast, bound);
    expectation.confidence = 0.95;
    const std::vector<Finding> findings = findings_with("", Verdict::kPass);
    const std::vector expectations{expectation};
    return exit_code_of(findings, expectations, evaluate(expectations, findings, {}, figures));
  };
  EXPECT_EQ(code(0.99, 1000), ExitCode::kAsExpected);
  EXPECT_EQ(code(0.999, 1000), ExitCode::kUnknown);
  EXPECT_EQ(code(0.9999, 1000), ExitCode::kFigureMissed);
  EXPECT_EQ(code(0.99, 0), ExitCode::kUnknown) << "nothing to measure";
}

TEST(Expectations, may_name_the_figures_of_the_result_and_no_others) {
  for (const char* path : {"availability", "latency_ms.p99", "in_doubt.blocked_payments", "messages.per_committed",
                           "messages.by_type.PREPARE", "payments.unknown", "kinds.refund.latency_ms.max"})
    EXPECT_TRUE(is_figure(path)) << path;
  for (const char* path : {"", "latency_ms", "verdict", "AC1", "latency_ms.p98", "messages.by_type.", "trace_hash"})
    EXPECT_FALSE(is_figure(path)) << path;
}

}  // namespace
}  // namespace paygrid::report
