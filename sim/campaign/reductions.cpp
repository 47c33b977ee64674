#include "sim/campaign/reductions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/campaign/distributions.hpp"
#include "sim/scenario/phase_span.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::campaign {

namespace {

using scenario::Fault;
using scenario::Scenario;
using scenario::Workload;

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::int64_t kSecondNs = 1'000 * kMillisecondNs;
constexpr std::size_t kOccurrencesTried = 16;
constexpr std::uint64_t kSeedsTried = 64;
constexpr std::uint32_t kStepsOfOnePayment = 4;
constexpr std::array<std::int64_t, 14> kLeadsMs{0, 5, 10, 20, 30, 40, 50, 60, 80, 100, 150, 200, 300, 500};
constexpr double kForgedAllTheTimePerS = 1000;

// A node that is gone stands for one that is left: "here/5" of three nodes becomes "here/2".
void rename_lost(std::string& selector, const scenario::Region& region) {
  const std::string head = region.name + "/";
  if (!selector.starts_with(head)) return;
  const std::uint64_t number = std::stoull(selector.substr(head.size()));
  if (number > region.nodes) selector = fmt::format("{}{}", head, (number - 1) % region.nodes + 1);
}

void keep_nodes(Scenario& world, std::size_t region, std::uint32_t nodes) {
  world.cluster.regions[region].nodes = nodes;
  rename_lost(world.commit.coordinator, world.cluster.regions[region]);
  for (Fault& fault : world.faults) {
    rename_lost(fault.where, world.cluster.regions[region]);
    rename_lost(fault.to, world.cluster.regions[region]);
    if (fault.anchor) rename_lost(fault.anchor->node, world.cluster.regions[region]);
  }
}

// Faults that name a node hit whoever plays a part instead, so that any node may go.
void hit_roles(Scenario& world, const std::string& role) {
  const auto names_a_node = [&world](const std::string& selector) {
    return std::ranges::any_of(world.cluster.regions, [&](const auto& region) { return selector.starts_with(region.name + "/"); });
  };
  for (Fault& fault : world.faults)
    if (names_a_node(fault.where)) fault.where = role;
}

// Shards and payments that fit the nodes that are left.
void fit(Scenario& world) {
  const std::uint64_t holders = node_count(world.cluster) - (world.commit.coordinator == "dedicated" ? 1 : 0);
  world.ledger.shards =
      static_cast<std::uint32_t>(std::clamp<std::uint64_t>(world.ledger.shards, 1, std::max<std::uint64_t>(1, holders)));
  for (Workload& stream : world.workload) stream.shards = std::min(stream.shards, world.ledger.shards);
}

void shift(Scenario& world, std::int64_t by_ns) {
  for (Workload& stream : world.workload) stream.from_ns = std::max<std::int64_t>(0, stream.from_ns - by_ns);
  for (Fault& fault : world.faults)
    if (fault.at_ns >= 0) fault.at_ns = std::max<std::int64_t>(0, fault.at_ns - by_ns);
  if (world.phases.heal_at_ns >= 0) world.phases.heal_at_ns = std::max(kMillisecondNs, world.phases.heal_at_ns - by_ns);
  world.duration_ns -= by_ns;
}

void only_payment_at(Workload& stream, std::int64_t at_ns) {
  stream.from_ns = at_ns;
  stream.to_ns = -1;
  stream.count_max = 1;
  stream.arrivals = {scenario::ArrivalKind::kConstant, 1};
}

scenario::Distribution median_of(const scenario::Distribution& distribution) {
  const auto median = static_cast<std::int64_t>(timed::Sampler(distribution).quantile(0.5));
  return constant_ns(std::max<std::int64_t>(1, median / kMillisecondNs) * kMillisecondNs);
}

// The moment at which everything that the scenario plans is over, but for the settling.
std::int64_t busy_until_ns(const Scenario& world) {
  std::int64_t until = kSecondNs;
  for (const Workload& stream : world.workload) until = std::max(until, stream.from_ns + kSecondNs);
  for (const Fault& fault : world.faults)
    if (fault.at_ns >= 0) until = std::max(until, fault.at_ns + std::max<std::int64_t>(fault.for_ns, 0) + kMillisecondNs);
  return (until + kSecondNs - 1) / kSecondNs * kSecondNs;
}

// `unit_max_ns`: no coarser. For a time that is halved as well it is the time itself: what is rounded up stays below its double, so
// that halving and rounding cannot undo one another for ever.
void add_rounder(Edits& edits, const std::string& what, std::int64_t value_ns, std::int64_t unit_max_ns,
                 const std::function<void(Scenario&, std::int64_t)>& set) {
  for (const std::int64_t unit : {kSecondNs, 100 * kMillisecondNs, 10 * kMillisecondNs, kMillisecondNs}) {
    if (unit > unit_max_ns) continue;
    const std::int64_t rounded = value_ns / unit * unit;
    if (rounded == value_ns) return;  // the coarser units were tried, finer ones change nothing
    for (const std::int64_t to : {rounded, rounded + unit})
      edits.push_back(
          {fmt::format("{} {}", what, scenario::print_duration(to)), [set, to](Scenario& world) { set(world, to); }});
  }
}

// The step of a smaller number, after and not before it, at whichever node.
void earlier_step(Edits& edits, std::size_t i, const scenario::Anchor& anchor) {
  const auto edit = [&](const std::string& what, std::function<void(scenario::Anchor&)> change) {
    edits.push_back({fmt::format("fault {} {}", i, what), [i, change](Scenario& world) { change(*world.faults[i].anchor); }});
  };
  for (const std::uint32_t nth : {1u, 2u, 3u, anchor.nth / 2, anchor.nth - 1})
    if (nth >= 1 && nth < anchor.nth)
      edit(fmt::format("at step {}", nth), [nth](scenario::Anchor& at) { at.nth = nth; });
  if (anchor.before) edit("after its step", [](scenario::Anchor& at) { at.before = false; });
  if (!anchor.node.empty()) edit("at any node's step", [](scenario::Anchor& at) { at.node.clear(); });
}

// One act alone; the language refuses an outsider without any.
template <class Edit>
void plainer_outsider(const Edit& edit, const scenario::Outsider& outsider) {
  const int acts = (outsider.replay > 0) + (outsider.forge_per_s > 0) + (outsider.alter > 0);
  if (acts > 1 && outsider.replay > 0) edit("without replays", [](Fault& f) { f.outsider->replay = 0; });
  if (acts > 1 && outsider.forge_per_s > 0) edit("without forgeries", [](Fault& f) { f.outsider->forge_per_s = 0; });
  if (acts > 1 && outsider.alter > 0) edit("without alterations", [](Fault& f) { f.outsider->alter = 0; });
  if (outsider.replay > 0)
    edit("replaying after a constant time", [](Fault& f) { f.outsider->after = median_of(f.outsider->after); });
}

void plainer_fault(Edits& edits, std::size_t i, const Fault& fault) {
  const auto edit = [&](const char* what, void (*change)(Fault&)) {
    edits.push_back({fmt::format("fault {} {}", i, what), [i, change](Scenario& world) { change(world.faults[i]); }});
  };
  if (fault.disk != scenario::DiskFate::kKept) edit("with its disk kept", [](Fault& f) { f.disk = scenario::DiskFate::kKept; });
  if (fault.one_way) edit("both ways", [](Fault& f) { f.one_way = false; });
  if (!fault.to.empty()) edit("towards everybody", [](Fault& f) { f.to.clear(); });
  if (fault.delay) edit("with a constant delay", [](Fault& f) { f.delay = median_of(*f.delay); });
  if (fault.outsider) plainer_outsider(edit, *fault.outsider);
  if (fault.amount > 0 && fault.amount < 1) edit("always", [](Fault& f) { f.amount = 1; });
}

void plainer_stream(Edits& edits, std::size_t i, const Scenario& world) {
  const auto edit = [&](const char* what, std::function<void(Workload&)> change) {
    edits.push_back({fmt::format("payments {} {}", i, what), [i, change](Scenario& changed) { change(changed.workload[i]); }});
  };
  edit("plain transfers", [](Workload& stream) {
    stream.kind = scenario::WorkloadKind::kTransfer;
    stream.legs = 2;
    stream.shards = std::min<std::uint32_t>(2, stream.shards);
  });
  edit("uniform accounts", [](Workload& stream) { stream.accounts = {}; });
  edit("all over several shards", [](Workload& stream) { stream.multi_shard = 1; });
  edit("as at the default of merchants", [](Workload& stream) { stream.merchants = Workload{}.merchants; });
  scenario::Distribution one;
  one.first = 100;
  one.text = fmt::format("constant({})", scenario::print_money({100}, world.ledger.currency));
  edit("of one amount", [one](Workload& stream) { stream.amount = one; });
}

void plainer_timings(Edits& edits) {
  edits.push_back({"commit timeouts by default", [](Scenario& world) {
                     const scenario::Commit plain;
                     world.commit.vote_timeout_ns = plain.vote_timeout_ns;
                     world.commit.resend_every_ns = plain.resend_every_ns;
                     world.commit.inquire_after_ns = plain.inquire_after_ns;
                   }});
  edits.push_back({"locking by default", [](Scenario& world) { world.locking = {}; }});
  edits.push_back({"no heartbeats", [](Scenario& world) {
                     if (world.detector.hears_heartbeats()) world.detector = scenario::Detector{};
                   }});
  edits.push_back(
      {"detector delay by default", [](Scenario& world) { world.detector.delay_ns = scenario::Detector{}.delay_ns; }});
  edits.push_back({"no fault budget", [](Scenario& world) { world.fault_budget = {}; }});
  edits.push_back({"no retries", [](Scenario& world) { world.payers.retries = 0; }});
}

void plainer_cluster(Edits& edits) {
  edits.push_back({"no jitter", [](Scenario& world) { world.cluster.network.jitter = constant_ns(0); }});
  edits.push_back(
      {"no loss, no duplicates", [](Scenario& world) { world.cluster.network.loss = world.cluster.network.duplicate = 0; }});
  edits.push_back({"no links of their own", [](Scenario& world) { world.cluster.network.links.clear(); }});
  edits.push_back({"one latency", [](Scenario& world) {
                     world.cluster.network.matrix = {};
                     world.cluster.network.matrix_file.clear();
                     world.cluster.network.latency = constant_ns(10 * kMillisecondNs);
                   }});
  edits.push_back({"a disk of one speed", [](Scenario& world) {
                     world.cluster.disk.fsync = median_of(world.cluster.disk.fsync);
                     world.cluster.disk.group_commit = false;
                   }});
  edits.push_back({"no processor time", [](Scenario& world) { world.cluster.cpu.per_message = constant_ns(0); }});
  edits.push_back({"free verification", [](Scenario& world) { world.security.verify = constant_ns(0); }});
  edits.push_back({"true clocks", [](Scenario& world) { world.cluster.clock = {constant_ns(0), 0}; }});
}

// Ends when its phase did.
void leave_phase(const Scenario& world, Fault& fault) {
  if (!fault.during) return;
  const scenario::PhaseSpan span = scenario::span_of(*fault.during, world);
  const std::int64_t left_ns = std::max<std::int64_t>(span.to_ns - fault.at_ns, kMillisecondNs);
  fault.for_ns = fault.for_ns == 0 ? left_ns : std::min(fault.for_ns, left_ns);
  fault.during.reset();
}

}  // namespace

