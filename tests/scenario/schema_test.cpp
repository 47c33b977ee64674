// The published schema and reference: complete, and of one mind with the loader.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "sim/scenario/data_file.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "sim/scenario/yaml_text.hpp"
#include "tests/scenario/example.hpp"
#include "tests/scenario/mini_schema.hpp"

namespace paygrid::scenario {
namespace {

std::string problem_of(const std::string& text) {
  return MiniSchema::problem(json_schema(), to_json(read_yaml(text, "s.yaml")));
}

using Visit = std::function<void(const FieldDoc&)>;
void visit_fields(const SectionDoc& doc, const Visit& visit) {
  for (const FieldDoc& field : doc.fields) {
    visit(field);
    if (field.keys != nullptr) visit_fields(*field.keys, visit);
  }
}

TEST(Schema, IsDraft202012) { EXPECT_EQ(json_schema()["$schema"], "https://json-schema.org/draft/2020-12/schema"); }

TEST(Schema, AcceptsTheExampleAndItsResolvedForm) {
  EXPECT_EQ(problem_of(kExample), "");
  EXPECT_EQ(problem_of(resolved_yaml(parse(kExample, "q.yaml", kScenariosFolder))), "");
  EXPECT_EQ(problem_of(kLeast), "");
}

TEST(Schema, AcceptsEveryShippedScenario) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kScenariosFolder)) {
    if (entry.path().extension() != ".yaml") continue;
    EXPECT_EQ(problem_of(read_file(entry.path().string(), nullptr)), "") << entry.path();
  }
}

TEST(Schema, RefusesWhatTheLoaderRefusesByForm) {
  const std::string least = kLeast;
  EXPECT_NE(problem_of(least + "seeds: 1\n"), "");
  EXPECT_NE(problem_of(least + "seed: word\n"), "");
  EXPECT_NE(problem_of(least + "commit: {vote_timeout: 5}\n"), "");
  EXPECT_NE(problem_of(least + "commit: {protocol: 9pc}\n"), "");
  EXPECT_NE(problem_of(least + "payers: {access: \"constant(5)\"}\n"), "");
  EXPECT_NE(problem_of(least + "faults: [{at: 5s, crash: a/1, pause: a/1, for: 1s}]\n"), "");
  EXPECT_NE(problem_of(least + "faults: [{crash: a/1, for: 1s}]\n"), "");
  EXPECT_NE(problem_of(least + "expect: {AC1: passed}\n"), "");
  EXPECT_EQ(problem_of(least + "expect: {latency_ms: {p99: \"<= 5\"}, messages.by_type.PREPARE: \"> 1\"}\n"), "");
  EXPECT_EQ(problem_of(least + "expect: {availability: \">= 0.99 with 97.5%\", success_share: \"< 0.5\"}\n"), "");
  EXPECT_NE(problem_of(least + "expect: {availability: \"== 0.99 with 95%\"}\n"), "");
  EXPECT_EQ(problem_of(least + "expect: {estimators.latency.local_level: too short, estimators.latency.fixed.nis.mean: \"< 2\"}\n"),
            "");
  EXPECT_EQ(problem_of(least + "expect: {estimators: {latency: {fixed: {rmse: \"< 2\"}}}}\n"), "");
  EXPECT_NE(problem_of(least + "expect: {estimators.latency.local_level: good}\n"), "");
  EXPECT_NE(problem_of(least + "expect: {latency_ms.p99: \"<= 5 with 95%\"}\n"), "");
  EXPECT_EQ(problem_of(least + "faults: [{at: 5s, crash: a/1, for: forever}]\n"), "");
}

// Walks the table beside the schema: each key of a section is a described property of the object at its place.
void expect_described(const SectionDoc& doc, const nlohmann::json& schema, const std::string& path) {
  for (const FieldDoc& field : doc.fields) {
    ASSERT_TRUE(schema.contains("properties") && schema["properties"].contains(field.key)) << path << field.key;
    EXPECT_FALSE(schema["properties"][field.key].value("description", "").empty()) << path << field.key;
  }
}

TEST(Schema, HasEveryKeyOfTheTableWithItsMeaning) {
  const Codec<Scenario>& table = scenario_table();
  const nlohmann::json schema = json_schema();
  expect_described(*table.keys, schema, "");
  for (const FieldDoc& field : table.keys->fields) {
    if (field.keys == nullptr) continue;
    const nlohmann::json& below = schema["properties"][field.key];
    const nlohmann::json& item = below.contains("items") ? below["items"] : below;
    const bool has_forms = field.key == "faults";  // a fault, or a recipe
    expect_described(*field.keys, has_forms ? item["anyOf"][0] : item, field.key + ".");
  }
  const nlohmann::json& network = schema["properties"]["cluster"]["properties"]["network"]["properties"];
  EXPECT_TRUE(network.contains("jitter"));
}

TEST(Schema, EveryKeyIsDescribedAndEveryDefaultIsAccepted) {
  visit_fields(*scenario_table().keys, [](const FieldDoc& field) {
    EXPECT_FALSE(field.meaning.empty()) << field.key;
    EXPECT_FALSE(field.accepted.empty()) << field.key;
    if (field.presence != FieldDoc::Presence::kDefault) return;
    EXPECT_EQ(MiniSchema::problem(field.schema, to_json(read_yaml_value(field.fallback, {}))), "") << field.key;
  });
}

TEST(Reference, HasEveryKeyOnce) {
  const std::string reference = reference_markdown();
  visit_fields(*scenario_table().keys, [&](const FieldDoc& field) {
    EXPECT_NE(reference.find("| `" + field.key + "` |"), std::string::npos) << field.key;
  });
  EXPECT_NE(reference.find("### `faults[].partition`"), std::string::npos);
  EXPECT_NE(reference.find("| `lognormal(median=, p99=)` |"), std::string::npos);
}

TEST(Reference, FaultsAreListedFromTheTable) {
  const std::vector<FaultName> faults = fault_names();
  ASSERT_EQ(faults.size(), kFaultKinds.size());
  EXPECT_EQ(faults[0].name, "crash");
  for (const FaultName& fault : faults) EXPECT_FALSE(fault.meaning.empty());
}

}  // namespace
}  // namespace paygrid::scenario
