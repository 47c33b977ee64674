// BreadthFirst: the search level by level, by one or several threads that share the set of fingerprints. Every level is complete
// before the next begins, so counts and depth do not depend on the number of threads.
//
// A level is searched in rounds: all workers pause where the table must grow or the limit of states comes near, and worker 0,
// the caller's thread, looks at progress and memory every few batches. So limits are overshot by a few batches at most, and a
// stop waits for no level.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

#include "sim/explore/canonical.hpp"
#include "sim/explore/context.hpp"
#include "sim/explore/expander.hpp"
#include "sim/explore/findings.hpp"
#include "sim/explore/judge.hpp"
#include "sim/explore/parent_log.hpp"
#include "sim/explore/search.hpp"
#include "sim/explore/visited.hpp"

namespace paygrid::explore {

class BreadthFirst {
 public:
  // Throws std::invalid_argument, SymmetryBroken, SpaceFull.
  BreadthFirst(const Model& model, const Options& options);
  ~BreadthFirst();

  Result run();

 private:
  static constexpr std::uint32_t kWorkerShift = 29;  // a number is (worker, index in its log)
  static constexpr std::uint32_t kWorkersMax = 8;
  using Blocks = std::vector<std::unique_ptr<StateBlock>>;

  // Where a worker met a breach first.
  struct Place {
    std::uint32_t number = kNoParent;  // of the state, or of the state whose step met an impossible input
    std::uint16_t ordinal = 0;         // of that step
  };

  // A state whose successors are about to be looked up. Several are expanded before the first is looked up, so that the table's
  // memory is on its way by then.
  struct Expansion {
    State state;
    std::uint32_t number = 0;
    std::vector<Successor> successors;
    std::vector<Fingerprint> prints;  // canonical ones with symmetry
  };
  static constexpr std::size_t kBatch = 8;
  static constexpr std::uint32_t kBatchesBetweenPolls = 16;

  // What a worker has done, for the others to read while it goes on.
  struct alignas(64) Tally {
    std::atomic<std::uint64_t> distinct{0};
    std::atomic<std::uint64_t> generated{0};
    std::atomic<std::uint64_t> expanded{0};
    std::atomic<std::uint64_t> bytes{0};
  };

  struct Worker {
    Worker(LocalSpace& space, ContextTable& contexts, const Options& options);
    Memo memo;
    Expander expander;
    Canonical canonical;
    std::array<Expansion, kBatch> batch;
    State next;
    std::unique_ptr<StateBlock> block;  // being expanded
    StateBlock::Cursor cursor;
    Blocks found;
    ParentLog log;
    Tally tally;
    std::uint64_t generated = 0;
    std::uint64_t expanded = 0;
    std::uint64_t deadlocks = 0;
    Breaches breaches;
    std::array<Place, kRules> places;
    std::exception_ptr failure;
  };

  void begin();
  std::optional<Ending> search_level();
  void work_threads();
  void work(std::uint32_t worker);
  bool take_block(Worker& worker);
  static void publish(Worker& worker);
  void poll();
  bool go_on() const { return !options_.on_progress || options_.on_progress(progress()); }
  bool stopped() const { return ending_.load(std::memory_order_relaxed) != Ending::kComplete; }
  void end(Ending ending);
  std::size_t fill_batch(Worker& worker);
  void expand(Worker& worker, Expansion& expansion);
  void look_up(std::uint32_t worker, const Expansion& expansion);
  void enter(std::uint32_t worker, std::uint32_t parent, std::uint16_t ordinal, const State& state);
  void note(std::uint32_t worker, const State& state, Rules broken, std::uint32_t number);
  // A step breaks a rule, whatever it leads to.
  void note_step(std::uint32_t worker, std::uint32_t number, std::uint16_t ordinal, Rule rule, const std::string& reason);
  bool next_level();
  std::optional<Ending> limit_reached();
  Result result(Ending ending);
  std::vector<world::Step> path_to(std::uint32_t number, std::optional<std::uint16_t> last);
  Breaches merged_breaches();
  std::uint64_t sum(std::atomic<std::uint64_t> Tally::*part) const;
  std::uint64_t distinct() const { return sum(&Tally::distinct); }
  std::uint64_t bytes() const;
  Progress progress() const;

  const Model& model_;
  const Options& options_;
  LocalSpace space_;
  ContextTable contexts_;
  Judge judge_;
  Visited visited_;
  std::vector<std::unique_ptr<Worker>> workers_;
  Blocks level_;
  std::atomic<std::size_t> next_block_{0};
  std::atomic<bool> pause_{false};                 // ends the round
  std::atomic<Ending> ending_{Ending::kComplete};  // kComplete: none yet
  std::uint64_t states_share_ = 0;                 // states that a worker may add in this round
  std::uint32_t depth_ = 0;
  std::uint64_t bytes_max_ = 0;
};

}  // namespace paygrid::explore
