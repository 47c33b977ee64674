#include "sim/timed/platform.hpp"

#include <fmt/format.h>
#include <simgrid/s4u.hpp>
#include <xbt/log.h>

#include <cmath>
#include <filesystem>
#include <stdexcept>

namespace paygrid::timed {

namespace sg = simgrid::s4u;

namespace {

constexpr double kHostSpeed = 1e9;      // flop/s; a service time of t seconds is t * speed flop
constexpr double kDiskBandwidth = 1e9;  // bytes/s; a write of t seconds is t * bandwidth bytes

// The options stand on a command line: SimGrid chooses its contexts while the engine is made; a later word on them is lost.
std::unique_ptr<sg::Engine> make_engine(const std::vector<std::string>& options) {
  xbt_log_control_set("xbt_cfg.thresh:warning");  // it would announce every option below
  static std::vector<std::string> words;          // SimGrid keeps pointers to them
  words = {"paygrid"};
  for (const char* option : {"network/latency-factor:1", "network/bandwidth-factor:1", "network/weight-S:0",
                             "network/crosstraffic:0", "surf/precision:1e-9",
#ifdef PAYGRID_SANITIZE
                             "contexts/factory:thread",  // the sanitizers know the stacks of threads and no others
#endif
                            })
    words.push_back(std::string("--cfg=") + option);
  for (const std::string& option : options) words.push_back("--cfg=" + option);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  int count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  return std::make_unique<sg::Engine>(&count, arguments.data());
}

double to_s(std::int64_t ns) { return static_cast<double>(ns) * 1e-9; }

std::size_t index_of(const scenario::RoundTripMatrix& matrix, const std::string& name) {
  for (std::size_t i = 0; i < matrix.names.size(); ++i)
    if (matrix.names[i] == name) return i;
  throw std::invalid_argument("region " + name + " has no row in the round-trip matrix");
}

}  // namespace

Platform::Platform(const scenario::Scenario& scenario, const std::vector<std::string>& simgrid_options)
    : engine_(make_engine(simgrid_options)) {
  const scenario::Cluster& cluster = scenario.cluster;
  if (cluster.platform_file.empty()) build_regions(cluster);
  else load_file((std::filesystem::path(scenario.directory) / cluster.platform_file).string());
}

Platform::~Platform() = default;

void Platform::build_regions(const scenario::Cluster& cluster) {
  const scenario::Network& network = cluster.network;
  const bool flow = network.model == scenario::NetworkModel::kFlow;
  bandwidth_Bps_ = network.bandwidth_Bps;
  const std::size_t regions = cluster.regions.size();
  std::vector<std::size_t> row(regions, 0);
  const bool has_matrix = !network.matrix.names.empty();
  const auto round_trip_s = [&](std::size_t a, std::size_t b) {
    return has_matrix ? to_s(network.matrix.round_trip_ns[row[a] * network.matrix.names.size() + row[b]]) : 0.0;
  };
  if (has_matrix)
    for (std::size_t i = 0; i < regions; ++i) row[i] = index_of(network.matrix, cluster.regions[i].name);

  sg::NetZone* root = sg::create_full_zone("paygrid");
  std::vector<sg::NetZone*> zones;
  std::vector<simgrid::kernel::routing::NetPoint*> gateways;
  for (std::size_t i = 0; i < regions; ++i) {
    const scenario::Region& region = cluster.regions[i];
    sg::NetZone* zone = sg::create_star_zone(region.name);
    zone->set_parent(root);
    gateways.push_back(zone->create_router(region.name + " gateway"));
    zone->add_route(gateways.back(), nullptr, nullptr, nullptr, std::vector<sg::LinkInRoute>{}, true);
    for (std::uint32_t k = 1; k <= region.nodes; ++k) {
      const std::string name = fmt::format("{}/{}", region.name, k);
      sg::Host* host = zone->create_host(name, kHostSpeed)->set_core_count(static_cast<int>(cluster.cpu.cores));
      // Two interfaces lie on a route inside the region, each with a quarter of the round trip.
      sg::SplitDuplexLink* nic = zone->create_split_duplex_link(name + " interface", network.bandwidth_Bps);
      nic->set_latency(round_trip_s(i, i) / 4)->seal();
      interfaces_.push_back(nic);
      zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                      {sg::LinkInRoute(nic, sg::LinkInRoute::Direction::UP)}, true);
      if (flow) disks_.push_back(host->create_disk(name + " disk", kDiskBandwidth, kDiskBandwidth));
      hosts_.push_back(host);
      class_of_.push_back(static_cast<std::uint32_t>(i));
    }
    zones.push_back(zone);
  }
  for (std::size_t a = 0; a < regions; ++a) {
    for (std::size_t b = 0; b < regions; ++b) {
      if (a == b) continue;
      const double latency = round_trip_s(a, b) / 2 - round_trip_s(a, a) / 4 - round_trip_s(b, b) / 4;
      if (latency < 0)
        throw std::invalid_argument(fmt::format("the round trip from {} to {} is shorter than those inside these regions",
                                                cluster.regions[a].name, cluster.regions[b].name));
      const auto* link = root->create_link(fmt::format("{}>{}", cluster.regions[a].name, cluster.regions[b].name),
                                           network.bandwidth_Bps * 1000)->set_latency(latency)->seal();
      root->add_route(zones[a]->get_netpoint(), zones[b]->get_netpoint(), gateways[a], gateways[b],
                      {sg::LinkInRoute(link)}, false);
    }
  }
  for (sg::NetZone* zone : zones) zone->seal();
  root->seal();
}

