// What a protocol's specification expects under the faults of a scenario: its own weaknesses are findings, not failures.
//
// A timed world is synchronous as sim/world/rules.hpp means it when no live process is suspected and no message outlasts a
// timeout. It is asynchronous when messages are held up, when a process can be out of reach though it lives, and when one
// recovers under suspicion; then those who are cut off or slow are suspected.
#pragma once

#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/campaign/outcome.hpp"
#include "sim/scenario/scenario.hpp"

namespace paygrid::campaign {

struct Assumptions {
  bool crash = false;
  bool recovery = false;
  bool loss = false;
  bool duplicate = false;
  bool partition = false;
  bool amnesia = false;             // a crash may take what was durable: no protocol bears that
  bool circles_stand = false;       // payments may wait for each other in a circle until somebody's patience ends
  bool believes_outsiders = false;  // messages that nobody sent are obeyed: nothing is promised
  std::vector<std::string> broken;  // of the synchronous model, each in words; empty: the world is synchronous
  std::vector<std::string> late;    // why an answer may be late though no message is: harms whoever decides by a timeout alone
};
Assumptions assumptions_of(const scenario::Scenario& world);

struct Expected {
  core::ExpectedVerdict verdict;
  bool aborts_for_nothing = false;  // AC3: lateness alone makes it abort
  bool forgets = false;             // nothing holds
  bool circles_stand = false;       // no-circular-wait: neither the order nor the policy promises otherwise
  bool operator==(const Expected&) const = default;
  bool all_hold() const;
};
// The worst of what the specification says about each kind of fault of this world. Where outsiders are believed it says
// nothing: anything may fail.
Expected expected_of(const core::ProtocolSpec& protocol, const Assumptions& assumptions);

// True when the specification says of itself that this check fails in such a world: AC1, AC5, AC3 of a protocol that decides by
// timeouts, and what follows from such a failure of the same run; and no-circular-wait where locks are taken in no order. Whoever
// blocks waits for something: to be stuck with nothing in the way is a failure.
bool is_expected(const Failure& failure, const Expected& expected);

}  // namespace paygrid::campaign
