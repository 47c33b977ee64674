// The tree keeps the rules of the house.
#include <gtest/gtest.h>

#include "tests/house/rules.hpp"

namespace paygrid::house {
namespace {

const SourceTree& tree() {
  static const SourceTree kTree = read_tree(PAYGRID_SOURCE_DIR);
  return kTree;
}

TEST(House, TheTreeIsThere) { EXPECT_GT(tree().files.size(), 50u); }

TEST(House, RoomsIncludeOnlyWhatTheyMay) { EXPECT_EQ(rooms_include_only_what_they_may(tree()), Violations()); }
TEST(House, OnlyTimedIncludesSimgrid) { EXPECT_EQ(only_timed_includes_simgrid(tree()), Violations()); }
TEST(House, ModelsUseOnlyThePureParts) { EXPECT_EQ(models_use_only_allowed_std(tree()), Violations()); }
TEST(House, ModelsHaveNoFloatingPoint) { EXPECT_EQ(models_have_no_floating_point(tree()), Violations()); }
TEST(House, HeadersHavePragmaOnce) { EXPECT_EQ(headers_have_pragma_once(tree()), Violations()); }
TEST(House, FilesAreShort) { EXPECT_EQ(files_are_short(tree()), Violations()); }
TEST(House, FunctionsAreShort) { EXPECT_EQ(functions_are_short(tree()), Violations()); }
TEST(House, TheReadmeNamesWhatExists) { EXPECT_EQ(readme_names_what_exists(PAYGRID_SOURCE_DIR), Violations()); }
TEST(House, TheTopLevelIsAsDrawn) { EXPECT_EQ(top_level_is_as_drawn(PAYGRID_SOURCE_DIR), Violations()); }

}  // namespace
}  // namespace paygrid::house
