// expect: verdicts of checks and bounds of figures. A figure of a group may be written "latency_ms.p99: ..." or
// "latency_ms: {p99: ...}".
#include <fmt/format.h>
#include <fmt/ranges.h>

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
constexpr std::string_view kShareForm =
    "a comparison with a number, e.g. \">= 0.95\", of >= <= == > <, or a bound of which one can be sure, e.g. "
    "\">= 0.95 with 99%\"";
constexpr std::string_view kConfidenceMark = " with ";

bool is_check(std::string_view name) {
  return std::any_of(kChecks.begin(), kChecks.end(), [&](const Named& check) { return check.name == name; });
}

bool is_figure(std::string_view name) {
  if (name.starts_with(kFigurePrefix) && name.size() > kFigurePrefix.size()) return true;
  return std::any_of(kFigures.begin(), kFigures.end(), [&](const Named& figure) { return figure.name == name; });
}

// The parts of "estimators.OF.WITH" and "estimators.OF.WITH.FIGURE".
struct GradeName {
  const Estimated* estimated = nullptr;
  std::string_view with;
  std::string_view figure;  // empty: the verdict
};

GradeName grade_name(std::string_view name) {
  if (!name.starts_with(kEstimatorPrefix)) return {};
  name.remove_prefix(kEstimatorPrefix.size());
  const auto next = [&name] {
    const std::string_view part = name.substr(0, name.find('.'));
    name.remove_prefix(std::min(part.size() + 1, name.size()));
    return part;
  };
  GradeName grade{find_estimated(next()), next(), name};
  return grade;
}

bool is_grade(std::string_view name, bool of_verdict) {
  const GradeName grade = grade_name(name);
  if (grade.estimated == nullptr || grade.figure.empty() != of_verdict) return false;
  const auto methods = methods_of(*grade.estimated);
  if (std::ranges::find(methods, grade.with) == methods.end()) return false;
  return of_verdict || std::ranges::find(kGradeFigures, grade.figure, &Named::name) != kGradeFigures.end();
}

// "estimators", "estimators.OF", "estimators.OF.WITH", or that with the head of a figure.
bool is_grade_group(std::string_view name) {
  const std::string head = std::string(name) + ".";
  if (head == kEstimatorPrefix) return true;
  const GradeName grade = grade_name(head);
  if (grade.estimated == nullptr) return false;
  return grade.with.empty() || is_grade(name, true) ||
         std::ranges::any_of(kGradeFigures, [&](const Named& figure) {
           return !grade.figure.empty() && figure.name.starts_with(grade.figure);
         });
}

bool is_group(std::string_view name) {
  if (is_grade_group(name)) return true;
  const std::string head = std::string(name) + ".";
  return head == kFigurePrefix || kFigurePrefix.starts_with(head) ||
         std::any_of(kFigures.begin(), kFigures.end(), [&](const Named& figure) { return figure.name.starts_with(head); });
}

bool is_share(std::string_view figure) { return std::ranges::find(kShares, figure) != kShares.end(); }

std::string_view form_of(std::string_view figure) { return is_share(figure) ? kShareForm : kComparisonForm; }

std::string_view trimmed(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(from, text.find_last_not_of(' ') + 1 - from);
}

// The part behind "with". Requires: comparison and value are read.
void read_confidence(const Tree& tree, std::string_view text, Expectation& expectation) {
  if (!is_share(expectation.name))
    fail_value(tree, kComparisonForm,
               fmt::format("{} is no share of counted payments, which \"with\" needs: {}", expectation.name,
                           fmt::join(kShares, ", ")));
  const Reading<double> percent = read_number(text, "%");
  if (!percent.ok()) fail_value(tree, kShareForm, percent.problem);
  if (!(percent.value > 50 && percent.value < 100)) fail_value(tree, kShareForm, "a confidence lies between 50% and 100%");
  if (expectation.comparison == Comparison::kEqual) fail_value(tree, kShareForm, "nobody can be sure of one value");
  const bool is_share_bound = expectation.value > 0 && expectation.value < 1;
  if (!is_share_bound) fail_value(tree, kShareForm, "the bound of a share lies between 0 and 1");
  expectation.confidence_percent = percent.value;
}

void read_comparison(const Tree& tree, Expectation& expectation) {
  const std::string_view form = form_of(expectation.name);
  const std::string_view text = scalar_text(tree, form);
  const std::size_t mark = std::min(text.find(kConfidenceMark), text.size());
  for (const auto& [sign, comparison] : kComparisons) {
    if (!text.starts_with(sign)) continue;
    const Reading<double> number = read_number(trimmed(text.substr(sign.size(), mark - sign.size())), "");
    if (!number.ok()) fail_value(tree, form, number.problem);
    expectation.comparison = comparison;
    expectation.value = number.value;
    if (mark < text.size()) read_confidence(tree, trimmed(text.substr(mark + kConfidenceMark.size())), expectation);
    return;
  }
  fail_value(tree, form);
}

