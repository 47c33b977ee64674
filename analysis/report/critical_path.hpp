// The critical path of an answered payment: the chain of causes that ended with the answer, walked backwards (Yang and Miller,
// "Critical path analysis for the execution of parallel and distributed programs", ICDCS 1988, on the happened-before order of
// Lamport 1978), and what each link of it was spent on.
//
// A process acts when something wakes it: a message, a record that became durable, a lock. The latest one before it acted is the
// cause. Time in which nothing of the payment woke it ended with a timer, a recovery or a resumed process: kTimeout.
#pragma once

#include <array>

#include "analysis/report/payment_log.hpp"

namespace paygrid::report {

// Where the latency of an answered payment went, in the order of payments.csv.
enum class Phase : std::uint8_t {
  kNetwork,  // messages on the way
  kQueue,    // messages at the receiver's processor, waiting and in service
  kLog,      // records on the way to the disk
  kLock,     // waiting for locks
  kTimeout   // nothing but a timer, a recovery or a resumed process went on with it
};
inline constexpr std::size_t kPhaseKinds = 5;
std::string_view name_of(Phase phase);  // "network", ...

using PhaseTimes = std::array<history::TimeNs, kPhaseKinds>;  // by Phase

// Sums over payments.
struct PhaseTotals {
  PhaseTimes times{};
  std::uint64_t payments = 0;
  void add(const PhaseTimes& more) {
    for (std::size_t phase = 0; phase < kPhaseKinds; ++phase) times[phase] += more[phase];
    ++payments;
  }
};

// `log`: of the payment, from its submission; `answered`: id of the event of its first answer. The phases add up to the time
// between the two. All 0 when the log holds no such event.
PhaseTimes critical_path(Log log, std::uint64_t answered);

}  // namespace paygrid::report
