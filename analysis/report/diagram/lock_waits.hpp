// Who waited for whose locks, from the facts of a run in their order.
//
// Locks are granted in the order in which they were asked for, so whoever posts to an account (or gives its money back) while
// another waits for that account stood before it. Whoever holds money of the account when the wait begins does so as well; that
// finds those who never let go. One who only receives and never lets go is not seen: nothing in the facts names its account.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analysis/history/trace_line.hpp"

namespace paygrid::report {

class LockWaits {
 public:
  void add(const history::TraceLine& line);

  // The payment, then those whose locks it waited for, transitively, nearest first; at most `max` in all.
  // `left_out` is told how many more there are.
  std::vector<core::PaymentId> past_of(core::PaymentId payment, std::size_t max, std::size_t& left_out) const;
  std::vector<core::PaymentId> waited_for(core::PaymentId payment) const;

 private:
  struct Claim {
    core::TxnId txn;
    std::uint32_t process = 0;
    bool operator==(const Claim&) const = default;
  };
  using Claims = std::map<core::AccountId, std::vector<Claim>>;
  void on_fact(const history::TraceLine& line);
  void wait(const history::TraceLine& line);
  void stop_waiting(core::TxnId txn, std::uint32_t process);
  void recovered(std::uint32_t process);
  void recovered_open(const Claim& claim);
  void let_go(const history::TraceLine& line);
  void tie(core::PaymentId waiting, core::PaymentId before);

  Claims waiting_;
  Claims holding_;
  Claims unsure_;  // held when their process crashed, and not found in its log yet
  std::map<core::PaymentId, std::vector<core::PaymentId>> before_;  // in the order in which it was seen
};

}  // namespace paygrid::report
