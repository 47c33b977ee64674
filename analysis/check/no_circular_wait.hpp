// No circular wait: no payments wait for each other's locks in a circle, at the shards or at a lock service.
//
// The first of the three classic rules against deadlock (Coffman, Elphick, Shoshani, "System deadlocks", 1971; Havender, "Avoiding
// deadlock in multitasking systems", 1968). The policies of locks promise two things:
//  - wait, no_wait and wait_die end no circle, so each that closes is a violation. Under no_wait and wait_die none can close; under wait
//    that is for the order of acquisition to see to. What waits at a lock service is judged so under every policy.
//  - wound_wait, detect and probe let circles close and cut them, so one is a violation if it stands until somebody's patience ends, or
//    at the end of the run for longer than a wait may last. How long the others stood is reported.
// Where neither the order of locks nor the policy promises so much (RunInfo::circles_may_stand), a violation is told all the same.
//
// Circles that share a payment are one knot, and told one at a time: the next when the first is broken and it still stands. A knot of n
// payments may have more circles than anybody could count, and costs O(n) for each wait that begins or ends in it.
//
// Sometimes: a payment waits for a lock that another has.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "analysis/check/circle.hpp"
#include "analysis/check/lock_book.hpp"
#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"
#include "analysis/check/wait_book.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

struct CircleFigures {
  std::uint64_t closed = 0;
  std::uint64_t cut = 0;        // by the policy
  std::uint64_t timed_out = 0;
  TimeNs longest_ns = 0;        // that one stood; of those that stand in the end, too
};

class NoCircularWait {
 public:
  static constexpr std::string_view kName = "no-circular-wait";
  NoCircularWait(const history::RunInfo& info, TxnBook& book, const LockBook& service)
      : info_(info), book_(book), service_(service) {}

  void on_wait(const Touch& touch);  // kLockWait
  void on_granted(const Touch& touch) {  // kLocked
    if (!shards_.empty()) [[unlikely]] leave(touch);
  }
  void on_left(const Touch& touch) { leave(touch); }  // kLockDenied, kLockUnwanted
  // Call when the book of the service has heard of it.
  void on_service(Stamp now, const core::Fact& fact);
  void on_denied(const Touch& touch) { end_broken(touch.at_ns, CircleEnd::kOther); }
  void on_crash(TimeNs now_ns, core::NodeId process);

  void judge(TimeNs end_ns, bool complete);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

  CircleFigures figures() const { return figures_; }
  // One of each knot that stands now, no two of which share a payment.
  std::span<const Circle> standing() const { return standing_; }
  // The first that is a violation, or else the first that closed.
  const std::optional<Circle>& told() const { return told_; }
  const WaitBook& shards() const { return shards_; }

 private:
  bool is_cut_by_policy(const Circle& circle) const;
  void leave(const Touch& touch);
  // Tells the circle through `start`, if there is one in no knot that was told. True: it did.
  bool search(core::TxnId start);
  // Ends the circles that are broken, and looks for others through the same transactions.
  void end_broken(TimeNs now_ns, CircleEnd end);
  void end(Circle& circle, TimeNs now_ns, CircleEnd end);
  CircleEnd fate_of(const Circle& circle);
  void violate(const Circle& circle);
  void tell(const Circle& circle, bool violates);

  const history::RunInfo& info_;
  TxnBook& book_;
  const LockBook& service_;
  WaitBook shards_;
  std::vector<Circle> standing_;
  CircleFigures figures_;
  std::optional<Circle> told_;
  bool told_violates_ = false;
  Tally tally_{kName, Property::kLiveness};
};

}  // namespace paygrid::check
