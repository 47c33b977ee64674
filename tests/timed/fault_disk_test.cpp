// What faults of disks do to the records of a node, and what is left of them after a crash.
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "sim/timed/acting_factors.hpp"
#include "tests/timed/fault_story.hpp"

namespace paygrid {
namespace {

using tests::has;
using tests::kFaultWorld;
using tests::with_fault;

// The records of b/1 besides what happens to processes: "5000 durable" and so on, in milliseconds.
class DiskStory final : public tests::FaultStory {
 public:
  using tests::FaultStory::FaultStory;
  void on_disk(const history::DiskEvent& event) override {
    if (name(event.process) == "b/1") line(event.at_ns, std::string(name_of(event.change)));
  }
};

std::string disk_story(const std::string& text, const std::vector<std::string>& overrides = {}) {
  return tests::told_by<DiskStory>(text, overrides);
}

struct Line {
  int at_ms = 0;
  std::string what;
};

std::vector<Line> lines_between(const std::string& story, int from_ms, int to_ms) {
  std::vector<Line> lines;
  std::istringstream text(story);
  Line line;
  while (text >> line.at_ms && std::getline(text, line.what))
    if (line.at_ms >= from_ms && line.at_ms < to_ms) lines.push_back({line.at_ms, line.what.substr(1)});
  return lines;
}

std::map<std::string, int> counts(const std::vector<Line>& lines) {
  std::map<std::string, int> found;
  for (const Line& line : lines) ++found[line.what];
  return found;
}

// Many records are under way at any moment.
const std::vector<std::string> kBusyDisk{"cluster.disk.fsync=constant(30ms)", "cluster.disk.group_commit=true"};

TEST(DiskFault, ALostDiskIsFoundByDurability) {
  const auto verdict = [](const char* fault) { return tests::verdict_of(tests::run({with_fault(fault), {}, {}}), "durability"); };
  EXPECT_EQ(verdict("{at: 5s, crash: b/1, for: 1s}"), "pass");
  EXPECT_EQ(verdict("{at: 5s, crash: b/1, for: 1s, disk: lost}"), "fail");
  EXPECT_TRUE(has(tests::story(with_fault("{at: 5s, crash: b/1, for: 1s, disk: lost}")), "5000 begin crash b/1, disk lost\n"));
}

TEST(DiskFault, ATornCrashKeepsAPrefixAndTearsTheNextRecord) {
  int kept = 0;
  int torn = 0;
  int lost = 0;
  for (int seed = 1; seed <= 12; ++seed) {
    std::vector<std::string> overrides = kBusyDisk;
    overrides.push_back("seed=" + std::to_string(seed));
    const std::string text = disk_story(with_fault("{at: 5s, crash: b/1, for: 1s, disk: torn}"), overrides);
    const std::size_t begin = text.find("5000 begin crash b/1, disk torn\n");
    ASSERT_NE(begin, std::string::npos) << text;
    std::istringstream lines(text.substr(begin));
    std::string line;
    std::getline(lines, line);
    std::string order;
    while (std::getline(lines, line) && line != "5000 crashed b/1")
      order += line == "5000 durable" ? 'd' : line == "5000 torn" ? 't' : line == "5000 lost" ? 'l' : '?';
    const std::size_t prefix = order.find_first_not_of('d');
    if (prefix != std::string::npos) {
      EXPECT_EQ(order.substr(prefix), "t" + std::string(order.size() - prefix - 1, 'l')) << order;
      ++torn;
      lost += static_cast<int>(order.size() - prefix - 1);
    }
    kept += static_cast<int>(std::min(prefix, order.size()));
  }
  EXPECT_GT(kept, 0);
  EXPECT_GT(torn, 3);
  EXPECT_GT(lost, 0);
}

TEST(DiskFault, WhatATornCrashKeepsIsRecoveredAndNothingElse) {
  for (const char* protocol : {"2pc", "3pc", "opo"}) {
    std::vector<std::string> overrides = kBusyDisk;
    overrides.push_back(std::string("commit.protocol=") + protocol);
    const auto result =
        tests::run({with_fault("{at: 2s, crash: one, for: 200ms, disk: torn, restarts: 30, every: 500ms}"), overrides, {}});
    for (const char* check : {"AC1", "AC2", "AC4", "durability", "conservation", "no-double-charge"})
      EXPECT_EQ(tests::verdict_of(result, check), "pass") << protocol << " " << check << "\n" << result.at("checks").dump(1);
  }
}

TEST(DiskFault, AFailedFsyncStopsTheNodeForItsRestartTime) {
  const std::string text = disk_story(with_fault("{at: 5s, fsync_failure: 100%, where: b/1, for: 100ms, restart: 300ms}"));
  const auto during = lines_between(text, 5000, 5300);
  const auto found = counts(during);
  EXPECT_EQ(found.at("crashed b/1"), 1) << text;
  EXPECT_GE(found.at("lost"), 1);
  const auto crashed = std::ranges::find(during, "crashed b/1", &Line::what);
  EXPECT_EQ(counts({during.begin(), crashed}).count("durable"), 0u) << "the failed fsync made something durable";
  EXPECT_TRUE(has(text, std::to_string(crashed->at_ms + 300) + " recovered b/1\n")) << text;
  EXPECT_EQ(counts(lines_between(text, 5000, 30000)).at("crashed b/1"), 1);
}

TEST(DiskFault, AShareOfTheFsyncsFails) {
  const auto crashes = [](const char* share) {
    const std::string fault = std::string("{at: 1s, fsync_failure: ") + share + ", where: all, for: 15s, restart: 50ms}";
    return tests::run({with_fault(fault), {}, {}}).at("crashes").get<int>();
  };
  EXPECT_EQ(crashes("0%"), 0);
  const int few = crashes("1%");
  EXPECT_GT(few, 5);
  EXPECT_GT(crashes("10%"), 2 * few);
}

TEST(DiskFault, ALyingDiskIsDurableAtTheEnd) {
  const std::string text = disk_story(with_fault("{at: 5s, lying_disk: b/1, for: 1s}"));
  const auto during = counts(lines_between(text, 5001, 6000));
  EXPECT_GT(during.at("reported"), 10);
  EXPECT_EQ(during.count("durable"), 0u);
  const std::size_t end = text.find("6000 end lying disk b/1\n");
  ASSERT_NE(end, std::string::npos);
  std::istringstream lines(text.substr(end));
  std::string line;
  std::getline(lines, line);
  int settled = 0;
  while (std::getline(lines, line) && line == "6000 durable") ++settled;
  EXPECT_GE(settled, during.at("reported"));
  EXPECT_EQ(counts(lines_between(text, 0, 30000)).count("lost"), 0u);
}

TEST(DiskFault, ACrashOfALyingDiskLosesWhatTheNodeHadBeenTold) {
  const std::string fault = with_fault("{at: 5s, lying_disk: b/1, for: 1s}") + "  - {at: 5500ms, crash: b/1, for: 1s}\n";
  const auto before = counts(lines_between(disk_story(fault), 5001, 5500));
  const auto at = counts(lines_between(disk_story(fault), 5500, 5501));
  EXPECT_GE(at.at("lost"), before.at("reported"));
  EXPECT_EQ(tests::verdict_of(tests::run({fault, {}, {}}), "durability"), "fail");
}

TEST(DiskFault, AFullDiskStopsTheNodeAtItsFirstWriteUntilItsEnd) {
  const std::string text = disk_story(with_fault("{at: 5s, full_disk: b/1, for: 2s}"));
  const auto found = counts(lines_between(text, 5001, 7000));
  EXPECT_EQ(found.at("crashed b/1"), 1) << text;
  EXPECT_LE(found.at("forced"), 1);
  EXPECT_TRUE(has(text, "7000 recovered b/1\n")) << text;
}

TEST(DiskFault, ANodeThatWritesNothingDoesNotNoticeThatItsDiskIsFull) {
  const std::string quiet = with_fault("{at: 25s, full_disk: b/1, for: 2s}");
  EXPECT_FALSE(has(disk_story(quiet, {"phases.heal_at=never"}), "crashed"));
}

TEST(DiskFault, TheBudgetOfRepairableDisksCountsNodesOfTheWholeRun) {
  const std::string faults =
      "faults:\n  - {at: 5s, crash: b/1, for: 1s, disk: torn}\n  - {at: 7s, crash: b/2, for: 1s, disk: lost}\n"
      "  - {at: 9s, lying_disk: b/1, for: 1s}\n  - {at: 11s, crash: b/2, for: 1s}\n";
  const std::string text = std::string(kFaultWorld) + "fault_budget: {repairable_disks: 1}\n" + faults;
  const std::string told = tests::story(text);
  EXPECT_TRUE(has(told, "begin crash b/1, disk torn") && has(told, "begin lying disk b/1") && has(told, "11000 begin crash b/2"));
  EXPECT_FALSE(has(told, "disk lost")) << told;
  const auto result = tests::run({text, {}, {}});
  EXPECT_EQ(result.at("faults").at("budget").at("repairable_disks"), 1);
  EXPECT_EQ(result.at("faults").at("over_budget"), 1);
}

TEST(ActingFactors, LeaveNothingBehind) {
  timed::ActingFactors factors;
  factors.add(1, 49);
  factors.add(2, 0.1);
  factors.add(3, 3);
  factors.remove(1);
  EXPECT_EQ(factors.product(), 0.1 * 3);
  factors.remove(3);
  factors.remove(2);
  EXPECT_EQ(factors.product(), 1);
}

// How long each fsync of b/1 took, in units of the undisturbed one; a write takes the factor in force when it began.
class FsyncLengths final : public tests::Story {
 public:
  using tests::Story::Story;
  void on_disk(const history::DiskEvent& event) override {
    if (name(event.process) != "b/1") return;
    if (event.change == history::DiskChange::kForced) begun_.push_back(event.at_ns);
    if (event.change != history::DiskChange::kDurable || begun_.empty()) return;
    const history::TimeNs from = std::max(begun_.front(), last_ns_);
    text += std::to_string(from / 1'000'000) + " " + std::to_string((event.at_ns - from) / 1'000'000) + "\n";
    begun_.pop_front();
    last_ns_ = event.at_ns;
  }

