// A model: what is explored. The world it begins with, the rules of its steps, and what may be said about its states. Real
// protocols and the published specifications of the tests are models alike.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/core/event.hpp"
#include "models/core/exclusion.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "sim/world/cluster.hpp"
#include "sim/world/rules.hpp"

namespace paygrid::explore {

// What a search can reach, by the facts of its steps.
enum class Mark : std::uint8_t {
  kCommit, kAbort, kVotedNo, kInDoubt, kVoteTimeout, kPrecommit, kTermination, kInquiry, kRecoveredOpen, kLockWait,
  kLockAcquired, kLockContended, kDenied
};
inline constexpr std::uint32_t kMarks = 13;
// Asked for only where there is a lock service.
constexpr bool is_about_lock_service(Mark mark) { return mark >= Mark::kLockAcquired; }
std::string_view name_of(Mark mark);

// One exchange of two interchangeable things: two members, or two payments. Messages and timers name payments in `txn` and
// `learned`; a model whose messages name members too renames them itself.
struct Exchange {
  enum class Of : std::uint8_t { kMembers, kPayments };
  Of of{};
  std::uint32_t a = 0;  // process, or payment id
  std::uint32_t b = 0;
};

// How an exchange acts on what steps are made of. The defaults exchange payment ids in `txn`, `learned` and `payment`.
struct Renaming {
  std::function<core::Message(const core::Message&, const Exchange&)> message;
  std::function<core::TimerKey(core::TimerKey, const Exchange&)> timer;
};

struct LockService {
  std::uint32_t first = 0;    // of its servers, which are members
  std::uint32_t servers = 0;
  std::uint32_t quorum = 1;   // so many servers must grant a lock, each for itself; 1: the service speaks with one voice
  bool fencing = false;       // shards refuse tokens older than one they have seen
};

struct Model {
  std::string name;
  const world::Setup* setup = nullptr;  // outlives the model
  world::Rules rules;
  std::vector<std::string> process_names;  // by process, members first; then those outside that send or receive packets

  // The payments, by number: how transactions are numbered (check::txn_number). Empty: all facts are about one transaction.
  std::vector<core::PaymentRef> payments;

  // Members that may be exchanged, in groups of consecutive ids [first, last]; and whether payments may be.
  // What is declared here is verified during the search: see SymmetryBroken.
  std::vector<std::pair<std::uint32_t, std::uint32_t>> interchangeable;
  bool payments_interchangeable = false;
  Renaming renaming;

  // The lock service of the world, if it has one: what its processes say about locks is judged.
  std::optional<LockService> locks;

  // What a search should reach at least once: a property of states that were never reached says nothing.
  std::vector<Mark> sometimes;

  // What the protocol states about itself: those of its invariants whose assumption the rules grant, and its ranking function
  // (see core::ProtocolSpec). Null: none is judged.
  std::vector<core::Exclusion> exclusions;
  std::uint64_t (*message_weight)(const core::Message&) = nullptr;

  // What must hold in every state, as far as it can be said of the members alone. Called once for each distinct value of a
  // member; a non-empty answer names the broken rule.
  std::function<std::string(const world::Member&)> member_rule;
};

}  // namespace paygrid::explore
