// YAML text and trees: places, refusals, and that the writer's text reads back.
#include "sim/scenario/yaml_text.hpp"

#include <gtest/gtest.h>

namespace paygrid::scenario {
namespace {

std::string round_trip(const std::string& text) { return write_yaml(read_yaml(text, "t.yaml")); }

TEST(YamlText, PlacesCountFromOne) {
  const Tree tree = read_yaml("a: 1\nb:\n  - x\n  - {c: d}\n", "t.yaml");
  EXPECT_EQ(tree.keys[1].place.line, 2);
  EXPECT_EQ(tree.keys[1].place.column, 1);
  const Tree& list = tree.items[1];
  EXPECT_EQ(list.items[0].place.line, 3);
  EXPECT_EQ(list.items[0].place.column, 5);
  EXPECT_EQ(list.items[1].items[0].place.column, 9);
}

TEST(YamlText, ScalarsKeepTheirTextAndTheirQuotes) {
  const Tree tree = read_yaml("a: 007\nb: \"7\"\nc: 'x y'\nd: ~\n", "t.yaml");
  EXPECT_EQ(tree.items[0].scalar, "007");
  EXPECT_FALSE(tree.items[0].quoted);
  EXPECT_TRUE(tree.items[1].quoted);
  EXPECT_TRUE(tree.items[2].quoted);
  EXPECT_EQ(tree.items[3].kind, Tree::Kind::kNull);
}

TEST(YamlText, ShortCollectionsStandOnOneLineAndLongOnesOnSeveral) {
  EXPECT_EQ(round_trip("a:\n  b: 1\n  c: [2, 3]\n"), "a: {b: 1, c: [2, 3]}\n");
  const std::string word(70, 'w');
  EXPECT_EQ(round_trip("a: {b: " + word + ", c: {d: " + word + "}}\n"), "a:\n  b: " + word + "\n  c: {d: " + word + "}\n");
  EXPECT_EQ(round_trip("a: [{b: " + word + ", c: " + word + "}]\n"), "a:\n  - b: " + word + "\n    c: " + word + "\n");
}

TEST(YamlText, WhatIsWrittenReadsBack) {
  for (const char* text : {"a: -5ms\n", "a: 5%\n", "a: \"5%\"\n", "a: \"null\"\n", "a: \"~\"\n", "a: \"\"\n",
                           "a: \"tab\\x09 quote\\\" back\\\\\"\n", "a: \"yes\"\n", "a: \"region(x)\"\n", "a: \"*\"\n",
                           "\"a b\": []\n", "a: {}\n", "a: \"-\"\n", "a: \"---\"\n"})
    EXPECT_EQ(round_trip(text), text);
}

TEST(YamlText, NestedListsReadBack) {
  std::string rows;
  for (int i = 0; i < 60; ++i) rows += std::string(i == 0 ? "" : ", ") + "[1ms, 2ms, 3ms]";
  const std::string text = round_trip("m: [" + rows + "]\n");
  EXPECT_GT(text.size(), 120u);
  EXPECT_EQ(round_trip(text), text);
}

TEST(YamlText, ALongMappingIsReadInLinearTime) {
  std::string text;
  for (int i = 0; i < 50'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(read_yaml(text, "t.yaml").keys.size(), 50'000u);
}

TEST(Nearest, OnlySlipsOfThePenAreGuessed) {
  const std::vector<std::string> words{"protocol", "coordinator", "seed"};
  EXPECT_EQ(nearest("protocl", words), "protocol");
  EXPECT_EQ(nearest("porotcol", words), "protocol");
  EXPECT_EQ(nearest("sede", words), "seed");
  EXPECT_EQ(nearest("banana", words), "");
  EXPECT_EQ(nearest(std::string(1'000'000, 'x'), words), "");
}

}  // namespace
}  // namespace paygrid::scenario
