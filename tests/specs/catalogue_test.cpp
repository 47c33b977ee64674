// Wrong names and sizes are refused by one line that says what is accepted.
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/specs/published/catalogue.hpp"

namespace paygrid::specs {
namespace {

std::string refusal(std::string_view name, const std::vector<std::uint32_t>& sizes) {
  try {
    make_spec(name, sizes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Catalogue, AnUnknownNameIsRefusedWithTheKnownOnes) {
  const std::string line = refusal("threephase", {2});
  EXPECT_NE(line.find("'threephase'"), std::string::npos) << line;
  EXPECT_NE(line.find("twophase"), std::string::npos) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
}

TEST(Catalogue, SizesBeyondTheBoundsAreRefusedWithTheBounds) {
  for (const Entry& entry : catalogue()) {
    std::vector<std::uint32_t> smallest;
    std::vector<std::uint32_t> largest;
    for (const SizeRange& size : entry.sizes) {
      smallest.push_back(size.min);
      largest.push_back(size.max);
    }
    EXPECT_EQ(refusal(entry.name, smallest), "");
    EXPECT_EQ(refusal(entry.name, largest), "");
    for (std::size_t at = 0; at < largest.size(); ++at) {
      std::vector<std::uint32_t> wrong = largest;
      ++wrong[at];
      EXPECT_NE(refusal(entry.name, wrong).find(std::to_string(largest[at])), std::string::npos) << entry.name;
    }
  }
}

TEST(Catalogue, AMissingOrASuperfluousSizeIsRefused) {
  EXPECT_NE(refusal("paxos-commit", {2, 3}), "");
  EXPECT_NE(refusal("twophase", {}), "");
  EXPECT_NE(refusal("twophase", {2, 2}), "");
}

}  // namespace
}  // namespace paygrid::specs
