// A payment: one or many legs that balance to zero, to be applied by all their participants or by none.
// Immutable once built; shared by reference count, so that it can travel inside messages and log records for the price of a
// pointer. Two references are equal when they name the same payment id and carry the same tokens: an id has one content for ever, but
// for the tokens of locks that an attempt to make it carries.
//
// Invariants (checked by PaymentPool::seal):
//  1. legs are grouped by participant, participants ascend; within a group the legs keep the order of lock acquisition.
//  2. the amounts of the legs sum to zero, and no leg is zero.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "models/core/id.hpp"
#include "models/core/money.hpp"

namespace paygrid::core {

enum class PaymentKind : std::uint8_t { kTransfer, kPurchase, kPayroll, kRefund };

struct Leg {
  AccountId account;
  NodeId participant;  // the node that holds the account's shard
  Money amount;        // negative: debit
  bool operator==(const Leg&) const = default;
};

class PaymentPool;

struct Payment {
  PaymentId id;
  PaymentKind kind{};
  Currency currency;
  NodeId payer = kNoNode;        // the process that submits it and waits for the answer
  NodeId coordinator = kNoNode;  // the node it is submitted to, also on every retry
  std::vector<Leg> legs;
  std::vector<NodeId> participants;
  std::vector<Token> tokens;  // by leg, of the locks under which this attempt is made; empty: nobody checks them

  // Requires: `leg` is one of `legs`, and tokens is not empty.
  Token token_of(const Leg& leg) const { return tokens[static_cast<std::size_t>(&leg - legs.data())]; }
  // The legs held by `participant`: empty when it holds none.
  std::span<const Leg> legs_of(NodeId participant) const;

 private:
  friend class PaymentRef;
  friend class PaymentPool;
  std::uint32_t references_ = 0;
  PaymentPool* pool_ = nullptr;
};

class PaymentRef {
 public:
  PaymentRef() = default;
  PaymentRef(const PaymentRef& other) noexcept : payment_(other.payment_) { if (payment_) ++payment_->references_; }
  PaymentRef(PaymentRef&& other) noexcept : payment_(std::exchange(other.payment_, nullptr)) {}
  PaymentRef& operator=(PaymentRef other) noexcept { std::swap(payment_, other.payment_); return *this; }
  ~PaymentRef() { if (payment_ != nullptr && --payment_->references_ == 0) recycle(); }

  explicit operator bool() const { return payment_ != nullptr; }
  const Payment& operator*() const { return *payment_; }
  const Payment* operator->() const { return payment_; }
  // The same payment with these tokens, one a leg.
  PaymentRef with_tokens(std::span<const Token> tokens) const;
  // Empty of a payment that carries none.
  std::span<const Token> tokens() const {
    return payment_ != nullptr ? std::span<const Token>(payment_->tokens) : std::span<const Token>{};
  }
  friend bool operator==(const PaymentRef& a, const PaymentRef& b) {
    return a.payment_ == b.payment_ ||
           (a.payment_ && b.payment_ && a.payment_->id == b.payment_->id && a.payment_->tokens == b.payment_->tokens);
  }

 private:
  friend class PaymentPool;
  explicit PaymentRef(Payment* payment) : payment_(payment) { ++payment_->references_; }
  void recycle() noexcept;
  Payment* payment_ = nullptr;
};

// Owns payments and reuses them once the last reference is gone, with the capacity of their vectors, so that a long run
// allocates only while the number of payments alive grows. Must outlive every reference. Not thread-safe.
class PaymentPool {
 public:
  PaymentPool() = default;
  PaymentPool(const PaymentPool&) = delete;
  PaymentPool& operator=(const PaymentPool&) = delete;

  // An empty payment to fill in; legs in the order of acquisition wanted within each participant.
  Payment& draft();
  // Groups the legs, derives the participants, checks the invariants and freezes the draft.
  PaymentRef seal(Payment& draft);

  std::size_t alive() const { return owned_.size() - free_.size(); }

 private:
  friend class PaymentRef;
  std::vector<std::unique_ptr<Payment>> owned_;
  std::vector<Payment*> free_;
};

}  // namespace paygrid::core
