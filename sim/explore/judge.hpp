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
  kMutualExclusion,    // who rightfully believes in a lock is alone with it: check::MutualExclusion, and against ownership
  kZombieWrites,       // who posts owns the lock, or under a fence nobody later has posted: of a step, not of a state
  kExclusion           // Model::exclusions[0]; Rule(kExclusion + i) is number i
};
inline constexpr auto kExclusionFirst = static_cast<std::uint32_t>(Rule::kExclusion);
inline constexpr std::uint32_t kRules = kExclusionFirst + core::kExclusionsMax;
std::string name_of(Rule rule, const Model& model);
// True of rules that a step breaks, not the state that it leads to.
constexpr bool is_of_a_step(Rule rule) { return rule == Rule::kImpossibleInput || rule == Rule::kZombieWrites; }

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

  // Whether the member in `slot`, which posts under these claims in a step from `before`, may do so. Requires: there is a lock service.
  bool writes_owned(const State& before, std::uint32_t slot, check::ClaimSet posted) const;
  // Requires: it may not.
  std::string explain_write(std::uint32_t slot, check::ClaimSet posted) const;

 private:
  Rules exclusions_broken(const State& state) const;
  std::string explain_exclusion(const State& state, std::uint32_t number) const;
  // judge_locks.cpp
  struct Standing {
    check::ClaimSet believed = 0;
    check::ClaimSet owned = 0;     // at the service
    check::ClaimSet rightful = 0;  // believed in, and neither given back nor run out by the service's clock
    check::ClaimSet kept = 0;      // owned, and its owner has not let go
  };
  Standing standing_of(const State& state) const;
  std::uint64_t token_of(const State& state, std::uint32_t claim) const;
  bool is_later(const State& state, std::uint32_t claim, std::uint32_t than) const;
  bool excludes(const State& state) const;
  std::string explain_exclusion_of_locks(const State& state) const;
  std::string claim_text(std::uint32_t claim) const;
  bool commit_without_vote(const State& state, check::TxnSet committed) const;

  const LocalSpace& space_;
  const ContextTable& contexts_;
  bool faults_known_;                                           // see knows_faults
  std::array<std::uint32_t, check::kTxnsMax> participants_{};   // by transaction: bit i: member i
};

}  // namespace paygrid::explore
