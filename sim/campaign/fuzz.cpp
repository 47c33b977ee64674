#include "sim/campaign/fuzz.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "sim/campaign/assumptions.hpp"
#include "sim/campaign/coverage.hpp"
#include "sim/campaign/dice.hpp"
#include "sim/campaign/draw.hpp"
#include "sim/campaign/process_pool.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Scenario;

// What the language makes of it: a run is the run of its file, to the last digit.
Scenario as_written(const Scenario& world) {
  return scenario::parse(scenario::resolved_yaml(world), "the drawn scenario", world.directory);
}

std::uint64_t rows_of(const Scenario& world) {
  std::uint64_t rows = 0;
  for (std::size_t row = 0; row < fault_rows().size(); ++row)
    if (std::ranges::find(world.faults, fault_rows()[row].kind, &scenario::Fault::kind) != world.faults.end())
      rows |= std::uint64_t{1} << row;
  return rows;
}

void expect_failures(Scenario& world, const Outcome& outcome) {
  for (const Failure& failure : outcome.failures) {
    scenario::Expectation expectation;
    expectation.name = failure.check;
    expectation.verdict = "fail";
    world.expect.push_back(std::move(expectation));
  }
}

class Campaign {
 public:
  explicit Campaign(const FuzzRequest& request) : request_(request), coverage_(mark_names(*request.protocol, request.around.locking.has_service())) {
    report_.seed = request.seed;
    weights_.assign(2, coverage_.weights());  // the first two batches
  }

  FuzzReport run() {
    ProcessPool pool(request_.workers, request_.run_limit);
    for (;;) {
      while (!pool.is_full() && (second_ || may_start())) start(pool);
      if (pool.is_idle()) break;
      ended(pool.wait());
    }
    finish_report();
    return std::move(report_);
  }

 private:
  // A batch needs its weights.
  bool may_start() {
    if (stopped_ || next_ / kBatch >= weights_.size()) return false;
    if (request_.runs > 0 && next_ >= request_.runs) return false;
    stopped_ = request_.go_on && !request_.go_on({report_.runs, report_.failed, findings_.size()});
    return !stopped_;
  }

  Scenario world_of(std::uint64_t run) const {
    const Weights& weights = weights_[run / kBatch];
    return request_.assumed ? draw_assumed(request_.around, request_.seed, run, weights)
                            : draw(request_.around, request_.seed, run, weights);
  }
  bool is_doctored(std::uint64_t run) const { return Dice(request_.seed, run, "doctor").chance(kDoctored); }

  // In a child.
  Outcome judged(const Scenario& world) const {
    try {
      return request_.judge(as_written(world));
    } catch (const std::exception& error) {
      Outcome outcome;
      outcome.error = error.what();
      return outcome;
    }
  }

  // Jobs are numbered by run: 2r is its first process, 2r + 1 the second one of a run that is doctored.
  void start(ProcessPool& pool) {
    const bool again = second_.has_value();
    const std::uint64_t run = again ? *second_ : next_++;
    second_.reset();
    if (!again && is_doctored(run)) second_ = run;
    pool.start(2 * run + (again ? 1 : 0), [this, run] { return to_text(judged(world_of(run))); });
  }

  // Runs count in their own order, whoever ends first.
  void ended(Ending ending) {
    waiting_.emplace(ending.job, std::move(ending));
    for (;;) {
      const auto first = waiting_.find(2 * counted_);
      const auto second = waiting_.find(2 * counted_ + 1);
      if (first == waiting_.end() || (is_doctored(counted_) && second == waiting_.end())) return;
      count(first->second);
      if (second != waiting_.end()) compare(first->second, second->second);
      waiting_.erase(first, second == waiting_.end() ? std::next(first) : std::next(second));
      if (++counted_ % kBatch == 0) weights_.push_back(coverage_.weights());
    }
  }

  void compare(const Ending& first, const Ending& second) {
    ++report_.doctored;
    if (!first.death.empty()) return;  // it is lost already
    if (!second.death.empty()) report_.lost.push_back({counted_, "run a second time: " + second.death, world_of(counted_)});
    else if (first.text != second.text) report_.irreproducible.push_back({counted_, world_of(counted_)});
  }

  void count(const Ending& ending) {
    const std::uint64_t run = ending.job / 2;
    const Scenario world = world_of(run);
    const Outcome outcome = outcome_of(ending.text);
    const std::string& why = ending.death.empty() ? outcome.error : ending.death;
    if (!why.empty()) {
      report_.lost.push_back({run, why, world});
      return;
    }
    ++report_.runs;
    report_.events += outcome.events;
    report_.payments += outcome.payments;
    coverage_.add(rows_of(world), outcome.marks);
    count_failures(run, world, outcome);
  }

  void count_failures(std::uint64_t run, const Scenario& world, const Outcome& outcome) {
    const Assumptions assumptions = assumptions_of(world);
    const Expected expected = expected_of(*request_.protocol, assumptions);
    if (expected.all_hold()) ++report_.within_assumptions;
    bool surprise = false;
    for (const Failure& failure : outcome.failures) {
      if (!failure.follows_from.empty() && outcome.failure_of(failure.follows_from) != nullptr) continue;
      const bool is_known = assumptions.believes_outsiders || is_expected(failure, expected);
      surprise |= !is_known;
      FuzzFinding& finding = findings_[{is_known, !failure.safety, failure.check, failure.state}];
      const bool is_first = finding.times++ == 0;
      if (!is_first && finding.events <= outcome.events) continue;
      const std::uint64_t times = finding.times;
      finding = {failure.check, failure.state,  failure.safety, is_known,           times,
                 run,           outcome.events, failure.reason, assumptions.broken, world};
      expect_failures(finding.world, outcome);
    }
    report_.failed += surprise ? 1 : 0;
  }

  void finish_report() {
    for (auto& [key, finding] : findings_) report_.findings.push_back(std::move(finding));
    for (std::size_t i = 0; i < coverage_.names().size(); ++i)
      report_.coverage.push_back({coverage_.names()[i], coverage_.hits()[i]});
  }

  const FuzzRequest& request_;
  Coverage coverage_;
  std::vector<Weights> weights_;  // by batch
  std::uint64_t next_ = 0;        // run to start
  std::optional<std::uint64_t> second_;  // run to start once more, before any other
  std::uint64_t counted_ = 0;     // runs before this one are in the report
  bool stopped_ = false;
  std::map<std::uint64_t, Ending> waiting_;  // by job, for runs before them
  std::map<std::tuple<bool, bool, std::string, std::string>, FuzzFinding> findings_;  // in the order of the report
  FuzzReport report_;
};

}  // namespace

FuzzReport fuzz(const FuzzRequest& request) { return Campaign(request).run(); }

}  // namespace paygrid::campaign
