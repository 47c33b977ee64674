// A transcript held against an explored world: one that an exploration found, or one that was cut out of a timed run.
//
// The world of the transcript is reduced to what a protocol can see of it, its shape, and compared with the explored block. Then its
// steps are played in that world under the block's rules. What a search visits is what world::enabled allows, which a test of
// sim/explore holds state by state; so a path of the world is a path of the explored graph.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <ranges>
#include <set>
#include <stdexcept>

#include "models/core/spec.hpp"
#include "sim/cli/exploration.hpp"
#include "sim/replay/player.hpp"
#include "sim/replay/transcript.hpp"
#include "sim/scenario/error.hpp"

namespace paygrid::cli {

namespace {

using core::AccountId;
using core::Money;
using core::NodeId;
using scenario::ExploredCoordinator;
using world::PaymentDescription;

replay::Script read_script(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::invalid_argument(fmt::format("found {}, which cannot be read; accepted: a transcript", file));
  return replay::parse(std::string(std::istreambuf_iterator<char>(stream), {}), file);
}

Money opening_of(const core::Placement& placement, AccountId account) {
  const auto& others = placement.opened_otherwise;
  const auto other = std::ranges::find(others, account, &core::OpeningBalance::account);
  return other == others.end() ? placement.opening_balance : other->amount;
}

// What one payment wants of one participant.
struct Part {
  std::set<AccountId> accounts;
  std::map<AccountId, Money> debits;

