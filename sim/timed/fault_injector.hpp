// Faults of the scenario: when each begins and ends, whom it hits, and how it acts. Every occurrence has an id of its own, and
// every id begins once and ends at most once.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/anchors.hpp"
#include "sim/timed/cast.hpp"
#include "sim/timed/fault_budget.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/occurrence.hpp"
#include "sim/timed/random_stream.hpp"

namespace paygrid::timed {

// What the injector may do to the world.
class FaultTarget {
 public:
  virtual ~FaultTarget() = default;
  virtual TimeNs now_ns() const = 0;
  virtual void schedule(TimeNs at_ns, Occurrence occurrence) = 0;
  virtual bool is_up(core::NodeId node) const = 0;
  virtual void crash(core::NodeId node, std::uint32_t fault) = 0;
  virtual void recover(core::NodeId node, std::uint32_t fault) = 0;
  virtual void pause(core::NodeId node, std::uint32_t fault) = 0;
  virtual void resume(core::NodeId node, std::uint32_t fault) = 0;
  virtual void scale_disk(core::NodeId node, double factor) = 0;  // multiplies the node's fsync times
  virtual void scale_cpu(core::NodeId node, double factor) = 0;   // multiplies the node's service times
  virtual void stall_disk(core::NodeId node) = 0;                 // no write ends until as many releases
  virtual void release_disk(core::NodeId node) = 0;
  virtual bool is_down(core::NodeId node) const = 0;              // crashed, about to crash in this step, or paused
  virtual bool is_cut(core::NodeId from, core::NodeId to) const = 0;
  virtual void disturb(Disturbance disturbance) = 0;
  virtual void calm(std::uint32_t fault) = 0;  // removes the disturbances of a fault
  // Of the payment begun last; before the first payment, the first candidate.
  virtual core::NodeId coordinator_now() const = 0;
  virtual core::NodeId participant_now() const = 0;
  virtual void announce(std::uint32_t fault, bool begins, scenario::FaultKind kind, const std::string& description) = 0;
};

class FaultInjector {
 public:
  FaultInjector(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout,
                FaultTarget& target);

  // Schedules the first occurrence of every fault, and the healing.
  void start();
  // `storm`: the fault that crashes its nodes again; 0: a fault of its own.
  void on_begin(std::uint32_t index, std::uint32_t storm);
  void on_end(std::uint32_t fault);
  void on_heal();
  const FaultTally& tally() const { return tally_; }

  // Anchored faults. The engine tells of every event that awaits() before it takes effect: faults `before` it strike at once, those
  // `after` it when the step is over and strike_due() is called.
  bool awaits(scenario::AnchorEvent event) const { return anchors_.await(event); }
  void see(const Sighting& sighting);
  // Facts matter only where parts of payments or facts are asked for.
  bool watches_payments() const { return watches_payments_; }
  // Requires: watches_payments().
  void see_fact(core::NodeId process, const core::Fact& fact);
  bool has_due() const { return !due_.empty(); }
  void strike_due();
  void count_draws(const DrawCounter& count) const;

 private:
  using Cause = std::optional<Sighting>;
  struct Active {
    std::uint32_t fault = 0;
    std::uint32_t index = 0;  // in the scenario
    bool for_ever = false;
    std::vector<core::NodeId> nodes;
    std::string description;
  };
  // An occurrence that has been found, and not yet allowed.
  struct Found {
    std::uint32_t index = 0;
    ProcessSet where;
    ProcessSet to;
    std::vector<Disturbance> shape;
    Cause cause;
    bool again = false;  // of a storm
  };

  struct Due {
    std::uint32_t index = 0;
    Sighting cause;
  };

  void find_and_begin(std::uint32_t index, const Cause& cause);
  void begin(Found found);
  void find_shape(Found& found, std::uint32_t fault);
  bool is_allowed(const Found& found) const;
  void leave_out(std::uint32_t index, std::uint64_t& count);
  void plan_storm(std::uint32_t fault, const Found& found);
  TimeNs last_ns() const;
  ProcessSet resolve(const std::string& selector, std::uint32_t index, const Cause& cause, bool with_payers);
  void apply(Active& active, Found& found);
  std::string describe(const Found& found) const;
  void act_on(core::NodeId node, const scenario::Fault& spec, std::uint32_t fault);
  void release(core::NodeId node, const scenario::Fault& spec, std::uint32_t fault);
  void end(std::size_t at);
  void schedule_poisson(std::uint32_t index, TimeNs after_ns);
  std::string names_of(const ProcessSet& set) const;

  const scenario::Scenario& scenario_;
  const Layout& layout_;
  FaultTarget& target_;
  std::vector<RandomStream> when_;   // by fault of the scenario
  std::vector<RandomStream> where_;
  Cast cast_;
  Anchors anchors_;
  bool watches_payments_ = false;  // a selector asks for the parts of payments
  std::vector<Due> due_;           // anchored faults that strike when the step is over
  std::map<std::uint32_t, ProcessSet> storms_;  // by the fault that began it
  std::vector<Active> active_;
  FaultTally tally_;
  std::uint32_t last_fault_ = 0;
};

}  // namespace paygrid::timed
