// Every rule of the house catches the violation planted for it, and only that.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/house/rules.hpp"

namespace paygrid::house {
namespace {

namespace fs = std::filesystem;

class Planted : public testing::Test {
 protected:
  void SetUp() override {
    const std::string name = testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = fs::path(testing::TempDir()) / ("paygrid-house-" + name);
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void plant(const std::string& path, const std::string& text) const {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  SourceTree tree() const { return read_tree(root_); }

  fs::path root_;
};

std::string lines(int count) {
  std::string text;
  for (int line = 0; line < count; ++line) text += "  ++x;\n";
  return text;
}

TEST_F(Planted, AnIncludeAgainstTheArrows) {
  plant("models/core/a.hpp", "#include \"models/core/b.hpp\"\n#include <vector>\n#include \"models/ledger/c.hpp\"\n");
  plant("models/ledger/c.hpp", "#include \"models/core/a.hpp\"\n");
  plant("models/registry.cpp", "#include \"models/registry.hpp\"\n#include \"models/commit/d.hpp\"\n");
  plant("models/commit/d.hpp", "#include \"models/registry.hpp\"\n");
  plant("analysis/estimate/e.hpp", "#include \"models/core/a.hpp\"\n");
  plant("tests/core/f.cpp", "#include \"sim/cli/g.hpp\"\n");
  EXPECT_EQ(rooms_include_only_what_they_may(tree()),
            (Violations{{"analysis/estimate/e.hpp", 1, "analysis/estimate may not include models/core/a.hpp"},
                        {"models/commit/d.hpp", 1, "models/commit may not include models/registry.hpp"},
                        {"models/core/a.hpp", 3, "models/core may not include models/ledger/c.hpp"}}));
}

TEST_F(Planted, AFileInARoomThatNobodyDrew) {
  plant("models/misc/a.hpp", "");
  EXPECT_EQ(rooms_include_only_what_they_may(tree()), (Violations{{"models/misc/a.hpp", 1, "no such room: models/misc"}}));
}

TEST_F(Planted, SimgridOutsideTimed) {
  plant("sim/timed/a.cpp", "#include <simgrid/s4u.hpp>\n");
  plant("sim/cli/b.cpp", "\n#include <simgrid/s4u.hpp>\n");
  plant("analysis/check/c.cpp", "# include \"xbt/log.h\"\n");
  EXPECT_EQ(only_timed_includes_simgrid(tree()),
            (Violations{{"analysis/check/c.cpp", 1, "only sim/timed may include xbt/log.h"},
                        {"sim/cli/b.cpp", 2, "only sim/timed may include simgrid/s4u.hpp"}}));
}

TEST_F(Planted, AClockOrDiceInAModel) {
  plant("models/core/a.cpp", "#include <chrono>\n#include <vector>\n#include <fmt/format.h>\n");
  plant("models/core/assert.cpp", "#include <cstdio>\n#include <cstdlib>\n");
  plant("models/lock/b.hpp", "#include <unordered_map>\n#include <cstdlib>\n");
  plant("sim/timed/c.cpp", "#include <chrono>\n");
  EXPECT_EQ(models_use_only_allowed_std(tree()), (Violations{{"models/core/a.cpp", 1, "models may not include <chrono>"},
                                                             {"models/core/a.cpp", 3, "models may not include <fmt/format.h>"},
                                                             {"models/lock/b.hpp", 1, "models may not include <unordered_map>"},
                                                             {"models/lock/b.hpp", 2, "models may not include <cstdlib>"}}));
}

TEST_F(Planted, AFloatInAModel) {
  plant("models/core/a.cpp",
        "// a double, 1.5 in a comment\nconst char* s = \"double 1.5\";\ndouble x;\nauto y = 2.5;\n"
        "auto z = 1e9;\nint doubled = 1'000'000;\nint hex = 0x1e9;\n/* float */ float f;\n");
  plant("sim/timed/b.cpp", "double x = 1.5;\n");
  EXPECT_EQ(models_have_no_floating_point(tree()),
            (Violations{{"models/core/a.cpp", 3, "models have no floating point: double"},
                        {"models/core/a.cpp", 4, "models have no floating point: 2.5"},
                        {"models/core/a.cpp", 5, "models have no floating point: 1e9"},
                        {"models/core/a.cpp", 8, "models have no floating point: float"}}));
}

TEST_F(Planted, AHeaderWithoutPragmaOnce) {
  plant("models/core/a.hpp", "// A header.\n#pragma once\n");
  plant("models/core/b.hpp", "// #pragma once\n");
  plant("models/core/c.cpp", "int x;\n");
  EXPECT_EQ(headers_have_pragma_once(tree()), (Violations{{"models/core/b.hpp", 1, "#pragma once is missing"}}));
}

TEST_F(Planted, ALongFile) {
  plant("sim/cli/a.cpp", lines(500));
  plant("sim/cli/b.cpp", lines(501));
  EXPECT_EQ(files_are_short(tree()), (Violations{{"sim/cli/b.cpp", 501, "more than 500 lines"}}));
}

TEST_F(Planted, ALongFunction) {
  plant("sim/cli/short.cpp",
        "namespace a {\nstruct B {\nvoid f() {\n" + lines(70) + "}\nvoid g() {\n" + lines(70) + "}\n};\n}\n");
  plant("sim/cli/free.cpp", "namespace a {\nint f(int x) {\n" + lines(71) + "}\n}\n");
  plant("sim/cli/member.hpp",
        "class C : public D {\n template <class T>\n void f(T t) const {\n if (x) {\n" + lines(69) + "}\n}\n};\n");
  plant("sim/cli/constructor.cpp", "C::C(int x) : x_{x}, y_(x) {\n" + lines(71) + "}\n");
  plant("sim/cli/lambda.cpp", "const auto f = [](int x) {\n" + lines(71) + "};\n");
  plant("sim/cli/literal.cpp", "void f() {\n g(\"}\", '}', R\"(})\");  // }\n" + lines(71) + "}\n");
  plant("sim/cli/table.cpp", "const int kTable[] = {\n" + lines(100) + "};\n");
  EXPECT_EQ(functions_are_short(tree()), (Violations{{"sim/cli/constructor.cpp", 1, "a function of 71 lines"},
                                                     {"sim/cli/free.cpp", 2, "a function of 71 lines"},
                                                     {"sim/cli/lambda.cpp", 1, "a function of 71 lines"},
                                                     {"sim/cli/literal.cpp", 1, "a function of 72 lines"},
                                                     {"sim/cli/member.hpp", 3, "a function of 71 lines"}}));
}

TEST_F(Planted, AReadmeThatNamesWhatIsGone) {
  plant("scripts/run", "");
  plant("scenarios/quickstart.yaml", "");
  plant("README.md",
        "Type `scripts/run scenarios/quickstart.yaml`.\nAll: scenarios/**/*.yaml, and scripts/run.\n"
        "See share/paygrid/scenarios/none.yaml.\nOr scripts/walk scenarios/gone.yaml and gone: scenarios/gone/*.yaml\n");
  EXPECT_EQ(readme_names_what_exists(root_), (Violations{{"README.md", 4, "names scripts/walk"},
                                                         {"README.md", 4, "names scenarios/gone.yaml"},
                                                         {"README.md", 4, "names scenarios/gone/*.yaml"}}));
}

TEST_F(Planted, AStrangerAtTheTopLevel) {
  plant("CMakeLists.txt", "");
  plant(".gitignore", "");
  plant("models/core/a.hpp", "");
  plant("build/x", "");
  plant("notes.md", "");
  plant("src/a.cpp", "");
  EXPECT_EQ(top_level_is_as_drawn(root_), (Violations{{"notes.md", 0, "has no place at the top level"},
                                                      {"src", 0, "has no place at the top level"}}));
}

}  // namespace
}  // namespace paygrid::house
