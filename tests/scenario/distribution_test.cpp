// Distributions: every family, by position and by name.
#include <gtest/gtest.h>

#include "sim/scenario/distribution_text.hpp"

namespace paygrid::scenario {
namespace {

using Kind = Distribution::Kind;

const Quantity kTime{read_duration, print_duration, 0, "10ms"};

std::vector<std::int64_t> samples_of(const std::string& file) {
  EXPECT_EQ(file, "delays.csv");
  return {3, 1, 2};
}

Distribution read(const std::string& text) { return read_distribution(text, kTime, {}, samples_of); }

std::string problem_of(const std::string& text) {
  try {
    read(text);
  } catch (const ScenarioError& error) {
    return error.message;
  }
  return "accepted";
}

void expect_parts(const std::string& text, Kind kind, double first, double second, double third) {
  const Distribution distribution = read(text);
  EXPECT_EQ(distribution.kind, kind) << text;
  EXPECT_EQ(distribution.first, first) << text;
  EXPECT_EQ(distribution.second, second) << text;
  EXPECT_EQ(distribution.third, third) << text;
}

TEST(DistributionText, ReadsEveryFamilyByPosition) {
  expect_parts("constant(10ms)", Kind::kConstant, 1e7, 0, 0);
  expect_parts("uniform(1ms, 5ms)", Kind::kUniform, 1e6, 5e6, 0);
  expect_parts("exponential(1ms, 5ms)", Kind::kExponential, 1e6, 5e6, 0);
  expect_parts("lognormal(0.2ms, 2ms)", Kind::kLognormal, 2e5, 2e6, 0);
  expect_parts("pareto(1ms, 1.5)", Kind::kPareto, 1e6, 1.5, 0);
  expect_parts("bimodal(1ms, 50ms, 1%)", Kind::kBimodal, 1e6, 5e7, 0.01);
}

TEST(DistributionText, ReadsNamedArgumentsInAnyOrder) {
  expect_parts("constant(value=10ms)", Kind::kConstant, 1e7, 0, 0);
  expect_parts("uniform(high=5ms, low=1ms)", Kind::kUniform, 1e6, 5e6, 0);
  expect_parts("exponential(mean=5ms, min=1ms)", Kind::kExponential, 1e6, 5e6, 0);
  expect_parts("lognormal( p99 = 2ms ,median=0.2ms)", Kind::kLognormal, 2e5, 2e6, 0);
  expect_parts("pareto(shape=1.5, min=1ms)", Kind::kPareto, 1e6, 1.5, 0);
  expect_parts("bimodal(p=1%, slow=50ms, fast=1ms)", Kind::kBimodal, 1e6, 5e7, 0.01);
}

TEST(DistributionText, EmpiricalSamplesComeFromAFileOrFromTheTextInAscendingOrder) {
  EXPECT_EQ(read("empirical(delays.csv)").samples, (std::vector<double>{1, 2, 3}));
  EXPECT_EQ(read("empirical(3ms, 1ms)").samples, (std::vector<double>{1e6, 3e6}));
  EXPECT_EQ(read("empirical(delays.csv)").text, "empirical(1ns, 2ns, 3ns)");
}

TEST(DistributionText, CanonicalTextReadsBackAsTheSameDistribution) {
  for (const char* text :
       {"constant(10ms)", "uniform(1ms, 5ms)", "exponential(min=0s, mean=5ms)", "lognormal(median=200us, p99=2ms)",
        "pareto(min=1ms, shape=1.5)", "bimodal(fast=1ms, slow=50ms, p=1%)", "empirical(1ms, 2ms)"}) {
    EXPECT_EQ(read(text).text, text);
    EXPECT_EQ(read(read(text).text), read(text));
  }
}

TEST(DistributionText, RefusesWhatHasNoMeaning) {
  EXPECT_NE(problem_of("uniform(5ms, 1ms)").find("low is more than high"), std::string::npos);
  EXPECT_NE(problem_of("lognormal(0s, 1ms)").find("median is not positive"), std::string::npos);
  EXPECT_NE(problem_of("pareto(0s, 1)").find("min is not positive"), std::string::npos);
  EXPECT_NE(problem_of("bimodal(5ms, 1ms, 1%)").find("fast is more than slow"), std::string::npos);
  EXPECT_NE(problem_of("bimodal(1ms, 5ms, 101%)").find("no probability"), std::string::npos);
  EXPECT_NE(problem_of("constant()").find("0 arguments"), std::string::npos);
  EXPECT_NE(problem_of("empirical()").find("no samples"), std::string::npos);
  EXPECT_NE(problem_of("exponential(mean=1ms)").find("1 argument"), std::string::npos);
  EXPECT_NE(problem_of("constant(10ms").find("a distribution:"), std::string::npos);
  EXPECT_NE(problem_of("constant(99999h)").find("too large"), std::string::npos);
}

}  // namespace
}  // namespace paygrid::scenario