void Platform::load_file(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) throw std::invalid_argument("platform file not found: " + path);
  try {
    engine_->load_platform(path);
  } catch (const std::exception& error) {
    throw std::invalid_argument(fmt::format("{}: {}", path, error.what()));
  }
  for (sg::Host* host : engine_->get_all_hosts()) {
    if (host->get_netpoint() == nullptr || dynamic_cast<sg::VirtualMachine*>(host) != nullptr) continue;
    hosts_.push_back(host);
    file_hosts_.push_back(host->get_name());
    class_of_.push_back(static_cast<std::uint32_t>(class_of_.size()));
    disks_.push_back(host->create_disk(host->get_name() + " paygrid disk", kDiskBandwidth, kDiskBandwidth));
    disks_.back()->seal();
  }
  if (hosts_.empty()) throw std::invalid_argument(path + ": the platform has no hosts");
  require_routes(path);
}

// Every message needs a way. Beyond a few hundred hosts, where pairs are too many, each host is tried against the first alone.
void Platform::require_routes(const std::string& path) const {
  constexpr std::size_t kHostsForAllPairs = 300;
  const auto require = [&](sg::Host* from, sg::Host* to) {
    std::vector<sg::Link*> links;
    double latency_s = 0;
    if (from != to) from->route_to(to, links, &latency_s);
    if (from != to && links.empty())
      throw std::invalid_argument(fmt::format("{}: no route from {} to {}", path, from->get_name(), to->get_name()));
  };
  for (std::size_t from = 0; from < hosts_.size(); ++from) {
    require(hosts_.front(), hosts_[from]);
    require(hosts_[from], hosts_.front());
    for (std::size_t to = 1; to < hosts_.size() && hosts_.size() <= kHostsForAllPairs; ++to) require(hosts_[from], hosts_[to]);
  }
}

TimeNs Platform::route_latency_ns(std::uint32_t from, std::uint32_t to) {
  const Pair key{class_of_[from], class_of_[to]};
  if (const TimeNs* known = latency_cache_.find(key)) return *known;
  double latency_s = 0;
  std::vector<sg::Link*> links;
  hosts_[from]->route_to(hosts_[to], links, &latency_s);
  return latency_cache_[key] = std::llround(latency_s * 1e9);
}

void Platform::narrow(std::uint32_t host, double share) {
  for (sg::Link* way : {interfaces_[host]->get_link_up(), interfaces_[host]->get_link_down()})
    way->set_bandwidth(bandwidth_Bps_ * share);
}

void Platform::run_until(double date_s) { engine_->run_until(date_s); }
double Platform::clock_s() { return sg::Engine::get_clock(); }

void Platform::transfer(std::uint32_t from, std::uint32_t to, std::uint32_t bytes, std::function<void()> done) {
  sg::Actor::create("transfer", hosts_[from], [source = hosts_[from], target = hosts_[to], bytes, done = std::move(done)] {
    sg::Comm::sendto(source, target, bytes);
    done();
  });
}

void Platform::compute(std::uint32_t host, double duration_s, std::function<void()> done) {
  sg::Actor::create("compute", hosts_[host], [duration_s, done = std::move(done)] {
    sg::this_actor::execute(duration_s * sg::this_actor::get_host()->get_speed());
    done();
  });
}

void Platform::write(std::uint32_t host, double duration_s, std::function<void()> done) {
  sg::Actor::create("write", hosts_[host], [disk = disks_[host], duration_s, done = std::move(done)] {
    disk->write(static_cast<sg_size_t>(std::llround(duration_s * kDiskBandwidth)));
    done();
  });
}

}  // namespace paygrid::timed
