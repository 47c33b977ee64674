#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "models/registry.hpp"
#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/phase_span.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::uint64_t kNodesMax = 1'000'000;

// The platform puts a quarter of a region's inner round trip on each side of a route, and the rest between the regions.
void check_matrix(const RoundTripMatrix& matrix, const Place& place) {
  const std::size_t size = matrix.names.size();
  const auto round_trip = [&](std::size_t from, std::size_t to) { return matrix.round_trip_ns[from * size + to]; };
  for (std::size_t a = 0; a < size; ++a)
    for (std::size_t b = 0; b < size; ++b)
      if (a != b && 2 * round_trip(a, b) < round_trip(a, a) + round_trip(b, b))
        fail(
            place,
            fmt::format("a round trip of {} from {} to {}", print_duration(round_trip(a, b)), matrix.names[a], matrix.names[b]),
            fmt::format("at least the mean of those inside the two regions, {} and {}", print_duration(round_trip(a, a)),
                        print_duration(round_trip(b, b))));
}

void check_cluster(const Scenario& scenario, const Places& places) {
  const Cluster& cluster = scenario.cluster;
  const bool platform = !cluster.platform_file.empty();
  if (platform && !cluster.regions.empty())
    fail(places.of({"cluster.regions"}), "regions beside a platform file", "either regions or platform");
  if (!platform && cluster.regions.empty())
    fail(places.of({"cluster.regions"}), "no region", "at least one region, or a platform file");
  const bool matrix = !cluster.network.matrix.names.empty();
  const bool latency = cluster.network.latency.has_value();
  if (matrix && latency) fail(places.of({"cluster.network.latency"}), "latency beside a matrix", "either matrix or latency");
  if (platform && matrix)
    fail(places.of({"cluster.network.matrix"}), "a matrix beside a platform file",
         "matrix: none; the platform has its own latencies");
  if (platform && latency)
    fail(places.of({"cluster.network.latency"}), "latency beside a platform file",
         "latency: none; the platform has its own latencies");
  if (!platform && !matrix && !latency)
    fail(places.of({"cluster.network"}), "a network without delays",
         "matrix: FILE, or latency: a distribution such as constant(10ms)");
  check_matrix(cluster.network.matrix, places.of({"cluster.network.matrix"}));
  if (node_count(cluster) > kNodesMax)
    fail(places.of({"cluster.regions"}), fmt::format("{} nodes", node_count(cluster)), fmt::format("at most {}", kNodesMax));
}

void check_ledger(const Scenario& scenario, const Places& places) {
  const Ledger& ledger = scenario.ledger;
  if (scenario.cluster.platform_file.empty()) {
    // A dedicated coordinator holds no shards.
    const bool dedicated = scenario.commit.coordinator == "dedicated";
    const std::uint64_t nodes = node_count(scenario.cluster) - (dedicated ? 1 : 0);
    if (nodes == 0) fail(places.of({"commit.coordinator"}), "dedicated on a cluster of one node", "at least two nodes");
    if (ledger.shards > nodes)
      fail(places.of({"ledger.shards"}), counted(ledger.shards, "shard") + " on " + counted(nodes, "node"),
           fmt::format("1 to {}", nodes));
  }
  if (ledger.accounts / 2 < ledger.shards)
    fail(places.of({"ledger.accounts", "ledger.shards"}),
         fmt::format("{} accounts in {} shards", ledger.accounts, ledger.shards), "at least two accounts a shard");
  if (ledger.opening_balance.minor > std::numeric_limits<std::int64_t>::max() / 4 / static_cast<std::int64_t>(ledger.accounts))
    fail(places.of({"ledger.opening_balance"}), "a sum of all balances beyond 64 bits", "a smaller balance or fewer accounts");
}

void check_phases(const Scenario& scenario, const Places& places) {
  const Phases& phases = scenario.phases;
  const std::int64_t duration = scenario.duration_ns;
  if (phases.warmup_ns + phases.settle_ns >= duration)
    fail(places.of({phases.warmup_ns >= duration ? "phases.warmup" : "phases.settle", "phases.warmup", "duration"}),
         fmt::format("warmup {} and settle {} in a run of {}", print_duration(phases.warmup_ns),
                     print_duration(phases.settle_ns), print_duration(duration)),
         "warmup + settle shorter than duration");
  if (phases.heal_at_ns < 0) return;
  const std::int64_t last = duration - phases.settle_ns;
  if (phases.heal_at_ns > last)
    fail(places.of({"phases.heal_at"}), print_duration(phases.heal_at_ns),
         fmt::format("up to {} (duration - settle)", print_duration(last)));
}

void check_retries(const Scenario& scenario, const Places& places) {
  const Payers& payers = scenario.payers;
  const std::int64_t retention = scenario.commit.outcome_retention_ns;
  if (retention == 0) return;
  // At most 30 days times 1001 tries: far from the limit of 64 bits.
  const std::int64_t window =
      payers.answer_timeout_ns * (std::int64_t{payers.retries} + 1) + scenario.cluster.network.packet_lifetime_ns;
  if (window > retention)
    fail(places.of({"commit.outcome_retention", "payers.answer_timeout", "payers.retries", "cluster.network.packet_lifetime"}),
         fmt::format("outcomes forgotten after {}, but retries until {}", print_duration(retention), print_duration(window)),
         "outcome_retention >= answer_timeout * (retries + 1) + packet_lifetime");
}

