#include "tests/specs/published/acp_state.hpp"

#include <algorithm>

namespace paygrid::specs {

std::string broken_rule(const AcpState& state) {
  const auto decided = [&](Decision decision) {
    return std::ranges::any_of(state.participants, [decision](const Participant& one) { return one.decision == decision; });
  };
  const bool all_vote_yes = std::ranges::all_of(state.participants, &Participant::votes_yes);
  const bool nobody_faulty = state.coordinator.alive && std::ranges::all_of(state.participants, &Participant::alive);
  if (decided(Decision::kCommit) && decided(Decision::kAbort)) return "AC1: one participant committed, another aborted";
  if (decided(Decision::kCommit) && !all_vote_yes) return "AC2: a commit without a yes of everybody";
  if (decided(Decision::kAbort) && all_vote_yes && nobody_faulty) return "AC3: an abort without a no and without a fault";
  return "";
}

namespace {

char letter_of(Decision decision) {
  switch (decision) {
    case Decision::kNotSent: return '-';
    case Decision::kUndecided: return 'u';
    case Decision::kCommit: return 'c';
    case Decision::kAbort: return 'a';
  }
  return '?';
}

}  // namespace

std::string describe(const AcpState& state) {
  if (!state.begun) return "before the votes";
  std::string text = "coordinator ";
  text += letter_of(state.coordinator.decision);
  text += state.coordinator.alive ? "," : " crashed,";
  for (const Participant& one : state.participants) {
    text += one.votes_yes ? " yes/" : " no/";
    text += letter_of(one.decision);
    if (!one.alive) text += " crashed";
  }
  return text;
}

}  // namespace paygrid::specs
