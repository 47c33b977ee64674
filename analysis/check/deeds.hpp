// Deeds: what one process is known to have done about each transaction, folded from its facts and kept across its crashes. It is
// the history variable of an exhaustive search: small, comparable, and enough to judge a state without its past.
//
// Transactions are numbered payment by payment: (payment index) * kAttemptsMax + attempt, below kTxnsMax.
#pragma once

#include <compare>
#include <cstdint>

#include "models/core/fact.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"

namespace paygrid::check {

inline constexpr std::uint32_t kAttemptsMax = 4;
inline constexpr std::uint32_t kTxnsMax = 16;

using TxnSet = std::uint16_t;  // bit i: transaction number i

// The number of an attempt, given the number (from 0) of its payment. Requires: the result is below kTxnsMax.
constexpr std::uint32_t txn_number(std::uint32_t payment_index, std::uint32_t attempt) {
  return payment_index * kAttemptsMax + attempt;
}

// What a single process did that no process may do, whatever the others did.
enum class Misdeed : std::uint8_t {
  kChangedDecision,    // AC4
  kPostedOtherwise,    // posted without having decided commit, or released a hold after having decided it
  kAnsweredOtherwise,  // told the payer something else than it decided
};

struct Deeds {
  TxnSet voted_yes = 0;
  TxnSet voted_no = 0;
  TxnSet in_doubt = 0;   // voted yes and knows no outcome; what a crash forgets, a recovery finds again
  TxnSet committed = 0;  // as coordinator or as participant
  TxnSet aborted = 0;
  std::uint8_t misdeeds = 0;  // bit i: Misdeed(i)

  auto operator<=>(const Deeds&) const = default;

  // `number` is the number of the fact's transaction.
  void fold(const core::Fact& fact, std::uint32_t number);
};

}  // namespace paygrid::check
