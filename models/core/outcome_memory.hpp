// The outcomes of finished payments, remembered so that a late or repeated message cannot revive one. Two generations: new
// outcomes enter the young one; forget_oldest() drops the old one and ages the young. With a period P between calls an outcome
// is remembered for at least P and at most 2 P. Assumption, enforced by the engines: no packet lives longer than P.
#pragma once

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
    if (const auto known = recall(txn.payment)) {
      if (known->outcome == Outcome::kCommitted || known->attempt > txn.attempt) return;
      old_.erase(txn.payment);
    }
    young_[txn.payment] = FinishedAttempt{txn.attempt, outcome};
  }

  std::optional<FinishedAttempt> recall(PaymentId payment) const {
    if (const FinishedAttempt* finished = young_.find(payment)) return *finished;
    if (const FinishedAttempt* finished = old_.find(payment)) return *finished;
    return std::nullopt;
  }

  void forget_oldest() {
    std::swap(old_, young_);
    young_.clear();
  }

  std::size_t size() const { return young_.size() + old_.size(); }
  auto fields() const { return std::tie(young_, old_); }
  bool operator==(const OutcomeMemory&) const = default;

 private:
  FlatMap<PaymentId, FinishedAttempt> young_;
  FlatMap<PaymentId, FinishedAttempt> old_;
};

}  // namespace paygrid::core
