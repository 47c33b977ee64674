#include "sim/cli/matrix.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <mutex>
#include <iterator>
#include <optional>
#include <thread>

#include "models/lock/join.hpp"
#include "models/registry.hpp"
#include "sim/explore/liveness.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::cli {

namespace {

using world::Fault;
using world::Timing;

// What may go wrong in a row, beside timers.
struct Budget {
  std::string_view name;
  core::ExpectedVerdict core::ExpectedVerdicts::*expected;
  std::array<std::uint8_t, world::kFaults> limits{};  // by Fault
  bool asynchronous_only = false;
};

constexpr std::array<std::uint8_t, world::kFaults> limits(std::initializer_list<std::pair<Fault, std::uint8_t>> given) {
  std::array<std::uint8_t, world::kFaults> result{};
  for (const auto& [fault, times] : given) result[static_cast<std::size_t>(fault)] = times;
  return result;
}

// One who is cut off suspects all others, and the coordinator suspects him: one suspicion more than there are participants.
constexpr std::uint8_t kAsManyAsACut = world::kUnlimited;

using Verdicts = core::ExpectedVerdicts;
constexpr std::array kBudgets{
    Budget{"none", &Verdicts::no_fault},
    Budget{"1 crash", &Verdicts::crash, limits({{Fault::kCrash, 1}})},
    Budget{"1 crash, 1 recovery", &Verdicts::crash_and_recovery, limits({{Fault::kCrash, 1}, {Fault::kRecovery, 1}})},
    Budget{"1 loss", &Verdicts::loss, limits({{Fault::kLoss, 1}})},
    Budget{"1 crash, 1 loss", &Verdicts::crash_and_loss, limits({{Fault::kCrash, 1}, {Fault::kLoss, 1}})},
    Budget{"1 duplicate", &Verdicts::duplicate, limits({{Fault::kDuplicate, 1}})},
    Budget{"1 partition", &Verdicts::partition, limits({{Fault::kPartition, 1}})},
    Budget{"false suspicions", &Verdicts::false_suspicion, limits({{Fault::kSuspicion, kAsManyAsACut}}), true},
};
constexpr std::array<std::uint8_t, 4> kTimerLimits{0, 1, 2, world::kUnlimited};

// ... in a row with a lock service.
struct LockBudget {
  std::string_view name;
  lock::ExpectedLocks lock::ExpectedLockVerdicts::*expected;
  core::ExpectedVerdict core::ExpectedVerdicts::*commit;  // of the protocol itself; null: it agrees
  std::array<std::uint8_t, world::kFaults> limits{};
};
using LockVerdicts = lock::ExpectedLockVerdicts;
constexpr std::array kLockBudgets{
    LockBudget{"none", &LockVerdicts::no_fault, &Verdicts::no_fault},
    LockBudget{"1 crash, 1 recovery", &LockVerdicts::crash, &Verdicts::crash_and_recovery,
               limits({{Fault::kCrash, 1}, {Fault::kRecovery, 1}})},
    LockBudget{"1 pause", &LockVerdicts::pause, nullptr, limits({{Fault::kPause, 1}})},
};
constexpr std::span<const std::uint8_t> kLockTimerLimits = std::span(kTimerLimits).first(3);

struct Search {
  const core::ProtocolSpec* protocol;
  Timing timing;
  const Budget* budget;  // null beside a lock service
  std::optional<CellLocks> locks{};
  const LockBudget* lock_budget = nullptr;

