#include "analysis/report/result_json.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include "analysis/check/witness.hpp"
#include "models/core/fact.hpp"

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }
double seconds(std::int64_t ns) { return static_cast<double>(ns) / 1e9; }

template <class Numerator, class Denominator>
ordered_json ratio(Numerator numerator, Denominator denominator) {
  if (denominator == Denominator{}) return nullptr;
  return static_cast<double>(numerator) / static_cast<double>(denominator);
}

ordered_json quantile_ms(const Histogram& histogram, std::uint64_t numerator, std::uint64_t denominator) {
  if (histogram.count() == 0) return nullptr;
  return milliseconds(histogram.quantile(numerator, denominator));
}

ordered_json latency_json(const Histogram& latency) {
  const bool none = latency.count() == 0;
  return {{"mean", none ? ordered_json() : ordered_json(latency.mean() / 1e6)},
          {"p50", quantile_ms(latency, 50, 100)},
          {"p90", quantile_ms(latency, 90, 100)},
          {"p99", quantile_ms(latency, 99, 100)},
          {"p999", quantile_ms(latency, 999, 1000)},
          {"max", none ? ordered_json() : ordered_json(milliseconds(latency.max()))}};
}

ordered_json cost_json(const Cost& cost, const Figures& figures) {
  return {{"total", cost.total},
          {"per_committed", ratio(cost.committed, figures.committed_attempts)},
          {"per_aborted", ratio(cost.aborted, figures.aborted_attempts)}};
}

ordered_json messages_json(const history::RunInfo& info, const Figures& figures) {
  ordered_json messages = cost_json(figures.messages, figures);
  ordered_json by_type = ordered_json::object();
  for (std::size_t kind = 0; kind < figures.messages_by_kind.size(); ++kind) {
    const bool named = info.protocol != nullptr && kind < info.protocol->message_names.size();
    if (!named && figures.messages_by_kind[kind] == 0) continue;
    const std::string name = named ? std::string(info.protocol->message_names[kind]) : std::to_string(kind);
    by_type[name] = figures.messages_by_kind[kind];
  }
  messages["by_type"] = std::move(by_type);
  return messages;
}

ordered_json checks_json(std::span<const check::Finding> findings) {
  ordered_json checks = ordered_json::array();
  for (const check::Finding& finding : findings) {
    if (finding.idle) continue;
    checks.push_back({{"name", finding.name},
                      {"property", finding.property == check::Property::kSafety ? "safety" : "liveness"},
                      {"verdict", check::name_of(finding.verdict)},
                      {"reason", finding.reason},
                      {"witness", finding.witness.empty() ? ordered_json() : ordered_json(finding.witness)},
                      {"payment", finding.payment == check::kNobodys ? ordered_json() : ordered_json(finding.payment.value)},
                      {"violations", finding.violations},
                      {"blocked_by_design", finding.blocked_by_design},
                      {"promised", finding.promised},
                      {"follows_from", finding.follows_from.empty() ? ordered_json() : ordered_json(finding.follows_from)}});
  }
  return checks;
}

ordered_json kinds_json(const Figures& figures) {
  ordered_json kinds = ordered_json::object();
  for (std::size_t at = 0; at < kPaymentKinds; ++at) {
    const KindFigures& kind = figures.kinds[at];
    kinds[std::string(check::name_of(static_cast<core::PaymentKind>(at)))] = {{"submitted", kind.submitted},
                                                                              {"committed", kind.committed},
                                                                              {"aborted", kind.aborted},
                                                                              {"latency_ms", latency_json(kind.latency)}};
  }
  return kinds;
}

ordered_json votes_json(const Figures& figures) {
  ordered_json votes = ordered_json::object();
  for (std::size_t at = 0; at < kVoteKinds; ++at)
    votes[std::string(core::name_of(static_cast<core::Vote>(at)))] = figures.votes[at];
  return votes;
}

