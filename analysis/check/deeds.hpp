// Deeds: what one process is known to have done about each transaction, folded from its facts and kept across its crashes. It is
// the history variable of an exhaustive search: small, comparable, and enough to judge a state without its past.
//
// Transactions are numbered payment by payment: (payment index) * kAttemptsMax + attempt, below kTxnsMax.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "analysis/check/lock_deeds.hpp"
#include "models/core/durable_state.hpp"
#include "models/core/fact.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/money.hpp"
#include "models/core/payment.hpp"
#include "models/core/placement.hpp"

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
  kPostedOtherwise,    // posted without having decided commit, or not its legs with it; or released a hold after it
  kAnsweredOtherwise,  // told the payer something else than it decided
  kOverdrew,           // held money that was not there, by what it has said and written
  kForgotVote,         // recovered, and its log knows nothing of what it had voted yes for
  kRecoveredOtherwise, // recovered other funds than its log says
  kDidNotDescend,      // took a step that brought it no nearer to rest
};

struct Deeds {
  TxnSet voted_yes = 0;
  TxnSet voted_no = 0;
  TxnSet in_doubt = 0;   // voted yes and knows no outcome; what a crash forgets, a recovery finds again
  TxnSet committed = 0;  // as coordinator or as participant
  TxnSet aborted = 0;
  std::uint16_t misdeeds = 0;  // bit i: Misdeed(i)
  LockDeeds locks;  // nothing where no lock service is: its facts alone are folded in
  std::vector<core::Money> purse;  // balance less holds of each account here, by Placement::local_index

  auto operator<=>(const Deeds&) const = default;

  // `number` is the number of the fact's transaction. Requires: not a kRecovered.
  void fold(const core::Fact& fact, std::uint32_t number, const core::Placement& placement);

  // The purse is volatile: a recovery finds it again.
  void crash() {
    purse.clear();
    locks.crash();
  }

  // A kRecovered, held against what the disk kept, of which the role is not asked. `logged`: the transactions that it knows.
  void recover(const core::Fact& fact, const core::DurableState& durable, TxnSet logged, const core::Placement& placement);

  void note(Misdeed misdeed);
};

// A participant posts in the step in which it decides commit: each of its legs once, and nothing at any other time. True when
// that is so of `payment` in one step of `node`, which observed `facts`.
bool posts_with_decision(std::span<const core::Fact> facts, const core::Payment& payment, core::NodeId node);

}  // namespace paygrid::check
