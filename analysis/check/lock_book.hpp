// The book of the locks of a lock service: who was granted which, what became of the grant, and who believes in it. Checks read it.
//
// Invariants:
//  1. at most one grant of a lock stands at the service (Standing::kOwned).
//  2. a grant is kept while its payment lives in the book of transactions, and while it stands.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/check/txn_view.hpp"
#include "models/core/fact.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::check {

enum class Standing : std::uint8_t {
  kOwned,      // at the service: true ownership
  kTakenAway,  // the service gave it to somebody else, or forgot it, before its owner gave it back or let its lease run out
  kOver,       // given back, or its lease ran out
};

struct Grant {
  core::TxnId owner;
  core::NodeId believer = core::kNoNode;  // the process that believes in it; kNoNode: nobody does
  Standing standing = Standing::kOwned;
  std::uint64_t token = 0;

  // Believed in, and rightly so: nobody but the service could have ended it.
  bool is_rightful() const { return believer != core::kNoNode && standing != Standing::kOver; }
};

class LockBook {
 public:
  // Requires: core::is_about_lock(fact.kind). `lives`: the payment is in the book of transactions.
  void enter(core::NodeId process, const core::Fact& fact, bool lives);
  void on_crash(core::NodeId process);
  void on_retired(const PaymentView& payment);

  // The newest grant of the lock of `account` to `owner`, or null.
  const Grant* find(core::AccountId account, core::TxnId owner) const;
  // All that are kept, in the order of granting.
  std::span<const Grant> grants_of(core::AccountId account) const;

 private:
  Grant* find(core::AccountId account, core::TxnId owner);

  core::FlatMap<core::AccountId, std::vector<Grant>> grants_;
};

}  // namespace paygrid::check
