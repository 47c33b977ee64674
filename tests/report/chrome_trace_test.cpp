// The Trace Event Format: every event has the keys that its phase requires, and what begins ends.
#include "analysis/report/diagram/chrome_trace.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "tests/report/trace_lines.hpp"
#include "tests/report/world.hpp"

namespace paygrid {
namespace {

using nlohmann::json;

// By value: a range-for over a part of a temporary would outlive it.
json chrome_events() {
  const test::TemporaryFolder folder;
  history::TraceReader reader(test::write_trace(folder.path()));
  std::string text;
  report::ChromeTrace trace([&text](std::string_view part) { text += part; });
  for (const history::TraceLine& line : test::read_all(reader)) trace.add(line, reader.names());
  trace.finish();
  return json::parse(text).at("traceEvents");
}

TEST(ChromeTrace, EveryEventHasTheKeysOfItsPhase) {
  const std::map<std::string, std::vector<std::string>> required{
      {"X", {"name", "cat", "ts", "dur", "pid", "tid"}}, {"M", {"name", "pid", "args"}},
      {"s", {"name", "cat", "id", "ts", "pid", "tid"}},  {"f", {"name", "cat", "id", "ts", "pid", "tid", "bp"}},
      {"b", {"name", "cat", "id", "ts", "pid"}},         {"e", {"name", "cat", "id", "ts", "pid"}}};
  for (const json& event : chrome_events()) {
    const std::string phase = event.at("ph");
    ASSERT_TRUE(required.contains(phase)) << event;
    for (const std::string& key : required.at(phase)) EXPECT_TRUE(event.contains(key)) << event << " without " << key;
  }
}

TEST(ChromeTrace, EveryProcessHasATrackAndEveryBarAnEnd) {
  std::map<std::string, std::uint64_t> tracks;
  std::map<std::uint64_t, json> open;
  std::map<std::string, double> microseconds;
  for (const json& event : chrome_events()) {
    const std::string phase = event.at("ph");
    if (phase == "M") tracks[event.at("args").at("name")] = event.at("pid");
    if (phase == "b") open[event.at("id")] = event;
    if (phase != "e") continue;
    ASSERT_TRUE(open.contains(event.at("id"))) << event;
    microseconds[event.at("name")] = event.at("ts").get<double>() - open.at(event.at("id")).at("ts").get<double>();
    open.erase(event.at("id"));
  }
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(tracks.size(), 5u) << "four processes and the faults";
  EXPECT_EQ(microseconds.at("PREPARED"), 1000.0);
  EXPECT_EQ(microseconds.at("down"), 500.0);
  EXPECT_EQ(microseconds.at("payment 4 in doubt"), 1000.0);
  EXPECT_EQ(microseconds.at("payment 4 waits for a lock"), 1000.0);
}

TEST(ChromeTrace, FlowsLeadFromSenderToReceiver) {
  std::map<std::uint64_t, std::pair<int, int>> flows;
  for (const json& event : chrome_events()) {
    if (event.at("ph") == "s") ++flows[event.at("id")].first;
    if (event.at("ph") == "f") ++flows[event.at("id")].second;
  }
  EXPECT_EQ(flows.at(1), std::pair(1, 1));
  EXPECT_EQ(flows.at(2), std::pair(1, 2)) << "the copy too";
  EXPECT_EQ(flows.at(3), std::pair(1, 0)) << "lost";
}

}  // namespace
}  // namespace paygrid
