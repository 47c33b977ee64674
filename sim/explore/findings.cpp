#include "sim/explore/findings.hpp"

namespace paygrid::explore {

namespace {

bool concerns(Rule rule, const Model& model) {
  const auto number = static_cast<std::uint32_t>(rule);
  if (number >= kExclusionFirst) return number - kExclusionFirst < model.exclusions.size();
  const bool about_payments = rule == Rule::kCommitNeedsVotes || rule == Rule::kMoney || rule == Rule::kAnswer ||
                              rule == Rule::kOverdraft || rule == Rule::kDurability;
  if (about_payments && model.payments.empty()) return false;
  if (rule == Rule::kDurability)
    return model.rules.limit(world::Fault::kCrash) > 0 && model.rules.limit(world::Fault::kRecovery) > 0;
  if (rule == Rule::kMutualExclusion || rule == Rule::kZombieWrites) return model.locks.has_value();
  if (rule == Rule::kRanking) return model.message_weight != nullptr;
  return rule != Rule::kMemberRule || model.member_rule != nullptr;
}

// Why a rule that was not broken may still say nothing; empty when it does.
std::string gap(Rule rule, const LocalSpace& space, Ending ending) {
  if (ending != Ending::kComplete) return "the search did not cover every state: " + std::string(name_of(ending));
  const bool about_commits = rule == Rule::kAgreement || rule == Rule::kCommitNeedsVotes;
  if (about_commits && !space.marked(Mark::kCommit)) return "nothing was ever committed";
  if (rule == Rule::kAbortNeedsCause && !knows_faults(space.model().rules)) return "states do not tell whether a fault has happened";
  if (rule == Rule::kAbortNeedsCause && !space.marked(Mark::kAbort)) return "nothing was ever aborted";
  if (rule == Rule::kOverdraft && !space.marked(Mark::kInDoubt)) return "nothing was ever held";
  if (rule == Rule::kDurability && !space.marked(Mark::kRecoveredOpen)) return "nobody recovered with an open transaction";
  if (rule == Rule::kMutualExclusion && !space.marked(Mark::kLockAcquired)) return "nobody ever believed in a lock";
  if (rule == Rule::kZombieWrites && !space.marked(Mark::kCommit)) return "nothing was ever posted";
  const auto number = static_cast<std::uint32_t>(rule);
  if (number >= kExclusionFirst && !space.stood_on_both_sides(number - kExclusionFirst))
    return "one of the two never occurred";
  return {};
}

}  // namespace

void add_findings(const LocalSpace& space, const Breaches& breaches, const std::string& covered, Result& result) {
  for (std::uint32_t at = 0; at < kRules; ++at) {
    const auto rule = static_cast<Rule>(at);
    const Breach& breach = breaches[at];
    if (!concerns(rule, space.model())) continue;
    Finding& finding = result.findings.emplace_back();
    finding.name = name_of(rule, space.model());
    if (breach.count > 0) {
      finding.verdict = Verdict::kViolated;
      finding.reason = breach.reason;
      finding.violations = breach.count;
      finding.counterexample = breach.counterexample;
      continue;
    }
    finding.reason = gap(rule, space, result.ending);
    if (!finding.reason.empty()) continue;
    finding.verdict = Verdict::kHolds;
    finding.reason = covered;
  }
  for (const Mark mark : space.model().sometimes) result.sometimes.push_back({std::string(name_of(mark)), space.marked(mark)});
  result.local_states = space.local_count();
  result.packets = space.packet_count();
}

}  // namespace paygrid::explore
