#include "sim/explore/findings.hpp"

namespace paygrid::explore {

namespace {

bool concerns(Rule rule, const Model& model) {
  const bool about_payments = rule == Rule::kCommitNeedsVotes || rule == Rule::kMoney || rule == Rule::kAnswer;
  if (about_payments) return !model.payments.empty();
  return rule != Rule::kMemberRule || model.member_rule != nullptr;
}

// Why a rule that was not broken may still say nothing; empty when it does.
std::string gap(Rule rule, const LocalSpace& space, Ending ending) {
  if (ending != Ending::kComplete) return "the search did not cover every state: " + std::string(name_of(ending));
  const bool about_commits = rule == Rule::kAgreement || rule == Rule::kCommitNeedsVotes;
  if (about_commits && !space.marked(Mark::kCommit)) return "nothing was ever committed";
  if (rule == Rule::kAbortNeedsCause && !space.marked(Mark::kAbort)) return "nothing was ever aborted";
  return {};
}

}  // namespace

void add_findings(const LocalSpace& space, const Breaches& breaches, const std::string& covered, Result& result) {
  for (std::uint32_t at = 0; at < kRules; ++at) {
    const auto rule = static_cast<Rule>(at);
    const Breach& breach = breaches[at];
    if (!concerns(rule, space.model())) continue;
    Finding& finding = result.findings.emplace_back();
    finding.name = name_of(rule);
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
