// Suspicions are held against the truth: who crashed is down, everybody else lives.
#include "analysis/report/suspicion_book.hpp"

#include <gtest/gtest.h>

#include "tests/check/fact_stream.hpp"

namespace paygrid {
namespace {

using history::ProcessChange;
using test::kA;
using test::kB;
using test::kMillisecond;

// a and b watch each other; times in milliseconds.
class Watching {
 public:
  explicit Watching(std::int64_t warmup_ms = 0) : book_(world(warmup_ms)) {}

  void tell(std::int64_t at_ms, core::NodeId process, ProcessChange change, core::NodeId peer = core::kNoNode) {
    book_.on_process({at_ms * kMillisecond, process, change, peer, 0});
  }
  estimate::DetectorQuality until(std::int64_t end_ms) { return book_.finish(end_ms * kMillisecond); }

 private:
  static history::RunInfo world(std::int64_t warmup_ms) {
    history::RunInfo info = test::small_world();
    info.measured_from_ns = warmup_ms * kMillisecond;
    info.watches = {{kA, kB}, {kB, kA}};
    return info;
  }
  report::SuspicionBook book_;
};

TEST(SuspicionBook, PoolsAllWatches) {
  Watching watching;
  watching.tell(100, kA, ProcessChange::kSuspects, kB);
  watching.tell(150, kA, ProcessChange::kTrusts, kB);
  watching.tell(300, kA, ProcessChange::kSuspects, kB);
  watching.tell(310, kA, ProcessChange::kTrusts, kB);
  const estimate::DetectorQuality found = watching.until(1000);
  EXPECT_EQ(found.mistakes, 2u);
  EXPECT_EQ(found.alive_ns, 2000 * kMillisecond);
  EXPECT_EQ(found.trusted_ns, 1940 * kMillisecond);
  EXPECT_EQ(found.recurrences_ns, std::vector<std::int64_t>{200 * kMillisecond});
  EXPECT_EQ(found.durations_ns, (std::vector<std::int64_t>{50 * kMillisecond, 10 * kMillisecond}));
}

TEST(SuspicionBook, APauseIsNoExcuse) {
  Watching watching;
  watching.tell(100, kB, ProcessChange::kPaused);
  watching.tell(200, kA, ProcessChange::kSuspects, kB);
  watching.tell(300, kB, ProcessChange::kResumed);
  EXPECT_EQ(watching.until(400).mistakes, 1u);
}

TEST(SuspicionBook, AComebackIsKnownFromItsFirstHeartbeatOn) {
  Watching watching;
  watching.tell(100, kB, ProcessChange::kCrashed);
  watching.tell(180, kA, ProcessChange::kSuspects, kB);
  watching.tell(300, kB, ProcessChange::kRecovered);
  watching.tell(350, kA, ProcessChange::kTrusts, kB);
  const estimate::DetectorQuality found = watching.until(1000);
  EXPECT_EQ(found.mistakes, 0u) << "the suspicion was right when it began";
  EXPECT_EQ(found.detections_ns, std::vector<std::int64_t>{80 * kMillisecond});
  EXPECT_EQ(found.alive_ns, (100 + 650 + 100 + 700) * kMillisecond);
}

TEST(SuspicionBook, ACrashThatIsOverBeforeItIsSuspectedIsUndetected) {
  Watching watching;
  watching.tell(100, kB, ProcessChange::kCrashed);
  watching.tell(120, kB, ProcessChange::kRecovered);
  const estimate::DetectorQuality found = watching.until(1000);
  EXPECT_EQ(found.undetected, 1u);
  EXPECT_TRUE(found.detections_ns.empty());
}

TEST(SuspicionBook, AWatcherThatIsGoneOwesNoDetection) {
  Watching watching;
  watching.tell(100, kB, ProcessChange::kCrashed);
  watching.tell(120, kA, ProcessChange::kCrashed);
  watching.tell(500, kA, ProcessChange::kRecovered);
  const estimate::DetectorQuality found = watching.until(1000);
  EXPECT_EQ(found.undetected, 0u);
  EXPECT_TRUE(found.detections_ns.empty());
  EXPECT_EQ(found.alive_ns, 200 * kMillisecond);
}

TEST(SuspicionBook, TheWarmUpIsNotMeasuredNorAMistakeThatBeganInIt) {
  Watching watching(500);
  watching.tell(100, kA, ProcessChange::kSuspects, kB);
  watching.tell(110, kA, ProcessChange::kTrusts, kB);
  watching.tell(450, kA, ProcessChange::kSuspects, kB);
  watching.tell(600, kA, ProcessChange::kTrusts, kB);
  watching.tell(700, kA, ProcessChange::kSuspects, kB);
  const estimate::DetectorQuality found = watching.until(1000);
  EXPECT_EQ(found.mistakes, 1u);
  EXPECT_EQ(found.alive_ns, (400 + 500) * kMillisecond);
  EXPECT_EQ(found.trusted_ns, (100 + 500) * kMillisecond);
}

TEST(SuspicionBook, OfNoWatchesKnowsNothing) {
  report::SuspicionBook book(test::small_world());
  book.on_process({0, kA, ProcessChange::kSuspects, kB, 0});
  EXPECT_EQ(book.finish(1000).alive_ns, 0);
}

}  // namespace
}  // namespace paygrid
