// An installed program stands on its own: it finds its scenarios and their data from its own place.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

TEST(InstallSlow, InstalledProgramFindsItsScenariosAndTheirDataWhereverItWasMovedTo) {
  const TempFolder folder;
  const Ending install =
      execute(PAYGRID_CMAKE, {"--install", PAYGRID_BUILD_DIR, "--prefix", (folder / "prefix").string()}, folder.path());
  ASSERT_EQ(install.exit_code, 0) << install.err;
  fs::rename(folder / "prefix", folder / "moved");
  fs::create_directory(folder / "empty");
  const std::string program = (folder / "moved/bin/paygrid").string();
  const Ending list = execute(program, {"list", "scenarios"}, folder / "empty");
  EXPECT_EQ(list.exit_code, 0) << list.err;
  const std::string quickstart = (folder / "moved/share/paygrid/scenarios/quickstart.yaml").string();
  EXPECT_NE(list.out.find(quickstart), std::string::npos) << list.out;
  EXPECT_EQ(execute(program, {"check", quickstart}, folder / "empty").exit_code, 0);

  // A user's own scenario may name the installed data.
  folder.write("empty/mine.yaml", folder.read("moved/share/paygrid/scenarios/quickstart.yaml"));
  const Ending mine = execute(program, {"run", "mine.yaml", "--quiet"}, folder / "empty");
  EXPECT_EQ(mine.exit_code, 0) << mine.err;
}

}  // namespace
}  // namespace paygrid::cli_tests