ordered_json fault_rows_json(const Figures& figures) {
  ordered_json rows = ordered_json::array();
  for (const FaultFigures& fault : figures.fault_rows)
    rows.push_back({{"fault", fault.fault},
                    {"description", fault.description},
                    {"began_s", seconds(fault.began_ns)},
                    {"ended_s", fault.ended_ns < 0 ? ordered_json() : ordered_json(seconds(fault.ended_ns))},
                    {"submitted", fault.submitted},
                    {"committed", fault.committed},
                    {"aborted", fault.aborted},
                    {"in_doubt_max", fault.in_doubt_max}});
  return rows;
}

ordered_json service_locks_json(const ServiceLockFigures& locks) {
  return {{"taken", locks.taken},
          {"lost", locks.lost},
          {"denied", locks.denied},
          {"fenced", locks.fenced},
          {"messages", locks.messages},
          {"wait", {{"count", locks.wait.count()},
                    {"p50_ms", quantile_ms(locks.wait, 50, 100)},
                    {"p99_ms", quantile_ms(locks.wait, 99, 100)},
                    {"max_ms", quantile_ms(locks.wait, 1, 1)}}},
          {"unfounded_belief_s", seconds(locks.unfounded_ns)},
          {"unfounded_belief_s_max", seconds(locks.unfounded_ns_max)},
          {"zombie_writes", locks.zombie_writes},
          {"zombie_money", static_cast<double>(locks.zombie_money.minor) / 100}};
}

// Quantiles are order statistics: the least time that so large a share does not exceed.
ordered_json times_ms(std::vector<std::int64_t> times_ns) {
  if (times_ns.empty()) return {{"mean", nullptr}, {"p50", nullptr}, {"p99", nullptr}, {"max", nullptr}};
  std::ranges::sort(times_ns);
  const auto quantile = [&](std::size_t percent) {
    const std::size_t rank = (times_ns.size() * percent + 99) / 100;
    return milliseconds(times_ns[rank - 1]);
  };
  double sum = 0;
  for (const std::int64_t time_ns : times_ns) sum += milliseconds(time_ns);
  return {{"mean", sum / static_cast<double>(times_ns.size())},
          {"p50", quantile(50)},
          {"p99", quantile(99)},
          {"max", milliseconds(times_ns.back())}};
}

ordered_json detector_json(const history::RunInfo& info, const EngineFigures& engine,
                           const estimate::DetectorQuality& quality) {
  const double alive_s = seconds(quality.alive_ns);
  return {{"watches", info.watches.size()},
          {"heartbeats", engine.heartbeats},
          {"heartbeats_heard", engine.heartbeats_heard},
          {"heartbeats_per_s", ratio(engine.heartbeats, seconds(engine.simulated_ns))},
          {"watched_s", alive_s},
          {"mistakes", quality.mistakes},
          {"mistakes_per_watch_hour", ratio(static_cast<double>(quality.mistakes) * 3600, alive_s)},
          {"accuracy", ratio(quality.trusted_ns, quality.alive_ns)},
          {"detected", quality.detections_ns.size()},
          {"undetected", quality.undetected},
          {"detection_ms", times_ms(quality.detections_ns)},
          {"mistake_duration_ms", times_ms(quality.durations_ns)},
          {"mistake_recurrence_ms", times_ms(quality.recurrences_ns)}};
}

// The circle that the report tells: the first that violates the rule, or else the first that closed.
ordered_json circle_json(const check::Circle& circle, const history::RunInfo& info) {
  ordered_json waits = ordered_json::array();
  for (const check::CircularWait& wait : circle.waits)
    waits.push_back({{"payment", wait.waiter.payment.value},
                     {"attempt", wait.waiter.attempt},
                     {"account", wait.account.value},
                     {"at", history::name_of(info, wait.node)},
                     {"of_service", wait.of_service},
                     {"held", wait.is_held},
                     {"since_s", seconds(wait.since.at_ns)},
                     {"event", wait.since.event}});
  return {{"closed_s", seconds(circle.closed.at_ns)},
          {"event", circle.closed.event},
          {"stood_ms", circle.ended_ns < 0 ? ordered_json() : ordered_json(milliseconds(circle.ended_ns - circle.closed.at_ns))},
          {"end", check::name_of(circle.end)},
          {"waits", std::move(waits)}};
}

