#include "sim/explore/depth_first.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <vector>

#include "sim/explore/canonical.hpp"
#include "sim/explore/expander.hpp"
#include "sim/explore/findings.hpp"

namespace paygrid::explore {

namespace {

constexpr std::uint64_t kStatesBetweenReports = 4096;
constexpr std::uint64_t kBytesPerState = 64;  // of the map of depths

// One state of the path, its successors, and the next one to take.
struct Level {
  State state;
  std::vector<Successor> successors;
  std::size_t next = 0;
};

class PathSearch {
 public:
  PathSearch(const Model& model, const Options& options)
      : options_(options),
        space_(model, options.symmetry),
        contexts_(model.rules),
        judge_(space_, contexts_),
        memo_(space_),
        expander_(memo_, contexts_, options.reduction),
        canonical_(memo_, contexts_) {}

  Result depth_first() {
    begin();
    push_initial();
    while (!path_.empty() && !ending_) {
      Level& top = path_.back();
      cut_ |= at_bound() && !top.successors.empty();
      if (at_bound() || top.next == top.successors.size()) {
        path_.pop_back();
        continue;
      }
      const Successor successor = top.successors[top.next++];
      if (!take(top.state, successor) || !improves(next_, path_.size() + 1)) continue;
      push(next_);
      report();
    }
    return finish(cut_ ? Ending::kDepthMax : Ending::kComplete);
  }

  Result random_walk() {
    begin();
    for (std::uint64_t walk = 0; walk < options_.walks && !ending_; ++walk) {
      path_.clear();
      push_initial();
      while (!ending_ && !at_bound() && !path_.back().successors.empty()) {
        Level& top = path_.back();
        dice_ += 0x9e3779b97f4a7c15ull;
        top.next = core::mix64(dice_ ^ core::mix64(options_.seed)) % top.successors.size() + 1;
        if (!take(top.state, top.successors[top.next - 1])) break;
        improves(next_, path_.size() + 1);
        push(next_);
        report();
      }
    }
    return finish(Ending::kDepthMax);  // walks cover nothing for certain
  }

 private:
  bool at_bound() const { return path_.size() >= options_.depth_max; }

  void begin() {
    if (options_.symmetry) canonical_.verify_initial(expander_.initial());
    improves(expander_.initial(), 1);
    judge(expander_.initial());
    result_.generated = 1;
  }

  void push_initial() { push(expander_.initial()); }

  void push(const State& state) {
    Level& level = path_.emplace_back();
    level.state = state;
    expander_.expand(level.state, expander_.print_of(level.state), level.successors);
    result_.generated += level.successors.size();
    if (level.successors.empty()) ++result_.deadlocks;
    result_.depth = std::max(result_.depth, static_cast<std::uint32_t>(path_.size()));
  }

  // next_ becomes the state that the step leads to; false: it leads nowhere.
  bool take(const State& from, const Successor& successor) {
    if (successor.broken_rule != 0) {
      note(Rule::kImpossibleInput, space_.rule(successor.broken_rule));
      return false;
    }
    if (successor.posted != 0 && !judge_.writes_owned(from, successor.slot, successor.posted))
      note(Rule::kZombieWrites, judge_.explain_write(successor.slot, successor.posted));
    expander_.materialise(from, successor, next_);
    return true;
  }

  // True when the state is new, or nearer to the start than before: then it is judged and worth expanding.
  bool improves(const State& state, std::size_t depth) {
    const Fingerprint print = options_.symmetry ? canonical_.of(state) : expander_.print_of(state);
    const auto [place, fresh] = depth_of_.emplace(print, static_cast<std::uint32_t>(depth));
    if (fresh && depth > 1) judge(state);
    if (!fresh && place->second <= depth) return false;
    place->second = static_cast<std::uint32_t>(depth);
    return true;
  }

  void judge(const State& state) {
    const Rules broken = judge_.broken(state);
    for (std::uint32_t rule = 0; rule < kRules; ++rule)
      if ((broken >> rule & 1u) != 0) note(static_cast<Rule>(rule), judge_.explain(state, static_cast<Rule>(rule)));
  }

  void note(Rule rule, const std::string& reason) {
    Breach& breach = breaches_[static_cast<std::size_t>(rule)];
    if (breach.count++ == 0) {
      breach.reason = reason;
      for (const Level& level : path_)
        if (level.next > 0) breach.counterexample.push_back(expander_.step_of(level.state, level.successors[level.next - 1]));
    }
    if (options_.stop_at_first) ending_ = Ending::kViolation;
  }

  void report() {
    const std::uint64_t bytes = depth_of_.size() * kBytesPerState + space_.bytes() + memo_.bytes();
    if (depth_of_.size() > options_.states_max) ending_ = Ending::kStatesMax;
    if (bytes > options_.bytes_max) ending_ = Ending::kBytesMax;
    result_.bytes_max = std::max(result_.bytes_max, bytes);
    if (++steps_ % kStatesBetweenReports != 0 || !options_.on_progress) return;
    const auto depth = static_cast<std::uint32_t>(path_.size());
    if (!options_.on_progress({depth_of_.size(), result_.generated, depth, path_.size(), bytes})) ending_ = Ending::kStopped;
  }

  Result finish(Ending at_the_end) {
    result_.ending = ending_.value_or(at_the_end);
    result_.distinct = depth_of_.size();
    result_.symmetric = options_.symmetry && !space_.exchanges().empty();
    add_findings(space_, breaches_, "in all " + std::to_string(result_.distinct) + " states", result_);
    result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    return result_;
  }

  const Options& options_;
  LocalSpace space_;
  ContextTable contexts_;
  Judge judge_;
  Memo memo_;
  Expander expander_;
  Canonical canonical_;
  std::vector<Level> path_;
  State next_;
  std::map<Fingerprint, std::uint32_t> depth_of_;
  Breaches breaches_;
  Result result_;
  std::optional<Ending> ending_;
  bool cut_ = false;
  std::uint64_t steps_ = 0;
  std::uint64_t dice_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace

Result depth_first(const Model& model, const Options& options) { return PathSearch(model, options).depth_first(); }
Result random_walk(const Model& model, const Options& options) { return PathSearch(model, options).random_walk(); }

}  // namespace paygrid::explore
