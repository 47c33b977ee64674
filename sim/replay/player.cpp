#include "sim/replay/player.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "models/core/assert.hpp"
#include "sim/replay/step_finder.hpp"
#include "sim/replay/words.hpp"
#include "sim/replay/wording.hpp"

namespace paygrid::replay {

using core::NodeId;
using core::Outcome;
using world::Cluster;

namespace {

constexpr std::size_t kPacketsNamedMax = 6;

// Who decided what, by transaction: decisions that differ are worth a line.
class Decisions {
 public:
  std::optional<std::string> contradiction(const Effect& effect, const Wording& wording) {
    if (effect.kind != EffectKind::kFact || effect.fact.kind != core::FactKind::kDecided) return std::nullopt;
    const auto outcome = static_cast<Outcome>(effect.fact.argument);
    const auto other = outcome == Outcome::kCommitted ? Outcome::kAborted : Outcome::kCommitted;
    auto& first = first_[effect.fact.txn];
    if (!first[index(outcome)]) first[index(outcome)] = effect.process;
    if (!first[index(other)]) return std::nullopt;
    return fmt::format("!! payment {} is {} at {} and {} at {}", text_of(effect.fact.txn), text_of(other),
                       wording.name(*first[index(other)]), text_of(outcome), wording.name(effect.process));
  }

 private:
  static std::size_t index(Outcome outcome) { return static_cast<std::size_t>(outcome); }
  std::map<core::TxnId, std::array<std::optional<NodeId>, 2>> first_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

class Player {
 public:
  Player(const Script& script, const world::World& world)
      : script_(script),
        world_(world),
        wording_(world.description(), world.protocol()),
        cluster_(world.setup(), script.rules.disk, log_),
        rules_(script.rules) {
    if (rules_.limit(world::Fault::kForgery) > 0) {
      forgeable_ = world.forgeable();
      rules_.forgeable = &forgeable_;
    }
    log_.take();
    for (std::size_t at = 0; at < world.payments().size(); ++at)
      if (!world.description().payments[at].sent) submissions_.push_back(world.submission(world.payments()[at]));
  }

  PlayedStep play(const Block& block) {
    PlayedStep played;
    played.step = find_step(candidates(cluster_, rules_, wording_, submissions_), script_.file, block);
    std::erase(submissions_, played.step);
    const std::vector<world::Packet> packets = cluster_.packets;
    const std::vector<std::string> states = all_states();
    played.lines = beforehand(played.step);
    try {
      const core::AssertionsThrow throwing;
      std::optional<core::OutsidersSpeak> outsiders;
      if (rules_.forgeable != nullptr || rules_.limit(world::Fault::kDiskLoss) > 0) outsiders.emplace();
      world::apply(cluster_, played.step, rules_, log_);
    } catch (const core::AssertionFailed& failed) {
      fail_at(script_.file, block.line, block.column,
              fmt::format("an impossible state: {} ({})", failed.meaning, failed.expression));
    }
    played.effects = log_.take();
    effects(played, packets);
    changed_states(played, states);
    if (auto seen = changed_view(played.step)) played.lines.push_back(std::move(*seen));
    const bool heard = played.step.kind == world::StepKind::kDeliver || played.step.kind == world::StepKind::kDuplicate ||
                       played.step.kind == world::StepKind::kForge;
    if (heard && played.lines.empty())
      played.lines.push_back(fmt::format("({} does nothing)", wording_.name(played.step.process)));
    if (cluster_.packets != packets) played.lines.push_back(way());
    if (played.lines.empty()) played.lines.emplace_back("(nothing changes)");
    return played;
  }

 private:
  // What the step meets and its effects do not say.
  std::vector<std::string> beforehand(const world::Step& step) const {
    std::vector<std::string> lines;
    const bool arrives = step.kind == world::StepKind::kDeliver && !cluster_.is_up(step.process);
    if (arrives) lines.push_back("(nobody hears it)");
    if (step.kind != world::StepKind::kCrash) return lines;
    for (const world::PendingRecord& lost : cluster_.members[step.process.value].process.disk.pending())
      lines.push_back(fmt::format("{} loses {} {}, not yet on disk", wording_.name(step.process),
                                  core::name_of(lost.record.kind), text_of(lost.record.txn)));
    return lines;
  }