ordered_json circular_waits_json(const history::RunInfo& info, const Figures& figures) {
  const check::CircleFigures& circles = figures.circular_waits;
  ordered_json json{{"closed", circles.closed},
                    {"cut", circles.cut},
                    {"timed_out", circles.timed_out},
                    {"longest_ms", milliseconds(circles.longest_ns)}};
  if (figures.circle) json["told"] = circle_json(*figures.circle, info);
  return json;
}

ordered_json payments_json(const Figures& figures) {
  return {{"submitted", figures.submitted},
          {"committed", figures.committed},
          {"aborted", figures.aborted},
          {"unknown", figures.submitted - figures.committed - figures.aborted},
          {"in_doubt_at_end", figures.in_doubt_at_end},
          {"gave_up", figures.gave_up},
          {"committed_unanswered", figures.committed_unanswered},
          {"retries", figures.retries},
          {"measured", figures.measured}};
}

ordered_json in_doubt_json(const Figures& figures) {
  const Histogram& doubt = figures.in_doubt;
  return {{"count", doubt.count()},
          {"p50_ms", quantile_ms(doubt, 50, 100)},
          {"p99_ms", quantile_ms(doubt, 99, 100)},
          {"max_ms", quantile_ms(doubt, 1, 1)},
          {"blocked_payments", figures.blocked_payments},
          {"frozen_money_seconds", figures.frozen_money_seconds}};
}

void add_costs(ordered_json& result, const history::RunInfo& info, const Figures& figures) {
  result["messages"] = messages_json(info, figures);
  result["forced_writes"] = cost_json(figures.forced_writes, figures);
  result["client_messages"] = {{"total", figures.client_messages}};
  result["deadlock_messages"] = {{"total", figures.wound_messages + figures.probe_messages},
                                 {"by_type", {{"WOUND", figures.wound_messages}, {"PROBE", figures.probe_messages}}}};
  result["local_messages"] = {{"total", figures.local_messages}};
  result["lost_messages"] = {{"total", figures.lost_messages}};
  result["corrupted_messages"] = {{"total", figures.corrupted_messages}};
  result["outsider"] = {{"forged", figures.forged_messages},
                        {"altered", figures.altered_messages},
                        {"replayed", figures.replayed_messages},
                        {"rejected", figures.rejected_messages}};
  result["appended_writes"] = {{"total", figures.appended_writes}};
}

void add_events(ordered_json& result, const history::RunInfo& info, const EngineFigures& engine, const Figures& figures) {
  result["kinds"] = kinds_json(figures);
  result["votes"] = votes_json(figures);
  result["lock_wait"] = {{"count", figures.lock_wait.count()},
                         {"p50_ms", quantile_ms(figures.lock_wait, 50, 100)},
                         {"p99_ms", quantile_ms(figures.lock_wait, 99, 100)},
                         {"max_ms", quantile_ms(figures.lock_wait, 1, 1)}};
  result["circular_waits"] = circular_waits_json(info, figures);
  result["service_locks"] = service_locks_json(figures.service_locks);
  result["detector"] = detector_json(info, engine, figures.detection);
  result["vote_timeouts"] = figures.vote_timeouts;
  result["terminations"] = figures.terminations;
  result["inquiries"] = figures.inquiries;
  result["crashes"] = figures.crashes;
  result["recoveries"] = figures.recoveries;
  result["faults"] = {{"count", figures.faults}, {"rows", fault_rows_json(figures)}};
}

// Regions in the order of their first process.
ordered_json world_json(const history::RunInfo& info) {
  ordered_json regions = ordered_json::array();
  std::map<std::string_view, std::size_t> known;
  for (const history::ProcessInfo& process : info.processes) {
    const auto [at, is_new] = known.emplace(process.region, regions.size());
    if (is_new) regions.push_back({{"name", process.region}, {"nodes", 0}, {"payers", 0}});
    auto& count = regions[at->second][process.payer ? "payers" : "nodes"];
    count = count.get<std::uint64_t>() + 1;
  }
  ordered_json round_trips = ordered_json::array();
  for (const history::RoundTrip& trip : info.round_trips)
    round_trips.push_back({{"between", {trip.a, trip.b}}, {"ms", milliseconds(trip.ns)}});
  return {{"regions", std::move(regions)}, {"round_trips_ms", std::move(round_trips)}};
}