  bool votes() const { return locks && locks->service->servers_explored > 1; }
  std::string_view faults() const { return locks ? lock_budget->name : budget->name; }
  std::span<const std::uint8_t> timer_limits() const { return locks ? kLockTimerLimits : std::span<const std::uint8_t>(kTimerLimits); }
};

std::vector<CellLocks> ways_to_lock(const lock::LockServiceSpec& service) {
  std::vector<CellLocks> ways{{&service, false, false}};
  if (service.gives_tokens) ways.push_back({&service, true, false});
  if (service.expected.amnesia) ways.push_back({&service, false, true});
  return ways;
}

std::vector<Search> lock_searches() {
  std::vector<Search> searches;
  bool is_first = true;
  for (const core::ProtocolSpec* protocol : models::commit_protocols()) {
    if (!protocol->hears_the_end) continue;
    for (const lock::LockServiceSpec* service : models::lock_services())
      for (const CellLocks& locks : ways_to_lock(*service))
        for (const LockBudget& budget : kLockBudgets) {
          const Search search{protocol, Timing::kSynchronous, nullptr, locks, &budget};
          const bool recovers = budget.limits[static_cast<std::size_t>(Fault::kRecovery)] > 0;
          if (locks.forgets && !recovers) continue;
          const bool too_large = search.votes() && (!is_first || (recovers && !locks.forgets));
          if (!too_large) searches.push_back(search);
        }
    is_first = false;
  }
  return searches;
}

constexpr std::uint32_t kSmallest = 2;  // participants

std::vector<Search> all_searches(std::uint32_t participants) {
  std::vector<Search> searches;
  for (const core::ProtocolSpec* protocol : models::commit_protocols())
    for (const Timing timing : {Timing::kSynchronous, Timing::kAsynchronous})
      for (const Budget& budget : kBudgets)
        if (timing == Timing::kAsynchronous || !budget.asynchronous_only) searches.push_back({protocol, timing, &budget});
  if (participants == kSmallest) std::ranges::copy(lock_searches(), std::back_inserter(searches));
  return searches;
}

world::Rules rules_of(const Search& search, std::uint32_t participants, std::uint8_t timers) {
  world::Rules rules;
  rules.timing = search.timing;
  if (search.locks) {
    rules.disk = world::DiskModel::kInstant;
    rules.outlasts = lock::outlasts;
    rules.budget = search.lock_budget->limits;
    return rules.allow(Fault::kTimer, timers);
  }
  rules.disk = search.timing == Timing::kSynchronous ? world::DiskModel::kAsync : world::DiskModel::kInstant;
  rules.budget = search.budget->limits;
  // Where delays are unbounded, those who are cut off are held for crashed.
  const bool cut_off = search.timing == Timing::kAsynchronous && rules.limit(Fault::kPartition) > 0;
  if (cut_off || rules.limit(Fault::kSuspicion) == kAsManyAsACut)
    rules.allow(Fault::kSuspicion, static_cast<std::uint8_t>(participants + 1));
  return rules.allow(Fault::kTimer, timers);
}

bool complete(const explore::Result& result) { return result.ending == explore::Ending::kComplete; }

CellVerdict verdict_of(const explore::Finding& finding, const explore::Result& result) {
  switch (finding.verdict) {
    case explore::Verdict::kHolds: return CellVerdict::kHolds;
    case explore::Verdict::kViolated: return CellVerdict::kViolated;
    case explore::Verdict::kUnknown: {
      const bool covered = complete(result) && finding.name != scenario::kTermination;
      return covered ? CellVerdict::kNotJudged : CellVerdict::kUnknown;
    }
  }
  return CellVerdict::kUnknown;
}

CellVerdict as_found(core::Expectation expectation) {
  return expectation == core::Expectation::kHolds ? CellVerdict::kHolds : CellVerdict::kViolated;
}

// A fence stops what is written late, and nothing else.
CellVerdict expected_of_locks(const Search& search, std::string_view property) {
  const CellLocks& locks = *search.locks;
  const LockVerdicts& verdicts = locks.service->expected;
  const lock::ExpectedLocks expected = locks.forgets ? *verdicts.amnesia : verdicts.*search.lock_budget->expected;
  if (property == "mutual-exclusion") return as_found(expected.mutual_exclusion);
  if (property == "AC1" && search.lock_budget->commit != nullptr)
    return as_found((search.protocol->synchronous.*search.lock_budget->commit).agreement);
  if (property == "zombie-writes" && !locks.fencing) return as_found(expected.zombie_writes);
  return CellVerdict::kHolds;
}

CellVerdict expected_of(const Search& search, std::string_view property) {
  if (search.locks) return expected_of_locks(search, property);
  const core::ExpectedVerdicts& all =
      search.timing == Timing::kSynchronous ? search.protocol->synchronous : search.protocol->asynchronous;
  const core::ExpectedVerdict& expected = all.*search.budget->expected;
  if (property == "AC1") return as_found(expected.agreement);
  if (property == scenario::kTermination) return as_found(expected.termination);
  return CellVerdict::kHolds;
}

// What one world says. Holds no path: its steps would refer to payments of a model that is gone.
struct WorldResult {
  bool complete = false;
  std::uint64_t distinct = 0;
  double seconds = 0;
  std::vector<CellProperty> properties;
};

WorldResult result_of(const explore::Result& found) {
  WorldResult result{complete(found), found.distinct, found.seconds, {}};
  for (const explore::Finding& finding : found.findings)
    result.properties.push_back({finding.name, CellVerdict::kHolds, verdict_of(finding, found), false, finding.reason,
                                 finding.counterexample.size() + finding.loop.size()});
  return result;
}

void merge(Cell& cell, const WorldResult& result) {
  cell.distinct += result.distinct;
  for (const CellProperty& property : result.properties) {
    const auto known = std::ranges::find(cell.properties, property.name, &CellProperty::name);
    if (known == cell.properties.end()) cell.properties.push_back(property);
    else if (property.found > known->found) *known = property;
  }
}

// A violation that is expected may lie beyond the limit.
// A property that holds by expectation may stay unjudged, or open in a search that was cut short behind the violation of another
// that was expected.
void judge(Cell& cell, const Search& search) {
  for (CellProperty& property : cell.properties) {
    property.expected = expected_of(search, property.name);
    if (property.expected == CellVerdict::kViolated && property.found < CellVerdict::kUnknown && cell.more_beyond_limit) {
      property.found = CellVerdict::kUnknown;
      property.reason = "not with so few timers; more are beyond the limit of states";
    }
    property.met = property.found == property.expected;
  }
  const bool shown = std::ranges::any_of(
      cell.properties, [](const CellProperty& property) { return property.met && property.found == CellVerdict::kViolated; });
  for (CellProperty& property : cell.properties)
    if (property.name == scenario::kTermination && property.found == CellVerdict::kUnknown) {
      property.found = CellVerdict::kNotJudged;  // its full search is beyond the limit
      property.met = true;
    } else if (property.expected == CellVerdict::kHolds) {
      property.met |= property.found == CellVerdict::kNotJudged || (property.found == CellVerdict::kUnknown && shown);
    }
}

class Matrix {
 public:
  explicit Matrix(const MatrixRequest& request) : request_(request), searches_(all_searches(request.participants)), cells_(searches_.size()) {}

