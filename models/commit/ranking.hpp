// The ranking function of the commit protocols (Floyd, "Assigning meanings to programs", 1967): a natural number for every
// value of a node, every message on the way and every record on the way to the disk. Each step that is no fault, no timer, no
// suspicion and no submission makes the sum smaller, so between two of those a protocol comes to rest: nobody answers answers
// for ever. Weights hold for payments of kParticipantsMax participants, so that a message need not know how many there are.
//
// A process pays in advance for what it may still send, a message for what its receiver sends because of it. Rounds of
// termination are paid by their number: a process in epoch e can start no more than kRoundsMax - e / kParticipantsMax of them.
#pragma once

#include <cstdint>

#include "models/commit/commit_node.hpp"
#include "models/commit/nonblocking_node.hpp"

namespace paygrid::commit::ranking {

inline constexpr std::uint64_t kRoundsMax = 64;

// Messages, from those that nobody answers to the one that starts everything.
inline constexpr std::uint64_t kWord = 1;                  // an acknowledgement, a no, a report, an answer to the payer
inline constexpr std::uint64_t kRecord = 1;
inline constexpr std::uint64_t kDecision = 4;              // may be recorded, acknowledged and passed on
inline constexpr std::uint64_t kYes = kDecision + 1;       // may be told the outcome
inline constexpr std::uint64_t kPrecommit = kDecision + 2;
inline constexpr std::uint64_t kQuestion = kDecision + 4;  // may abort what was never seen, then tell

// The coordinator, from its end to its beginning.
inline constexpr std::uint64_t kDecided = 2;
inline constexpr std::uint64_t kDeciding = kParticipantsMax * kDecision + kDecided + 4;
inline constexpr std::uint64_t kLeading = kDeciding + 4;
inline constexpr std::uint64_t kAboutToLead = kLeading + kParticipantsMax * kPrecommit + 4;
inline constexpr std::uint64_t kCollecting = kAboutToLead + 4;

// A backup coordinator: what it may still send in this round.
inline constexpr std::uint64_t kRoundOfPrecommits = (kParticipantsMax + 1) * kDecision + 8;
inline constexpr std::uint64_t kRoundOfReports = kRoundOfPrecommits + kParticipantsMax * kPrecommit + 8;
inline constexpr std::uint64_t kStartOfRound = kRoundOfReports + kParticipantsMax * kQuestion + 8;

constexpr std::uint64_t rounds_left(std::uint32_t epoch) {
  const std::uint64_t round = epoch / kParticipantsMax;
  return round < kRoundsMax ? (kRoundsMax - round) * kStartOfRound : 0;
}

// The participant, from its vote on; before it, it holds what its vote will need.
inline constexpr std::uint64_t kWaiting = 4;
inline constexpr std::uint64_t kPreparing = kWaiting + kYes + rounds_left(0) + 2;
inline constexpr std::uint64_t kLocking = kPreparing + 4;
inline constexpr std::uint64_t kPrepare = kLocking + 4;

std::uint64_t of(const Coordinated& entry);
std::uint64_t of(const Participating& entry);
std::uint64_t of(const Round& round);
std::uint64_t of(const Message& message, const Words& words);
std::uint64_t of(const Message& message, const Words& words, const PrecommitWords& precommit_words);

}  // namespace paygrid::commit::ranking