ordered_json window_json(const history::RunInfo& info) {
  return {{"measured_from_s", seconds(info.measured_from_ns)},
          {"measured_to_s", seconds(info.measured_to_ns)},
          {"duration_s", seconds(info.duration_ns)},
          {"deadline_s", seconds(info.deadline_ns)},
          {"timeline_every_s", seconds(info.timeline_every_ns)}};
}

ordered_json phases_json(const PhaseTotals& phases) {
  ordered_json means = ordered_json::object();
  for (std::size_t phase = 0; phase < kPhaseKinds; ++phase)
    means[std::string(name_of(static_cast<Phase>(phase)))] = ratio(milliseconds(phases.times[phase]), phases.payments);
  return means;
}

ordered_json exemplars_json(std::span<const Exemplar> exemplars) {
  ordered_json list = ordered_json::array();
  for (const Exemplar& exemplar : exemplars) list.push_back({{"payment", exemplar.payment.value}, {"why", exemplar.why}});
  return list;
}

constexpr std::uint32_t kFormulaParticipantsMax = 8;

ordered_json cost_formula_json(const history::RunInfo& info) {
  ordered_json formula = ordered_json::array();
  if (info.protocol == nullptr || info.protocol->commit_cost == nullptr) return formula;
  for (std::uint32_t n = 1; n <= kFormulaParticipantsMax; ++n) {
    const core::CommitCost cost = info.protocol->commit_cost(n);
    formula.push_back({{"participants", n}, {"commit", {{"messages", cost.messages}, {"forced_writes", cost.forced_writes}}}});
  }
  return formula;
}

}  // namespace

ordered_json result_json(const history::RunInfo& info, const EngineFigures& engine, const Figures& figures,
                         std::span<const check::Finding> findings, const PhaseTotals& phases,
                         std::span<const Exemplar> exemplars) {
  ordered_json result;
  result["scenario"] = info.scenario;
  result["seed"] = info.seed;
  result["version"] = info.version;
  result["scenario_hash"] = info.scenario_hash;
  result["trace_hash"] = engine.trace_hash;
  result["protocol"] = info.protocol != nullptr ? ordered_json(info.protocol->name) : ordered_json();
  result["simulated_s"] = seconds(engine.simulated_ns);
  result["wall_s"] = engine.wall_s;
  result["deliveries"] = engine.deliveries;
  result["deliveries_per_wall_s"] = ratio(engine.deliveries, engine.wall_s);
  result["complete"] = engine.complete;
  result["world"] = world_json(info);
  result["window"] = window_json(info);
  result["verdict"] = nullptr;
  result["checks"] = checks_json(findings);
  result["expectations"] = ordered_json::array();
  result["payments"] = payments_json(figures);
  result["latency_ms"] = latency_json(figures.latency);
  result["phases_ms"] = phases_json(phases);
  add_costs(result, info, figures);
  result["cost_formula"] = cost_formula_json(info);
  result["availability"] = ratio(figures.answered_in_time, figures.measured - figures.undetermined);
  result["success_share"] = ratio(figures.measured_committed, figures.measured);
  result["in_doubt"] = in_doubt_json(figures);
  result["throughput_per_s"] = ratio(figures.measured_committed, seconds(figures.measured_span_ns));
  add_events(result, info, engine, figures);
  result["exemplars"] = exemplars_json(exemplars);
  return result;
}

ordered_json expectation_json(const ExpectationResult& expectation) {
  ordered_json row{{"expected", expectation.expected}, {"found", expectation.found}, {"met", expectation.met}};
  if (expectation.undecided) row["undecided"] = true;
  if (!expectation.share) return row;
  const ShareFound& share = *expectation.share;
  row["successes"] = share.successes;
  row["trials"] = share.trials;
  row["probability"] = share.probability;
  row["trials_needed"] = share.trials_needed ? ordered_json(*share.trials_needed) : ordered_json();
  return row;
}

}  // namespace paygrid::report
