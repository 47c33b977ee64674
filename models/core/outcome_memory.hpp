// The outcomes of finished payments, remembered so that a late or repeated message cannot revive one. Two generations: new
// outcomes enter the young one; forget_oldest() drops the old one and ages the young. With a period P between calls an outcome
// is remembered for at least P and at most 2 P. Assumption, enforced by the engines: no packet lives longer than P.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"

namespace paygrid::core {

struct FinishedAttempt {
  std::uint32_t attempt{};
  Outcome outcome{};
  auto fields() const { return std::tie(attempt, outcome); }
  bool operator==(const FinishedAttempt&) const = default;
};

class OutcomeMemory {
 public:
  // A later attempt replaces an earlier one of the same payment; a commit is never replaced.
  void remember(TxnId txn, Outcome outcome) {
    young_.expect(PaymentId{txn.payment.value + kAhead});
    if (const auto known = recall(txn.payment)) {
      if (known->outcome == Outcome::kCommitted || known->attempt > txn.attempt) return;
      old_.erase(txn.payment);
    }
    young_[txn.payment] = FinishedAttempt{txn.attempt, outcome};
    young_last_ = std::max(young_last_, txn.payment);
  }

  std::optional<FinishedAttempt> recall(PaymentId payment) const {
    if (const FinishedAttempt* finished = young_.find(payment)) return *finished;
    if (const FinishedAttempt* finished = old_.find(payment)) return *finished;
    return std::nullopt;
  }

  void forget_oldest() {
    if (!old_.empty()) {
      forgotten_last_ = std::max(forgotten_last_, old_last_);
      has_forgotten_ = true;
    }
    std::swap(old_, young_);
    old_last_ = young_last_;
    young_.clear();
    young_last_ = PaymentId{};
  }

  // False: what is not recalled was never finished here. True: it may have been, long ago, since an outcome of this payment or a
  // later one (by id) has been dropped.
  bool may_have_forgotten(PaymentId payment) const { return has_forgotten_ && payment <= forgotten_last_; }

  std::size_t size() const { return young_.size() + old_.size(); }
  auto fields() const { return std::tie(young_, old_, young_last_, old_last_, forgotten_last_, has_forgotten_); }
  bool operator==(const OutcomeMemory&) const = default;

 private:
  // Payments end nearly in the order of their ids: by so many the place of a later one is fetched ahead.
  static constexpr std::uint32_t kAhead = 1024;

  FlatMap<PaymentId, FinishedAttempt> young_;
  FlatMap<PaymentId, FinishedAttempt> old_;
  PaymentId young_last_;      // the greatest id that entered each generation
  PaymentId old_last_;
  PaymentId forgotten_last_;  // ... of all generations dropped
  bool has_forgotten_ = false;
};

}  // namespace paygrid::core