  std::vector<std::string> all_states() const {
    std::vector<std::string> states;
    for (const world::Member& member : cluster_.members)
      states.push_back(!member.process.up ? "crashed" : member.process.role->describe());
    return states;
  }

  void effects(PlayedStep& played, const std::vector<world::Packet>& packets) {
    for (const Effect& effect : played.effects) {
      std::string line = wording_.effect(effect);
      if (effect.kind == EffectKind::kSent) {
        const world::Packet packet{effect.process, effect.peer, effect.message};
        if (cluster_.cut_between(effect.process, effect.peer)) line += " (cut off)";
        else if (std::ranges::find(packets, packet) != packets.end() && played.step.message != effect.message)
          line += " (again)";
      }
      played.lines.push_back(std::move(line));
      if (auto contradiction = decisions_.contradiction(effect, wording_)) played.lines.push_back(std::move(*contradiction));
    }
  }

  void changed_states(PlayedStep& played, const std::vector<std::string>& before) const {
    const std::vector<std::string> after = all_states();
    for (std::uint32_t id = 0; id < after.size(); ++id) {
      if (after[id] == before[id]) continue;
      const std::string name = wording_.name({id});
      if (after[id].empty()) played.lines.push_back(name + " = idle");
      for (const std::string& line : lines_of(after[id])) played.lines.push_back(name + " = " + line);
    }
  }

  // What a detector believes and how the network is cut.
  std::optional<std::string> changed_view(const world::Step& step) const {
    switch (step.kind) {
      case world::StepKind::kSuspect:
      case world::StepKind::kTrust: {
        std::vector<std::string> names;
        for (const NodeId peer : cluster_.members[step.process.value].suspected) names.push_back(wording_.name(peer));
        const std::string whom = names.empty() ? "nobody" : fmt::format("{}", fmt::join(names, ", "));
        return fmt::format("{} = suspects {}", wording_.name(step.process), whom);
      }
      case world::StepKind::kPartition: return "network = " + wording_.step(step).substr(std::string_view("partition ").size());
      case world::StepKind::kHeal: return "network = whole";
      case world::StepKind::kPause: return wording_.name(step.process) + " = stands still";
      case world::StepKind::kResume: return wording_.name(step.process) + " = goes on";
      case world::StepKind::kSubmit:
      case world::StepKind::kDeliver:
      case world::StepKind::kDuplicate:
      case world::StepKind::kForge:
      case world::StepKind::kDrop:
      case world::StepKind::kPersist:
      case world::StepKind::kFire:
      case world::StepKind::kCrash:
      case world::StepKind::kWipe:
      case world::StepKind::kRecover: return std::nullopt;
    }
    return std::nullopt;
  }

  std::string way() const {
    if (cluster_.packets.empty()) return "way = nothing";
    if (cluster_.packets.size() > kPacketsNamedMax) return fmt::format("way = {} packets", cluster_.packets.size());
    std::string text = "way =";
    for (const world::Packet& packet : cluster_.packets)
      text += (text.ends_with('=') ? " " : ", ") + wording_.packet(packet.from, packet.to, packet.message);
    return text;
  }

  const Script& script_;
  const world::World& world_;
  Wording wording_;
  EffectLog<> log_;
  Cluster cluster_;
  world::Rules rules_;
  std::vector<world::Packet> forgeable_;
  std::vector<world::Step> submissions_;  // not made yet
  Decisions decisions_;
};

}  // namespace

std::unique_ptr<const world::World> world_of(const Script& script) {
  try {
    const core::ProtocolSpec& protocol = script.protocol == nullptr ? world::protocol_of(script.description) : *script.protocol;
    return std::make_unique<const world::World>(script.description, protocol);
  } catch (const std::invalid_argument& error) {
    fail_at(script.file, 1, 1, error.what());
  }
}

Played play_steps(const Script& script, const world::World& world) {
  Player player(script, world);
  Played played;
  for (const Block& block : script.blocks) played.steps.push_back(player.play(block));
  return played;
}

}  // namespace paygrid::replay
