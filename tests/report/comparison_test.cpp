// Two runs, payment by payment.
#include "analysis/report/compare/comparison.hpp"

#include <cmath>
#include <random>
#include <stdexcept>

#include "analysis/report/compare/comparison_settings.hpp"
#include "analysis/report/compare/comparison_statistics.hpp"
#include "tests/report/synthetic_run.hpp"

namespace paygrid::test {
namespace {

using report::Difference;
using report::Judgement;

SyntheticRun lognormal_run() {
  SyntheticRun run;
  std::mt19937_64 dice(7);
  std::normal_distribution<double> normal;
  for (std::uint32_t at = 0; at < 2000; ++at)
    run.payments.push_back({at + 1, at * 0.0045, 50 * std::exp(0.5 * normal(dice)), at % 20 != 0, 5});
  return run;
}

class Comparison : public testing::Test {
 protected:
  report::RunComparison compare(const SyntheticRun& a, const SyntheticRun& b) const {
    write_run(home_.path() / "a", a);
    write_run(home_.path() / "b", b);
    return report::compare_runs(report::RecordedRun(home_.path() / "a"), report::RecordedRun(home_.path() / "b"));
  }
  std::string refusal(const SyntheticRun& a, const SyntheticRun& b) const {
    try {
      compare(a, b);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "not refused";
  }
  static const Difference& row(const report::RunComparison& comparison, const std::string& name) {
    const auto found = std::ranges::find(comparison.rows, name, &Difference::name);
    if (found == comparison.rows.end()) throw std::runtime_error("no row " + name);
    return *found;
  }
  TemporaryFolder home_;
};

TEST_F(Comparison, of_a_run_with_itself_is_all_zeros) {
  const auto comparison = compare(lognormal_run(), lognormal_run());
  EXPECT_EQ(comparison.pairs, 2000u);
  EXPECT_EQ(comparison.committed_pairs, 1900u);
  for (const Difference& difference : comparison.rows) {
    EXPECT_EQ(difference.difference, 0) << difference.name;
    EXPECT_NE(difference.judgement, Judgement::kOutside) << difference.name;
    if (difference.band) {
      EXPECT_EQ(difference.band->low, 0) << difference.name;
      EXPECT_EQ(difference.band->high, 0) << difference.name;
    }
  }
  EXPECT_EQ(comparison.outcomes.only_a + comparison.outcomes.only_b, 0u);
}

TEST_F(Comparison, finds_a_planted_shift_far_below_the_spread_of_latencies) {
  SyntheticRun shifted = lognormal_run();
  std::mt19937_64 dice(8);
  std::normal_distribution<double> noise(0.5, 2);  // ms, where latencies themselves spread by about 30 ms
  for (SyntheticPayment& payment : shifted.payments) payment.latency_ms = std::max(1.0, payment.latency_ms + noise(dice));
  const auto comparison = compare(lognormal_run(), shifted);
  const Difference& mean = row(comparison, "latency mean");
  EXPECT_EQ(mean.judgement, Judgement::kOutside);
  EXPECT_TRUE(mean.band->contains(0.5)) << mean.band->low << " to " << mean.band->high;
  EXPECT_LT(mean.band->high - mean.band->low, 0.5);
  EXPECT_EQ(row(comparison, "committed").judgement, Judgement::kEqual);
}

TEST_F(Comparison, calls_pure_noise_noise) {
  SyntheticRun noisy = lognormal_run();
  std::mt19937_64 dice(9);
  std::normal_distribution<double> noise(0, 2);
  for (SyntheticPayment& payment : noisy.payments) payment.latency_ms = std::max(1.0, payment.latency_ms + noise(dice));
  EXPECT_EQ(row(compare(lognormal_run(), noisy), "latency mean").judgement, Judgement::kWithin);
}

TEST_F(Comparison, counts_changed_outcomes_both_ways) {
  SyntheticRun other = lognormal_run();
  for (std::size_t at = 1; at < 10; ++at) other.payments[at].committed = false;  // nine only in A
  other.payments[0].committed = true;                                            // one only in B
  const auto comparison = compare(lognormal_run(), other);
  EXPECT_EQ(comparison.outcomes.only_a, 9u);
  EXPECT_EQ(comparison.outcomes.only_b, 1u);
  EXPECT_NEAR(comparison.outcomes.probability, 22.0 / 1024, 1e-9);
}

TEST_F(Comparison, refuses_other_seeds_and_other_workloads_in_one_line) {
  SyntheticRun other_seed = lognormal_run();
  other_seed.seed = 2;
  EXPECT_EQ(refusal(lognormal_run(), other_seed),
            "found seeds 1 and 2, whose random numbers have nothing in common; accepted: runs of one seed");
  SyntheticRun other_world = lognormal_run();
  for (SyntheticPayment& payment : other_world.payments) payment.payer = "payers there";
  const std::string why = refusal(lognormal_run(), other_world);
  EXPECT_TRUE(
      why.starts_with("found 0 of 2000 payments that are the same submission in both runs; payment 1 is a transfer of payers "
                      "here at 0.000000 s in A, a transfer of payers there at 0.000000 s in B;"))
      << why;
  EXPECT_EQ(why.find('\n'), std::string::npos);
}

TEST_F(Comparison, pairs_what_agrees_and_says_how_many) {
  SyntheticRun partly = lognormal_run();
  for (std::size_t at = 0; at < 100; ++at) partly.payments[at].at_s += 0.001;
  const auto comparison = compare(lognormal_run(), partly);
  EXPECT_EQ(comparison.pairs, 1900u);
  EXPECT_NE(report::comparison_text(comparison).find("paired 1900 of 2000 payments"), std::string::npos);
}

TEST_F(Comparison, is_the_same_text_every_time_and_aligned) {
  SyntheticRun shifted = lognormal_run();
  for (SyntheticPayment& payment : shifted.payments) payment.latency_ms += 1;
  const std::string text = report::comparison_text(compare(lognormal_run(), shifted));
  EXPECT_EQ(text, report::comparison_text(compare(lognormal_run(), shifted)));
  EXPECT_NE(text.find("  outside the noise\n"), std::string::npos) << text;
  const std::size_t head = text.find("  95 % interval\n");
  ASSERT_NE(head, std::string::npos);
  const std::string html = report::comparison_html(compare(lognormal_run(), shifted));
  EXPECT_EQ(html.find("<script"), std::string::npos);
  EXPECT_EQ(html.find("http"), std::string::npos) << "the page needs nothing else";
}

TEST(ComparisonStatistics, quantile_bootstrap_covers_a_known_shift_in_about_95_of_100_experiments) {
  std::mt19937_64 dice(11);
  std::exponential_distribution<double> fast(1), slow(0.5);
  const double shares[]{0.5};
  const double truth = std::log(2.0) * 2 - std::log(2.0);
  int held = 0;
  for (int experiment = 0; experiment < 200; ++experiment) {
    report::Pairs pairs;
    for (int at = 0; at < 300; ++at) {
      pairs.a.push_back(fast(dice));
      pairs.b.push_back(slow(dice));
    }
    held += report::quantile_difference_intervals(pairs, shares, "experiment " + std::to_string(experiment))
                .front()
                ->contains(truth);
  }
  EXPECT_GE(held, 178);
  EXPECT_LE(held, 199);
}

TEST(ComparisonStatistics, blocks_widen_the_interval_of_what_drifts_together) {
  std::mt19937_64 dice(12);
  std::normal_distribution<double> normal;
  report::Pairs calm, drifting;
  double level = 0;
  for (int at = 0; at < 5000; ++at) {
    const double noise = normal(dice);
    level = 0.9 * level + noise;
    calm.a.push_back(0), drifting.a.push_back(0);
    calm.b.push_back(noise), drifting.b.push_back(level);
  }
  const auto width = [](const estimate::Interval& interval) { return interval.high - interval.low; };
  EXPECT_NEAR(width(*report::mean_difference_interval(calm)), 2 * 1.96 / std::sqrt(5000), 0.006);
  // An AR(1) of 0.9 has ten times the standard error of its noise; blocks of 18 see most of it, single pairs a quarter.
  EXPECT_GT(width(*report::mean_difference_interval(drifting)), 5 * width(*report::mean_difference_interval(calm)));
}

TEST(ComparisonSettings, names_the_keys_that_differ) {
  const std::string a =
      "scenario: one\nseed: 1\ncommit:\n  protocol: 2pc\n  vote_timeout: 1s\nworkload:\n  - kind: transfer\n    shards: "
      "2\nlocking: {service: local}\n";
  std::string b = a;
  b.replace(b.find("2pc"), 3, "3pc");
  b.replace(b.find("shards: 2"), 9, "shards: 3");
  b.replace(b.find("one"), 3, "two");
  EXPECT_EQ(report::differing_settings(a, b),
            (std::vector<std::string>{"commit.protocol: 2pc | 3pc", "workload.0.shards: 2 | 3"}));
  EXPECT_TRUE(report::differing_settings(a, a).empty());
  EXPECT_EQ(report::differing_settings(a + "new: 5\n", a), (std::vector<std::string>{"new: 5 | not set"}));
}

}  // namespace
}  // namespace paygrid::test
