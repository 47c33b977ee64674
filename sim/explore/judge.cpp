#include "sim/explore/judge.hpp"

#include <algorithm>
#include <bit>

namespace paygrid::explore {

namespace {

constexpr Rules bit(Rule rule) { return 1u << static_cast<unsigned>(rule); }

check::TxnSet committed_in(std::uint64_t deeds) { return static_cast<check::TxnSet>(deeds); }
check::TxnSet aborted_in(std::uint64_t deeds) { return static_cast<check::TxnSet>(deeds >> 16); }
check::TxnSet voted_no_in(std::uint64_t deeds) { return static_cast<check::TxnSet>(deeds >> 32); }
std::uint32_t misdeeds_in(std::uint64_t deeds) { return static_cast<std::uint32_t>(deeds >> 48); }

bool did(std::uint32_t misdeeds, check::Misdeed misdeed) { return (misdeeds >> static_cast<unsigned>(misdeed) & 1u) != 0; }

}  // namespace

std::string name_of(Rule rule, const Model& model) {
  switch (rule) {
    case Rule::kAgreement: return "AC1";
    case Rule::kCommitNeedsVotes: return "AC2";
    case Rule::kAbortNeedsCause: return "AC3";
    case Rule::kIrrevocable: return "AC4";
    case Rule::kMoney: return "conservation";
    case Rule::kAnswer: return "answer";
    case Rule::kMemberRule: return "invariant";
    case Rule::kImpossibleInput: return "possible inputs only";
    case Rule::kOverdraft: return "no overdraft";
    case Rule::kDurability: return "durability";
    case Rule::kRanking: return "ranking: decreases";
    case Rule::kMutualExclusion: return "mutual-exclusion";
    case Rule::kZombieWrites: return "zombie-writes";
    case Rule::kExclusion: break;
  }
  return "invariant: " + std::string(model.exclusions[static_cast<std::uint32_t>(rule) - kExclusionFirst].name);
}

bool knows_faults(const world::Rules& rules) {
  return rules.recall_faults || std::ranges::none_of(rules.budget, [](std::uint8_t limit) { return limit == world::kUnlimited; });
}

Judge::Judge(const LocalSpace& space, const ContextTable& contexts) : space_(space), contexts_(contexts) {
  const Model& model = space.model();
  faults_known_ = knows_faults(model.rules);
  for (std::uint32_t index = 0; index < model.payments.size(); ++index)
    for (std::uint32_t attempt = 0; attempt < check::kAttemptsMax; ++attempt)
      for (const core::NodeId participant : model.payments[index]->participants)
        participants_[check::txn_number(index, attempt)] |= 1u << participant.value;
}

bool Judge::commit_without_vote(const State& state, check::TxnSet committed) const {
  for (unsigned rest = committed; rest != 0; rest &= rest - 1) {
    const auto txn = static_cast<unsigned>(std::countr_zero(rest));
    for (std::uint32_t slots = participants_[txn]; slots != 0; slots &= slots - 1) {
      const Local& local = space_.local(state.locals[static_cast<std::size_t>(std::countr_zero(slots))]);
      if ((local.voted_yes >> txn & 1u) == 0) return true;
    }
  }
  return false;
}

// Both sides of every exclusion of every attempt at once: side `one` is an even bit, side `other` the odd bit above it.
Rules Judge::exclusions_broken(const State& state) const {
  const Model& model = space_.model();
  std::uint64_t both = 0;
  for (std::size_t payment = 0; payment < model.payments.size(); ++payment) {
    std::uint64_t sides = 0;
    for (std::uint32_t slot = 0; slot < space_.members(); ++slot) sides |= space_.local(state.locals[slot]).sides[payment];
    both |= sides & sides >> 1 & 0x5555'5555'5555'5555ull;
  }
  if (both == 0) return 0;
  both |= both >> 32;
  both |= both >> 16;
  Rules broken = 0;
  for (std::uint32_t number = 0; number < model.exclusions.size(); ++number)
    if ((both >> 2 * number & 1u) != 0) broken |= 1u << (kExclusionFirst + number);
  return broken;
}

Rules Judge::broken(const State& state) const {
  std::uint64_t deeds = 0;
  std::uint32_t member_rule = 0;
  check::ClaimSet believed = 0;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    deeds |= local.deeds;
    member_rule |= local.broken_rule;
    believed |= local.believed;
  }
  Rules broken = space_.model().exclusions.empty() ? 0 : exclusions_broken(state);
  if (believed != 0 && !excludes(state)) broken |= bit(Rule::kMutualExclusion);
  if ((deeds | member_rule) == 0) return broken;
  if (member_rule != 0) broken |= bit(Rule::kMemberRule);
  if ((committed_in(deeds) & aborted_in(deeds)) != 0) broken |= bit(Rule::kAgreement);
  if (committed_in(deeds) != 0 && commit_without_vote(state, committed_in(deeds))) broken |= bit(Rule::kCommitNeedsVotes);
  const unsigned causeless = aborted_in(deeds) & ~unsigned{voted_no_in(deeds)};
  if (causeless != 0 && faults_known_ && !contexts_[state.context].faulted) broken |= bit(Rule::kAbortNeedsCause);
  if (const std::uint32_t misdeeds = misdeeds_in(deeds); misdeeds != 0) {
    if (did(misdeeds, check::Misdeed::kChangedDecision)) broken |= bit(Rule::kIrrevocable);
    if (did(misdeeds, check::Misdeed::kPostedOtherwise)) broken |= bit(Rule::kMoney);
    if (did(misdeeds, check::Misdeed::kAnsweredOtherwise)) broken |= bit(Rule::kAnswer);
    if (did(misdeeds, check::Misdeed::kOverdrew)) broken |= bit(Rule::kOverdraft);
    if (did(misdeeds, check::Misdeed::kForgotVote)) broken |= bit(Rule::kDurability);
    if (did(misdeeds, check::Misdeed::kRecoveredOtherwise)) broken |= bit(Rule::kDurability);
    if (did(misdeeds, check::Misdeed::kDidNotDescend)) broken |= bit(Rule::kRanking);
  }
  return broken;
}

