// Standings of a commit node in one transaction, for the invariants of the protocols: where each half stands, in the terms of
// the figures of the papers. What waits for the disk already counts where nothing but a crash can take it back.
#pragma once

#include <cstdint>

namespace paygrid::commit {

enum Standing : std::uint32_t {
  // the coordinator
  kCollects = 1u << 0,
  kLeadsPrecommit = 1u << 1,     // PRECOMMITTED, on the way to the disk or durable
  kAsksForOutcome = 1u << 2,     // recovered with PRECOMMITTED
  kDecidesCommit = 1u << 3,      // COMMITTED on the way to the disk
  kDecidesAbort = 1u << 4,
  kDecidedCommit = 1u << 5,
  kDecidedAbort = 1u << 6,
  kEndedCommit = 1u << 7,        // decided, and expects no more questions
  kEndedAbort = 1u << 8,
  // the participant
  kHasNotVoted = 1u << 16,
  kRefuses = 1u << 17,           // its no on the way to the disk
  kWaits = 1u << 18,             // in doubt, operational since its vote: "w" of Skeen's figure
  kPrecommits = 1u << 19,        // PRECOMMITTED on the way to the disk
  kIsPrecommitted = 1u << 20,    // operational: "p"
  kRecoveredInDoubt = 1u << 21,  // waiting or precommitted, found in the log after a crash
  kCommits = 1u << 22,           // COMMITTED on the way to the disk
  kAborts = 1u << 23,
  kHasCommitted = 1u << 24,
  kHasAborted = 1u << 25,
};

inline constexpr std::uint32_t kAnyCommit = kDecidedCommit | kCommits | kHasCommitted;
inline constexpr std::uint32_t kAnyAbort = kDecidedAbort | kAborts | kHasAborted;
inline constexpr std::uint32_t kAnyDoubt = kWaits | kPrecommits | kIsPrecommitted | kRecoveredInDoubt;

}  // namespace paygrid::commit