Edits fewer_nodes(const Scenario& world) {
  Edits edits;
  for (const char* role : {"role(coordinator)", "role(participant)"})
    edits.push_back({fmt::format("faults at {}", role), [role](Scenario& changed) { hit_roles(changed, role); }});
  const std::vector<scenario::Region>& regions = world.cluster.regions;
  for (std::size_t i = regions.size(); i-- > 0 && regions.size() > 1;)
    edits.push_back({"without region " + regions[i].name, [i](Scenario& changed) {
                       changed.cluster.regions.erase(changed.cluster.regions.begin() + static_cast<std::ptrdiff_t>(i));
                       fit(changed);
                     }});
  for (std::size_t i = 0; i < regions.size(); ++i)
    for (const std::uint32_t nodes : {1u, 2u, 3u, regions[i].nodes / 2, regions[i].nodes - 1})
      if (nodes >= 1 && nodes < regions[i].nodes)
        edits.push_back({fmt::format("{} nodes in {}", nodes, regions[i].name), [i, nodes](Scenario& changed) {
                           keep_nodes(changed, i, nodes);
                           fit(changed);
                         }});
  for (const std::uint32_t shards : {1u, 2u, world.ledger.shards - 1})
    if (shards >= 1 && shards < world.ledger.shards)
      edits.push_back({fmt::format("{} shards", shards), [shards](Scenario& changed) {
                         changed.ledger.shards = shards;
                         fit(changed);
                       }});
  const std::uint32_t few = 10 * world.ledger.shards;
  if (world.ledger.accounts > few)
    edits.push_back({fmt::format("{} accounts", few), [few](Scenario& changed) { changed.ledger.accounts = few; }});
  return edits;
}

