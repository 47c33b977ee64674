#include "sim/campaign/shrink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>
#include <utility>

#include "sim/campaign/assumptions.hpp"
#include "sim/campaign/reductions.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Scenario;

bool implies(bool a, bool b) { return !a || b; }

bool keeps_assumptions(const Assumptions& now, const Assumptions& before) {
  return implies(now.crash, before.crash) && implies(now.recovery, before.recovery) && implies(now.loss, before.loss) &&
         implies(now.duplicate, before.duplicate) && implies(now.partition, before.partition) &&
         implies(now.amnesia, before.amnesia) &&
         implies(now.believes_outsiders, before.believes_outsiders) &&
         std::ranges::all_of(now.broken, [&](const std::string& what) {
           return std::ranges::find(before.broken, what) != before.broken.end();
         });
}

std::string first_failing(const Outcome& outcome) {
  for (const Failure& failure : outcome.failures)
    if (failure.follows_from.empty() || outcome.failure_of(failure.follows_from) == nullptr) return failure.check;
  return {};
}

class Shrinker {
 public:
  explicit Shrinker(const ShrinkRequest& request) : request_(request), before_(assumptions_of(request.from)) {}

  ShrinkReport run() {
    report_.smallest = request_.from;
    report_.smallest.expect.clear();
    report_.smallest.exploration.reset();
    report_.outcome = request_.judge(report_.smallest);
    report_.runs = 1;
    if (!report_.outcome.error.empty()) throw std::runtime_error(report_.outcome.error);
    report_.check = request_.check.empty() ? first_failing(report_.outcome) : request_.check;
    if (report_.outcome.failure_of(report_.check) == nullptr) report_.check.clear();
    if (!report_.check.empty()) reduce_both_ways();
    for (const Failure& failure : report_.outcome.failures) {
      scenario::Expectation expectation;
      expectation.name = failure.check;
      expectation.verdict = "fail";
      report_.smallest.expect.push_back(std::move(expectation));
    }
    return std::move(report_);
  }

 private:
  struct Smallest {
    Scenario world;
    Outcome outcome;
    bool minimal = false;
    auto size() const { return std::tuple(outcome.payments, world.faults.size(), node_count(world.cluster)); }
  };

  // Fewer nodes may be bought with more payments, whose failure needs the room that the nodes took. When payments are left over,
  // they go first in a second attempt from the beginning.
  void reduce_both_ways() {
    const Smallest first{report_.smallest, report_.outcome};
    reduce(false);
    if (report_.outcome.payments <= 1 || spent()) return;
    const Smallest nodes_first{report_.smallest, report_.outcome, report_.minimal};
    tried_.clear();
    report_.smallest = first.world;
    report_.outcome = first.outcome;
    reduce(true);
    const Smallest payments_first{report_.smallest, report_.outcome, report_.minimal};
    const Smallest& smaller = payments_first.size() < nodes_first.size() ? payments_first : nodes_first;
    report_.smallest = smaller.world;
    report_.outcome = smaller.outcome;
    report_.minimal = smaller.minimal;
  }

  void remove_payments() {
    remove_from("streams", &Scenario::workload, 1);
    repeat([this] { return fewer_payments(report_.smallest, report_.outcome, report_.check); });
  }

  void reduce(bool payments_first) {
    std::uint64_t before = 0;
    do {
      before = report_.kept;
      remove_from("faults", &Scenario::faults, 0);
      if (payments_first) remove_payments();
      repeat([this] { return single_faults(report_.smallest, report_.outcome); });
      repeat([this] { return fewer_nodes(report_.smallest); });
      if (!payments_first) remove_payments();
      repeat([this] { return shorter_times(report_.smallest, report_.check == scenario::kTermination); });
      repeat([this] { return plainer_values(report_.smallest); });
    } while (report_.kept > before && !spent());
    report_.minimal = !spent();
  }

  bool spent() const { return stopped_ || report_.runs >= request_.budget; }

  // Runs the candidate unless it was run before, or is nothing that may be run; keeps it when it fails.
  bool attempt(Scenario world, const std::string& what) {
    if (spent()) return false;
    try {
      world = scenario::parse(scenario::resolved_yaml(world), "a candidate", world.directory);
    } catch (const scenario::ScenarioError&) {
      return false;
    }
    if (!tried_.insert(scenario::resolved_yaml(world)).second || !keeps_assumptions(assumptions_of(world), before_))
      return false;
    Outcome outcome = request_.judge(world);
    ++report_.runs;
    const bool fails = outcome.error.empty() && outcome.failure_of(report_.check) != nullptr;
    if (request_.on_candidate)
      stopped_ |= !request_.on_candidate({report_.runs, what, fails, world.faults.size(), node_count(world.cluster), outcome.payments});
    if (!fails) return false;
    ++report_.kept;
    report_.smallest = std::move(world);
    report_.outcome = std::move(outcome);
    return true;
  }

  // Tries each edit on what is smallest by then; starts over with fresh edits whenever one is kept.
  template <class MakeEdits>
  void repeat(MakeEdits make_edits) {
    bool kept = true;
    while (kept && !spent()) {
      kept = false;
      for (const Edit& edit : make_edits()) {
        Scenario world = report_.smallest;
        edit.apply(world);
        kept = attempt(std::move(world), edit.what);
        if (kept) break;
      }
    }
  }

  // ddmin over the complements: chunks are removed as long as that keeps the failure, then halved.
  template <class T>
  void remove_from(const char* what, std::vector<T> Scenario::*list, std::size_t size_min) {
    std::size_t chunk = (report_.smallest.*list).size();
    while (chunk > 0 && !spent()) {
      bool removed = false;
      for (std::size_t begin = 0; begin < (report_.smallest.*list).size() && !spent();) {
        const std::size_t end = std::min(begin + chunk, (report_.smallest.*list).size());
        const bool worked = (report_.smallest.*list).size() - (end - begin) >= size_min &&
                            attempt(without(list, begin, end), fmt::format("without {} {} to {}", what, begin, end - 1));
        if (!worked) begin = end;
        removed |= worked;
      }
      if (!removed || chunk > 1) chunk /= 2;
    }
  }

  template <class T>
  Scenario without(std::vector<T> Scenario::*list, std::size_t begin, std::size_t end) const {
    Scenario world = report_.smallest;
    (world.*list)
        .erase((world.*list).begin() + static_cast<std::ptrdiff_t>(begin),
               (world.*list).begin() + static_cast<std::ptrdiff_t>(end));
    return world;
  }

  const ShrinkRequest& request_;
  const Assumptions before_;
  std::set<std::string> tried_;  // resolved texts
  bool stopped_ = false;
  ShrinkReport report_;
};

}  // namespace

ShrinkReport shrink(const ShrinkRequest& request) { return Shrinker(request).run(); }

}  // namespace paygrid::campaign
