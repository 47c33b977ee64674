// The names that scenarios may use: kinds of faults (fault_traits.hpp); under `expect:` checks with a verdict, and figures of
// result.json. One list, for the decoder, the schema, the command line and whoever must agree with them.
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "sim/scenario/fault_traits.hpp"

namespace paygrid::scenario {

constexpr std::string_view name_of(FaultKind kind) { return kFaultKinds[static_cast<std::size_t>(kind)]; }

// In the order of AnchorEvent; besides these, every kind of fact is an event by its own name.
inline constexpr std::array<std::string_view, 4> kAnchorEvents{"forced", "persisted", "sent", "delivered"};

struct Named {
  std::string_view name;
  std::string_view meaning;
};

inline constexpr std::array<Named, 16> kChecks{{
    {"AC1", "agreement: no two participants decide differently"},
    {"AC2", "commit only if every participant voted yes"},
    {"AC3", "abort only with a no vote or a fault"},
    {"AC4", "a decision is never changed"},
    {"AC5", "every live participant decides in the end"},
    {"conservation", "balances plus holds are constant at every instant"},
    {"no-overdraft", "no balance and no hold is ever negative"},
    {"durability", "what was decided survives crashes"},
    {"no-double-charge", "no payment is posted twice"},
    {"authenticity", "nobody acts on a message that its sender did not send, or that came before"},
    {"mutual-exclusion", "no payment comes to have a lock of a lock service while another has it"},
    {"zombie-writes", "no leg is posted under a lock that its payment owns no more; with fencing: none after a later owner's"},
    {"fence-monotonic", "the tokens of one lock of a lock service grow from each owner to the next"},
    {"no-endless-wait", "no payment waits for a lock of a lock service in the end"},
    {"no-lock-left", "no lock of a lock service is taken in the end by a payment that is over"},
    {"no-circular-wait", "no payments wait for each other's locks in a circle, or not until a time-out where the policy cuts circles"},
}};

// Of checks: without a lock service they have nothing to judge.
constexpr bool is_about_lock_service(std::string_view check) {
  return check == "mutual-exclusion" || check == "zombie-writes" || check == "fence-monotonic" || check == "no-endless-wait" ||
         check == "no-lock-left";
}

inline constexpr std::array<std::string_view, 3> kVerdicts{"pass", "fail", "unknown"};

// Of an exploration, under explore.expect. kTermination is about liveness, all others are about safety.
inline constexpr std::string_view kTermination = "AC5";
// Besides these, "invariant: NAME" is an invariant that a registered protocol states about itself.
inline constexpr std::string_view kInvariantPrefix = "invariant: ";
inline constexpr std::array<Named, 13> kProperties{{
    {"AC1", "agreement: no two participants decide differently"},
    {"AC2", "commit only if every participant voted yes"},
    {"AC3", "abort only with a no vote or a fault"},
    {"AC4", "a decision is never changed"},
    {"AC5", "every live participant decides in the end"},
    {"conservation", "postings and releases follow the decisions"},
    {"answer", "the payer is told what was decided"},
    {"possible inputs only", "no process meets an input that its protocol excludes"},
    {"no overdraft", "what is held was there"},
    {"durability", "a recovery finds what was promised and posted"},
    {"ranking: decreases", "every step that is no fault and no timer brings nearer to rest"},
    {"mutual-exclusion", "of a lock service: whoever rightfully believes in a lock is alone with it"},
    {"zombie-writes", "of a lock service: who posts owns the lock; with fencing, or nobody later has posted"},
}};

inline constexpr std::array<std::string_view, 3> kExploredVerdicts{"holds", "violated", "unknown"};

// Besides these, messages.by_type.NAME is the count of one type of message.
inline constexpr std::string_view kFigurePrefix = "messages.by_type.";
inline constexpr std::array<Named, 57> kFigures{{
    {"simulated_s", "simulated seconds"},
    {"wall_s", "seconds of real time"},
    {"deliveries", "messages delivered"},
    {"deliveries_per_wall_s", "messages delivered per second of real time"},
    {"payments.submitted", "payments submitted"},
    {"payments.committed", "payments answered with commit"},
    {"payments.aborted", "payments answered with abort"},
    {"payments.unknown", "payments never answered"},
    {"payments.in_doubt_at_end", "payments in doubt when the run ends"},
    {"latency_ms.mean", "mean latency from the intended start, milliseconds"},
    {"latency_ms.p50", "median latency"},
    {"latency_ms.p90", "90th percentile of latency"},
    {"latency_ms.p99", "99th percentile of latency"},
    {"latency_ms.p999", "99.9th percentile of latency"},
    {"latency_ms.max", "largest latency"},
    {"messages.total", "messages of the commit protocol"},
    {"messages.per_committed", "messages per committed payment"},
    {"messages.per_aborted", "messages per aborted payment"},
    {"forced_writes.total", "forced log writes of the commit protocol"},
    {"forced_writes.per_committed", "forced writes per committed payment"},
    {"forced_writes.per_aborted", "forced writes per aborted payment"},
    {"availability", "share of payments answered before their deadline"},
    {"success_share", "share of payments answered with commit"},
    {"in_doubt.count", "participants that were in doubt about a payment"},
    {"in_doubt.p50_ms", "median time in doubt, milliseconds"},
    {"in_doubt.p99_ms", "99th percentile of the time in doubt"},
    {"in_doubt.max_ms", "longest time in doubt"},
    {"in_doubt.blocked_payments", "payments that nobody could decide"},
    {"in_doubt.frozen_money_seconds", "money held while in doubt, times seconds"},
    {"throughput_per_s", "committed payments per second"},
    {"outsider.forged", "messages that nobody sent"},
    {"outsider.altered", "messages that an outsider changed"},
    {"outsider.replayed", "messages that an outsider sent again"},
    {"outsider.rejected", "messages that their receivers did not believe, copies made by the network included"},
    {"circular_waits.closed", "circles of payments that waited for each other's locks"},
    {"circular_waits.cut", "circles in which the policy denied somebody a lock, or wounded one"},
    {"circular_waits.timed_out", "circles that ended when somebody's patience did"},
    {"circular_waits.longest_ms", "how long a circle stood at most, milliseconds"},
    {"service_locks.taken", "locks that servers of the lock service gave"},
    {"service_locks.lost", "locks that were lost by who believed in them"},
    {"service_locks.denied", "payments that did not get the locks of the service, or lost one before the decision"},
    {"service_locks.fenced", "refusals of a token that was older than one seen"},
    {"service_locks.messages", "messages to and from the lock service"},
    {"service_locks.unfounded_belief_s", "sum of the times in which somebody believed in a lock without owning it, seconds"},
    {"service_locks.zombie_writes", "postings under a lock that was not owned any more"},
    {"detector.heartbeats", "heartbeats sent"},
    {"detector.heartbeats_per_s", "heartbeats sent per second, by all nodes together"},
    {"detector.mistakes", "suspicions of nodes that were up, over all watches that hear heartbeats"},
    {"detector.mistakes_per_watch_hour", "such mistakes per hour in which a node that is up is watched by one other"},
    {"detector.accuracy", "share of that time in which it is trusted"},
    {"detector.detected", "crashes that were suspected for good, once for each watcher"},
    {"detector.undetected", "crashes that were not, until the node came back or the run was over"},
    {"detector.detection_ms.mean", "from a crash to the suspicion that is not withdrawn, milliseconds"},
    {"detector.detection_ms.p99", "99th percentile of the time to detection"},
    {"detector.detection_ms.max", "longest time to detection"},
    {"detector.mistake_duration_ms.mean", "from a mistake to its end, milliseconds"},
    {"detector.mistake_recurrence_ms.mean", "from a mistake to the next of the same watch, milliseconds"},
}};

// Of these: shares of counted payments, which may be expected with a confidence.
inline constexpr std::array<std::string_view, 2> kShares{"availability", "success_share"};

// What estimators estimate, and with what; unused places are empty.
struct Estimated {
  std::string_view of;
  std::array<std::string_view, 6> with;
};
inline constexpr std::array<Estimated, 9> kEstimated{{
    {"latency", {"local_level", "local_linear_trend", "adaptive_level", "moving_average", "rfc6298", "fixed"}},
    {"in_doubt", {"local_level", "local_linear_trend", "adaptive_level", "moving_average", "fixed"}},
    {"journal_lag", {"local_level", "local_linear_trend", "adaptive_level", "moving_average", "fixed"}},
    {"clock_offset", {"clock_filter", "best_single"}},
    {"availability", {"beta", "gamma"}},
    {"mtbf", {"gamma"}},
    {"mttr", {"gamma"}},
    {"latency_change", {"run_length", "threshold"}},
    {"outcome", {"votes"}},
}};

inline constexpr std::array<std::string_view, 5> kBaselines{"moving_average", "rfc6298", "fixed", "best_single", "threshold"};

constexpr std::span<const std::string_view> methods_of(const Estimated& estimated) {
  const auto end = std::ranges::find(estimated.with, std::string_view());
  return {estimated.with.begin(), end};
}
constexpr const Estimated* find_estimated(std::string_view of) {
  const auto at = std::ranges::find(kEstimated, of, &Estimated::of);
  return at == kEstimated.end() ? nullptr : &*at;
}

// Under `expect:`, "estimators.OF.WITH" is the verdict of an estimator and "estimators.OF.WITH.FIGURE" one of its figures.
inline constexpr std::string_view kEstimatorPrefix = "estimators.";
inline constexpr std::array<std::string_view, 3> kGradeVerdicts{"consistent", "inconsistent", "too short"};
inline constexpr std::array<Named, 16> kGradeFigures{{
    {"n", "forecasts that were graded"},
    {"coverage", "share of the 95 % intervals that held the truth"},
    {"bias", "mean of estimate less truth"},
    {"rmse", "root mean square of estimate less truth"},
    {"nis.mean", "mean square of the errors in units of what the estimator says of them: 1 when it is right"},
    {"nis.tail_share", "share of errors that only one in a thousand should pass"},
    {"nis.correlation", "of an error with the one before"},
    {"posterior.mean", "what was learnt in the end"},
    {"brier", "mean square of probability less outcome"},
    {"log_score", "mean of the logarithm of one over the probability of what happened"},
    {"brier_of_base_rate", "Brier score of whoever knows only how often it happens"},
    {"calibration_z", "of the outcomes less their probabilities: standard normal when the probabilities are right"},
    {"changes", "changes that faults made"},
    {"detected", "changes that were detected in time"},
    {"false_alarms", "alarms that belong to no change, or to one that was detected"},
    {"delay_s", "mean delay of a detection, seconds"},
}};

}  // namespace paygrid::scenario
