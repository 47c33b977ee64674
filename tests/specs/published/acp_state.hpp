// The variables of the atomic commitment specifications, and their invariants.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

namespace paygrid::specs {

enum class Decision : std::uint8_t { kNotSent, kUndecided, kCommit, kAbort };
enum class KnownVote : std::uint8_t { kWaiting, kYes, kNo };

// Who is not alive is faulty: nobody recovers.
struct Participant {
  bool votes_yes = false;
  bool alive = true;
  bool vote_sent = false;
  Decision decision = Decision::kUndecided;
  std::vector<Decision> forwarded;  // to whom, by participant; to itself: decided, but not yet final. Simple broadcast: empty
  auto fields() const { return std::tie(votes_yes, alive, vote_sent, decision, forwarded); }
  bool operator==(const Participant&) const = default;
};

struct Coordinator {
  bool alive = true;
  Decision decision = Decision::kUndecided;
  std::vector<std::uint8_t> requested;  // by participant
  std::vector<KnownVote> votes;         // by participant
  std::vector<Decision> told;           // by participant
  auto fields() const { return std::tie(alive, decision, requested, votes, told); }
  bool operator==(const Coordinator&) const = default;
};

struct AcpState {
  bool begun = false;  // the votes are chosen
  Coordinator coordinator;
  std::vector<Participant> participants;
  auto fields() const { return std::tie(begun, coordinator, participants); }
  bool operator==(const AcpState&) const = default;
};

// The name of the first invariant that does not hold, with its meaning; empty when all hold.
std::string broken_rule(const AcpState& state);
std::string describe(const AcpState& state);

}  // namespace paygrid::specs
