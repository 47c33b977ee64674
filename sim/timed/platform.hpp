// The platform: SimGrid's hosts, links and routes, built from regions and a round-trip matrix or loaded from platform XML, and
// SimGrid's activities for the flow model. One per program, as SimGrid has one engine per program and its clock does not reset.
//
// SimGrid 3.32 defaults that would distort the given figures are switched off: the LV08 correction factors for latency and
// bandwidth, cross-traffic, and the 10 us time precision.
#pragma once

#include <simgrid/forward.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/core/flat_map.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/pair.hpp"

namespace paygrid::timed {

class Platform {
 public:
  // `simgrid_options`: "key:value" as of SimGrid's --cfg, applied after our own.
  // Throws std::invalid_argument when the platform file cannot be used.
  Platform(const scenario::Scenario& scenario, const std::vector<std::string>& simgrid_options);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  // Names of the hosts of a platform file in ascending order (as SimGrid lists them); empty for regions.
  const std::vector<std::string>& file_hosts() const { return file_hosts_; }
  std::size_t host_count() const { return hosts_.size(); }

  // One-way latency of the route between two hosts, in nanoseconds; indices in [0, host_count()).
  TimeNs route_latency_ns(std::uint32_t from, std::uint32_t to);

  // Runs SimGrid until `date_s`, on whose way alarms and activities call back.
  void run_until(double date_s);
  static double clock_s();

  // The interface of a host of a region carries this share of the scenario's bandwidth from now on; 0 < share <= 1.
  void narrow(std::uint32_t host, double share);

  // Activities of the flow model; `done` is called at the SimGrid date of completion.
  void transfer(std::uint32_t from, std::uint32_t to, std::uint32_t bytes, std::function<void()> done);
  void compute(std::uint32_t host, double duration_s, std::function<void()> done);
  void write(std::uint32_t host, double duration_s, std::function<void()> done);

 private:
  void build_regions(const scenario::Cluster& cluster);
  void load_file(const std::string& path);
  void require_routes(const std::string& path) const;

  std::unique_ptr<simgrid::s4u::Engine> engine_;
  std::vector<simgrid::s4u::Host*> hosts_;
  std::vector<simgrid::s4u::Disk*> disks_;       // flow model only
  std::vector<simgrid::s4u::SplitDuplexLink*> interfaces_;  // of regions' hosts
  double bandwidth_Bps_ = 0;                     // of each of them
  std::vector<std::string> file_hosts_;
  std::vector<std::uint32_t> class_of_;          // hosts of one region have equal routes: routes are cached by class
  core::FlatMap<Pair, TimeNs> latency_cache_;    // by class; the pair (c, c) stands for two hosts of one region
};

}  // namespace paygrid::timed
