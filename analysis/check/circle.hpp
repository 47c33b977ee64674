// A circle of waits across the cluster: how to find one, and how to tell it.
//
// Sources: Coffman, Elphick, Shoshani, "System deadlocks" (1971), the fourth condition; Holt, "Some deadlock properties of computer
// systems" (1972): of exclusive locks, a circle in the wait-for graph is a deadlock.
//
// Who stands in a queue waits for the holder and for all ahead: a lock that is freed goes to the first. So a circle may lead through one
// who has no lock that is wanted, and only stands before somebody who has.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/check/lock_book.hpp"
#include "analysis/check/wait_book.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

struct CircularWait {
  core::TxnId waiter;
  core::AccountId account;  // whose lock it waits for
  core::NodeId node;        // the shard of that account; of a lock service: the process that asked
  Stamp since;
  bool of_service = false;
  bool is_held = true;      // by the next on the circle; false: that one only stands ahead in the queue
};

enum class CircleEnd : std::uint8_t {
  kStands,
  kCut,       // the policy denied one of them a lock, or wounded it
  kTimedOut,  // the patience of one of them, or of its coordinator, was over
  kOther      // one of them ended for a reason of its own, or a node crashed
};
std::string_view name_of(CircleEnd end);

struct Circle {
  std::vector<CircularWait> waits;  // each for the next one's waiter, the last for the first's
  Stamp closed;                     // when the last of these waits began
  TimeNs ended_ns = -1;             // -1: it stands
  CircleEnd end = CircleEnd::kStands;
  // Through whom others closed that share a payment with this one.
  std::vector<core::TxnId> others{};
};

// A shortest circle through `start`, which stands first in it; of several one where the next holds the lock. nullopt: there is none.
// O(waits that are reached).
std::optional<Circle> circle_through(core::TxnId start, const WaitBook& shards, const LockBook& service);

// The wait is as it was: not granted, not given up, and `ahead` is still ahead.
bool still_stands(const CircularWait& wait, core::TxnId ahead, const WaitBook& shards, const LockBook& service);
bool still_stands(const Circle& circle, const WaitBook& shards, const LockBook& service);

// "payment 12.0 waits for account 3 at a since 1.000000 s (event 40), held by payment 9.0, which waits for ..., held by payment 12.0."
std::string in_words(const Circle& circle, const history::RunInfo& info);

}  // namespace paygrid::check
