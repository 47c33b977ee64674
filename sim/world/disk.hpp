// A node's disk as a value: records in log order, first pending in volatile buffers, then durable and folded into a checkpoint.
//
// Invariants:
//  1. records become durable in log order; a forced record is reported only when it and all before it are durable.
//  2. a crash loses exactly the pending records.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "models/core/durable_state.hpp"
#include "models/core/placement.hpp"
#include "models/core/record.hpp"

namespace paygrid::world {

struct PendingRecord {
  core::Record record;
  bool forced = false;
  bool operator==(const PendingRecord&) const = default;
};

class Disk {
 public:
  Disk(core::NodeId node, const core::Placement& placement) : durable_(node, placement), placement_(&placement) {}

  void append(core::Record record, bool forced) {
    durable_.expect(record, *placement_);
    pending_.push_back({std::move(record), forced});
  }

  std::span<const PendingRecord> pending() const { return std::span(pending_).subspan(first_); }
  const core::DurableState& durable() const { return durable_; }

  // Pending records up to and including the first forced one; 0 when none is forced.
  std::size_t through_first_forced() const;

  // A hint that `count` records are about to become durable.
  void expect_durable(std::size_t count) const {
    for (const PendingRecord& next : pending().first(count)) durable_.open.expect(next.record.txn);
  }

  // The first `count` pending records become durable; they stay readable in `settled` until the next call.
  // Requires: count <= pending().size().
  std::span<const PendingRecord> make_durable(std::size_t count);

  // As make_durable, but they are on no medium: whoever takes them may settle() them later, in their order.
  std::span<const PendingRecord> take(std::size_t count);
  void settle(const core::Record& record) { durable_.fold(record, *placement_); }

  // The disk of a node that begins anew.
  void lose_all(core::NodeId node) {
    lose_pending();
    durable_ = core::DurableState(node, *placement_);
  }

  void lose_pending() {
    pending_.clear();
    first_ = 0;
  }

  // Values are equal when they hold the same records, durable and pending.
  friend bool operator==(const Disk& a, const Disk& b);

 private:
  core::DurableState durable_;
  const core::Placement* placement_;
  std::vector<PendingRecord> pending_;  // live from first_
  std::size_t first_ = 0;
  std::vector<PendingRecord> settled_;
};

}  // namespace paygrid::world