  bool funded_by(const core::Placement& placement) const {
    return std::ranges::all_of(debits, [&](const auto& debit) { return debit.second <= opening_of(placement, debit.first); });
  }
};
using Parts = std::map<NodeId, Part>;  // by participant

Parts parts_of(const PaymentDescription& payment, const core::Placement& placement) {
  Parts parts;
  for (const world::LegDescription& leg : payment.legs) {
    Part& part = parts[placement.node_of(leg.account)];
    part.accounts.insert(leg.account);
    if (leg.amount < Money{}) part.debits[leg.account] += -leg.amount;
  }
  return parts;
}

std::set<NodeId> refusing(const Parts& parts, const core::Placement& placement) {
  std::set<NodeId> nodes;
  for (const auto& [node, part] : parts)
    if (!part.funded_by(placement)) nodes.insert(node);
  return nodes;
}

// How two payments meet at one participant: not at all, on all their accounts with funds for one of them, or otherwise.
enum class Meeting : std::uint8_t { kApart, kContend, kOtherwise };
Meeting meeting_of(const Part& a, const Part& b, const core::Placement& placement) {
  const auto shared = [&b](AccountId account) { return b.accounts.contains(account); };
  if (std::ranges::none_of(a.accounts, shared)) return Meeting::kApart;
  if (a.accounts != b.accounts) return Meeting::kOtherwise;
  Part both = a;
  for (const auto& [account, debit] : b.debits) both.debits[account] += debit;
  return both.funded_by(placement) ? Meeting::kOtherwise : Meeting::kContend;
}

bool all_meet_as(Meeting wanted, const std::vector<Parts>& payments, const core::Placement& placement) {
  for (std::size_t one = 0; one < payments.size(); ++one)
    for (std::size_t other = one + 1; other < payments.size(); ++other)
      for (const auto& [node, part] : payments[one])
        if (meeting_of(part, payments[other].at(node), placement) != wanted) return false;
  return true;
}

// Payments of an explored world have the same participants and coordinator, and the same participants refuse them.
std::string unlike_each_other(const world::Description& found, const std::vector<Parts>& payments) {
  for (std::size_t at = 1; at < payments.size(); ++at) {
    const auto what = [&] { return fmt::format("payments {} and {}", found.payments[0].id.value, found.payments[at].id.value); };
    if (!std::ranges::equal(payments[0] | std::views::keys, payments[at] | std::views::keys))
      return what() + " with different participants; accepted: payments that have all participants";
    if (found.payments[0].coordinator != found.payments[at].coordinator)
      return what() + " with different coordinators; accepted: one coordinator";
    if (refusing(payments[0], found.placement) != refusing(payments[at], found.placement))
      return what() + " refused by different participants; accepted: payments that the same participants refuse";
  }
  return {};
}

// Where the shape of a world differs from that of the block. Empty: nowhere.
std::string difference(const world::Description& found, const scenario::Exploration& wanted) {
  if (std::ranges::find(wanted.protocols, found.protocol) == wanted.protocols.end())
    return fmt::format("protocol {}; accepted: {}", found.protocol, fmt::join(wanted.protocols, ", "));
  if (found.payments.size() != wanted.payments)
    return fmt::format("{}; accepted: {}", scenario::counted(found.payments.size(), "payment"),
                       wanted.payments);
  std::vector<Parts> payments;
  for (const PaymentDescription& payment : found.payments) payments.push_back(parts_of(payment, found.placement));
  const Parts& first = payments.front();
  if (first.size() != wanted.participants)
    return fmt::format("{}; accepted: {}", scenario::counted(first.size(), "participant"),
                       wanted.participants);
  if (std::string unlike = unlike_each_other(found, payments); !unlike.empty()) return unlike;
  const bool apart = !first.contains(found.payments.front().coordinator);
  if (apart != (wanted.coordinator == ExploredCoordinator::kDedicated))
    return fmt::format("a coordinator that {}; accepted: coordinator: {}", apart ? "stands apart" : "participates",
                       apart ? "participant" : "dedicated");
  if (const std::size_t refusals = refusing(first, found.placement).size(); refusals != wanted.refusals)
    return fmt::format("{}; accepted: {}", scenario::counted(refusals, "refusal"), wanted.refusals);
  if (payments.size() > 1 && !all_meet_as(wanted.contended ? Meeting::kContend : Meeting::kApart, payments, found.placement))
    return fmt::format("payments that meet otherwise; accepted: {}",
                       wanted.contended ? "the same accounts at every participant, with funds for one of them" : "accounts of their own");
  if (found.lock_policy != wanted.lock_policy)
    return fmt::format("locking {}; accepted: {}", core::name_of(found.lock_policy), core::name_of(wanted.lock_policy));
  if (found.victim != core::Victim::kYoungest)
    return fmt::format("locking {} {}; accepted: {}", core::name_of(found.lock_policy), core::name_of(found.victim),
                       core::name_of(found.lock_policy));
  if (wanted.retries > 0 && found.payers.size() != 1)
    return fmt::format("{}; accepted: 1", scenario::counted(found.payers.size(), "payer"));
  return {};
}

std::string_view name_of(world::DiskModel disk) { return disk == world::DiskModel::kInstant ? "instant" : "async"; }

// The script as the explored world has it: payments are made before the first step, and a payer may stand outside.
replay::Script projected(const replay::Script& script, const replay::Played& played, const ExploredWorld& explored) {
  replay::Script path = script;
  path.description.retries = explored.description.retries;
  for (PaymentDescription& payment : path.description.payments) payment.sent = true;
  path.rules = explored.rules;
  path.rules.immortal = path.description.immortal();
  path.blocks.clear();
  for (std::size_t at = 0; at < script.blocks.size(); ++at) {
    const world::Step& step = played.steps[at].step;
    const bool at_a_payer = step.process != core::kNoNode && step.process.value >= script.description.servers_end();
    if (step.kind == world::StepKind::kSubmit || (at_a_payer && !explored.description.retries)) continue;
    path.blocks.push_back(script.blocks[at]);
  }
  return path;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

std::string containment_failure(const scenario::Scenario& scenario, const std::string& file, const std::string& transcript_file) {
  const scenario::Exploration& exploration = require_exploration(scenario, file);
  const replay::Script script = read_script(transcript_file);
  const auto own = replay::world_of(script);
  if (const std::string differs = difference(script.description, exploration); !differs.empty())
    return fmt::format("{}:1:1: found {}", transcript_file, differs);
  const ExploredWorld explored = world_of(exploration, script.description.protocol);
  if (script.rules.disk != explored.rules.disk)
    return fmt::format("{}:1:1: found disk {}; accepted: {}", transcript_file, name_of(script.rules.disk), name_of(explored.rules.disk));
  try {
    if (script.has_effects())
      if (const std::string spoilt = replay::difference(script); !spoilt.empty())
        return first_line(spoilt) + ": found other effects than it has; accepted: a transcript that replays";
    const replay::Script path = projected(script, replay::play_steps(script, *own), explored);
    const auto world = replay::world_of(path);
    replay::play_steps(path, *world);
  } catch (const replay::TranscriptError& error) {
    return first_line(error.what());
  }
  return {};
}

}  // namespace paygrid::cli