 private:
  std::deque<history::TimeNs> begun_;
  history::TimeNs last_ns_ = 0;
};

TEST(DiskFault, SlownessMultipliesWhileItOverlaps) {
  const std::string faults = with_fault("{at: 5s, slow_disk: 2x, where: b/1, for: 4s}") +
                             "  - {at: 7s, slow_disk: 3x, where: b/1, for: 4s}\n";
  std::istringstream lines(tests::told_by<FsyncLengths>(faults, {"workload.0.arrivals=constant(10/s)"}));
  std::map<int, std::set<int>> lengths;  // by second
  for (int at_ms = 0, length = 0; lines >> at_ms >> length;) lengths[at_ms / 1000].insert(length);
  EXPECT_EQ(lengths[4], std::set<int>{1});
  EXPECT_EQ(lengths[6], std::set<int>{2});
  EXPECT_EQ(lengths[8], std::set<int>{6});
  EXPECT_EQ(lengths[10], std::set<int>{3});
  EXPECT_EQ(lengths[12], std::set<int>{1});
}

TEST(DiskFault, ASlowDiskIsSlowForANodeThatWasDownWhenItBegan) {
  const std::string faults = with_fault("{at: 5s, crash: b/1, for: 2s}") + "  - {at: 6s, slow_disk: 3x, where: b/1, for: 4s}\n";
  std::istringstream lines(tests::told_by<FsyncLengths>(faults, {"workload.0.arrivals=constant(10/s)"}));
  std::set<int> lengths;
  for (int at_ms = 0, length = 0; lines >> at_ms >> length;)
    if (at_ms > 8000 && at_ms < 9900) lengths.insert(length);
  EXPECT_EQ(lengths, std::set<int>{3});
}

}  // namespace
}  // namespace paygrid
