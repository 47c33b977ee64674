// faults: the list. An item is a fault, or a recipe that becomes faults; each fault has a name of its own, by which its random
// streams are known, so that what comes to stand beside it changes none of its draws.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/registry.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/recipes.hpp"
#include "sim/scenario/selector.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

// A recipe as it is written.
struct RecipeForm {
  std::string recipe;
  std::optional<std::int64_t> at;
  std::optional<std::int64_t> for_ns;
  std::optional<std::string> where;
  std::optional<std::uint32_t> nth;
};

const Recipe& recipe_called(const std::string& name) {
  return *std::ranges::find(recipes(), name, [](const Recipe& recipe) { return recipe.name; });
}

std::vector<std::string> recipe_names() {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) names.emplace_back(recipe.name);
  return names;
}

Codec<RecipeForm> recipe_form() {
  return Section<RecipeForm>()
      .field("recipe", &RecipeForm::recipe, one_of(recipe_names(), "recipe"), required(), "faults under one name")
      .optional("at", &RecipeForm::at, duration(kFromZero), "when the first begins")
      .optional("for", &RecipeForm::for_ns, duration(kPositive), "how long, all together")
      .optional("where", &RecipeForm::where, selector(), "the nodes concerned")
      .optional("nth", &RecipeForm::nth, count({1, 1'000'000'000}), "of the step to which it is tied")
      .codec();
}

std::vector<std::string> node_names(const Context& context) {
  std::vector<std::string> names;
  for (const Region& region : context.regions)
    for (std::uint32_t node = 1; node <= region.nodes; ++node) names.push_back(fmt::format("{}/{}", region.name, node));
  return names;
}

// Of these messages the one that the protocol has; empty: none.
std::string message_of(const std::string& protocol, std::initializer_list<std::string_view> names) {
  const core::ProtocolSpec* spec = models::find_commit_protocol(protocol);
  if (spec == nullptr) return {};
  for (const std::string_view name : names)
    if (std::ranges::find(spec->message_names, name) != spec->message_names.end()) return std::string(name);
  return {};
}

RecipeUse use_of(const RecipeForm& form, const Recipe& recipe, const Tree& tree, const Context& context) {
  const auto refuse = [&](const char* key, const std::string& accepted) {
    if (const Tree* value = tree.find(key)) fail(value->place, fmt::format("{} beside recipe {}", key, recipe.name), accepted);
  };
  if (recipe.when != RecipeWhen::kAt) refuse("at", "no such key: it comes by itself");
  if (recipe.when != RecipeWhen::kStep) refuse("nth", "no such key: it is tied to no step");
  if (recipe.where.empty()) refuse("where", "no such key: it says itself whom it hits");
  if (recipe.when == RecipeWhen::kAt && !form.at)
    fail(tree.place, fmt::format("recipe {} without at", recipe.name), "at: a duration such as 20s");
  RecipeUse use;
  use.at_ns = form.at.value_or(0);
  use.for_ns = form.for_ns.value_or(recipe.for_ns);
  use.where = form.where.value_or(std::string(recipe.where));
  use.nth = form.nth.value_or(recipe.nth);
  use.nodes = node_names(context);
  use.precommit = message_of(context.protocol, {"PRECOMMIT", "PRE"});
  use.commit = message_of(context.protocol, {"COMMIT", "COM"});
  if (recipe.needs_nodes && use.nodes.empty())
    fail(tree.place, fmt::format("recipe {} with a platform file", recipe.name), "cluster.regions, which names the nodes");
  if (recipe.needs != nullptr && recipe.needs(use).empty())
    fail(tree.place, fmt::format("recipe {} with protocol {}", recipe.name, context.protocol),
         "a protocol that has such a broadcast");
  return use;
}

class FaultList {
 public:
  FaultList() : fault_(fault_table()), recipe_(recipe_form()) {}

  nlohmann::json schema() const { return {{"anyOf", {fault_.schema, recipe_.schema}}}; }
  const std::shared_ptr<const SectionDoc>& keys() const { return fault_.keys; }

  std::vector<Fault> decode(const Tree& tree, Context& context) const {
    if (tree.kind != Tree::Kind::kSequence) fail_value(tree, "a list");
    std::vector<Fault> faults;
    for (const Tree& item : tree.items) {
      if (item.kind == Tree::Kind::kMapping && item.find("recipe") != nullptr) add_recipe(item, context, faults);
      else add(item, context, faults);
    }
    name_faults(faults);
    check_names(faults, context);
    if (faults.size() > kFaultsMax) fail_value(tree, fmt::format("at most {} faults", kFaultsMax));
    return faults;
  }

  Tree encode(const std::vector<Fault>& faults, const Context& context) const {
    Tree tree = Tree::of_sequence();
    for (const Fault& fault : faults) tree.items.push_back(fault_.encode(fault, context));
    return tree;
  }

 private:
  static constexpr std::size_t kFaultsMax = 100'000;

  void add(const Tree& item, Context& context, std::vector<Fault>& faults) const {
    const PathScope scope(context, std::to_string(faults.size()));
    if (item.place.origin) context.places.note(context.path, item.place);
    faults.push_back(fault_.decode(item, context));
  }

  void add_recipe(const Tree& item, Context& context, std::vector<Fault>& faults) const {
    const RecipeForm form = recipe_.decode(item, context);
    const Recipe& recipe = recipe_called(form.recipe);
    for (const std::string& line : recipe.faults(use_of(form, recipe, item, context))) {
      Tree fault = read_yaml(line, fmt::format("recipe {}", recipe.name));
      blame(fault, item.place);
      add(fault, context, faults);
    }
  }

  // What is wrong with a fault of a recipe is wrong where the recipe stands.
  static void blame(Tree& fault, const Place& place) {
    fault.place = place;
    for (Tree::Key& key : fault.keys) key.place = place;
    for (Tree& item : fault.items) blame(item, place);
  }

  static void check_names(const std::vector<Fault>& faults, const Context& context) {
    std::set<std::string_view> seen;
    for (std::size_t i = 0; i < faults.size(); ++i) {
      if (seen.insert(faults[i].id).second) continue;
      const std::string path = fmt::format("{}.{}", context.path, i);
      fail(context.places.of({path + ".id", path}), fmt::format("a second fault called {}", faults[i].id), "an id of its own");
    }
  }

  Codec<Fault> fault_;
  Codec<RecipeForm> recipe_;
};

}  // namespace

void name_faults(std::vector<Fault>& faults) {
  std::set<std::string> taken;
  for (const Fault& fault : faults) taken.insert(fault.id);
  std::map<FaultKind, std::uint32_t> number;
  for (Fault& fault : faults) {
    std::uint32_t& k = ++number[fault.kind];
    if (!fault.id.empty()) continue;
    do fault.id = fmt::format("{}-{}", name_of(fault.kind), k);
    while (!taken.insert(fault.id).second && ++k > 0);
  }
}

Codec<std::vector<Fault>> faults_table() {
  const auto list = std::make_shared<const FaultList>();
  return {"a list", {{"type", "array"}, {"items", list->schema()}}, list->keys(),
          [list](const Tree& tree, Context& context) { return list->decode(tree, context); },
          [list](const std::vector<Fault>& faults, const Context& context) { return list->encode(faults, context); }};
}

}  // namespace paygrid::scenario
