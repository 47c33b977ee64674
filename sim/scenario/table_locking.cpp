// The section `locking`, and what it must agree with.
#include <fmt/format.h>

#include "models/registry.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {

Codec<Locking> locking_table() {
  std::vector<std::string> services{"local"};
  for (const lock::LockServiceSpec* spec : models::lock_services()) services.emplace_back(spec->name);
  return Section<Locking>()
      .field("service", &Locking::service, one_of(services, "lock service"), otherwise("local"),
             "local: each shard locks its own accounts; otherwise the coordinator also takes the locks of all accounts of a payment "
             "from this service, before the commit protocol runs, and gives them back after it")
      .field("order", &Locking::order,
             choice<LockOrder>({{"sorted", LockOrder::kSorted}, {"as_given", LockOrder::kAsGiven}}, "lock order"),
             otherwise("sorted"),
             "order in which a payment takes its locks, of a service or at a shard; as_given can deadlock until the timeout. Shards are "
             "asked at once, so that payments over several shards can deadlock under either")
      .field("policy", &Locking::policy, lock_policy(), otherwise("wait"),
             "who may wait for a lock: wait: everybody; no_wait: nobody, who finds it taken is refused; wait_die: who is older than its "
             "holder and all who wait, so that nothing deadlocks; wound_wait: everybody, and a younger holder that is in an older one's "
             "way is aborted if that is still possible; detect: everybody, and a circle within a shard ends one of those on it; probe: as "
             "detect, and probes between the shards find circles across them")
      .field("victim", &Locking::victim, victim(), otherwise("youngest"),
             "detect, probe: who ends of a circle within a shard; fewest_locks: who holds the fewest there, of several the youngest. Of a "
             "circle across shards it is the one whose probe came back")
      .field("timeout", &Locking::timeout_ns, duration(kPositive), otherwise("2s"),
             "a payment that waits longer for its locks at a shard, or for one of a service, is refused")
      .field("servers", &Locking::servers, or_word<std::uint32_t>("usual", 0, count({1, 9})), otherwise("usual"),
             "of the lock service; usual: 5 of redlock, 3 of zookeeper (an odd number), 1 of the others, where redis may have 2: a "
             "master and its replica")
      .field("at", &Locking::at, word_or_node({"first"}), otherwise("first"),
             "the node beside which the lock service stands, as a node of its own with the name locks/1; first: the first node; further "
             "servers, locks/2 and so on, stand beside the nodes that follow, in turn")
      .field("ttl", &Locking::ttl_ns, duration(kPositive), otherwise("10s"),
             "lease of a lock of a service; the client believes in it for ttl (1 - r) / (1 + r), r = drift")
      .field("drift", &Locking::drift_ppm, or_word<double>("usual", Locking::kDriftUsual, number_with("ppm", {0, 100'000}, "20ppm")),
             otherwise("usual"), "how wrong the clients of a service take clocks to run; usual: cluster.clock.drift")
      .field("renew", &Locking::renew_ns,
             or_word<std::int64_t>("usual", Locking::kRenewUsual, or_word<std::int64_t>("never", 0, duration(kPositive))),
             otherwise("usual"),
             "a holder begins its lease again after this, and again; usual: a third of ttl, or never where the service has no renewal "
             "(redlock)")
      .field("retry", &Locking::retry_ns, duration({2, kDurationMaxNs}), otherwise("100ms"),
             "a lock of a service that somebody else has is asked for again after this, more or less by half")
      .field("lock_delay", &Locking::lock_delay_ns, duration(kFromZero), otherwise("0s"),
             "cas: a lock whose lease ran out stays taken for so long")
      .field("memory", &Locking::memory,
             choice<LockMemory>({{"kept", LockMemory::kKept}, {"lost", LockMemory::kLost}}, "memory of a lock server"),
             otherwise("kept"), "redis, redlock: what a crash leaves of a server's locks")
      .field("fencing", &Locking::fencing, choice<bool>({{"off", false}, {"on", true}}, "fencing"), otherwise("off"),
             "on: a payment carries the tokens of its locks, and a shard that has seen a newer one refuses it")
      .then([](Locking& locking, const Tree&, Context& context) { context.lock_servers = lock_servers(locking); })
      .codec();
}

void check_locking(const Scenario& scenario, const Places& places) {
  const Locking& locking = scenario.locking;
  if (!locking.has_service()) {
    if (locking.fencing)
      fail(places.of({"locking.fencing"}), "fencing without a lock service", "off, or another locking.service");
    return;
  }
  const auto place = [&](const char* key) { return places.of({std::string("locking.") + key, "locking.service"}); };
  std::vector<std::string> protocols;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    if (spec->hears_the_end) protocols.emplace_back(spec->name);
  if (!models::find_commit_protocol(scenario.commit.protocol)->hears_the_end)
    fail(places.of({"commit.protocol", "locking.service"}),
         fmt::format("{}, whose coordinator does not hear when a payment is over, beside a lock service", scenario.commit.protocol),
         joined(protocols) + ", or locking.service: local");
  const lock::LockServiceSpec& service = *models::find_lock_service(locking.service);
  if (locking.servers > service.servers_max)
    fail(place("servers"), counted(locking.servers, "server") + " of " + locking.service,
         service.servers_max == 1 ? "1" : fmt::format("1 to {}", service.servers_max));
  if (lock::is_queueing(service.manners) && locking.servers % 2 == 0 && locking.servers != 0)
    fail(place("servers"), fmt::format("{} servers of {}, of which a majority is no fewer than of {}", locking.servers, locking.service,
                                       locking.servers + 1), "an odd number");
  if (locking.fencing && !service.gives_tokens)
    fail(place("fencing"), fmt::format("fencing beside {}, which gives no token that tells an owner from the next", locking.service),
         "off");
  if (service.manners == lock::Manners::kQuorum && locking.renew_ns > 0)
    fail(place("renew"), fmt::format("a renewal beside {}, which has none", locking.service), "usual, or never");
  if (locking.renew_ns >= locking.ttl_ns)
    fail(place("renew"), print_duration(locking.renew_ns),
         fmt::format("never, or less than ttl ({})", print_duration(locking.ttl_ns)));
  for (const Region& region : scenario.cluster.regions)
    if (region.name == kLockServers)
      fail(places.of({"cluster.regions"}),
           fmt::format("a region called {} beside a lock service, whose node is {}", region.name, lock_server_name(1)), "another name");
  if (scenario.exploration)
    fail(place("service"), fmt::format("lock service {} beside explore, which has its own", locking.service), "local, and explore.lock_service");
}

}  // namespace paygrid::scenario
