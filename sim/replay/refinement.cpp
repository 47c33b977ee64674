#include "sim/replay/refinement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "sim/replay/step_finder.hpp"
#include "sim/replay/wording.hpp"

namespace paygrid::replay {

namespace {

std::vector<std::string> texts_of(const std::vector<Effect>& effects, const Wording& wording) {
  std::vector<std::string> texts;
  for (const Effect& effect : effects) texts.push_back(wording.effect(effect));
  return texts;
}

std::string quoted(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "    " + line + "\n";
  return text.empty() ? "    nothing\n" : text;
}

}  // namespace

world::Rules permissive_rules() {
  world::Rules rules;
  rules.timing = world::Timing::kAsynchronous;
  rules.disk = world::DiskModel::kAsync;
  rules.budget.fill(world::kUnlimited);
  return rules.allow(world::Fault::kPartition, 0).allow(world::Fault::kForgery, 0).allow(world::Fault::kDiskLoss, 0)
      .allow(world::Fault::kPause, 0);
}

std::string refinement_failure(const world::Description& description, std::span<const RecordedStep> run) {
  const world::World world(description);
  const Wording wording(world.description(), world.protocol());
  const world::Rules rules = permissive_rules();
  EffectLog<> log;
  world::Cluster cluster(world.setup(), rules.disk, log);
  log.take();
  std::size_t number = 0;
  for (const RecordedStep& recorded : run) {
    const auto where = [&] {
      return fmt::format("step {} at {} ns: {}\n", number, recorded.at_ns, wording.step(recorded.step));
    };
    ++number;
    if (const std::string_view objection = world::objection(cluster, rules, recorded.step); !objection.empty())
      return where() + "  " + std::string(objection) + "\n";
    world::apply(cluster, recorded.step, rules, log);
    const std::vector<std::string> in_run = texts_of(recorded.effects, wording);
    const std::vector<std::string> in_world = texts_of(log.take(), wording);
    if (in_run != in_world) return where() + "  in the run:\n" + quoted(in_run) + "  in the world:\n" + quoted(in_world);
  }
  return "";
}

}  // namespace paygrid::replay
