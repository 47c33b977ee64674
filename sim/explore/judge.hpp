// Judge: what must hold in every state (AC1 to AC4, and what no single member may do), from the deeds of the members alone.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/explore/context.hpp"
#include "sim/explore/state.hpp"

namespace paygrid::explore {

enum class Rule : std::uint8_t {
  kAgreement,          // AC1
  kCommitNeedsVotes,   // AC2
  kAbortNeedsCause,    // AC3
  kIrrevocable,        // AC4
  kMoney,              // postings follow decisions
  kAnswer,             // the payer is told what was decided
  kMemberRule,         // Model::member_rule
  kImpossibleInput,    // an assertion of the models
  kOverdraft,          // what is held was there
  kDurability,         // a recovery finds what was promised and posted
  kRanking,            // every step brings nearer to rest: Model::message_weight
  kExclusion           // Model::exclusions[0]; Rule(kExclusion + i) is number i
};
inline constexpr auto kExclusionFirst = static_cast<std::uint32_t>(Rule::kExclusion);
inline constexpr std::uint32_t kRules = kExclusionFirst + core::kExclusionsMax;
std::string name_of(Rule rule, const Model& model);

// A set of rules: bit i: Rule(i).
using Rules = std::uint32_t;

// True when every state tells whether a fault has happened on the way to it: else AC3 cannot be judged.
bool knows_faults(const world::Rules& rules);

class Judge {
 public:
  Judge(const LocalSpace& space, const ContextTable& contexts);

  // The rules that `state` breaks.
  Rules broken(const State& state) const;
  // One sentence about how. Requires: the state breaks the rule.
  std::string explain(const State& state, Rule rule) const;

 private:
  Rules exclusions_broken(const State& state) const;
  std::string explain_exclusion(const State& state, std::uint32_t number) const;
  bool commit_without_vote(const State& state, check::TxnSet committed) const;

  const LocalSpace& space_;
  const ContextTable& contexts_;
  bool faults_known_;                                           // see knows_faults
  std::array<std::uint32_t, check::kTxnsMax> participants_{};   // by transaction: bit i: member i
};

}  // namespace paygrid::explore
