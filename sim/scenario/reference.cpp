// The two descriptions of the language that people and tools read, both walked off the field table.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/distribution_text.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

// A '|' would end the cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string result;
  for (const char letter : text) result += letter == '|' ? std::string("\\|") : std::string(1, letter);
  return result;
}

std::string default_of(const FieldDoc& field) {
  switch (field.presence) {
    case FieldDoc::Presence::kRequired:
      return "required";
    case FieldDoc::Presence::kOptional:
      return "";
    case FieldDoc::Presence::kDefault:
      return field.fallback == "{}" && field.accepted == kSectionAccepted ? "all defaults" : "`" + field.fallback + "`";
  }
  return {};
}

bool is_list(const FieldDoc& field) { return field.schema.value("type", "") == "array"; }

void write_section(std::string& out, const std::string& title, const SectionDoc& doc) {
  out += fmt::format("\n### {}\n\n| key | accepted | default | meaning |\n|---|---|---|---|\n", title);
  for (const FieldDoc& field : doc.fields)
    out +=
        fmt::format("| `{}` | {} | {} | {} |\n", field.key, cell(field.accepted), cell(default_of(field)), cell(field.meaning));
}

void write_sections(std::string& out, const std::string& path, const std::string& title, const SectionDoc& doc) {
  write_section(out, title, doc);
  for (const FieldDoc& field : doc.fields) {
    if (field.keys == nullptr) continue;
    const std::string below = (path.empty() ? "" : path + ".") + field.key + (is_list(field) ? "[]" : "");
    write_sections(out, below, fmt::format("`{}`", below), *field.keys);
  }
}

void write_distributions(std::string& out) {
  out += "\n### Distributions\n\n| form | meaning |\n|---|---|\n";
  for (const Family& family : distribution_families()) {
    std::string arguments;
    for (const Parameter& parameter : family.parameters)
      arguments += fmt::format("{}{}=", arguments.empty() ? "" : ", ", parameter.name);
    if (family.parameters.empty()) arguments = "FILE";
    out += fmt::format("| `{}({})` | {} |\n", family.name, arguments, cell(family.meaning));
  }
  out += "\nArguments stand in this order, or carry their names.\n";
}

}  // namespace

nlohmann::json json_schema() {
  nlohmann::json schema = scenario_table().schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "PayGrid scenario";
  schema["description"] = "One world: a cluster, a ledger, a commit protocol, payments, faults and what is expected of them.";
  return schema;
}

std::string reference_markdown() {
  std::string out =
      "A scenario is a YAML mapping. Units are part of a value; lists hold mappings with the keys of their table.\n";
  write_sections(out, "", "Top level", *scenario_table().keys);
  write_distributions(out);
  return out;
}

std::vector<FaultName> fault_names() {
  std::vector<FaultName> names;
  const std::shared_ptr<const SectionDoc> keys = fault_table().keys;
  for (const FieldDoc& field : keys->fields)
    if (std::ranges::find(kFaultKinds, field.key) != kFaultKinds.end()) names.push_back({field.key, field.meaning});
  return names;
}

}  // namespace paygrid::scenario
