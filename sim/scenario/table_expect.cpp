// expect: verdicts of checks and bounds of figures. A figure of a group may be written "latency_ms.p99: ..." or
// "latency_ms: {p99: ...}".
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::array<std::pair<std::string_view, Comparison>, 5> kComparisons{{{">=", Comparison::kAtLeast},
                                                                               {"<=", Comparison::kAtMost},
                                                                               {"==", Comparison::kEqual},
                                                                               {">", Comparison::kMore},
                                                                               {"<", Comparison::kLess}}};
constexpr std::string_view kComparisonForm = "a comparison with a number, e.g. \">= 0.95\", of >= <= == > <";

bool is_check(std::string_view name) {
  return std::any_of(kChecks.begin(), kChecks.end(), [&](const Named& check) { return check.name == name; });
}

bool is_figure(std::string_view name) {
  if (name.starts_with(kFigurePrefix) && name.size() > kFigurePrefix.size()) return true;
  return std::any_of(kFigures.begin(), kFigures.end(), [&](const Named& figure) { return figure.name == name; });
}

bool is_group(std::string_view name) {
  const std::string head = std::string(name) + ".";
  return head == kFigurePrefix || kFigurePrefix.starts_with(head) ||
         std::any_of(kFigures.begin(), kFigures.end(), [&](const Named& figure) { return figure.name.starts_with(head); });
}

void read_comparison(const Tree& tree, Expectation& expectation) {
  const std::string& text = scalar_text(tree, kComparisonForm);
  for (const auto& [sign, comparison] : kComparisons) {
    if (!text.starts_with(sign)) continue;
    const std::string_view rest = std::string_view(text).substr(sign.size());
    const Reading<double> number = read_number(rest.substr(std::min(rest.find_first_not_of(' '), rest.size())), "");
    if (!number.ok()) fail_value(tree, kComparisonForm, number.problem);
    expectation.comparison = comparison;
    expectation.value = number.value;
    return;
  }
  fail_value(tree, kComparisonForm);
}

void read_verdict(const Tree& tree, Expectation& expectation) {
  const std::vector<std::string> verdicts(kVerdicts.begin(), kVerdicts.end());
  const std::string& text = scalar_text(tree, joined(verdicts));
  if (std::find(verdicts.begin(), verdicts.end(), text) == verdicts.end())
    fail(tree.place, "verdict " + shown(text), joined(verdicts), nearest(text, verdicts));
  expectation.verdict = text;
}

[[noreturn]] void fail_name(const Tree::Key& key, const std::string& name) {
  std::vector<std::string> checks;
  for (const Named& check : kChecks) checks.emplace_back(check.name);
  std::vector<std::string> all = checks;
  for (const Named& figure : kFigures) all.emplace_back(figure.name);
  fail(key.place, "unknown check or figure " + shown(name),
       joined(checks) + ", or a figure of result.json such as latency_ms.p99", nearest(name, all));
}

void read_all(const Tree& tree, const std::string& head, std::vector<Expectation>& result) {
  if (tree.kind != Tree::Kind::kMapping) fail_value(tree, "a mapping such as {AC1: pass, availability: \">= 0.95\"}");
  for (std::size_t i = 0; i < tree.keys.size(); ++i) {
    const Tree::Key& key = tree.keys[i];
    const Tree& value = tree.items[i];
    Expectation expectation;
    expectation.name = head + key.text;
    expectation.line = key.place.line;
    if (value.kind == Tree::Kind::kMapping && is_group(expectation.name)) {
      read_all(value, expectation.name + ".", result);
      continue;
    }
    if (is_check(expectation.name))
      read_verdict(value, expectation);
    else if (is_figure(expectation.name))
      read_comparison(value, expectation);
    else
      fail_name(key, expectation.name);
    const auto same = [&](const Expectation& other) { return other.name == expectation.name; };
    if (std::any_of(result.begin(), result.end(), same)) fail(key.place, expectation.name + " again", "each name once");
    result.push_back(std::move(expectation));
  }
}

Tree print_all(const std::vector<Expectation>& expectations) {
  Tree tree = Tree::of_mapping();
  for (const Expectation& expectation : expectations) {
    const auto sign = std::find_if(kComparisons.begin(), kComparisons.end(),
                                   [&](const auto& candidate) { return candidate.second == expectation.comparison; });
    if (!expectation.verdict.empty())
      tree.add(expectation.name, Tree::of_scalar(expectation.verdict));
    else
      tree.add(expectation.name, Tree::of_scalar(fmt::format("{} {}", sign->first, print_number(expectation.value)), true));
  }
  return tree;
}

// The names as rows of the table: the schema and the reference list them.
std::shared_ptr<const SectionDoc> documented() {
  const nlohmann::json verdict{{"enum", kVerdicts}};
  const nlohmann::json comparison{{"type", "string"}, {"pattern", "^(>=|<=|==|>|<) *-?[0-9]+(\\.[0-9]+)?$"}};
  auto doc = std::make_shared<SectionDoc>();
  for (const Named& check : kChecks)
    doc->fields.push_back({std::string(check.name),
                           "pass, fail, unknown",
                           {},
                           FieldDoc::Presence::kOptional,
                           std::string(check.meaning),
                           verdict,
                           nullptr});
  for (const Named& figure : kFigures)
    doc->fields.push_back({std::string(figure.name),
                           std::string(kComparisonForm),
                           {},
                           FieldDoc::Presence::kOptional,
                           std::string(figure.meaning),
                           comparison,
                           nullptr});
  return doc;
}

nlohmann::json expectation_schema(const SectionDoc& doc) {
  nlohmann::json schema = section_schema(doc);
  nlohmann::json by_type = schema["properties"]["availability"];
  by_type["description"] = "messages of one type";
  schema["patternProperties"] = {{"^messages\\.by_type\\..+$", by_type}};
  nlohmann::json groups;
  for (const Named& figure : kFigures) {
    const std::size_t dot = figure.name.find('.');
    if (dot == std::string_view::npos) continue;
    nlohmann::json& group = schema["properties"][std::string(figure.name.substr(0, dot))];
    group["type"] = "object";
    group["description"] = fmt::format("the figures {}.*", figure.name.substr(0, dot));
    group["properties"][std::string(figure.name.substr(dot + 1))] = schema["properties"][std::string(figure.name)];
    group["additionalProperties"] = false;
  }
  schema["properties"]["messages"]["properties"]["by_type"] = {
      {"type", "object"}, {"description", "messages of one type"}, {"additionalProperties", by_type}};
  return schema;
}

}  // namespace

Codec<std::vector<Expectation>> expectation_table() {
  const std::shared_ptr<const SectionDoc> doc = documented();
  return {"verdicts of checks, bounds of figures", expectation_schema(*doc), doc,
          [](const Tree& tree, Context&) {
            std::vector<Expectation> result;
            read_all(tree, "", result);
            return result;
          },
          [](const std::vector<Expectation>& expectations, const Context&) { return print_all(expectations); }};
}

}  // namespace paygrid::scenario
