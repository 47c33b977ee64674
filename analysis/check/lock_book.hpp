// The book of the locks of a lock service: who was granted which, what became of the grant, and who believes in it. Checks read it.
//
// Where a majority of servers must grant a lock, each for itself (`redlock`), a grant stands while so many servers say so, and was
// taken away when those that forgot it would have been needed.
//
// Invariants:
//  1. at most one grant of a lock stands at the service (Standing::kOwned).
//  2. a grant is kept while its payment lives in the book of transactions, and while a server says that it stands.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/run_info.hpp"
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
  std::uint32_t owned = 0;       // at these servers, one bit each
  std::uint32_t taken_away = 0;  // by these
  std::uint64_t token = 0;
};

class LockBook {
 public:
  explicit LockBook(const history::RunInfo& info) : info_(info) {}

  // Requires: core::is_about_lock(fact.kind). `lives`: the payment is in the book of transactions.
  void enter(core::NodeId process, const core::Fact& fact, bool lives);
  void on_crash(core::NodeId process);
  void on_retired(const PaymentView& payment);

  Standing standing(const Grant& grant) const;
  // Believed in, and rightly so: nobody but the service could have ended it.
  bool is_rightful(const Grant& grant) const {
    return grant.believer != core::kNoNode && standing(grant) != Standing::kOver;
  }
  // The newest grant of the lock of `account` to `owner`, or null.
  const Grant* find(core::AccountId account, core::TxnId owner) const;
  // All that are kept, in the order of granting.
  std::span<const Grant> grants_of(core::AccountId account) const;

 private:
  Grant* find(core::AccountId account, core::TxnId owner);
  std::uint32_t server_bit(core::NodeId server) const;
  void on_taken(core::NodeId server, const core::Fact& fact);
  bool is_needed(const Grant& grant) const { return grant.owned != 0 || is_rightful(grant); }

  const history::RunInfo& info_;
  core::FlatMap<core::AccountId, std::vector<Grant>> grants_;
};

}  // namespace paygrid::check
