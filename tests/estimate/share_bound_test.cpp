// Bounds of shares judged by the posterior. Digits: the incomplete beta function to thirty places, computed elsewhere.
#include "analysis/estimate/bayes/share_bound.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

namespace paygrid::estimate {
namespace {

TEST(ShareBound, is_kept_with_the_probability_of_the_incomplete_beta_function) {
  EXPECT_NEAR(judge_bound({true, 0.9, 0.95}, {95, 5}).probability_kept, 0.962137610208, 1e-11);
  EXPECT_NEAR(judge_bound({true, 0.99, 0.95}, {95, 5}).probability_kept, 0.00138336290014, 1e-11);
  EXPECT_NEAR(judge_bound({true, 0.995, 0.95}, {999, 1}).probability_kept, 0.981624795604, 1e-11);
  EXPECT_NEAR(judge_bound({false, 0.999, 0.95}, {999, 1}).probability_kept, 1 - 0.427697122167, 1e-11);
}

TEST(ShareBound, turns_at_the_ends_of_the_published_intervals) {
  // 95/100: [.893900, .980668]; 999/1000: [.9953355, .9998921], both of 95 %: each end leaves 2.5 %.
  EXPECT_EQ(judge_bound({true, 0.893899, 0.975}, {95, 5}).verdict, BoundVerdict::kKept);
  EXPECT_EQ(judge_bound({true, 0.893901, 0.975}, {95, 5}).verdict, BoundVerdict::kUndecided);
  EXPECT_EQ(judge_bound({true, 0.980667, 0.975}, {95, 5}).verdict, BoundVerdict::kUndecided);
  EXPECT_EQ(judge_bound({true, 0.980669, 0.975}, {95, 5}).verdict, BoundVerdict::kBroken);
  EXPECT_EQ(judge_bound({true, 0.995335, 0.975}, {999, 1}).verdict, BoundVerdict::kKept);
  EXPECT_EQ(judge_bound({true, 0.995336, 0.975}, {999, 1}).verdict, BoundVerdict::kUndecided);
  EXPECT_EQ(judge_bound({false, 0.999893, 0.975}, {999, 1}).verdict, BoundVerdict::kKept);
  EXPECT_EQ(judge_bound({false, 0.995335, 0.975}, {999, 1}).verdict, BoundVerdict::kBroken);
}

TEST(ShareBound, says_how_many_trials_would_settle_it_at_the_share_that_was_seen) {
  EXPECT_EQ(judge_bound({true, 0.98, 0.95}, {197, 3}).trials_needed, 2004u);
  EXPECT_EQ(judge_bound({true, 0.93, 0.95}, {95, 5}).trials_needed, 414u);
  EXPECT_EQ(judge_bound({true, 0.96, 0.95}, {95, 5}).trials_needed, 1088u);
  EXPECT_FALSE(judge_bound({true, 0.9, 0.95}, {95, 5}).trials_needed) << "it is settled";
}

TEST(ShareBound, is_never_settled_at_the_bound_itself_nor_without_trials) {
  const BoundJudgement at_bound = judge_bound({true, 0.5, 0.95}, {50, 50});
  EXPECT_EQ(at_bound.verdict, BoundVerdict::kUndecided);
  EXPECT_FALSE(at_bound.trials_needed);
  const BoundJudgement empty = judge_bound({true, 0.5, 0.95}, {0, 0});
  EXPECT_EQ(empty.verdict, BoundVerdict::kUndecided);
  EXPECT_FALSE(empty.trials_needed);
}

struct Drawn {
  Trials seen;
  ShareBound bound;
};

Drawn drawn() {
  Drawn d;
  d.seen.successes = *rc::gen::inRange<std::uint64_t>(0, 5000);
  d.seen.failures = *rc::gen::inRange<std::uint64_t>(0, 500);
  d.bound.at_least = *rc::gen::arbitrary<bool>();
  d.bound.bound = static_cast<double>(*rc::gen::inRange(1, 999)) / 1000;
  d.bound.confidence = static_cast<double>(*rc::gen::inRange(501, 999)) / 1000;
  return d;
}

RC_GTEST_PROP(ShareBound, grows_with_every_success_and_falls_with_every_failure, ()) {
  const Drawn d = drawn();
  const auto kept = [&](std::uint64_t more_successes, std::uint64_t more_failures) {
    ShareBound at_least = d.bound;
    at_least.at_least = true;
    return judge_bound(at_least, {d.seen.successes + more_successes, d.seen.failures + more_failures}).probability_kept;
  };
  RC_ASSERT(kept(1, 0) >= kept(0, 0) - 1e-12);
  RC_ASSERT(kept(0, 1) <= kept(0, 0) + 1e-12);
}

RC_GTEST_PROP(ShareBound, and_its_contrary_are_never_both_kept, ()) {
  const Drawn d = drawn();
  ShareBound contrary = d.bound;
  contrary.at_least = !contrary.at_least;
  const BoundJudgement one = judge_bound(d.bound, d.seen);
  const BoundJudgement other = judge_bound(contrary, d.seen);
  RC_ASSERT(std::abs(one.probability_kept + other.probability_kept - 1) < 1e-12);
  RC_ASSERT((one.verdict == BoundVerdict::kKept) == (other.verdict == BoundVerdict::kBroken));
}

RC_GTEST_PROP(ShareBound, is_settled_by_the_trials_it_names_when_they_fall_as_before, ()) {
  Drawn d;
  d.seen = {*rc::gen::inRange<std::uint64_t>(20, 500), *rc::gen::inRange<std::uint64_t>(1, 20)};
  const auto trials = static_cast<double>(d.seen.successes + d.seen.failures);
  const double near = static_cast<double>(*rc::gen::inRange(-10, 10)) / 1000;
  d.bound.bound = std::clamp(static_cast<double>(d.seen.successes) / trials + near, 0.001, 0.999);
  const BoundJudgement judged = judge_bound(d.bound, d.seen);
  if (!judged.trials_needed) return;
  // Multiples of what was seen have its share exactly.
  const std::uint64_t times = *judged.trials_needed / (d.seen.successes + d.seen.failures) + 1;
  const Trials more{times * d.seen.successes, times * d.seen.failures};
  RC_ASSERT(judge_bound(d.bound, more).verdict != BoundVerdict::kUndecided);
}

}  // namespace
}  // namespace paygrid::estimate
