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
#include "sim/timed/fault_actions.hpp"
#include "sim/timed/fault_budget.hpp"
#include "sim/timed/fault_target.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/occurrence.hpp"
#include "sim/timed/random_stream.hpp"

namespace paygrid::timed {

class FaultInjector {
 public:
  FaultInjector(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout,
                FaultTarget& target);

  // Schedules the first occurrence of every fault, and the healing.
  void start();
  // `storm`: the fault that crashes its nodes again; 0: a fault of its own.
  void on_begin(std::uint32_t index, std::uint32_t storm);
  void on_end(std::uint32_t fault);
  void on_strobe(std::uint32_t fault);
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
    bool forth = false;  // of a strobe
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
  TimeNs length_ns(const scenario::Fault& spec) const;
  bool harms_too_many(const Found& found) const;
  void schedule_begin(std::uint32_t index, TimeNs at_ns, std::uint32_t storm = 0);
  void schedule_strobe(const Active& active);
  ProcessSet resolve(const std::string& selector, std::uint32_t index, const Cause& cause, bool with_payers);
  void apply(Active& active, Found& found);
  std::string describe(const Found& found) const;
  void end(std::size_t at);
  void schedule_poisson(std::uint32_t index, TimeNs after_ns);
  std::string names_of(const ProcessSet& set) const;

  const scenario::Scenario& scenario_;
  const Layout& layout_;
  FaultTarget& target_;
  std::vector<RandomStream> when_;   // by fault of the scenario
  std::vector<RandomStream> where_;
  std::vector<std::uint32_t> begun_;  // occurrences so far, by fault of the scenario
  Cast cast_;
  Anchors anchors_;
  bool watches_payments_ = false;  // a selector asks for the parts of payments
  std::vector<Due> due_;           // anchored faults that strike when the step is over
  std::map<std::uint32_t, ProcessSet> storms_;  // by the fault that began it
  std::vector<Active> active_;
  ProcessSet harmed_;  // nodes whose disk has lost, torn or lied
  FaultTally tally_;
  std::uint32_t last_fault_ = 0;
};

}  // namespace paygrid::timed
