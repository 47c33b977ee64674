// The payer: submits payments, times out, retries the same payment (its id is the idempotency key), and after the last retry
// keeps an unanswered payment as unknown. One process stands for all the payers of one place.
#pragma once

#include <cstdint>
#include <memory>

#include "models/core/duration.hpp"
#include "models/core/id.hpp"
#include "models/core/role.hpp"

namespace paygrid::client {

struct PayerTiming {
  core::Duration answer_timeout{5'000'000'000};  // per try, on the payer's own clock
  std::uint32_t retries = 3;                     // tries after the first
};

// Timer kinds of the payer.
enum class PayerTimer : std::uint8_t { kAnswer };

std::unique_ptr<core::Role> make_payer(core::NodeId self, const PayerTiming& timing);

}  // namespace paygrid::client
