// What a scenario wants explored: a small world of a commit protocol, the faults that may happen in it, and how its orders of
// events are searched.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/core/lock_policy.hpp"
#include "sim/scenario/locking.hpp"
#include "sim/scenario/security.hpp"

namespace paygrid::scenario {

enum class Timing : std::uint8_t { kSynchronous, kAsynchronous };
enum class ExploredDisk : std::uint8_t { kInstant, kAsync };
enum class ExploredCoordinator : std::uint8_t { kDedicated, kParticipant };
enum class Strategy : std::uint8_t { kBreadthFirst, kDepthFirst, kRandomWalk };
enum class AfterViolation : std::uint8_t { kStop, kGoOn };

// Budgets of faults.
inline constexpr std::uint32_t kBudgetMax = 254;
inline constexpr std::uint32_t kUnlimitedBudget = 255;

inline constexpr std::uint32_t kProcessesMax = 16;  // of an explored world
inline constexpr std::uint32_t kUnlimitedDepth = ~std::uint32_t{0};
inline constexpr std::uint64_t kUnlimitedStates = ~std::uint64_t{0};

struct ExploredVerdict {
  std::string property;  // of vocabulary.hpp: kProperties
  std::string verdict;   // holds | violated | unknown
  bool operator==(const ExploredVerdict&) const = default;
};

struct Exploration {
  std::vector<std::string> protocols;  // one after the other
  std::uint32_t participants = 2;
  std::uint32_t payments = 1;
  std::uint32_t refusals = 0;          // participants that lack the funds and vote no
  bool contended = false;              // the payments debit the same accounts
  core::LockPolicy lock_policy = core::LockPolicy::kWait;
  std::uint32_t retries = 0;           // of the payer; 0: it is no process of the world
  ExploredCoordinator coordinator = ExploredCoordinator::kDedicated;
  std::uint32_t accounts = 2;          // of each participant: 1 to debit and 1 to credit, or 1 for both
  std::uint32_t coordinators = 1;      // dedicated ones; payments take turns with them
  std::string lock_service = "local";  // local: shards lock alone
  std::uint32_t lock_servers = 1;
  bool fencing = false;
  LockMemory lock_memory = LockMemory::kKept;
  LockOrder lock_order = LockOrder::kSorted;
  bool leases_honoured = true;         // a server's lease outlasts the belief of a client that runs
  Timing timing = Timing::kAsynchronous;
  ExploredDisk disk = ExploredDisk::kAsync;

  std::uint32_t crashes = 0;
  std::uint32_t recoveries = 0;
  std::uint32_t losses = 0;
  std::uint32_t duplicates = 0;
  std::uint32_t timers = kUnlimitedBudget;  // firings
  std::uint32_t suspicions = 0;             // false ones
  std::uint32_t partitions = 0;
  std::uint32_t disk_losses = 0;
  std::uint32_t pauses = 0;
  std::uint32_t forgeries = 0;
  Authentication authentication = Authentication::kNone;

  Strategy strategy = Strategy::kBreadthFirst;
  bool symmetry = true;
  bool reduction = true;
  bool eventually = false;             // AC5 is judged as well
  AfterViolation after_violation = AfterViolation::kStop;
  std::uint32_t depth = kUnlimitedDepth;
  std::uint64_t states = kUnlimitedStates;
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;
  std::uint64_t walks = 1000;          // random walk only
  std::vector<ExploredVerdict> expect;
  bool has_lock_service() const { return lock_service != "local"; }
  bool operator==(const Exploration&) const = default;
};

// Processes of the world: participants, dedicated coordinators, lock servers, and a payer that asks again.
inline std::uint32_t process_count(const Exploration& exploration) {
  return exploration.participants + (exploration.coordinator == ExploredCoordinator::kDedicated ? exploration.coordinators : 0) +
         (exploration.has_lock_service() ? exploration.lock_servers : 0) + (exploration.retries > 0 ? 1 : 0);
}

}  // namespace paygrid::scenario
