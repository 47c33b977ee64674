// What watchers make of the facts, packets and crashes of a run.
#include <gtest/gtest.h>

#include <cmath>

#include "analysis/monitor/monitor.hpp"
#include "tests/check/fact_stream.hpp"
#include "tests/estimate/dice.hpp"

namespace paygrid::monitor {
namespace {

using estimate::test::Dice;
using history::ProcessChange;

constexpr TimeNs kSecond = 1'000'000'000;

EstimatorSettings settings_of(Quantity of, Method with) {
  EstimatorSettings settings;
  settings.of = of;
  settings.with = with;
  settings.sample = 1;
  return settings;
}

history::RunInfo world(TimeNs seconds) {
  history::RunInfo info = test::small_world();
  info.measured_to_ns = info.duration_ns = seconds * kSecond;
  return info;
}

EstimatorGrade only(Monitor& monitor, TimeNs end_ns) { return monitor.finish(end_ns).at(0); }

// A payment's submission and answer, as the book tells of them.
struct Told {
  void payment(Monitor& monitor, std::uint32_t id, TimeNs submitted_ns, TimeNs answered_ns, check::Decision answer) {
    check::PaymentView view;
    view.id = {id};
    view.measured = true;
    view.submitted = {submitted_ns, 2ull * id + 1};
    touch(monitor, view, core::FactKind::kSubmitted, submitted_ns, 2ull * id + 1);
    if (answered_ns < 0) return;
    view.answered = {answered_ns, 2ull * id + 2};
    view.answer = answer;
    touch(monitor, view, core::FactKind::kAnswered, answered_ns, 2ull * id + 2);
  }
  static void touch(Monitor& monitor, check::PaymentView& view, core::FactKind kind, TimeNs at_ns, std::uint64_t event) {
    core::Fact fact;
    fact.kind = kind;
    check::Touch touch;
    touch.at_ns = at_ns;
    touch.event = event;
    touch.fact = &fact;
    touch.payment = &view;
    monitor.advance(at_ns);
    monitor.on_touch(touch);
  }
};

TEST(PaymentSample, is_a_share_of_all_and_a_part_of_every_larger_one) {
  const PaymentSample tenth(7, 0.1), half(7, 0.5), all(7, 1), other(8, 0.1);
  int seen = 0, both = 0;
  for (std::uint32_t id = 0; id < 20'000; ++id) {
    seen += tenth.has({id}) ? 1 : 0;
    both += tenth.has({id}) && other.has({id}) ? 1 : 0;
    if (tenth.has({id})) {
      EXPECT_TRUE(half.has({id}));
    }
    EXPECT_TRUE(all.has({id}));
  }
  EXPECT_NEAR(seen, 2000, 5 * 43);
  EXPECT_NEAR(both, 200, 5 * 14) << "another seed sees other payments";
}

TEST(LatencyWatcher, takes_the_mean_of_what_was_committed_in_each_interval) {
  const history::RunInfo info = world(30);
  EstimatorSettings settings = settings_of(Quantity::kLatency, Method::kFixed);
  settings.value = 25;
  Monitor monitor(info, std::vector{settings});
  for (std::uint32_t id = 0; id < 60; ++id) {
    const TimeNs at = static_cast<TimeNs>(id) * kSecond / 2;
    Told().payment(monitor, id, at + 100'000'000, at + 110'000'000, check::Decision::kCommitted);
    Told().payment(monitor, id + 100, at + 100'000'000, at + 130'000'000, check::Decision::kCommitted);
    Told().payment(monitor, id + 200, at + 100'000'000, at + 400'000'000, check::Decision::kAborted);
  }
  const EstimatorGrade grade = only(monitor, info.duration_ns);
  EXPECT_EQ(grade.judged, 48u) << "of sixty, a fifth is learnt from";
  EXPECT_DOUBLE_EQ(grade.errors.bias(), 5);
}

TEST(AvailabilityWatcher, learns_the_share_and_leaves_out_what_was_still_open) {
  const history::RunInfo info = world(40);  // the deadline is 10 s
  Monitor monitor(info, std::vector{settings_of(Quantity::kAvailability, Method::kBeta)});
  std::uint32_t id = 0;
  for (TimeNs at = 0; at < 40 * kSecond; at += kSecond / 10, ++id) {
    const bool late = id % 20 == 7;  // one of twenty
    Told().payment(monitor, id, at, late ? -1 : at + kSecond / 100, check::Decision::kAborted);
  }
  const EstimatorGrade grade = only(monitor, info.duration_ns);
  // 300 payments were due: 15 of them failed; of the last hundred only the 95 answered ones count.
  EXPECT_NEAR(grade.posterior->mean, (285 + 95 + 0.5) / (300 + 95 + 1), 1e-12);
  EXPECT_EQ(grade.judged, 64u);
}

TEST(AvailabilityWatcher, covers_and_is_consistent_over_seeds_and_is_not_when_failures_come_in_bunches) {
  int consistent = 0, bunched_inconsistent = 0;
  std::uint64_t held = 0, judged = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    for (const bool bunched : {false, true}) {
      const history::RunInfo info = world(120);
      Monitor monitor(info, std::vector{settings_of(Quantity::kAvailability, Method::kBeta)});
      Dice dice(seed);
      std::uint32_t id = 0;
      for (TimeNs at = 0; at < 120 * kSecond; at += kSecond / 40, ++id) {
        const bool outage = bunched && at / kSecond % 20 == 13;
        const bool fails = dice.chance(outage ? 0.9 : 0.05);
        Told().payment(monitor, id, at, fails ? -1 : at + kSecond / 100, check::Decision::kCommitted);
      }
      const EstimatorGrade grade = only(monitor, info.duration_ns + 20 * kSecond);
      const auto verdict = grade.consistency->verdict;
      (bunched ? bunched_inconsistent : consistent) +=
          verdict == (bunched ? estimate::Consistency::kInconsistent : estimate::Consistency::kConsistent) ? 1 : 0;
      if (bunched) continue;
      held += static_cast<std::uint64_t>(std::llround(grade.coverage.share() * static_cast<double>(grade.coverage.judged())));
      judged += grade.coverage.judged();
    }
  EXPECT_GE(consistent, 34);
  EXPECT_EQ(bunched_inconsistent, 40);
  // Counts are whole: an interval of whole counts holds 95 % at least, and not much more.
  const double coverage = static_cast<double>(held) / static_cast<double>(judged);
  EXPECT_GE(coverage, 0.945);
  EXPECT_LE(coverage, 0.99);
}

TEST(CrashWatcher, counts_the_operating_time_of_all_nodes_between_crashes_and_the_time_to_repair) {
  const history::RunInfo info = world(1000);  // four nodes
  const std::vector settings{settings_of(Quantity::kMtbf, Method::kGamma), settings_of(Quantity::kMttr, Method::kGamma),
                             settings_of(Quantity::kAvailability, Method::kGamma)};
  Monitor monitor(info, settings);
  monitor.on_process({100 * kSecond, test::kA, ProcessChange::kCrashed});  // after 400 s of operation
  monitor.on_process({110 * kSecond, test::kA, ProcessChange::kRecovered});
  monitor.on_process({200 * kSecond, test::kB, ProcessChange::kCrashed});  // 3 * 10 + 4 * 90 s later
  monitor.on_process({230 * kSecond, test::kB, ProcessChange::kRecovered});
  monitor.on_process({240 * kSecond, test::kPayer, ProcessChange::kCrashed});  // no node
  const auto grades = monitor.finish(330 * kSecond);
  // A posterior of two events: shape 2.5, its mean exposure / 1.5.
  EXPECT_NEAR(grades[0].posterior->mean, (400 + 390 + 3 * 30 + 4 * 100) / 1.5, 1e-9);
  EXPECT_NEAR(grades[1].posterior->mean, (10 + 30) / 1.5, 1e-9);
  ASSERT_EQ(grades[0].points.size(), 1u) << "the first says nothing yet";
  EXPECT_NEAR(grades[0].points[0].estimate, 400 / 0.5, 1e-9);  // shape 1.5
  EXPECT_NEAR(grades[0].points[0].truth, 390, 1e-9);
  EXPECT_EQ(verdict_of(grades[0]), "too short");
  // 40 s of 1320 down: the mean of the posterior is near, its interval wide after two crashes.
  EXPECT_NEAR(grades[2].posterior->mean, 1280.0 / 1320, 0.02);
  EXPECT_LT(grades[2].posterior->interval.low, 0.92);
  EXPECT_EQ(grades[2].judged, 1u) << "the share of time in which the nodes were up";
  EXPECT_NEAR(grades[2].points[0].truth, 1280.0 / 1320, 1e-12);
}

TEST(CrashWatcher, is_consistent_with_exponential_times_and_not_with_a_clockwork) {
  int consistent = 0;
  for (std::uint64_t seed = 0; seed <= 40; ++seed) {
    const bool clockwork = seed == 40;
    const history::RunInfo info = world(1'000'000);
    Monitor monitor(info, std::vector{settings_of(Quantity::kMtbf, Method::kGamma)});
    Dice dice(seed);
    TimeNs now = 0;
    for (int crash = 0; crash < 100; ++crash) {
      now += static_cast<TimeNs>(1e9 * (clockwork ? 50 : dice.exponential(50)));
      monitor.on_process({now, test::kA, ProcessChange::kCrashed});
      monitor.on_process({now + kSecond, test::kA, ProcessChange::kRecovered});
      now += kSecond;
    }
    const std::string_view verdict = verdict_of(only(monitor, now));
    if (clockwork) {
      EXPECT_EQ(verdict, "inconsistent");
    } else {
      consistent += verdict == "consistent" ? 1 : 0;
    }
  }
  EXPECT_GE(consistent, 34);
}

TEST(OpenPaymentsWatcher, counts_payments_and_not_their_participants) {
  const history::RunInfo info = world(20);
  EstimatorSettings settings = settings_of(Quantity::kInDoubt, Method::kFixed);
  settings.value = 1;
  Monitor monitor(info, std::vector{settings});
  const auto doubt = [&monitor](std::uint32_t payment, core::NodeId node, bool in_doubt) {
    check::ParticipantView before, after;
    before.node = after.node = node;
    before.in_doubt = !in_doubt;
    after.in_doubt = in_doubt;
    monitor.on_part_recovered({payment}, before, after);
  };
  monitor.advance(1);
  doubt(1, test::kA, true);
  doubt(1, test::kB, true);
  doubt(2, test::kB, true);
  monitor.advance(10 * kSecond);
  doubt(1, test::kA, false);
  doubt(2, test::kB, false);
  monitor.advance(15 * kSecond);
  doubt(1, test::kB, false);
  const EstimatorGrade grade = only(monitor, 20 * kSecond);
  ASSERT_EQ(grade.points.size(), 30u);
  EXPECT_EQ(grade.points.front().truth, 2);
  EXPECT_EQ(grade.points[9].truth, 2) << "at ten seconds: the first ten intervals are learnt from";
  EXPECT_EQ(grade.points[10].truth, 1);
  EXPECT_EQ(grade.points.back().truth, 0);
}

TEST(OpenPaymentsWatcher, counts_payments_of_which_a_record_waits_for_a_disk) {
  const history::RunInfo info = world(20);
  EstimatorSettings settings = settings_of(Quantity::kJournalLag, Method::kFixed);
  settings.value = 1;
  Monitor monitor(info, std::vector{settings});
  const auto tell = [&monitor](std::uint32_t payment, core::RecordKind kind, history::DiskChange change) {
    const core::Record record{.kind = kind, .txn = test::FactStream::txn(payment), .epoch = 0, .payment = {}};
    monitor.on_disk({0, test::kA, record, change});
  };
  monitor.advance(1);
  tell(1, core::RecordKind::kPrepared, history::DiskChange::kForced);
  tell(2, core::RecordKind::kPrepared, history::DiskChange::kAppended);
  tell(2, core::RecordKind::kCommitted, history::DiskChange::kForced);
  monitor.advance(10 * kSecond);
  tell(1, core::RecordKind::kPrepared, history::DiskChange::kDurable);
  tell(2, core::RecordKind::kPrepared, history::DiskChange::kLost);
  const EstimatorGrade grade = only(monitor, 20 * kSecond);
  EXPECT_EQ(grade.points[9].truth, 2);
  EXPECT_EQ(grade.points[10].truth, 1) << "of the second payment one record still waits";
}

TEST(ClockWatcher, finds_the_offset_from_requests_and_answers_and_leaves_out_second_tries) {
  const history::RunInfo info = world(200);
  EstimatorSettings settings = settings_of(Quantity::kClockOffset, Method::kClockFilter);
  Monitor monitor(info, std::vector{settings});
  monitor.watch_clocks([](core::NodeId node) { return node == test::kB ? TimeNs{5'000'000} : TimeNs{-1'000'000}; });
  Dice dice(3);
  std::uint64_t packet = 0;
  for (std::uint32_t id = 0; id < 1800; ++id) {
    core::Message message;
    message.family = core::MessageFamily::kCommit;
    message.txn = test::FactStream::txn(id);
    TimeNs now = static_cast<TimeNs>(id) * kSecond / 10;
    const auto tell = [&](core::NodeId from, core::NodeId to, history::PacketFate fate) {
      monitor.on_packet({now, packet, from, to, message, fate});
    };
    const auto way = [&] { return 10'000'000 + static_cast<TimeNs>(dice.exponential(200'000)); };
    ++packet;
    tell(test::kA, test::kB, history::PacketFate::kSent);
    const bool twice = id % 50 == 10;  // the first is lost, and the answer is to the second
    if (twice) now += 3 * kSecond, ++packet, tell(test::kA, test::kB, history::PacketFate::kSent);
    now += way();
    tell(test::kA, test::kB, history::PacketFate::kDelivered);
    ++packet;
    tell(test::kB, test::kA, history::PacketFate::kSent);
    now += way();
    tell(test::kB, test::kA, history::PacketFate::kDelivered);
  }
  const EstimatorGrade grade = only(monitor, info.duration_ns);
  ASSERT_GT(grade.judged, 100u);
  EXPECT_LT(std::abs(grade.errors.bias()), 0.05);
  EXPECT_LT(grade.errors.rmse(), 0.1) << "of milliseconds; a second try that counted would be off by 1500";
  EXPECT_GT(grade.coverage.share(), 0.9);
  EXPECT_DOUBLE_EQ(grade.points.front().truth, 6);
}

TEST(ChangeWatcher, finds_faults_that_latency_shows_and_misses_those_that_it_does_not) {
  const history::RunInfo info = world(200);
  EstimatorSettings settings = settings_of(Quantity::kLatencyChange, Method::kRunLength);
  Monitor monitor(info, std::vector{settings});
  Dice dice(5);
  std::uint32_t id = 0;
  for (TimeNs at = 0; at < 199 * kSecond; at += kSecond / 20, ++id) {
    const bool slow = at >= 100 * kSecond && at < 130 * kSecond;
    if (at == 100 * kSecond) monitor.on_fault({at, 1, true, "delay everywhere", "delay"});
    if (at == 130 * kSecond) monitor.on_fault({at, 1, false, "delay everywhere", "delay"});
    if (at == 160 * kSecond) monitor.on_fault({at, 2, true, "nothing", "loss"});
    if (at == 10 * kSecond) monitor.on_fault({at, 3, true, "while it learns", "crash"});
    const auto latency = static_cast<TimeNs>(1e6 * (dice.lognormal(slow ? 60 : 30, 0.3)));
    Told().payment(monitor, id, at, at + latency, check::Decision::kCommitted);
  }
  const EstimatorGrade grade = only(monitor, info.duration_ns);
  ASSERT_EQ(grade.changes->rows.size(), 3u);
  const auto& rows = grade.changes->rows;
  EXPECT_EQ(rows[0].fault, "delay");
  EXPECT_EQ(rows[0].detected, 1u);
  EXPECT_LE(rows[0].delay_s, 3);
  EXPECT_EQ(rows[1].fault, "delay ends");
  EXPECT_EQ(rows[1].detected, 1u);
  EXPECT_EQ(rows[2].fault, "loss");
  EXPECT_EQ(rows[2].detected, 0u);
  EXPECT_EQ(grade.changes->changes, 3u) << "what happened while it learnt is not graded";
  EXPECT_LE(grade.changes->false_alarms, 1u);
}

TEST(OutcomeWatcher, learns_how_doubts_end_and_is_calibrated) {
  const history::RunInfo info = world(10'000);
  Monitor monitor(info, std::vector{settings_of(Quantity::kOutcome, Method::kVotes)});
  Dice dice(9);
  for (std::uint32_t id = 0; id < 4000; ++id) {
    check::PaymentView payment;
    payment.id = {id};
    check::AttemptView attempt;
    attempt.participants.resize(2);
    core::Fact fact;
    fact.txn = test::FactStream::txn(id);
    check::Touch touch;
    touch.at_ns = static_cast<TimeNs>(id) * kSecond;
    touch.process = test::kB;
    touch.fact = &fact;
    touch.payment = &payment;
    touch.attempt = &attempt;
    touch.participant = &attempt.participants[0];
    fact.kind = core::FactKind::kInDoubt;
    touch.doubt_began = true;
    monitor.on_touch(touch);
    fact.kind = core::FactKind::kDecided;
    fact.argument = static_cast<std::uint8_t>(dice.chance(0.8) ? core::Outcome::kCommitted : core::Outcome::kAborted);
    touch.doubt_began = false;
    touch.doubt_ended = true;
    touch.at_ns += kSecond / 100;
    monitor.on_touch(touch);
  }
  const EstimatorGrade grade = only(monitor, info.duration_ns);
  EXPECT_EQ(grade.judged, 4000u);
  EXPECT_NEAR(grade.probabilities->brier, 0.16, 0.01);
  EXPECT_NEAR(grade.probabilities->brier, grade.probabilities->brier_of_base_rate, 0.002);
  EXPECT_EQ(verdict_of(grade), "consistent");
}

TEST(Methods, apply_to_some_quantities_and_have_a_name_each) {
  std::size_t pairs = 0;
  for (std::size_t of = 0; of < kQuantities.size(); ++of)
    for (std::size_t with = 0; with < kMethods.size(); ++with) {
      const auto quantity = static_cast<Quantity>(of);
      const auto method = static_cast<Method>(with);
      EXPECT_EQ(find_quantity(name_of(quantity)), quantity);
      EXPECT_EQ(find_method(name_of(method)), method);
      pairs += is_applicable(quantity, method) ? 1 : 0;
    }
  EXPECT_EQ(pairs, 25u);
  EXPECT_FALSE(find_quantity("lateness"));
  EXPECT_FALSE(find_method(""));
}

}  // namespace
}  // namespace paygrid::monitor
