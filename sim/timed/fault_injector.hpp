// Faults of the scenario: when each begins and ends, whom it hits, and how it acts. Every occurrence has an id of its own, and
// every id begins once and ends at most once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"
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
  virtual void disturb(Disturbance disturbance) = 0;
  virtual void calm(std::uint32_t fault) = 0;  // removes the disturbances of a fault
  // Of the payment begun last; before the first payment, the first candidate.
  virtual core::NodeId coordinator_now() const = 0;
  virtual core::NodeId participant_now() const = 0;
  virtual void announce(std::uint32_t fault, bool begins, const std::string& description) = 0;
};

class FaultInjector {
 public:
  FaultInjector(const scenario::Scenario& scenario, const Layout& layout, FaultTarget& target);

  // Schedules the first occurrence of every fault, and the healing.
  void start();
  void on_begin(std::uint32_t index);
  void on_end(std::uint32_t fault);
  void on_heal();
  void count_draws(const DrawCounter& count) const;

 private:
  struct Active {
    std::uint32_t fault = 0;
    std::uint32_t index = 0;  // in the scenario
    bool for_ever = false;
    std::vector<core::NodeId> nodes;
    std::string description;
  };

  // Members of a selector now. Payers belong to their region, and to `all`, when `with_payers`.
  ProcessSet resolve(const std::string& selector, RandomStream& dice, bool with_payers) const;
  void apply(const scenario::Fault& spec, Active& active, const ProcessSet& where, RandomStream& dice);
  void disturb(const scenario::Fault& spec, Active& active, const ProcessSet& where, RandomStream& dice);
  void end(std::size_t at);
  void schedule_poisson(std::uint32_t index, TimeNs after_ns);
  std::string names_of(const ProcessSet& set) const;

  const scenario::Scenario& scenario_;
  const Layout& layout_;
  FaultTarget& target_;
  std::vector<RandomStream> when_;   // by fault of the scenario
  std::vector<RandomStream> where_;
  std::vector<Active> active_;
  std::uint32_t last_fault_ = 0;
};

}  // namespace paygrid::timed
