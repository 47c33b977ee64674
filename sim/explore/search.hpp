// Exhaustive search of a model: every order of its steps, within the budgets of its rules.
//
// Breadth-first search finds a shortest counterexample. States are told apart by 128-bit fingerprints (xor of one random word
// for each part of a state: Zobrist 1970); two of n states are taken for one with probability at most n^2 / 2^129.
// With symmetry, states are told apart up to exchanges of interchangeable members and payments, by a canonical form that is the
// same for a whole orbit. The partial-order reduction takes alone a step that commutes with all others and that no property
// sees: see reduction.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/explore/model.hpp"
#include "sim/world/step.hpp"

namespace paygrid::explore {

enum class Strategy : std::uint8_t { kBreadthFirst, kDepthFirst, kRandomWalk };

struct Progress {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint32_t depth = 0;
  std::uint64_t queue = 0;
  std::uint64_t bytes = 0;  // held by the search now
};

struct Options {
  Strategy strategy = Strategy::kBreadthFirst;
  bool symmetry = false;
  bool reduction = false;
  std::uint32_t threads = 1;            // breadth-first only
  std::uint64_t states_max = ~0ull;     // distinct states
  std::uint64_t bytes_max = ~0ull;
  std::uint32_t depth_max = ~0u;        // levels, counting the initial state as one; depth-first needs it, a walk's length
  std::uint64_t walks = 1;              // random walk
  std::uint64_t seed = 1;
  bool eventually = false;              // also judge AC5: see liveness.hpp
  bool stop_at_first = true;            // at the first violation; else go on and count
  std::function<bool(const Progress&)> on_progress{};  // false: stop
};

enum class Verdict : std::uint8_t { kHolds, kViolated, kUnknown };
std::string_view name_of(Verdict verdict);

// How a search ended.
enum class Ending : std::uint8_t { kComplete, kViolation, kStatesMax, kBytesMax, kDepthMax, kStopped, kTooLarge };
std::string_view name_of(Ending ending);

struct Finding {
  std::string name;    // "AC1", "no impossible input", an invariant's name, ...
  Verdict verdict = Verdict::kUnknown;
  std::string reason;  // one sentence
  std::uint64_t violations = 0;              // states
  std::vector<world::Step> counterexample;   // from the initial state; shortest under breadth-first search
  std::vector<world::Step> loop;             // of a liveness property: follows the counterexample, and repeats for ever
};

struct Sometimes {
  std::string name;
  bool reached = false;
};

// Its steps refer to payments of the model: valid while the model lives.
struct Result {
  Ending ending = Ending::kComplete;
  std::uint64_t distinct = 0;   // with symmetry: orbits
  std::uint64_t generated = 0;  // the initial state and every successor, repeated ones included
  std::uint32_t depth = 0;      // levels, counting the initial state as one
  std::uint64_t deadlocks = 0;  // states without a step
  bool symmetric = false;       // symmetry was used
  std::string symmetry_note;    // why it was not, when asked for
  std::uint64_t local_states = 0;
  std::uint64_t packets = 0;    // distinct packets that were ever on the way
  std::uint64_t bytes_max = 0;  // held by the search at most
  double seconds = 0;           // wall time
  std::vector<Finding> findings;      // in the order of the properties
  std::vector<Sometimes> sometimes;
};

// Throws std::invalid_argument when the model is beyond a bound of the encoding (members, payments, attempts).
Result search(const Model& model, const Options& options);

}  // namespace paygrid::explore
