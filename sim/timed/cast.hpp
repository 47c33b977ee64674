// Who plays which part in the payments under way, and which processes a selector means now.
//
// Invariant: a payment is known from its first `begun` to its last `ended`; one that a selector names by its number stays known.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/core/fact.hpp"
#include "models/core/payment.hpp"
#include "sim/scenario/fault.hpp"
#include "sim/scenario/selector.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/random_stream.hpp"

namespace paygrid::timed {

// One event that an anchor can wait for, as it happens at a process.
struct Sighting {
  scenario::AnchorEvent event{};
  std::uint8_t kind = 0;  // a core::RecordKind, core::FactKind, or Message::kind of the commit protocol
  core::NodeId process;
  core::TxnId txn;
  core::NodeId peer = core::kNoNode;  // the other end, when a message is sent or delivered
};

class Cast {
 public:
  Cast(const scenario::Scenario& scenario, const Layout& layout);

  // Some selector names a payment by its number.
  bool names_payments() const { return !named_.empty(); }
  void begun(const core::PaymentRef& payment) { payments_.insert_or_assign(payment->id, payment); }
  void ended(core::PaymentId payment) {
    if (!named_.contains(payment)) payments_.erase(payment);
  }

  // Members of a selector now. Payers belong to their region, and to `all`, when `with_payers`. Roles are those of the payment of
  // `cause`; without a cause, of the payment begun last, which is `coordinator` and `participant`. Parts of a payment that is not
  // known are nobody's. Throws std::invalid_argument when no node has the name.
  struct Now {
    core::NodeId coordinator;
    core::NodeId participant;
    const Sighting* cause = nullptr;
  };
  ProcessSet resolve(const scenario::Selector& selector, const Now& now, RandomStream& dice, bool with_payers) const;

  // True when the event of `sighting` happens at one of the selector's processes. Requires: the selector draws nothing.
  bool is_at(const scenario::Selector& selector, const Sighting& sighting) const;

 private:
  const core::Payment* find(core::PaymentId payment) const;
  void add_participants(ProcessSet& set, core::PaymentId payment) const;
  core::NodeId participant_of(const Sighting& cause) const;
  void draw(ProcessSet& set, const scenario::Selector& selector, RandomStream& dice) const;

  const Layout& layout_;
  std::set<core::PaymentId> named_;
  std::map<core::PaymentId, core::PaymentRef> payments_;
};

// Requires: the scenario's loader has accepted the text.
scenario::Selector selector_of(const std::string& text);

}  // namespace paygrid::timed
