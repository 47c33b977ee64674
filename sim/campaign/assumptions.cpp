#include "sim/campaign/assumptions.hpp"

#include <algorithm>

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

void note(std::vector<std::string>& broken, const std::string& what) {
  if (std::ranges::find(broken, what) == broken.end()) broken.push_back(what);
}

void add_crash(const Fault& fault, const Scenario& world, Assumptions& found) {
  found.crash = true;
  if (fault.for_ns < 0) return;
  found.recovery = true;
  // What was sent to the life before is not believed in the next.
  if (world.security.authentication == scenario::Authentication::kMac) found.loss = true;
  if (world.detector.delay_ns > 0) note(found.broken, "a process that recovers is suspected for some time still");
}

// Whoever authenticates loses what was changed, and takes no harm from the rest.
void add_outsider(const Fault& fault, const Scenario& world, Assumptions& found) {
  if (world.security.authentication == scenario::Authentication::kNone) found.believes_outsiders = true;
  else if (fault.outsider->alter > 0) found.loss = true;
}

void add_fault(const Fault& fault, const Scenario& world, Assumptions& found) {
  const bool suspects_the_living = world.detector.kind == scenario::DetectorKind::kTimeout;
  switch (row_of(fault.kind).breach) {
    case Breach::kNothing:
      return;
    case Breach::kCrash:
      return add_crash(fault, world, found);
    case Breach::kLoss:
      found.loss = true;
      return;
    case Breach::kDuplicate:
      found.duplicate = true;
      return;
    case Breach::kDelay:
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

core::Expectation worse_of(core::Expectation a, core::Expectation b) { return std::max(a, b); }

}  // namespace

Assumptions assumptions_of(const Scenario& world) {
  Assumptions found;
  found.loss = world.cluster.network.loss > 0;
  found.duplicate = world.cluster.network.duplicate > 0;
  for (const Fault& fault : world.faults) add_fault(fault, world, found);
  const double way = way_ns(world.cluster.network);
  if (found.crash && static_cast<double>(world.detector.delay_ns) < way)
    note(found.broken, "a crash may be suspected before the last messages of the crashed arrive");
  const double answer = 2 * (way + nearly_longest_ns(world.cluster.disk.fsync));
  const std::int64_t patience_ns = std::min(world.commit.vote_timeout_ns, world.commit.inquire_after_ns);
  if (static_cast<double>(patience_ns) < answer) note(found.broken, "answers may take longer than a timeout");
  return found;
}

core::ExpectedVerdict expected_of(const core::ProtocolSpec& protocol, const Assumptions& assumptions) {
  if (assumptions.believes_outsiders) return {core::Expectation::kViolated, core::Expectation::kViolated};
  const bool synchronous = assumptions.broken.empty();
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
  return worst;
}

bool is_expected(const Failure& failure, const core::ExpectedVerdict& expected) {
  const bool agreement = failure.check == "AC1" || failure.follows_from == "AC1";
  if (agreement) return expected.agreement == core::Expectation::kViolated;
  const bool termination = failure.check == scenario::kTermination || failure.follows_from == scenario::kTermination;
  if (!termination) return false;
  switch (expected.termination) {
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
