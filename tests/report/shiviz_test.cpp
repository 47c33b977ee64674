// ShiViz logs: parsed by their own regular expression, with clocks that order what causes what.
#include "analysis/report/diagram/shiviz.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/report/trace_lines.hpp"
#include "tests/report/world.hpp"

namespace paygrid {
namespace {

using history::TraceLine;
using Clock = std::map<std::string, std::uint64_t>;

struct Event {
  std::string host;
  Clock clock;
  std::string text;
};

// Less than or equal everywhere, and not equal.
bool precedes(const Clock& a, const Clock& b) {
  for (const auto& [host, time] : a)
    if (const auto other = b.find(host); other == b.end() || other->second < time) return false;
  return a != b;
}

class Log {
 public:
  Log() {
    const test::TemporaryFolder folder;
    history::TraceReader reader(test::write_trace(folder.path()));
    report::Shiviz shiviz([this](std::string_view part) { written += part; });
    head = written;
    for (const TraceLine& line : test::read_all(reader)) {
      written.clear();
      shiviz.add(line, reader.names());
      if (!written.empty()) events[line.id] = parse(written);
    }
  }

  static Event parse(const std::string& text) {
    // The log's own expression, without the names of groups, which this library does not know.
    static const std::regex kEvent(R"((\S*) (\{.*\})\n(.*)\n)");
    std::smatch match;
    EXPECT_TRUE(std::regex_match(text, match, kEvent)) << text;
    return {match[1], nlohmann::json::parse(match[2].str()).get<Clock>(), match[3]};
  }

  std::string written;
  std::string head;
  std::map<std::uint64_t, Event> events;  // by event id
};

TEST(Shiviz, BeginsWithItsRegularExpressionAndAnEmptyDelimiter) {
  EXPECT_EQ(Log().head, "(?<host>\\S*) (?<clock>{.*})\\n(?<event>.*)\n\n");
}

TEST(Shiviz, AReceptionFollowsItsSendingAndSoDoesTheCopy) {
  const Log log;
  for (const auto& [sent, received] : std::map<std::uint64_t, std::vector<std::uint64_t>>{{3, {4}}, {6, {10, 12}}})
    for (const std::uint64_t each : received) EXPECT_TRUE(precedes(log.events.at(sent).clock, log.events.at(each).clock));
  EXPECT_FALSE(precedes(log.events.at(8).clock, log.events.at(19).clock)) << "a lost message orders nothing";
}

TEST(Shiviz, ClocksOfOneProcessGrowByOneEventAtATime) {
  const Log log;
  std::map<std::string, std::uint64_t> last;
  for (const auto& [id, event] : log.events) EXPECT_EQ(event.clock.at(event.host), ++last[event.host]) << id;
  EXPECT_EQ(last.at("payers_a"), 2u) << "hosts have no blanks";
}

TEST(Shiviz, LeavesOutWhatHappensAtNoProcess) {
  const Log log;
  for (const std::uint64_t id : {7u, 20u, 22u}) EXPECT_FALSE(log.events.contains(id)) << id;
  EXPECT_EQ(log.events.at(9).host, "a/1") << "lost when it was sent";
}

}  // namespace
}  // namespace paygrid
