#include <simgrid/s4u.hpp>

#include <random>
#include <string>
#include <vector>

#include "tests/bench/workbench.hpp"

namespace paygrid::bench {

namespace {

namespace sg = simgrid::s4u;

struct Shared {
  std::mt19937_64 random{1};
  std::uniform_int_distribution<std::int64_t> delay{kDelayMinNs, kDelayMaxNs};
  std::uniform_int_distribution<std::int64_t> write{kWriteMinNs, kWriteMaxNs};
  std::uint64_t left = 0;
  std::uint64_t messages = 0;

  double delay_s() { return static_cast<double>(delay(random)) * 1e-9; }
  double write_s() { return static_cast<double>(write(random)) * 1e-9; }
};

int token = 0;  // what every message carries: its address is enough

void take(sg::Mailbox* mailbox, Shared& shared) {
  mailbox->get<int>();
  ++shared.messages;
}

// Detached sends would pile up in the sender's list of activities, which SimGrid searches linearly; so every send is waited for,
// at a moment when it is over.
void coordinate(Shared& shared, std::vector<sg::Mailbox*> participants, sg::Mailbox* own) {
  std::vector<sg::CommPtr> sends;
  const auto round = [&] {
    sends.clear();
    for (sg::Mailbox* participant : participants) sends.push_back(participant->put_async(&token, 1));
    for (std::size_t i = 0; i < participants.size(); ++i) take(own, shared);
    sg::Comm::wait_all(sends);
  };
  while (shared.left > 0) {
    --shared.left;
    round();
    sg::this_actor::sleep_for(shared.write_s());
    round();
  }
}

void participate(Shared& shared, sg::Mailbox* own, sg::Mailbox* coordinator) {
  sg::CommPtr sent;
  for (;;) {
    take(own, shared);
    sg::this_actor::sleep_for(shared.write_s());
    if (sent) sent->wait();
    sent = coordinator->put_async(&token, 1);
  }
}

}  // namespace

Measurement run_simgrid_actors(std::uint64_t exchanges) {
  static std::string name = "bench";
  static char* arguments[] = {name.data(), nullptr};
  int count = 1;
  sg::Engine engine(&count, arguments);
  sg::Engine::set_config("network/latency-factor:1");
  sg::Engine::set_config("network/bandwidth-factor:1");
  sg::Engine::set_config("network/weight-S:0");
  sg::Engine::set_config("contexts/stack-size:16");
  Shared shared;
  shared.left = exchanges;
  // Hosts of their own for every exchange: links shared by thousands of transfers would measure SimGrid's bandwidth solver.
  sg::NetZone* zone = sg::create_star_zone("bench");
  const auto new_host = [&](const std::string& host_name) {
    sg::Host* host = zone->create_host(host_name, 1e9);
    const sg::Link* link = zone->create_link("link " + host_name, 1e12)->set_latency(shared.delay_s() / 2)->seal();
    zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr, {sg::LinkInRoute(link)}, true);
    return host;
  };
  for (std::uint32_t exchange = 0; exchange < kInFlight; ++exchange) {
    const std::string id = std::to_string(exchange);
    sg::Mailbox* own = sg::Mailbox::by_name("c" + id);
    std::vector<sg::Mailbox*> mailboxes;
    for (std::uint32_t i = 1; i <= kParticipants; ++i) {
      const std::string participant = "p" + id + "-" + std::to_string(i);
      sg::Mailbox* mailbox = sg::Mailbox::by_name(participant);
      mailboxes.push_back(mailbox);
      sg::Actor::create("participant", new_host(participant), [&shared, mailbox, own] { participate(shared, mailbox, own); })
          ->daemonize();
    }
    sg::Actor::create("coordinator", new_host("c" + id), [&shared, mailboxes, own] { coordinate(shared, mailboxes, own); });
  }
  zone->seal();
  const double start_s = processor_time_s();
  engine.run();
  return {processor_time_s() - start_s, static_cast<double>(shared.messages), 0};
}

}  // namespace paygrid::bench