  std::vector<Cell> run() {
    std::vector<std::thread> threads;
    for (std::uint32_t thread = 1; thread < request_.threads; ++thread) threads.emplace_back([this] { work(); });
    work();
    for (std::thread& thread : threads) thread.join();
    if (failure_) std::rethrow_exception(failure_);
    std::vector<Cell> done;
    for (std::optional<Cell>& cell : cells_)
      if (cell) done.push_back(std::move(*cell));
    return done;
  }

 private:
  bool stopped() const { return stop_ || !request_.go_on(); }

  void work() {
    try {
      for (std::size_t at = next_++; at < searches_.size() && !stopped(); at = next_++) {
        Cell cell = search(searches_[at]);
        if (!stopped()) finish(at, std::move(cell));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
      stop_ = true;
    }
  }

  // Reports cells in the order of the table, whoever is done first.
  void finish(std::size_t at, Cell cell) {
    const std::lock_guard lock(mutex_);
    cells_[at] = std::move(cell);
    for (; reported_ < cells_.size() && cells_[reported_]; ++reported_)
      if (request_.on_cell) request_.on_cell(*cells_[reported_]);
  }

  // Until a search does not end by itself: that one counts when it found a violation, or when it is the first.
  Cell search(const Search& search) const {
    Cell cell;
    double seconds = 0;
    for (const std::uint8_t timers : search.timer_limits()) {
      const std::vector<WorldResult> results = search_worlds(search, timers);
      for (const WorldResult& result : results) seconds += result.seconds;
      const bool ended = std::ranges::all_of(results, &WorldResult::complete);
      cell.more_beyond_limit = !ended && timers != search.timer_limits().front() && shows_no_more(results, cell);
      if (cell.more_beyond_limit) break;
      cell = {search.protocol, search.locks, search.timing, search.faults(), timers, false, ended, 0, 0, {}};
      for (const WorldResult& result : results) merge(cell, result);
      if (!ended) break;
    }
    cell.seconds = seconds;
    judge(cell, search);
    return cell;
  }

  // Than the cell, whose searches ended: no violation that it does not have.
  static bool shows_no_more(const std::vector<WorldResult>& results, const Cell& cell) {
    return std::ranges::all_of(results, [&](const WorldResult& result) {
      return std::ranges::all_of(result.properties, [&](const CellProperty& property) {
        const auto known = std::ranges::find(cell.properties, property.name, &CellProperty::name);
        return property.found != CellVerdict::kViolated ||
               (known != cell.properties.end() && known->found == CellVerdict::kViolated);
      });
    });
  }

  std::vector<WorldResult> search_worlds(const Search& search, std::uint8_t timers) const {
    const world::Rules rules = rules_of(search, request_.participants, timers);
    if (search.locks) return {search_world(*search.protocol, rules, size_of(search))};
    explore::Size size{.participants = request_.participants};
    std::vector<WorldResult> results{search_world(*search.protocol, rules, size)};
    size.refusals = 1;
    if (results.front().complete && rules.limit(Fault::kSuspicion) == 0) results.push_back(search_world(*search.protocol, rules, size));
    return results;
  }

  static explore::Size size_of(const Search& search) {
    const CellLocks& locks = *search.locks;
    const std::uint32_t owners = search.votes() && search.lock_budget->limits[static_cast<std::size_t>(Fault::kPause)] > 0 ? 1 : 2;
    explore::Size size{.participants = 1, .payments = owners, .contended = true, .accounts = 1, .coordinators = owners};
    size.lock_service = world::LockServiceDescription{std::string(locks.service->name), locks.fencing, true, !locks.forgets};
    size.lock_servers = locks.service->servers_explored;
    return size;
  }

  WorldResult search_world(const core::ProtocolSpec& protocol, const world::Rules& rules, const explore::Size& size) const {
    const explore::ProtocolModel model(protocol, size, rules);
    explore::Options options;
    options.symmetry = true;
    options.reduction = true;
    options.stop_at_first = false;
    options.states_max = request_.states_max;
    options.on_progress = [this](const explore::Progress&) { return !stopped(); };
    explore::Result result = explore::search(model.model(), options);
    // A search that was cut short has shown that the space is too large for the full search of liveness.
    if (rules.limit(Fault::kTimer) == world::kUnlimited && complete(result))
      result.findings.push_back(explore::eventually_decided(model.model(), options));
    return result_of(result);
  }

  const MatrixRequest& request_;
  const std::vector<Search> searches_;
  std::vector<std::optional<Cell>> cells_;
  std::size_t reported_ = 0;
  std::exception_ptr failure_;
  std::mutex mutex_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace

std::string name_of(const CellLocks& locks) {
  return std::string(locks.service->name) + (locks.fencing ? ", fencing" : "") + (locks.forgets ? ", forgets" : "");
}

std::string_view name_of(CellVerdict verdict) {
  switch (verdict) {
    case CellVerdict::kNotJudged: return "-";
    case CellVerdict::kHolds: return "holds";
    case CellVerdict::kUnknown: return "unknown";
    case CellVerdict::kViolated: return "violated";
  }
  return "?";
}

bool Cell::met() const { return std::ranges::all_of(properties, &CellProperty::met); }

bool Cell::open() const {
  return !met() && std::ranges::all_of(
                       properties, [](const CellProperty& p) { return p.met || p.found == CellVerdict::kUnknown; });
}

std::vector<Cell> search_matrix(const MatrixRequest& request) { return Matrix(request).run(); }

}  // namespace paygrid::cli
