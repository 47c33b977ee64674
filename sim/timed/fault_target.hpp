// What faults may do to the world: the engine as the fault injector sees it. Of faults that overlap at a node each is named by its
// id, acts as long as it lasts, and leaves nothing behind.
#pragma once

#include <cstdint>
#include <string>

#include "sim/scenario/fault.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/occurrence.hpp"

namespace paygrid::timed {

class FaultTarget {
 public:
  virtual ~FaultTarget() = default;
  virtual TimeNs now_ns() const = 0;
  virtual void schedule(TimeNs at_ns, Occurrence occurrence) = 0;
  virtual void announce(std::uint32_t fault, bool begins, std::string_view kind, const std::string& description) = 0;

  // Processes.
  virtual bool is_up(core::NodeId node) const = 0;
  virtual bool is_down(core::NodeId node) const = 0;  // crashed, about to crash in this step, or paused
  virtual void crash(core::NodeId node, std::uint32_t fault, scenario::DiskFate disk) = 0;
  virtual void recover(core::NodeId node, std::uint32_t fault) = 0;
  virtual void pause(core::NodeId node, std::uint32_t fault) = 0;
  virtual void resume(core::NodeId node, std::uint32_t fault) = 0;

  // Factors and chances at a node; `relieve` takes those of one fault out.
  virtual void slow_disk(core::NodeId node, std::uint32_t fault, double factor) = 0;  // multiplies fsync times
  virtual void slow_cpu(core::NodeId node, std::uint32_t fault, double factor) = 0;   // multiplies service times
  virtual void narrow(core::NodeId node, std::uint32_t fault, double share) = 0;      // multiplies the bandwidth
  virtual void fail_fsyncs(core::NodeId node, std::uint32_t fault, double share, TimeNs restart_ns) = 0;
  virtual void relieve(core::NodeId node, std::uint32_t fault) = 0;

  // Disks. No write ends until as many releases as stalls; fsync lies until as many truths as lies; the node stops at its first
  // write, and comes back when the disk is freed.
  virtual void stall_disk(core::NodeId node) = 0;
  virtual void release_disk(core::NodeId node) = 0;
  virtual void begin_lying(core::NodeId node) = 0;
  virtual void end_lying(core::NodeId node) = 0;
  virtual void fill_disk(core::NodeId node, std::uint32_t fault) = 0;
  virtual void free_disk(core::NodeId node, std::uint32_t fault) = 0;

  // Clocks.
  virtual void step_clock(core::NodeId node, TimeNs by_ns) = 0;
  virtual void drift_clock(core::NodeId node, std::int64_t by_ppb) = 0;  // on top of the rate in force

  // Messages.
  virtual bool is_cut(core::NodeId from, core::NodeId to) const = 0;
  virtual void disturb(Disturbance disturbance) = 0;
  virtual void calm(std::uint32_t fault) = 0;  // removes the disturbances of a fault

  // Of the payment begun last; before the first payment, the first candidate.
  virtual core::NodeId coordinator_now() const = 0;
  virtual core::NodeId participant_now() const = 0;
};

}  // namespace paygrid::timed
