// The picture of a circle of waits: who waits, for what, and in which direction; and from what result.json tells.
#include "analysis/report/diagram/wait_circle.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <string>

#include "analysis/report/page/page_diagrams.hpp"

namespace paygrid::report {
namespace {

WaitCircle circle_of(std::size_t payments) {
  WaitCircle circle{.title = "A circle", .note = "", .waits = {}};
  for (std::size_t at = 0; at < payments; ++at)
    circle.waits.push_back({"payment " + std::to_string(at) + ".0", {"account " + std::to_string(at)}, true, ""});
  return circle;
}

std::size_t count(const std::string& text, const std::string& what) {
  const std::regex words(what);
  return static_cast<std::size_t>(std::distance(std::sregex_iterator(text.begin(), text.end(), words), std::sregex_iterator()));
}

TEST(WaitCircle, HasAnArrowWithItsAccountForEveryPayment) {
  for (std::size_t payments = 2; payments <= 9; ++payments) {
    const std::string svg = wait_circle_svg(circle_of(payments));
    EXPECT_EQ(count(svg, "<rect"), payments);
    EXPECT_EQ(count(svg, "<path class=\"way\""), payments);
    EXPECT_EQ(count(svg, "<polygon"), payments);
    for (std::size_t at = 0; at < payments; ++at) EXPECT_EQ(count(svg, ">account " + std::to_string(at) + "<"), 2u) << "with its halo";
  }
}

TEST(WaitCircle, StaysInsideOfItsPicture) {
  for (std::size_t payments = 2; payments <= 9; ++payments) {
    const std::string svg = wait_circle_svg(circle_of(payments));
    std::smatch size;
    ASSERT_TRUE(std::regex_search(svg, size, std::regex("width=\"(\\d+)\" height=\"(\\d+)\"")));
    const std::regex box("<rect class=\"mark\" x=\"([-\\d.]+)\" y=\"([-\\d.]+)\" width=\"([\\d.]+)\" height=\"([\\d.]+)\"");
    for (auto at = std::sregex_iterator(svg.begin(), svg.end(), box); at != std::sregex_iterator(); ++at) {
      EXPECT_GE(std::stod((*at)[1]), 0);
      EXPECT_GE(std::stod((*at)[2]), 0);
      EXPECT_LE(std::stod((*at)[1]) + std::stod((*at)[3]), std::stod(size[1]));
      EXPECT_LE(std::stod((*at)[2]) + std::stod((*at)[4]), std::stod(size[2]));
    }
  }
}

TEST(WaitCircle, DashesAPlaceInAQueue) {
  WaitCircle circle = circle_of(3);
  circle.waits[1].is_held = false;
  const std::string svg = wait_circle_svg(circle);
  EXPECT_EQ(count(svg, "class=\"way pending\""), 1u);
  EXPECT_EQ(count(svg, "class=\"way\""), 2u);
}

TEST(WaitCircle, IsDrawnFromTheResultWhereOneClosed) {
  nlohmann::ordered_json result;
  EXPECT_EQ(circle_diagram(result), "");
  const auto wait = [](int payment, int account, bool held) -> nlohmann::ordered_json {
    return {{"payment", payment}, {"attempt", 0}, {"account", account}, {"at", "here/1"}, {"of_service", false},
            {"held", held}, {"since_s", 1.25}, {"event", 7}};
  };
  result["circular_waits"]["told"] = {
      {"closed_s", 1.5}, {"event", 8}, {"stood_ms", nullptr}, {"end", "stands"}, {"waits", {wait(12, 3, true), wait(9, 4, false)}}};
  const std::string svg = circle_diagram(result);
  for (const char* words : {">payment 12.0<", ">payment 9.0<", ">account 3<", ">at here/1<", ">since 1.250000 s<", "closed at 1.500000 s",
                            ">It stands at the end of the run.<", ">behind it in the queue<"})
    EXPECT_NE(svg.find(words), std::string::npos) << words;
}

}  // namespace
}  // namespace paygrid::report
