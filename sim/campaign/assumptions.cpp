#include "sim/campaign/assumptions.hpp"

#include <algorithm>
#include <string_view>

#include "sim/campaign/fault_table.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/vocabulary.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Fault;
using scenario::Scenario;

constexpr double kNearlyAll = 0.9999;

double nearly_longest_ns(const scenario::Distribution& distribution) {
  return timed::Sampler(distribution).quantile(kNearlyAll);
}

// One way between two nodes, and nearly never more.
double way_ns(const scenario::Network& network) {
  double longest = network.latency ? nearly_longest_ns(*network.latency) : 0;
  for (const std::int64_t round_trip_ns : network.matrix.round_trip_ns)
    longest = std::max(longest, static_cast<double>(round_trip_ns) / 2);
  for (const scenario::LinkOverride& link : network.links) longest = std::max(longest, nearly_longest_ns(link.latency));
  return longest + nearly_longest_ns(network.jitter);
}

// Two payments may want the same account.
bool payments_may_meet(const Scenario& world) { return world.workload.size() != 1 || world.workload[0].count_max != 1; }

void note(std::vector<std::string>& broken, const std::string& what) {
  if (std::ranges::find(broken, what) == broken.end()) broken.push_back(what);
}

void add_crash(const Fault& fault, const Scenario& world, Assumptions& found) {
  found.crash = true;
  if (fault.disk == scenario::DiskFate::kLost) found.amnesia = true;
  if (fault.for_ns < 0 && fault.kind != scenario::FaultKind::kFsyncFailure) return;
  found.recovery = true;
  // What was sent to the life before is not believed in the next.
  if (world.security.authentication == scenario::Authentication::kMac) found.loss = true;
  if (world.detector.delay_ns > 0) note(found.broken, "a process that recovers is suspected for some time still");
}

// What is held for longer than a packet lives is lost, and a detector hears nothing through a clog.
void add_clog(const Fault& fault, const Scenario& world, Assumptions& found) {
  if (fault.for_ns == 0 || fault.for_ns > world.cluster.network.packet_lifetime_ns) found.loss = true;
  if (world.detector.kind != scenario::DetectorKind::kPerfect) note(found.broken, "those behind a clog are suspected");
}

// Whoever authenticates loses what was changed, and takes no harm from the rest.
void add_outsider(const Fault& fault, const Scenario& world, Assumptions& found) {
  if (world.security.authentication == scenario::Authentication::kNone) found.believes_outsiders = true;
  else if (fault.outsider->alter > 0) found.loss = true;
}

void add_fault(const Fault& fault, const Scenario& world, Assumptions& found) {
  const bool suspects_the_living = world.detector.kind != scenario::DetectorKind::kPerfect;
  switch (row_of(fault.kind).breach) {
    case Breach::kNothing:
      return;
    case Breach::kLate:
      return note(found.late, "a process takes its time");
    case Breach::kCrash:
      return add_crash(fault, world, found);
    case Breach::kLoss:
      found.loss = true;
      return;
    case Breach::kDuplicate:
      found.duplicate = true;
      return;
    case Breach::kAmnesia:
      found.amnesia = true;
      return;
    case Breach::kClock:
      if (fault.kind == scenario::FaultKind::kClockDrift || world.cluster.clock.timers == scenario::TimerClock::kWall)
        note(found.broken, "timers run on clocks that jump or drift");
      return;
    case Breach::kDelay:
      if (fault.kind == scenario::FaultKind::kClog) add_clog(fault, world, found);
      return note(found.broken, "delays beyond what detectors and timeouts allow for");
    case Breach::kCut:
      found.partition = true;
      if (suspects_the_living) note(found.broken, "those who are cut off are suspected");
      return;
    case Breach::kStandstill:
      note(found.broken, suspects_the_living ? "a process that stands still is suspected" : "a process stands still");
      return;
    case Breach::kOutsider:
      return add_outsider(fault, world, found);
  }
}

