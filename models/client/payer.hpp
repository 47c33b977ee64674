// The payer: submits payments, times out, retries the same payment (its id is the idempotency key), and after the last retry
// counts an unanswered payment as unknown for ever. One process stands for all the payers of one place. It never crashes.
//
// Invariants:
//  1. at most one kAnswered or kGaveUp fact follows each kSubmitted fact; a late or repeated answer changes nothing.
//  2. its memory is the payments in flight: an answered or given-up payment is forgotten.
//  3. every SUBMIT on the way was sent by a step of its payer: first when told to, or when the payer starts.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/id.hpp"
#include "models/core/payment.hpp"
#include "models/core/role.hpp"

namespace paygrid::client {

struct PayerTiming {
  core::Duration answer_timeout{5'000'000'000};  // per try, on the payer's own clock
  std::uint32_t retries = 3;                     // tries after the first
};

// Timer kinds of the payer.
enum class PayerTimer : std::uint8_t { kAnswer };

// `at_start`: payments that it makes in this order as soon as it starts; a Submit event tells of each of the others.
std::unique_ptr<core::Role> make_payer(core::NodeId self, const PayerTiming& timing,
                                       std::vector<core::PaymentRef> at_start = {});

}  // namespace paygrid::client