void check_stream(const Scenario& scenario, std::size_t index, const Places& places) {
  const Workload& stream = scenario.workload[index];
  const auto place = [&](const char* key) { return places.of({fmt::format("workload.{}.{}", index, key)}); };
  if (stream.shards > scenario.ledger.shards)
    fail(place("shards"), fmt::format("payments over {} shards in a ledger of {}", stream.shards, scenario.ledger.shards),
         fmt::format("1 to {}", scenario.ledger.shards));
  const bool payroll = stream.kind == WorkloadKind::kPayroll;
  const std::uint32_t accounts = payroll ? stream.legs + 1 : 2;
  if (!payroll && stream.legs != 2) fail(place("legs"), fmt::format("{} legs", stream.legs), "2, or kind: payroll");
  if (stream.shards > accounts)
    fail(place("shards"), fmt::format("payments over {} shards with {} accounts each", stream.shards, accounts),
         fmt::format("1 to {}", accounts));
  if (accounts > scenario.ledger.accounts)
    fail(place("legs"), fmt::format("payments of {} accounts in a ledger of {}", accounts, scenario.ledger.accounts),
         "fewer legs");
  const std::int64_t last = scenario.duration_ns - scenario.phases.settle_ns;
  const std::int64_t end = stream.to_ns < 0 ? last : stream.to_ns;
  if (end > last) fail(place("to"), print_duration(end), fmt::format("up to {} (duration - settle)", print_duration(last)));
  if (stream.from_ns >= end) fail(place("from"), print_duration(stream.from_ns), fmt::format("before {}", print_duration(end)));
}

// The anchor's message must be one that this protocol sends.
void check_anchor(const Scenario& scenario, std::size_t index, const Places& places) {
  const Anchor& anchor = *scenario.faults[index].anchor;
  if (anchor.name.empty() || (anchor.event != AnchorEvent::kSent && anchor.event != AnchorEvent::kDelivered)) return;
  const core::ProtocolSpec* protocol = models::find_commit_protocol(scenario.commit.protocol);
  const std::vector<std::string> names(protocol->message_names.begin(), protocol->message_names.end());
  if (std::ranges::find(names, anchor.name) != names.end()) return;
  fail(places.of({fmt::format("faults.{}.on.message", index)}),
       fmt::format("message {}, which {} does not send", anchor.name, scenario.commit.protocol), joined(names),
       nearest(anchor.name, names));
}

// A bandwidth is SimGrid's, and the interfaces are those that regions make.
void check_bandwidth(const Scenario& scenario, std::size_t index, const Places& places) {
  const Place place = places.of({fmt::format("faults.{}.bandwidth", index)});
  if (scenario.cluster.network.model != NetworkModel::kFlow)
    fail(place, "bandwidth under network.model: latency, where messages share none", "network.model: flow");
  if (!scenario.cluster.platform_file.empty())
    fail(place, "bandwidth beside a platform file, which says nothing of interfaces", "regions");
}

void check_begin(const Scenario& scenario, std::size_t index, const Places& places) {
  const Fault& fault = scenario.faults[index];
  const std::int64_t heal = scenario.phases.heal_at_ns;
  const std::int64_t last = heal >= 0 ? heal : scenario.duration_ns;
  if (fault.during) {
    const PhaseSpan span = span_of(*fault.during, scenario);
    if (span.from_ns < span.to_ns) return;
    const Place place = places.of({fmt::format("faults.{}.during", index)});
    fail(place, "a phase that takes no time", "a phase of this run; see phases");
  }
  if (fault.at_ns < last) return;
  fail(places.of({fmt::format("faults.{}.at", index)}), print_duration(fault.at_ns),
       fmt::format("before {} ({})", print_duration(last), heal >= 0 ? "phases.heal_at" : "duration"));
}

void check_fault(const Scenario& scenario, std::size_t index, const Places& places) {
  const Fault& fault = scenario.faults[index];
  if (fault.anchor) check_anchor(scenario, index, places);
  const auto takes_time = [](const Distribution& d) { return d.kind != Distribution::Kind::kConstant || d.first != 0; };
  const Security& security = scenario.security;
  const bool verifies = security.authentication == Authentication::kMac && takes_time(security.verify);
  if (fault.kind == FaultKind::kSlowCpu && !takes_time(scenario.cluster.cpu.per_message) && !verifies)
    fail(places.of({fmt::format("faults.{}.slow_cpu", index), "cluster.cpu.per_message"}),
         "slow_cpu on processors that take no time", "a service time in cluster.cpu.per_message");
  if (fault.kind == FaultKind::kBandwidth) check_bandwidth(scenario, index, places);
  check_begin(scenario, index, places);
}

}  // namespace

void check_consistency(const Scenario& scenario, const Context& context) {
  const Places& places = context.places;
  check_cluster(scenario, places);
  check_ledger(scenario, places);
  check_locking(scenario, places);
  check_detector(scenario, places);
  check_estimators(scenario, places);
  check_phases(scenario, places);
  check_retries(scenario, places);
  for (std::size_t i = 0; i < scenario.workload.size(); ++i) check_stream(scenario, i, places);
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) check_fault(scenario, i, places);
}

}  // namespace paygrid::scenario