// Prepares go to all shards of a payment at once, so only within a shard, and at a lock service, is there an order of acquisition.
bool circles_may_stand(const Scenario& world, const Assumptions& found) {
  const bool as_given = world.locking.order == scenario::LockOrder::kAsGiven;
  const bool several_shards = std::ranges::any_of(
      world.workload, [](const scenario::Workload& stream) { return stream.shards > 1 && stream.multi_shard > 0; });
  const bool messages_fail = found.loss || found.crash || found.partition || !found.broken.empty() || !found.late.empty();
  if (as_given && world.locking.has_service()) return true;
  switch (world.locking.policy) {
    case core::LockPolicy::kWait: return as_given || several_shards;
    case core::LockPolicy::kNoWait:
    case core::LockPolicy::kWaitDie: return false;
    case core::LockPolicy::kDetect: return several_shards;
    case core::LockPolicy::kWoundWait:
    case core::LockPolicy::kProbe: return messages_fail;
  }
  return false;
}

core::Expectation worse_of(core::Expectation a, core::Expectation b) { return std::max(a, b); }

}  // namespace

Assumptions assumptions_of(const Scenario& world) {
  Assumptions found;
  found.loss = world.cluster.network.loss > 0;
  found.duplicate = world.cluster.network.duplicate > 0;
  if (world.detector.hears_heartbeats()) note(found.broken, "heartbeats come late or never, and the living are suspected");
  for (const Fault& fault : world.faults) add_fault(fault, world, found);
  const double way = way_ns(world.cluster.network);
  if (found.crash && static_cast<double>(world.detector.delay_ns) < way)
    note(found.broken, "a crash may be suspected before the last messages of the crashed arrive");
  const double answer = 2 * (way + nearly_longest_ns(world.cluster.disk.fsync));
  const std::int64_t patience_ns = std::min(world.commit.vote_timeout_ns, world.commit.inquire_after_ns);
  if (static_cast<double>(patience_ns) < answer) note(found.broken, "answers may take longer than a timeout");
  found.circles_stand = circles_may_stand(world, found);
  if (static_cast<double>(patience_ns) < answer + static_cast<double>(world.locking.timeout_ns) && payments_may_meet(world))
    note(found.late, "votes may wait for locks longer than a timeout");
  return found;
}

bool Expected::all_hold() const {
  return verdict.agreement == core::Expectation::kHolds && verdict.termination == core::Expectation::kHolds && !aborts_for_nothing &&
         !forgets;
}

Expected expected_of(const core::ProtocolSpec& protocol, const Assumptions& assumptions) {
  if (assumptions.believes_outsiders) return {{core::Expectation::kViolated, core::Expectation::kViolated}, true, true, true};
  const bool late = protocol.decides_by_timeout && !assumptions.late.empty();
  const bool synchronous = assumptions.broken.empty() && !late;
  const core::ExpectedVerdicts& cells = synchronous ? protocol.synchronous : protocol.asynchronous;
  core::ExpectedVerdict worst = cells.no_fault;
  const auto add = [&worst](bool applies, const core::ExpectedVerdict& cell) {
    if (!applies) return;
    worst = {worse_of(worst.agreement, cell.agreement), worse_of(worst.termination, cell.termination)};
  };
  add(assumptions.crash, cells.crash);
  add(assumptions.recovery, cells.crash_and_recovery);
  add(assumptions.loss, cells.loss);
  add(assumptions.crash && assumptions.loss, cells.crash_and_loss);
  add(assumptions.duplicate, cells.duplicate);
  add(assumptions.partition, cells.partition);
  add(!synchronous, cells.false_suspicion);
  return {worst, protocol.decides_by_timeout && !synchronous, assumptions.amnesia && assumptions.crash, assumptions.circles_stand};
}

bool is_expected(const Failure& failure, const Expected& expected) {
  if (expected.forgets) return true;
  const auto is_about = [&failure](std::string_view check) { return failure.check == check || failure.follows_from == check; };
  if (is_about("AC1")) return expected.verdict.agreement == core::Expectation::kViolated;
  if (is_about("AC3")) return expected.aborts_for_nothing;
  if (is_about("no-circular-wait")) return expected.circles_stand;
  if (!is_about(scenario::kTermination)) return false;
  switch (expected.verdict.termination) {
    case core::Expectation::kHolds:
      return failure.by_design;
    case core::Expectation::kBlocks:
      return !failure.unobstructed;
    case core::Expectation::kViolated:
      return true;
  }
  return false;
}

}  // namespace paygrid::campaign
