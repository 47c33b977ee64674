// The matrix: every registered protocol in its smallest worlds, under each timing model and fault budget, against the verdicts
// that its specification expects.
//
// A cell searches two worlds to their ends: one in which everybody is willing, and, where nobody is suspected falsely, one in which the
// last participant refuses. Disks are asynchronous in synchronous worlds, instant in asynchronous ones, which are larger. Timers
// never fire, then once, twice, as often as they like, as long as the search ends within its limit of states: the cell shows the most.
// AC5 is judged where timers are unlimited and its own search, which is larger, ends within the limit as well.
//
// Then, at the smallest size, every lock service under the commit protocols that can be guarded by one, with fencing and without: two
// coordinators, a payment each, and one account that both want; synchronous, leases honoured, instant disks, timers up to twice. Where
// servers vote, three of them, under the first protocol only: with a pause there is one payment, which is enough for what it does, and
// the world of a server that crashes and keeps its locks is beyond the usual limit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/core/spec.hpp"
#include "models/lock/service.hpp"
#include "sim/explore/search.hpp"
#include "sim/world/rules.hpp"

namespace paygrid::cli {

// What the worlds of a cell say together, the mildest first.
enum class CellVerdict : std::uint8_t {
  kNotJudged,  // nothing of it happened in any world: no commit, no abort, ...
  kHolds,
  kUnknown,    // a search was cut short
  kViolated
};
std::string_view name_of(CellVerdict verdict);

struct CellProperty {
  std::string name;  // "AC1"
  CellVerdict expected = CellVerdict::kHolds;
  CellVerdict found = CellVerdict::kNotJudged;
  bool met = false;
  std::string reason;      // one sentence
  std::size_t steps = 0;   // of the counterexample
};

// What stands before the shards in a cell.
struct CellLocks {
  const lock::LockServiceSpec* service = nullptr;
  bool fencing = false;
  bool forgets = false;  // a server that comes back has lost its locks
};
std::string name_of(const CellLocks& locks);  // "redis, fencing"

struct Cell {
  const core::ProtocolSpec* protocol = nullptr;
  std::optional<CellLocks> locks;
  world::Timing timing{};
  std::string_view faults;  // "1 crash"
  std::uint8_t timers = world::kUnlimited;
  bool more_beyond_limit = false;  // with more timers, a search was cut short and is not part of the cell
  bool complete = false;       // both worlds were searched to their ends
  std::uint64_t distinct = 0;  // of both worlds
  double seconds = 0;
  std::vector<CellProperty> properties;  // AC1 to AC5, then the others
  bool met() const;
  bool open() const;  // not met, and no property is found other than expected: those not met are unknown
};

struct MatrixRequest {
  std::uint32_t participants = 2;
  std::uint64_t states_max = 0;
  std::uint32_t threads = 1;                // cells at a time
  std::function<bool()> go_on;              // false: stop
  std::function<void(const Cell&)> on_cell; // in the order of the table, one call at a time
};

// The cells that were searched; all of them unless it was stopped.
std::vector<Cell> search_matrix(const MatrixRequest& request);

}  // namespace paygrid::cli