namespace {

// What happens at the hundredth step of many payments happens at an early one of the first; an outsider who got his chance among
// many payments tries more often with one.
void one_payment_with_its_steps(Edits& edits, const Scenario& world) {
  const bool forges =
      std::ranges::any_of(world.faults, [](const Fault& fault) { return fault.outsider && fault.outsider->forge_per_s > 0; });
  for (const bool eager : {false, true})
    for (std::uint32_t nth = 1; nth <= kStepsOfOnePayment && (forges || !eager); ++nth)
      edits.push_back({fmt::format("one payment, faults at its step {}{}", nth, eager ? ", forging all the time" : ""),
                       [nth, eager](Scenario& changed) {
                         changed.workload.resize(1);
                         changed.workload[0].count_max = 1;
                         for (Fault& fault : changed.faults) {
                           if (fault.anchor) fault.anchor->nth = nth;
                           if (eager && fault.outsider && fault.outsider->forge_per_s > 0)
                             fault.outsider->forge_per_s = std::max(fault.outsider->forge_per_s, kForgedAllTheTimePerS);
                         }
                       }});
}

// A fault that met one of many payments at the wrong moment meets a single one that is submitted shortly before it.
void one_payment_before_a_fault(Edits& edits, std::size_t stream, const Scenario& world) {
  for (std::size_t i = 0; i < world.faults.size(); ++i)
    for (const std::int64_t lead_ms : kLeadsMs) {
      const std::int64_t at = world.faults[i].at_ns - lead_ms * kMillisecondNs;
      if (world.faults[i].at_ns < 0 || at < 0) continue;
      edits.push_back({fmt::format("one payment of stream {}, {} ms before fault {}", stream, lead_ms, i),
                       [stream, at](Scenario& changed) {
                         changed.workload = {changed.workload[stream]};
                         only_payment_at(changed.workload[0], at);
                       }});
    }
}

}  // namespace

