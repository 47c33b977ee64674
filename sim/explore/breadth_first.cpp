#include "sim/explore/breadth_first.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "models/core/assert.hpp"

namespace paygrid::explore {

BreadthFirst::Worker::Worker(LocalSpace& space, ContextTable& contexts, const Options& options)
    : memo(space), expander(memo, contexts, options.reduction), canonical(memo, contexts) {}

BreadthFirst::BreadthFirst(const Model& model, const Options& options)
    : model_(model),
      options_(options),
      space_(model, options.symmetry),
      contexts_(model.rules),
      judge_(space_, contexts_) {
  const std::uint32_t threads = std::clamp(options.threads, 1u, kWorkersMax);
  for (std::uint32_t worker = 0; worker < threads; ++worker)
    workers_.push_back(std::make_unique<Worker>(space_, contexts_, options));
}

BreadthFirst::~BreadthFirst() = default;

Result BreadthFirst::run() {
  const auto begun = std::chrono::steady_clock::now();
  begin();
  std::optional<Ending> ending;
  do ending = search_level();
  while (!ending && next_level());
  Result result = this->result(ending.value_or(Ending::kComplete));
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return result;
}

std::optional<Ending> BreadthFirst::search_level() {
  while (true) {
    if (const std::optional<Ending> ending = limit_reached()) return ending;
    work_threads();
    for (const auto& worker : workers_)
      if (worker->failure) std::rethrow_exception(worker->failure);
    if (stopped()) return ending_;
    const bool waits = std::ranges::any_of(workers_, [](const auto& worker) { return worker->block != nullptr; });
    if (next_block_ >= level_.size() && !waits) return std::nullopt;
  }
}

void BreadthFirst::begin() {
  Worker& first = *workers_.front();
  const State state = first.expander.initial();
  if (options_.symmetry) first.canonical.verify_initial(state);
  const Fingerprint print = options_.symmetry ? first.canonical.of(state) : first.expander.print_of(state);
  visited_.insert(print);
  first.generated = 1;
  enter(0, kNoParent, 0, state);
  publish(first);
  next_level();
}

bool BreadthFirst::next_level() {
  level_.clear();
  next_block_ = 0;
  for (const auto& worker : workers_) {
    std::ranges::move(worker->found, std::back_inserter(level_));
    worker->found.clear();
    publish(*worker);
  }
  if (level_.empty()) return false;
  ++depth_;
  return true;
}

// Between rounds. What the level before found may be a violation, and the table grows only where it may.
std::optional<Ending> BreadthFirst::limit_reached() {
  if (stopped()) return ending_;
  if (distinct() > options_.states_max) return Ending::kStatesMax;
  if (bytes() + visited_.growth_for(distinct()) > options_.bytes_max) return Ending::kBytesMax;
  if (depth_ >= options_.depth_max) return Ending::kDepthMax;
  if (!visited_.make_room(distinct(), [this] { return go_on(); })) return Ending::kStopped;
  poll();
  if (stopped()) return ending_;
  return std::nullopt;
}

void BreadthFirst::poll() {
  bytes_max_ = std::max(bytes_max_, bytes());
  if (bytes_max_ > options_.bytes_max) end(Ending::kBytesMax);
  else if (!go_on()) end(Ending::kStopped);
}

// The first reason counts.
void BreadthFirst::end(Ending ending) {
  Ending none = Ending::kComplete;
  ending_.compare_exchange_strong(none, ending);
}

// One round: each worker goes on until the level is done, or until one of them has used up its share of what may be added.
void BreadthFirst::work_threads() {
  pause_ = false;
  states_share_ = (options_.states_max - distinct()) / workers_.size();
  std::vector<std::thread> threads;
  for (std::uint32_t worker = 1; worker < workers_.size(); ++worker) threads.emplace_back([this, worker] { work(worker); });
  work(0);
  for (std::thread& thread : threads) thread.join();
}

void BreadthFirst::work(std::uint32_t index) {
  Worker& worker = *workers_[index];
  const std::uint64_t before = worker.log.size();
  const std::uint64_t room = visited_.room_for() / workers_.size();
  std::uint32_t batches = 0;
  try {
    while (const std::size_t filled = stopped() || pause_ ? 0 : fill_batch(worker)) {
      std::uint64_t width = 0;
      for (std::size_t at = 0; at < filled && !stopped(); ++at) {
        look_up(index, worker.batch[at]);
        width += worker.batch[at].successors.size();
      }
      publish(worker);
      const std::uint64_t added = worker.log.size() - before;
      if (added > states_share_ || added + 2 * width > room) pause_ = true;
      if (index == 0 && ++batches % kBatchesBetweenPolls == 0) poll();
    }
  } catch (...) {
    worker.failure = std::current_exception();
    end(Ending::kStopped);
  }
}

void BreadthFirst::publish(Worker& worker) {
  const std::uint64_t blocks = worker.found.size() + (worker.block ? 1 : 0);
  worker.tally.distinct.store(worker.log.size(), std::memory_order_relaxed);
  worker.tally.generated.store(worker.generated, std::memory_order_relaxed);
  worker.tally.expanded.store(worker.expanded, std::memory_order_relaxed);
  worker.tally.bytes.store(worker.log.bytes() + worker.memo.bytes() + blocks * StateBlock::kBytes, std::memory_order_relaxed);
}

std::size_t BreadthFirst::fill_batch(Worker& worker) {
  std::size_t filled = 0;
  while (filled < kBatch && take_block(worker)) {
    Expansion& expansion = worker.batch[filled++];
    expansion.number = worker.block->next(worker.cursor, expansion.state, space_.members());
    if (worker.block->at_end(worker.cursor)) worker.block = nullptr;
    expand(worker, expansion);
  }
  return filled;
}

bool BreadthFirst::take_block(Worker& worker) {
  if (worker.block) return true;
  const std::size_t at = next_block_.fetch_add(1);
  if (at >= level_.size()) return false;
  worker.block = std::move(level_[at]);
  worker.cursor = {};
  return true;
}

void BreadthFirst::expand(Worker& worker, Expansion& expansion) {
  worker.expander.expand(expansion.state, worker.expander.print_of(expansion.state), expansion.successors);
  expansion.prints.clear();
  for (const Successor& successor : expansion.successors) {
    if (options_.symmetry && successor.broken_rule == 0) {
      worker.expander.materialise(expansion.state, successor, worker.next);
      expansion.prints.push_back(worker.canonical.of(worker.next));
    } else {
      expansion.prints.push_back(successor.print);
    }
    visited_.prefetch(expansion.prints.back());
  }
}

void BreadthFirst::look_up(std::uint32_t index, const Expansion& expansion) {
  Worker& worker = *workers_[index];
  worker.generated += expansion.successors.size();
  ++worker.expanded;
  if (expansion.successors.empty()) ++worker.deadlocks;
  for (std::uint16_t ordinal = 0; ordinal < expansion.successors.size(); ++ordinal) {
    const Successor& successor = expansion.successors[ordinal];
    if (successor.broken_rule != 0) {
      note_step(index, expansion.number, ordinal, Rule::kImpossibleInput, space_.rule(successor.broken_rule));
      continue;
    }
    if (successor.posted != 0 && !judge_.writes_owned(expansion.state, successor.slot, successor.posted))
      note_step(index, expansion.number, ordinal, Rule::kZombieWrites, judge_.explain_write(successor.slot, successor.posted));
    if (!visited_.insert(expansion.prints[ordinal])) continue;
    worker.expander.materialise(expansion.state, successor, worker.next);
    enter(index, expansion.number, ordinal, worker.next);
  }
}

void BreadthFirst::enter(std::uint32_t index, std::uint32_t parent, std::uint16_t ordinal, const State& state) {
  Worker& worker = *workers_[index];
  const std::uint32_t number = index << kWorkerShift | worker.log.append(parent, ordinal);
  if (const Rules broken = judge_.broken(state); broken != 0) note(index, state, broken, number);
  if (worker.found.empty() || worker.found.back()->full()) worker.found.push_back(std::make_unique<StateBlock>());
  worker.found.back()->append(state, space_.members(), number);
}

void BreadthFirst::note(std::uint32_t index, const State& state, Rules broken, std::uint32_t number) {
  Worker& worker = *workers_[index];
  for (std::uint32_t rule = 0; rule < kRules; ++rule) {
    if ((broken >> rule & 1u) == 0 || worker.breaches[rule].count++ > 0) continue;
    worker.places[rule].number = number;
    worker.breaches[rule].reason = judge_.explain(state, static_cast<Rule>(rule));
  }
  if (options_.stop_at_first) end(Ending::kViolation);
}

void BreadthFirst::note_step(std::uint32_t index, std::uint32_t number, std::uint16_t ordinal, Rule rule, const std::string& reason) {
  const auto at = static_cast<std::size_t>(rule);
  Breach& breach = workers_[index]->breaches[at];
  if (breach.count++ == 0) {
    workers_[index]->places[at] = {number, ordinal};
    breach.reason = reason;
  }
  if (options_.stop_at_first) end(Ending::kViolation);
}

std::uint64_t BreadthFirst::sum(std::atomic<std::uint64_t> Tally::*part) const {
  std::uint64_t total = 0;
  for (const auto& worker : workers_) total += (worker->tally.*part).load(std::memory_order_relaxed);
  return total;
}

std::uint64_t BreadthFirst::bytes() const {
  const std::size_t waiting = level_.size() - std::min(level_.size(), next_block_.load());
  return visited_.bytes() + space_.bytes() + sum(&Tally::bytes) + waiting * StateBlock::kBytes;
}

Progress BreadthFirst::progress() const {
  const std::uint64_t expanded = sum(&Tally::expanded);  // before `distinct`, which is never less
  const std::uint64_t found = distinct();
  return {found, sum(&Tally::generated), depth_, found - expanded, bytes()};
}

std::vector<world::Step> BreadthFirst::path_to(std::uint32_t number, std::optional<std::uint16_t> last) {
  std::vector<std::uint16_t> ordinals;
  if (last) ordinals.push_back(*last);
  while (true) {
    const auto entry = workers_[number >> kWorkerShift]->log[number & ((1u << kWorkerShift) - 1)];
    if (entry.parent == kNoParent) break;
    ordinals.push_back(entry.ordinal);
    number = entry.parent;
  }
  std::ranges::reverse(ordinals);
  Worker& worker = *workers_.front();
  State state = worker.expander.initial();
  std::vector<Successor> successors;
  std::vector<world::Step> steps;
  for (const std::uint16_t ordinal : ordinals) {
    worker.expander.expand(state, worker.expander.print_of(state), successors);
    const Successor& successor = successors[ordinal];
    steps.push_back(worker.expander.step_of(state, successor));
    worker.expander.materialise(state, successor, worker.next);
    state.copy_from(worker.next, space_.members());
  }
  return steps;
}

Breaches BreadthFirst::merged_breaches() {
  Breaches merged;
  for (const auto& worker : workers_)
    for (std::uint32_t rule = 0; rule < kRules; ++rule) {
      const Breach& breach = worker->breaches[rule];
      const bool first = merged[rule].count == 0 && breach.count > 0;
      merged[rule].count += breach.count;
      if (!first) continue;
      merged[rule].reason = breach.reason;
      const bool step_failed = is_of_a_step(static_cast<Rule>(rule));
      const Place& place = worker->places[rule];
      merged[rule].counterexample = path_to(place.number, step_failed ? std::optional(place.ordinal) : std::nullopt);
    }
  return merged;
}

Result BreadthFirst::result(Ending ending) {
  Result result;
  result.ending = ending;
  result.distinct = distinct();
  result.generated = sum(&Tally::generated);
  result.depth = depth_;
  for (const auto& worker : workers_) result.deadlocks += worker->deadlocks;
  result.symmetric = options_.symmetry && !space_.exchanges().empty();
  result.bytes_max = std::max(bytes_max_, bytes());
  const std::string covered = "in all " + std::to_string(result.distinct) + (result.symmetric ? " orbits" : " states");
  add_findings(space_, merged_breaches(), covered, result);
  return result;
}

}  // namespace paygrid::explore
