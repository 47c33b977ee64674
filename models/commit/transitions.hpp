// The two automata of a commit protocol as data: its standings (standing.hpp) by name, and the transitions that each protocol takes.
// A crash leads nowhere, and what the log tells after it leads from there, as do questions about payments that this process never saw.
// An attempt that has ended is forgotten when a later attempt of its payment ends.
//
// Taken from drawn worlds, 8,000 of each protocol in which nobody believes outsiders and 1,500 in which they may be believed. That no
// others are taken where nobody believes outsiders is a test.
#pragma once

#include <array>
#include <span>

#include "models/commit/standing.hpp"
#include "models/core/transition.hpp"

namespace paygrid::commit {

namespace automata {

using core::Part;
using core::Standing;
using core::Transition;

inline constexpr std::uint32_t kNowhere = 0;
inline constexpr std::uint32_t kHasEndedCommit = kDecidedCommit | kEndedCommit;
inline constexpr std::uint32_t kHasEndedAbort = kDecidedAbort | kEndedAbort;
inline constexpr std::uint32_t kCoordinatorBits = 0x0000ffff;
inline constexpr std::uint32_t kParticipantBits = 0xffff0000;

inline constexpr std::array kCoordinatorStandings{
    Standing{kNowhere, "nothing"},
    Standing{kCollects, "collects"},
    Standing{kLeadsPrecommit, "precommits"},
    Standing{kAsksForOutcome, "asks"},
    Standing{kDecidesCommit, "forces commit"},
    Standing{kDecidesAbort, "forces abort"},
    Standing{kDecidedCommit, "committed"},
    Standing{kDecidedAbort, "aborted"},
    Standing{kHasEndedCommit, "ended commit"},
    Standing{kHasEndedAbort, "ended abort"},
};
inline constexpr std::array kParticipantStandings{
    Standing{kNowhere, "nothing"},
    Standing{kHasNotVoted, "prepares"},
    Standing{kRefuses, "refuses"},
    Standing{kWaits, "waits"},
    Standing{kPrecommits, "forces precommit"},
    Standing{kIsPrecommitted, "precommitted"},
    Standing{kRecoveredInDoubt, "recovered in doubt"},
    Standing{kCommits, "forces commit"},
    Standing{kAborts, "forces abort"},
    Standing{kHasCommitted, "committed"},
    Standing{kHasAborted, "aborted"},
};

inline constexpr Part coordinator(std::span<const Transition> transitions) {
  return {"coordinator", kCoordinatorBits, kCoordinatorStandings, transitions};
}
inline constexpr Part participant(std::span<const Transition> transitions) {
  return {"participant", kParticipantBits, kParticipantStandings, transitions};
}

inline constexpr std::array kTwoPhaseCoordinator{
    Transition{kNowhere, kCollects}, Transition{kNowhere, kDecidedCommit}, Transition{kNowhere, kDecidedAbort},
    Transition{kNowhere, kHasEndedCommit}, Transition{kNowhere, kHasEndedAbort},
    Transition{kCollects, kDecidesCommit}, Transition{kCollects, kDecidesAbort},
    Transition{kDecidesCommit, kDecidedCommit},
    Transition{kDecidesAbort, kDecidedAbort}, Transition{kDecidesAbort, kHasEndedAbort},
    Transition{kDecidedCommit, kHasEndedCommit},
    Transition{kDecidedAbort, kHasEndedAbort},
};
inline constexpr std::array kTwoPhaseParticipant{
    Transition{kNowhere, kHasNotVoted}, Transition{kNowhere, kRefuses}, Transition{kNowhere, kRecoveredInDoubt},
    Transition{kNowhere, kAborts}, Transition{kNowhere, kHasCommitted}, Transition{kNowhere, kHasAborted},
    Transition{kHasNotVoted, kRefuses}, Transition{kHasNotVoted, kWaits}, Transition{kHasNotVoted, kAborts},
    Transition{kRefuses, kNowhere}, Transition{kRefuses, kHasAborted},
    Transition{kWaits, kCommits}, Transition{kWaits, kAborts},
    Transition{kRecoveredInDoubt, kCommits}, Transition{kRecoveredInDoubt, kAborts},
    Transition{kCommits, kHasCommitted},
    Transition{kAborts, kNowhere}, Transition{kAborts, kHasAborted},
    Transition{kHasAborted, kNowhere},
};

inline constexpr std::array kThreePhaseCoordinator{
    Transition{kNowhere, kCollects}, Transition{kNowhere, kAsksForOutcome}, Transition{kNowhere, kDecidedCommit},
    Transition{kNowhere, kDecidedAbort}, Transition{kNowhere, kHasEndedCommit}, Transition{kNowhere, kHasEndedAbort},
    Transition{kCollects, kLeadsPrecommit}, Transition{kCollects, kDecidesAbort},
    Transition{kLeadsPrecommit, kDecidesCommit}, Transition{kLeadsPrecommit, kDecidesAbort},
    Transition{kAsksForOutcome, kDecidesCommit}, Transition{kAsksForOutcome, kDecidesAbort},
    Transition{kDecidesCommit, kDecidedCommit},
    Transition{kDecidesAbort, kDecidedAbort}, Transition{kDecidesAbort, kHasEndedAbort},
    Transition{kDecidedCommit, kHasEndedCommit},
    Transition{kDecidedAbort, kHasEndedAbort},
};
inline constexpr std::array kThreePhaseParticipant{
    Transition{kNowhere, kHasNotVoted}, Transition{kNowhere, kRefuses}, Transition{kNowhere, kRecoveredInDoubt},
    Transition{kNowhere, kAborts}, Transition{kNowhere, kHasCommitted}, Transition{kNowhere, kHasAborted},
    Transition{kHasNotVoted, kRefuses}, Transition{kHasNotVoted, kWaits}, Transition{kHasNotVoted, kAborts},
    Transition{kRefuses, kNowhere}, Transition{kRefuses, kHasAborted},
    Transition{kWaits, kPrecommits}, Transition{kWaits, kCommits}, Transition{kWaits, kAborts},
    Transition{kPrecommits, kIsPrecommitted}, Transition{kPrecommits, kRecoveredInDoubt}, Transition{kPrecommits, kCommits},
    Transition{kPrecommits, kAborts},
    Transition{kIsPrecommitted, kCommits}, Transition{kIsPrecommitted, kAborts},
    Transition{kRecoveredInDoubt, kPrecommits}, Transition{kRecoveredInDoubt, kCommits},
    Transition{kRecoveredInDoubt, kAborts},
    Transition{kCommits, kHasCommitted},
    Transition{kAborts, kNowhere}, Transition{kAborts, kHasAborted},
    Transition{kHasAborted, kNowhere},
};

inline constexpr std::array kThreePhaseNaiveCoordinator{
    Transition{kNowhere, kCollects}, Transition{kNowhere, kLeadsPrecommit}, Transition{kNowhere, kDecidedCommit},
    Transition{kNowhere, kDecidedAbort}, Transition{kNowhere, kHasEndedCommit}, Transition{kNowhere, kHasEndedAbort},
    Transition{kCollects, kLeadsPrecommit}, Transition{kCollects, kDecidesAbort},
    Transition{kLeadsPrecommit, kDecidesCommit}, Transition{kLeadsPrecommit, kDecidesAbort},
    Transition{kDecidesCommit, kDecidedCommit},
    Transition{kDecidesAbort, kDecidedAbort}, Transition{kDecidesAbort, kHasEndedAbort},
    Transition{kDecidedCommit, kHasEndedCommit},
    Transition{kDecidedAbort, kHasEndedAbort},
};

inline constexpr std::array kOptimisedCoordinator{
    Transition{kNowhere, kCollects}, Transition{kNowhere, kAsksForOutcome}, Transition{kNowhere, kDecidedCommit},
    Transition{kNowhere, kHasEndedCommit}, Transition{kNowhere, kHasEndedAbort},
    Transition{kCollects, kLeadsPrecommit}, Transition{kCollects, kHasEndedAbort},
    Transition{kLeadsPrecommit, kDecidesAbort}, Transition{kLeadsPrecommit, kDecidedCommit},
    Transition{kAsksForOutcome, kDecidesAbort}, Transition{kAsksForOutcome, kDecidedCommit},
    Transition{kAsksForOutcome, kHasEndedCommit},
    Transition{kDecidesAbort, kHasEndedAbort},
    Transition{kDecidedCommit, kHasEndedCommit},
};
inline constexpr std::array kOptimisedParticipant{
    Transition{kNowhere, kHasNotVoted}, Transition{kNowhere, kRecoveredInDoubt}, Transition{kNowhere, kAborts},
    Transition{kNowhere, kHasCommitted}, Transition{kNowhere, kHasAborted},
    Transition{kHasNotVoted, kNowhere}, Transition{kHasNotVoted, kWaits}, Transition{kHasNotVoted, kAborts},
    Transition{kHasNotVoted, kHasAborted},
    Transition{kWaits, kNowhere}, Transition{kWaits, kPrecommits}, Transition{kWaits, kAborts},
    Transition{kWaits, kHasCommitted}, Transition{kWaits, kHasAborted},
    Transition{kPrecommits, kIsPrecommitted}, Transition{kPrecommits, kRecoveredInDoubt},
    Transition{kPrecommits, kHasCommitted}, Transition{kPrecommits, kHasAborted},
    Transition{kIsPrecommitted, kAborts}, Transition{kIsPrecommitted, kHasCommitted},
    Transition{kIsPrecommitted, kHasAborted},
    Transition{kRecoveredInDoubt, kPrecommits}, Transition{kRecoveredInDoubt, kHasCommitted},
    Transition{kRecoveredInDoubt, kHasAborted},
    Transition{kAborts, kNowhere}, Transition{kAborts, kHasAborted},
    Transition{kHasAborted, kNowhere},
};

inline constexpr std::array kTwoPhase{coordinator(kTwoPhaseCoordinator), participant(kTwoPhaseParticipant)};
inline constexpr std::array kThreePhase{coordinator(kThreePhaseCoordinator), participant(kThreePhaseParticipant)};
inline constexpr std::array kThreePhaseNaive{coordinator(kThreePhaseNaiveCoordinator), participant(kThreePhaseParticipant)};
inline constexpr std::array kOptimised{coordinator(kOptimisedCoordinator), participant(kOptimisedParticipant)};

}  // namespace automata

inline constexpr std::span<const core::Part> kTwoPhaseParts = automata::kTwoPhase;
inline constexpr std::span<const core::Part> kThreePhaseParts = automata::kThreePhase;
inline constexpr std::span<const core::Part> kThreePhaseNaiveParts = automata::kThreePhaseNaive;
inline constexpr std::span<const core::Part> kOptimisedParts = automata::kOptimised;

}  // namespace paygrid::commit
