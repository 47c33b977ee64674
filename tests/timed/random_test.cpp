#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "sim/timed/random_stream.hpp"
#include "sim/timed/sampler.hpp"
#include "sim/timed/workload.hpp"

namespace paygrid::timed {
namespace {

using scenario::Distribution;

Distribution distribution(Distribution::Kind kind, double first, double second = 0, double third = 0) {
  Distribution value;
  value.kind = kind;
  value.first = first;
  value.second = second;
  value.third = third;
  return value;
}

TEST(RandomStream, DependsOnSeedNameAndCountAlone) {
  RandomStream a(7, "link a>b delay");
  RandomStream again(7, "link a>b delay");
  RandomStream other_name(7, "link a>c delay");
  RandomStream other_seed(8, "link a>b delay");
  int equal_name = 0;
  int equal_seed = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t word = a.next_word();
    EXPECT_EQ(word, again.next_word());
    equal_name += word == other_name.next_word() ? 1 : 0;
    equal_seed += word == other_seed.next_word() ? 1 : 0;
  }
  EXPECT_EQ(equal_name, 0);
  EXPECT_EQ(equal_seed, 0);
}

// Pins the values: published results depend on them.
TEST(RandomStream, FirstValuesAreThoseOfThePublishedResults) {
  RandomStream stream(42, "disk eu-central-1/1");
  const std::vector<std::uint64_t> found{stream.next_word(), stream.next_word(), stream.next_word()};
  const std::vector<std::uint64_t> expected{0x04c37125ddd8a200ull, 0x33429323d6ee45beull, 0x212388e7a1882e5dull};
  EXPECT_EQ(found, expected);
}

TEST(RandomStream, OpenUnitIntervalNeverTouchesItsEnds) {
  RandomStream stream(1, "unit");
  double sum = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double u = stream.next_open01();
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    sum += u;
  }
  EXPECT_NEAR(sum / 100'000, 0.5, 4 * 0.2887 / std::sqrt(100'000.0));
}

TEST(RandomStream, BelowCoversItsRangeEvenly) {
  RandomStream stream(1, "below");
  std::vector<int> seen(7, 0);
  for (int i = 0; i < 70'000; ++i) ++seen[stream.next_below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 4 * std::sqrt(70'000.0 * 6 / 49));
}

TEST(Sampler, QuantilesAreTheClosedForms) {
  using Kind = Distribution::Kind;
  EXPECT_DOUBLE_EQ(Sampler(distribution(Kind::kConstant, 5)).quantile(0.3), 5);
  EXPECT_DOUBLE_EQ(Sampler(distribution(Kind::kUniform, -5, 5)).quantile(0.75), 2.5);
  EXPECT_NEAR(Sampler(distribution(Kind::kExponential, 10, 5)).quantile(0.5), 10 + 5 * std::log(2), 1e-12);
  EXPECT_NEAR(Sampler(distribution(Kind::kLognormal, 2e5, 2e6)).quantile(0.5), 2e5, 1e-6);
  EXPECT_NEAR(Sampler(distribution(Kind::kLognormal, 2e5, 2e6)).quantile(0.99), 2e6, 1e-5);
  EXPECT_NEAR(Sampler(distribution(Kind::kPareto, 3, 2)).quantile(0.75), 6, 1e-12);
  EXPECT_DOUBLE_EQ(Sampler(distribution(Kind::kBimodal, 1, 9, 0.1)).quantile(0.89), 1);
  EXPECT_DOUBLE_EQ(Sampler(distribution(Kind::kBimodal, 1, 9, 0.1)).quantile(0.91), 9);
  Distribution empirical = distribution(Kind::kEmpirical, 0);
  empirical.samples = {1, 2, 3, 4};
  EXPECT_DOUBLE_EQ(Sampler(empirical).quantile(0.01), 1);
  EXPECT_DOUBLE_EQ(Sampler(empirical).quantile(0.51), 3);
  EXPECT_DOUBLE_EQ(Sampler(empirical).quantile(0.999), 4);
}

TEST(Sampler, ConstantDrawsNothing) {
  RandomStream stream(1, "x");
  EXPECT_EQ(Sampler(distribution(Distribution::Kind::kConstant, 5)).draw(stream), 5);
  EXPECT_EQ(stream.drawn(), 0u);
  EXPECT_TRUE(Sampler().is_zero());
  EXPECT_FALSE(Sampler(distribution(Distribution::Kind::kConstant, 5)).is_zero());
}

TEST(Sampler, MeanOfManyDrawsIsTheMean) {
  RandomStream stream(3, "mean");
  const Sampler exponential(distribution(Distribution::Kind::kExponential, 0, 1e6));
  double sum = 0;
  for (int i = 0; i < 200'000; ++i) sum += static_cast<double>(exponential.draw(stream));
  EXPECT_NEAR(sum / 200'000 / 1e6, 1, 4 / std::sqrt(200'000.0));
}

TEST(AccountPicker, ZipfFrequenciesFollowTheLaw) {
  constexpr std::uint32_t kAccounts = 1000;
  constexpr double kExponent = 0.9;
  constexpr int kDraws = 200'000;
  const AccountPicker picker({true, kExponent}, kAccounts);
  RandomStream stream(5, "zipf");
  std::vector<int> seen(kAccounts, 0);
  for (int i = 0; i < kDraws; ++i) ++seen[picker.draw(stream).value];
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= kAccounts; ++rank) sum += std::pow(rank, -kExponent);
  for (const std::uint32_t rank : {1u, 2u, 10u, 100u, 1000u}) {
    const double p = std::pow(rank, -kExponent) / sum;
    EXPECT_NEAR(seen[rank - 1], kDraws * p, 4 * std::sqrt(kDraws * p)) << "rank " << rank;
  }
}

TEST(AccountPicker, UniformReachesEveryAccount) {
  const AccountPicker picker({}, 50);
  RandomStream stream(5, "uniform");
  std::vector<int> seen(50, 0);
  for (int i = 0; i < 5000; ++i) ++seen[picker.draw(stream).value];
  for (const int count : seen) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace paygrid::timed
