// The book of the locks of a lock service: who waits for which, who was granted it, what became of the grant, and who believes in it.
// Checks and figures read it.
//
// Where a majority of servers must grant a lock, each for itself (`redlock`), a grant stands while so many servers say so, and was
// taken away when those that forgot it would have been needed.
//
// Invariants:
//  1. at most one grant of a lock stands at the service (Standing::kOwned).
//  2. a grant is kept while its payment lives in the book of transactions, and while a server says that it stands.
//  3. the levels are sums over the grants that are kept, and over who waits.
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
  std::uint32_t owned = 0;                // at these servers, one bit each
  std::uint32_t taken_away = 0;           // by these
  std::uint64_t token = 0;
  TimeNs taken_at_ns = 0;
  TimeNs unfounded_since_ns = 0;          // meaningless unless it is believed in and not owned
};

// Who waits for one lock after another waits for one at a time.
struct LockWait {
  core::NodeId process;
  core::AccountId account;
  Stamp since;
};

// How many, now.
struct LockLevels {
  std::uint64_t waited_for = 0;
  std::uint64_t owned = 0;
  std::uint64_t believed = 0;
  std::uint64_t unfounded = 0;  // believed and not owned
};

class LockBook {
 public:
  explicit LockBook(const history::RunInfo& info) : info_(info) {}

  // Requires: core::is_about_lock(fact.kind). `lives`: the payment is in the book of transactions. Returns how long the payment had
  // waited for the lock that it acquired, -1 otherwise.
  TimeNs enter(Stamp now, core::NodeId process, const core::Fact& fact, bool lives);
  // The payment goes on without the lock that it waits for.
  void on_denied(core::TxnId txn) { waits_.erase(txn); }
  void on_crash(TimeNs now_ns, core::NodeId process);
  void on_retired(const PaymentView& payment);

  Standing standing(const Grant& grant) const;
  // Believed in, and rightly so: nobody but the service could have ended it.
  bool is_rightful(const Grant& grant) const { return grant.believer != core::kNoNode && standing(grant) != Standing::kOver; }
  // The newest grant of the lock of `account` to `owner`, or null.
  const Grant* find(core::AccountId account, core::TxnId owner) const;
  // All that are kept, in the order of granting.
  std::span<const Grant> grants_of(core::AccountId account) const;
  std::vector<core::AccountId> accounts() const { return grants_.sorted_keys(); }
  const core::FlatMap<core::TxnId, LockWait>& waits() const { return waits_; }

  LockLevels levels() const;
  // Of beliefs without ownership that are over, and of those that are not by `now_ns`.
  TimeNs unfounded_ns(TimeNs now_ns) const;
  TimeNs unfounded_ns_max(TimeNs now_ns) const;

 private:
  Grant* find(core::AccountId account, core::TxnId owner);
  std::uint32_t server_bit(core::NodeId server) const;
  bool is_unfounded(const Grant& grant) const {
    return grant.believer != core::kNoNode && standing(grant) != Standing::kOwned;
  }
  bool is_needed(const Grant& grant) const { return grant.owned != 0 || is_rightful(grant); }
  void on_taken(Stamp now, core::NodeId server, const core::Fact& fact);
  void take_away(TimeNs now_ns, core::AccountId account);
  void count(const Grant& grant, std::uint64_t times);
  template <class Change>
  void alter(TimeNs now_ns, Grant& grant, Change&& change);
  template <class IsOver>
  void forget(std::vector<Grant>& grants, IsOver&& is_over);

  const history::RunInfo& info_;
  core::FlatMap<core::AccountId, std::vector<Grant>> grants_;
  core::FlatMap<core::TxnId, LockWait> waits_;
  LockLevels levels_;  // without waited_for
  TimeNs unfounded_ns_ = 0;
  TimeNs unfounded_ns_max_ = 0;
};

}  // namespace paygrid::check