Edits fewer_payments(const Scenario& world, const Outcome& failing, const std::string& check) {
  Edits edits;
  const Failure* failure = failing.failure_of(check);
  const bool is_single = failing.payments <= 1;
  for (std::size_t i = 0; i < world.workload.size() && !is_single && failure != nullptr && failure->submitted_ns >= 0; ++i) {
    const std::int64_t at = failure->submitted_ns;
    edits.push_back({fmt::format("the payment of stream {} that failed first alone", i), [i, at](Scenario& changed) {
                       changed.workload = {changed.workload[i]};
                       only_payment_at(changed.workload[0], at);
                     }});
    one_payment_before_a_fault(edits, i, world);
    for (std::uint64_t seed = 1; seed <= kSeedsTried; ++seed)
      edits.push_back(
          {fmt::format("one payment of stream {} at that time, seed {}", i, seed), [i, at, seed](Scenario& changed) {
             changed.workload = {changed.workload[i]};
             only_payment_at(changed.workload[0], at);
             changed.seed = seed;
           }});
  }
  if (!is_single && std::ranges::any_of(world.faults, [](const Fault& fault) { return fault.anchor || fault.outsider; }))
    one_payment_with_its_steps(edits, world);
  for (std::size_t i = 0; i < world.workload.size(); ++i) {
    const std::uint64_t now = world.workload[i].count_max > 0 ? world.workload[i].count_max : failing.payments;
    for (const std::uint64_t count : {std::uint64_t{1}, std::uint64_t{2}, now / 8, now / 4, now / 2, now * 3 / 4, now - 1, now})
      if (count >= 1 && count <= now && (count < now || world.workload[i].count_max == 0))
        edits.push_back({fmt::format("{} payments of stream {}", count, i),
                         [i, count](Scenario& changed) { changed.workload[i].count_max = count; }});
    if (!is_single)
      edits.push_back({fmt::format("half the rate of stream {}", i),
                       [i](Scenario& changed) { changed.workload[i].arrivals.rate_per_s /= 2; }});
  }
  return edits;
}