std::string Judge::explain(const State& state, Rule rule) const {
  const Model& model = space_.model();
  std::string committed;
  std::string aborted;
  std::string others;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) {
    const Local& local = space_.local(state.locals[slot]);
    const auto list = [&](std::string& names) { names += (names.empty() ? "" : ", ") + model.process_names[slot]; };
    if (committed_in(local.deeds) != 0) list(committed);
    if (aborted_in(local.deeds) != 0) list(aborted);
    if (local.broken_rule != 0) others = model.process_names[slot] + ": " + space_.rule(local.broken_rule);
    if (misdeeds_in(local.deeds) != 0 && others.empty()) others = model.process_names[slot];
  }
  switch (rule) {
    case Rule::kAgreement: return "committed by " + committed + "; aborted by " + aborted;
    case Rule::kCommitNeedsVotes: return "committed by " + committed + " without the yes vote of every participant";
    case Rule::kAbortNeedsCause: return "aborted by " + aborted + " without a no vote and without a fault";
    case Rule::kIrrevocable: return others + " decided commit and abort";
    case Rule::kMoney:
      return others + " posted what it had not decided to commit, released what it had, or did not post its legs with its decision";
    case Rule::kAnswer: return others + " told the payer something else than it decided";
    case Rule::kMemberRule:
    case Rule::kImpossibleInput: return others;
    case Rule::kOverdraft: return others + " holds money that was not there";
    case Rule::kDurability: return others + " recovered without a vote that it gave, or with other funds than its log says";
    case Rule::kRanking: return others + " took a step that brings it no nearer to rest";
    case Rule::kMutualExclusion: return explain_exclusion_of_locks(state);
    case Rule::kZombieWrites:
    case Rule::kExclusion: break;
  }
  return explain_exclusion(state, static_cast<std::uint32_t>(rule) - kExclusionFirst);
}

std::string Judge::explain_exclusion(const State& state, std::uint32_t number) const {
  const Model& model = space_.model();
  std::array<std::string, 2> names;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot)
    for (std::uint32_t side = 0; side < 2; ++side) {
      const bool stands_there = std::ranges::any_of(space_.local(state.locals[slot]).sides, [&](std::uint64_t sides) {
        return (sides >> (2 * number + side) & 0x0001'0001'0001'0001ull) != 0;
      });
      if (stands_there) names[side] += (names[side].empty() ? "" : ", ") + model.process_names[slot];
    }
  return names[0] + " beside " + names[1];
}

}  // namespace paygrid::explore
