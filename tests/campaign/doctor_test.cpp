// The doctor: says "the same" of runs that are, and finds the first event of those that are not.
#include "sim/cli/doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/campaign/worlds.hpp"

namespace paygrid::cli {
namespace {

// A fault of ours for the doctor to find: one arrival is drawn twice.
class OneDrawTooMany final : public timed::PaymentSource {
 public:
  OneDrawTooMany(timed::PaymentSource& inner, std::uint32_t when) : inner_(inner), when_(when) {}
  std::uint32_t sources() const override { return inner_.sources(); }
  timed::TimeNs first_arrival_ns(std::uint32_t source) override { return inner_.first_arrival_ns(source); }
  core::PaymentRef arrive(std::uint32_t source, timed::TimeNs now_ns, core::PaymentId id, core::PaymentPool& pool,
                          timed::TimeNs& next_ns) override {
    if (id.value == when_) inner_.arrive(source, now_ns, id, pool, next_ns);
    return inner_.arrive(source, now_ns, id, pool, next_ns);
  }
  void count_draws(const timed::DrawCounter& count) const override { inner_.count_draws(count); }

 private:
  timed::PaymentSource& inner_;
  std::uint32_t when_;
};

TEST(Doctor, SaysThatTheSameRunIsTheSame) {
  const scenario::Scenario world = campaign::generic("3pc");
  const Diagnosis diagnosis = examine(world);
  EXPECT_TRUE(diagnosis.same) << text_of(diagnosis);
  EXPECT_EQ(diagnosis.trace_hash, run_trial_apart(world).trace_hash);
  EXPECT_EQ(diagnosis.events, run_trial_apart(world).events);
}

TEST(Doctor, FindsTheEventAfterOneDrawTooMany) {
  static constexpr std::uint32_t kWhen = 40;
  std::unique_ptr<OneDrawTooMany> planted;
  const Diagnosis diagnosis = examine(campaign::generic("3pc"), [&planted](RunRequest& request, int run) {
    if (run == 0) return;
    request.payments = [&planted](timed::PaymentSource& workload) -> timed::PaymentSource& {
      planted = std::make_unique<OneDrawTooMany>(workload, kWhen);
      return *planted;
    };
  });
  ASSERT_FALSE(diagnosis.same);
  EXPECT_NE(diagnosis.first, diagnosis.second);
  EXPECT_FALSE(diagnosis.before.empty());
  const bool of_that_payment = diagnosis.first.find("payment 40 ") != std::string::npos;
  EXPECT_TRUE(of_that_payment) << text_of(diagnosis);
  const auto accounts = std::ranges::find(diagnosis.draws, "workload 0 accounts", &DrawCount::stream);
  ASSERT_NE(accounts, diagnosis.draws.end());
  EXPECT_EQ(accounts->second, accounts->first + 2) << "a transfer draws two accounts";
  EXPECT_NE(text_of(diagnosis).find("workload 0 accounts"), std::string::npos);
}

TEST(Doctor, FindsARunThatEndsBeforeTheOther) {
  const Diagnosis diagnosis = examine(campaign::generic("3pc"), [](RunRequest& request, int run) {
    if (run == 1) request.scenario.duration_ns -= 1'000'000'000;
  });
  ASSERT_FALSE(diagnosis.same);
}

TEST(Doctor, ARunThatFailsIsAnErrorAndNoDiagnosis) {
  EXPECT_THROW(examine(campaign::generic("3pc"),
                       [](RunRequest&, int run) {
                         if (run == 1) throw std::runtime_error("as planned");
                       }),
               std::runtime_error);
}

}  // namespace
}  // namespace paygrid::cli