void read_verdict(const Tree& tree, std::span<const std::string_view> accepted, Expectation& expectation) {
  const std::vector<std::string> verdicts(accepted.begin(), accepted.end());
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

void read_all(const Tree& tree, const std::string& head, std::vector<Expectation>& result, Context& context) {
  if (tree.kind != Tree::Kind::kMapping) fail_value(tree, "a mapping such as {AC1: pass, availability: \">= 0.95\"}");
  for (std::size_t i = 0; i < tree.keys.size(); ++i) {
    const Tree::Key& key = tree.keys[i];
    const Tree& value = tree.items[i];
    Expectation expectation;
    expectation.name = head + key.text;
    expectation.line = key.place.line;
    if (value.kind == Tree::Kind::kMapping && is_group(expectation.name)) {
      read_all(value, expectation.name + ".", result, context);
      continue;
    }
    if (is_check(expectation.name))
      read_verdict(value, kVerdicts, expectation);
    else if (is_grade(expectation.name, true))
      read_verdict(value, kGradeVerdicts, expectation);
    else if (is_figure(expectation.name) || is_grade(expectation.name, false))
      read_comparison(value, expectation);
    else
      fail_name(key, expectation.name);
    const auto same = [&](const Expectation& other) { return other.name == expectation.name; };
    if (std::any_of(result.begin(), result.end(), same)) fail(key.place, expectation.name + " again", "each name once");
    context.places.note("expect." + expectation.name, key.place);
    result.push_back(std::move(expectation));
  }
}

std::string confidence_text(const Expectation& expectation) {
  if (!expectation.confidence_percent) return {};
  return std::string(kConfidenceMark) + print_number(*expectation.confidence_percent, "%");
}

Tree print_all(const std::vector<Expectation>& expectations) {
  Tree tree = Tree::of_mapping();
  for (const Expectation& expectation : expectations) {
    const auto sign = std::find_if(kComparisons.begin(), kComparisons.end(),
                                   [&](const auto& candidate) { return candidate.second == expectation.comparison; });
    const std::string bound =
        fmt::format("{} {}{}", sign->first, print_number(expectation.value), confidence_text(expectation));
    if (!expectation.verdict.empty())
      tree.add(expectation.name, Tree::of_scalar(expectation.verdict));
    else
      tree.add(expectation.name, Tree::of_scalar(bound, true));
  }
  return tree;
}

// The names as rows of the table: the schema and the reference list them.
std::shared_ptr<const SectionDoc> documented() {
  const nlohmann::json verdict{{"enum", kVerdicts}};
  const nlohmann::json comparison{{"type", "string"}, {"pattern", "^(>=|<=|==|>|<) *-?[0-9]+(\\.[0-9]+)?$"}};
  const nlohmann::json share{
      {"type", "string"},
      {"pattern", "^(>=|<=|==|>|<) *-?[0-9]+(\\.[0-9]+)?$|^(>=|<=|>|<) *0\\.[0-9]+ +with +[5-9][0-9](\\.[0-9]+)?%$"}};
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
                           std::string(form_of(figure.name)),
                           {},
                           FieldDoc::Presence::kOptional,
                           std::string(figure.meaning),
                           is_share(figure.name) ? share : comparison,
                           nullptr});
  return doc;
}

nlohmann::json expectation_schema(const SectionDoc& doc) {
  nlohmann::json schema = section_schema(doc);
  nlohmann::json by_type = schema["properties"]["messages.total"];
  by_type["description"] = "messages of one type";
  nlohmann::json of_estimator = by_type;
  of_estimator["description"] = "a figure of an estimator";
  schema["patternProperties"] = {{"^messages\\.by_type\\..+$", by_type},
                                 {"^estimators\\.[a-z_]+\\.[a-z0-9_]+$", {{"enum", kGradeVerdicts}}},
                                 {"^estimators\\.[a-z_]+\\.[a-z0-9_]+\\..+$", of_estimator}};
  schema["properties"]["estimators"] = {{"type", "object"}, {"description", "verdicts and figures of estimators"}};
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
          [](const Tree& tree, Context& context) {
            std::vector<Expectation> result;
            read_all(tree, "", result, context);
            return result;
          },
          [](const std::vector<Expectation>& expectations, const Context&) { return print_all(expectations); }};
}

}  // namespace paygrid::scenario
