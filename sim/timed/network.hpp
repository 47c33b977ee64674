// The network between processes: what becomes of one message. The order is partition, loss, duplicate, delay, corruption. Latency
// comes from the platform's route (or from scenario distributions); all else is modelled here. A clog is decided here, and held by
// the engine.
//
// Partitions act when a message is sent: what is on the way when a cut begins still arrives.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/history/observer.hpp"
#include "models/core/flat_map.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/pair.hpp"
#include "sim/timed/platform.hpp"
#include "sim/timed/random_stream.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::timed {

// Set of processes by index.
using ProcessSet = std::vector<bool>;

// Something that acts on the messages from `from` to `to` while it is installed.
struct Disturbance {
  enum class Kind : std::uint8_t { kCut, kLoss, kDuplicate, kDelay, kReorder, kCorrupt, kClog, kOutsider };
  std::uint32_t fault = 0;
  std::uint64_t key = 0;  // of its randomness: the fault's own, whatever other faults there are
  Kind kind{};
  ProcessSet from;
  ProcessSet to;
  bool both_ways = true;  // also from `to` to `from`
  double probability = 0;
  Sampler delay;
  const scenario::Outsider* outsider = nullptr;  // kOutsider: what he does; outlives the disturbance

  bool acts_on(std::uint32_t sender, std::uint32_t receiver) const {
    return (from[sender] && to[receiver]) || (both_ways && to[sender] && from[receiver]);
  }
  // Nothing of what is sent now is heard before it ends.
  bool silences() const { return kind == Kind::kCut || kind == Kind::kClog; }
};

class Network {
 public:
  // References outlive the network.
  Network(const scenario::Scenario& scenario, const Layout& layout, Platform& platform);

  struct Plan {
    history::PacketFate fate = history::PacketFate::kSent;  // kSent, kLost or kCut
    TimeNs delay_ns = 0;  // latency model: the whole way; flow model: what comes on top of SimGrid's transfer
    std::optional<TimeNs> duplicate_delay_ns;
    bool corrupted = false;            // arrives with a wrong checksum
    bool duplicate_corrupted = false;
    bool clogged = false;              // arrives when its way is clogged no more
  };
  // Requires: from != to.
  Plan plan(core::NodeId from, core::NodeId to);
  // Of a heartbeat: on the same way, with randomness of its own.
  Plan plan_heartbeat(core::NodeId from, core::NodeId to);

  // One way without jitter and disturbances; of a distribution, its median. Flow model: SimGrid's latency of the route.
  TimeNs median_ns(core::NodeId from, core::NodeId to);

  // True when messages from `from` to `to` are cut by a partition now.
  bool is_cut(core::NodeId from, core::NodeId to) const;
  // True when they are cut or held now.
  bool is_silent(core::NodeId from, core::NodeId to) const;
  bool is_clogged(core::NodeId from, core::NodeId to) const;

  void install(Disturbance disturbance) { disturbances_.push_back(std::move(disturbance)); }
  void remove(std::uint32_t fault);
  const std::vector<Disturbance>& disturbances() const { return disturbances_; }

  // The host that stands for a process: a payer shares its region's first host, a lock service that of its neighbour.
  std::uint32_t host_of(core::NodeId process) const { return host_of_[process.value]; }
  // True when the way has no route: a payer and a node of its own region, or two processes of one host.
  bool is_beside(core::NodeId from, core::NodeId to) const;

  // A link's randomness is drawn by the number of the message: counts messages, and heartbeats.
  void count_draws(const DrawCounter& count) const;

 private:
  struct Link {
    TimeNs fixed_ns = 0;                    // route latency; 0 when `distribution` replaces it
    const Sampler* distribution = nullptr;  // one-way latency of the scenario, instead of the route
    const Sampler* access = nullptr;        // between a payer and the network of its region
    bool jitters = true;
    std::uint64_t key = 0;                  // of the link's randomness
    std::uint64_t messages = 0;             // sent so far
    std::uint64_t heartbeats = 0;
  };
  // The randomness of one copy of one message: what is drawn for one purpose shifts nothing else, on this link or another.
  class Dice;

  Plan plan(const Link& way, std::uint64_t key, std::uint64_t number, core::NodeId from, core::NodeId to) const;
  Link& link(core::NodeId from, core::NodeId to);
  Link make_link(core::NodeId from, core::NodeId to);
  const Sampler* latency_override(core::NodeId from, core::NodeId to) const;
  TimeNs draw_delay(const Link& link, const Dice& dice, core::NodeId from, core::NodeId to) const;
  bool draw_corruption(const Dice& dice, core::NodeId from, core::NodeId to) const;
  template <class Predicate>
  bool is_disturbed(core::NodeId from, core::NodeId to, Predicate predicate) const;

  struct Override {
    ProcessSet from;
    ProcessSet to;
    Sampler latency;
  };
  ProcessSet endpoint(const std::string& name) const;

  const Layout& layout_;
  Platform& platform_;
  std::uint64_t seed_;
  std::uint64_t heartbeat_key_;
  bool flow_;
  Sampler jitter_;
  Sampler access_;
  std::optional<Sampler> latency_;
  double loss_;
  double duplicate_;
  std::vector<Override> overrides_;
  std::vector<std::uint32_t> host_of_;
  std::vector<std::uint64_t> key_of_;  // by process
  std::vector<Disturbance> disturbances_;
  core::FlatMap<Pair, Link> links_;
};

}  // namespace paygrid::timed
