#include "models/commit/vocabulary.hpp"

namespace paygrid::commit {

namespace {

std::string_view word_for(Doubter doubter) {
  switch (doubter) {
    case Doubter::kParticipant: return "";
    case Doubter::kRecoveredParticipant: return "recovered";
    case Doubter::kRecoveredCoordinator: return "recovered-coordinator";
  }
  return "?";
}

std::string_view word_for(ParticipantPhase phase) {
  switch (phase) {
    case ParticipantPhase::kLocking: return "locking";
    case ParticipantPhase::kPreparing: return "preparing";
    case ParticipantPhase::kRefusing: return "refusing";
    case ParticipantPhase::kPrepared: return "waiting";
    case ParticipantPhase::kPrecommitting: return "precommitting";
    case ParticipantPhase::kPrecommitted: return "precommitted";
    case ParticipantPhase::kCommitting: return "committing";
    case ParticipantPhase::kAborting: return "aborting";
  }
  return "?";
}

}  // namespace

std::string_view argument_name(const Words& words, std::uint8_t kind, std::uint8_t argument) {
  if (kind == words.no) return core::name_of(static_cast<Vote>(argument));
  if (kind == words.commit || kind == words.abort)
    return static_cast<Half>(argument) == Half::kCoordinator ? "for-coordinator" : "";
  if (kind == words.inquire) return word_for(static_cast<Doubter>(argument));
  return "";
}

std::string_view argument_name(const Words& words, const PrecommitWords& precommit_words, std::uint8_t kind,
                               std::uint8_t argument) {
  if (kind == precommit_words.state_report) return word_for(static_cast<ParticipantPhase>(argument));
  if (kind == precommit_words.undecided) return word_for(static_cast<Doubter>(argument));
  return argument_name(words, kind, argument);
}

}  // namespace paygrid::commit