Edits single_faults(const Scenario& world, const Outcome& failing) {
  Edits edits;
  for (std::size_t i = 0; i < world.faults.size(); ++i) {
    const Fault& fault = world.faults[i];
    if (fault.restarts > 0)
      edits.push_back({fmt::format("fault {} once, without restarts", i), [i](Scenario& changed) {
                         changed.faults[i].restarts = 0;
                         changed.faults[i].every_ns = 0;
                       }});
    if (fault.anchor) earlier_step(edits, i, *fault.anchor);
    if (fault.at_ns >= 0) continue;
    for (std::size_t k = 0; k < std::min(kOccurrencesTried, failing.faults_ns.size()); ++k) {
      const std::int64_t at = failing.faults_ns[k];
      edits.push_back({fmt::format("fault {} once, at {}", i, scenario::print_duration(at)), [i, at](Scenario& changed) {
                         changed.faults[i].at_ns = at;
                         changed.faults[i].poisson_per_s = 0;
                         changed.faults[i].stable_ns = 0;
                         changed.faults[i].anchor.reset();
                         leave_phase(changed, changed.faults[i]);
                       }});
    }
  }
  return edits;
}

Edits shorter_times(const Scenario& world, bool about_liveness) {
  Edits edits;
  std::int64_t first = world.workload.front().from_ns;
  for (const Workload& stream : world.workload) first = std::min(first, stream.from_ns);
  std::int64_t first_fault = first;
  for (const Fault& fault : world.faults) first_fault = std::min(first_fault, std::max<std::int64_t>(fault.at_ns, 0));
  for (const std::int64_t by : {first, first_fault, first_fault / kSecondNs * kSecondNs})
    if (by > 0)
      edits.push_back(
          {"everything earlier by " + scenario::print_duration(by), [by](Scenario& changed) { shift(changed, by); }});
  for (const std::int64_t settle : {2 * kSecondNs, 5 * kSecondNs, 10 * kSecondNs})
    if (settle < world.phases.settle_ns && !about_liveness)
      edits.push_back({"settle " + scenario::print_duration(settle), [settle](Scenario& changed) {
                         changed.duration_ns -= changed.phases.settle_ns - settle;
                         changed.phases.settle_ns = settle;
                       }});
  const std::int64_t busy = busy_until_ns(world);
  if (busy + world.phases.settle_ns < world.duration_ns)
    edits.push_back({"ends when all is over", [busy](Scenario& changed) {
                       changed.duration_ns = busy + changed.phases.settle_ns;
                       changed.phases.heal_at_ns =
                           changed.phases.heal_at_ns < 0 ? -1 : std::min(changed.phases.heal_at_ns, busy);
                     }});
  if (world.phases.heal_at_ns >= 0) edits.push_back({"no healing", [](Scenario& changed) { changed.phases.heal_at_ns = -1; }});
  edits.push_back({"no warm-up", [](Scenario& changed) { changed.phases.warmup_ns = 0; }});
  for (std::size_t i = 0; i < world.faults.size(); ++i) {
    const Fault& fault = world.faults[i];
    if (fault.for_ns >= 2 * kMillisecondNs)
      edits.push_back({fmt::format("fault {} half as long", i), [i](Scenario& changed) {
                         changed.faults[i].for_ns = changed.faults[i].for_ns / 2 / kMillisecondNs * kMillisecondNs;
                       }});
    if (fault.at_ns >= 0)
      add_rounder(edits, fmt::format("fault {} at", i), fault.at_ns, kSecondNs,
                  [i](Scenario& w, std::int64_t to) { w.faults[i].at_ns = to; });
    if (fault.for_ns > 0)
      add_rounder(edits, fmt::format("fault {} for", i), fault.for_ns, fault.for_ns,
                  [i](Scenario& w, std::int64_t to) { w.faults[i].for_ns = to; });
  }
  return edits;
}

Edits plainer_values(const Scenario& world) {
  Edits edits;
  plainer_cluster(edits);
  plainer_timings(edits);
  for (std::size_t i = 0; i < world.workload.size(); ++i) plainer_stream(edits, i, world);
  for (std::size_t i = 0; i < world.faults.size(); ++i) plainer_fault(edits, i, world.faults[i]);
  edits.push_back({"seed 1", [](Scenario& changed) { changed.seed = 1; }});
  return edits;
}

}  // namespace paygrid::campaign
