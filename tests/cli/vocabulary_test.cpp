// The names that scenarios may use are those of the rooms that give them their meaning: a name in one list alone would be
// accepted and never judged, or judged and never to be expected.
#include <gtest/gtest.h>

#include <algorithm>

#include "analysis/report/counted_share.hpp"
#include "analysis/report/expectation.hpp"
#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using Names = std::vector<std::string>;

Names names_of(const auto& list) {
  Names names;
  for (const auto& entry : list) names.emplace_back(entry.name);
  return names;
}

TEST(Vocabulary, ChecksAreThoseOfTheCheckSuiteInItsOrder) {
  const auto judged = check::check_names();
  EXPECT_EQ(names_of(scenario::kChecks), Names(judged.begin(), judged.end()));
}

TEST(Vocabulary, EveryFigureIsOneOfTheResult) {
  for (const scenario::Named& figure : scenario::kFigures) EXPECT_TRUE(report::is_figure(figure.name)) << figure.name;
  EXPECT_TRUE(std::ranges::equal(scenario::kShares, report::kCountedShares));
  for (const std::string_view share : scenario::kShares) EXPECT_TRUE(report::is_figure(share)) << share;
  EXPECT_TRUE(report::is_figure(std::string(scenario::kFigurePrefix) + "vote"));
}

TEST(Vocabulary, FaultsHaveOneKeyEachInTheOrderOfTheirKinds) {
  EXPECT_EQ(names_of(scenario::fault_names()), Names(scenario::kFaultKinds.begin(), scenario::kFaultKinds.end()));
  EXPECT_EQ(static_cast<std::size_t>(scenario::FaultKind::kOutsider), scenario::kFaultKinds.size() - 1);
}

TEST(Vocabulary, ProtocolsThatTheSchemaAcceptsAreThoseOfTheRegistry) {
  Names registered;
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) registered.emplace_back(protocol->name);
  const auto schema = scenario::json_schema();
  EXPECT_EQ(schema.at(nlohmann::json::json_pointer("/properties/commit/properties/protocol/enum")).get<Names>(), registered);
}

}  // namespace
}  // namespace paygrid::cli_tests
