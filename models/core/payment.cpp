#include "models/core/payment.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::core {

namespace {

// Room for these is allocated with the payment, so that the three lie side by side.
constexpr std::size_t kUsualLegs = 4;

}  // namespace

std::span<const Leg> Payment::legs_of(NodeId participant) const {
  std::size_t first = 0;
  while (first < legs.size() && legs[first].participant != participant) ++first;
  std::size_t last = first;
  while (last < legs.size() && legs[last].participant == participant) ++last;
  return std::span<const Leg>(legs).subspan(first, last - first);
}

PaymentRef PaymentRef::with_tokens(std::span<const Token> tokens) const {
  PAYGRID_ASSERT(tokens.size() == payment_->legs.size(), "every leg is written under a lock");
  PaymentPool& pool = *payment_->pool_;
  Payment& draft = pool.draft();
  draft.id = payment_->id;
  draft.kind = payment_->kind;
  draft.currency = payment_->currency;
  draft.payer = payment_->payer;
  draft.coordinator = payment_->coordinator;
  draft.legs.assign(payment_->legs.begin(), payment_->legs.end());
  draft.tokens.assign(tokens.begin(), tokens.end());
  return pool.seal(draft);
}

void PaymentRef::recycle() noexcept { payment_->pool_->free_.push_back(payment_); }

Payment& PaymentPool::draft() {
  if (free_.empty()) {
    owned_.push_back(std::make_unique<Payment>());
    owned_.back()->pool_ = this;
    owned_.back()->legs.reserve(kUsualLegs);
    owned_.back()->participants.reserve(kUsualLegs);
    free_.reserve(owned_.capacity());
    free_.push_back(owned_.back().get());
  }
  Payment& payment = *free_.back();
  free_.pop_back();
  payment.id = {};
  payment.kind = {};
  payment.currency = {};
  payment.payer = kNoNode;
  payment.coordinator = kNoNode;
  payment.legs.clear();
  payment.participants.clear();
  payment.tokens.clear();
  return payment;
}

PaymentRef PaymentPool::seal(Payment& draft) {
  PAYGRID_ASSERT(draft.pool_ == this && draft.references_ == 0, "a draft is sealed once, by its own pool");
  std::vector<Leg>& legs = draft.legs;
  draft.participants.clear();
  PAYGRID_ASSERT(!legs.empty(), "a payment has legs");
  // Insertion sort: stable, in place, and legs are few.
  for (std::size_t i = 1; i < legs.size(); ++i)
    for (std::size_t j = i; j > 0 && legs[j].participant < legs[j - 1].participant; --j) std::swap(legs[j], legs[j - 1]);
  Money sum;
  for (const Leg& leg : legs) {
    PAYGRID_ASSERT(leg.amount != Money{}, "no leg is zero");
    sum += leg.amount;
    if (draft.participants.empty() || draft.participants.back() != leg.participant)
      draft.participants.push_back(leg.participant);
  }
  PAYGRID_ASSERT(sum == Money{}, "the legs of a payment sum to zero");
  return PaymentRef(&draft);
}

}  // namespace paygrid::core
