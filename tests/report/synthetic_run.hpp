// Result folders whose figures a test chose.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/report/world.hpp"

namespace paygrid::test {

struct SyntheticPayment {
  std::uint32_t id = 0;
  double at_s = 0;
  double latency_ms = 0;  // negative: never answered
  bool committed = true;
  double in_doubt_ms = 0;
  std::string payer = "payers here";
};

struct SyntheticRun {
  std::uint64_t seed = 1;
  std::string protocol = "2pc";
  double end_s = 10;
  double deadline_s = 1;
  std::vector<SyntheticPayment> payments;
  std::string resolved = "paygrid: 1\nscenario: synthetic\nseed: 1\ncommit:\n  protocol: 2pc\n";
  nlohmann::json faults = nlohmann::json::array();
};

inline double nearest_rank(std::vector<double> values, double share) {
  std::ranges::sort(values);
  const double rank = std::ceil(share * static_cast<double>(values.size()) - 1e-9);
  return values.at(static_cast<std::size_t>(std::max(1.0, rank)) - 1);
}

inline nlohmann::json synthetic_result(const SyntheticRun& run) {
  std::vector<double> latencies;
  std::size_t answered = 0;
  std::size_t undetermined = 0;
  double sum = 0;
  for (const SyntheticPayment& payment : run.payments) {
    answered += payment.latency_ms >= 0 && payment.latency_ms <= run.deadline_s * 1e3 ? 1 : 0;
    undetermined += payment.latency_ms < 0 && payment.at_s + run.deadline_s > run.end_s ? 1 : 0;
    if (!payment.committed || payment.latency_ms < 0) continue;
    latencies.push_back(payment.latency_ms);
    sum += payment.latency_ms;
  }
  const double count = static_cast<double>(run.payments.size());
  const double committed = static_cast<double>(latencies.size());
  nlohmann::json latency{{"p50", nullptr}, {"p90", nullptr}, {"p99", nullptr}, {"p999", nullptr}};
  if (!latencies.empty())
    latency = {{"p50", nearest_rank(latencies, 0.5)},
               {"p90", nearest_rank(latencies, 0.9)},
               {"p99", nearest_rank(latencies, 0.99)},
               {"p999", nearest_rank(latencies, 0.999)}};
  return {
      {"scenario", "synthetic"},
      {"seed", run.seed},
      {"version", "0"},
      {"scenario_hash", "hash of " + run.protocol},
      {"protocol", run.protocol},
      {"simulated_s", run.end_s},
      {"window", {{"deadline_s", run.deadline_s}}},
      {"faults", {{"count", run.faults.size()}, {"rows", run.faults}}},
      {"latency_ms", latency},
      {"availability", static_cast<double>(answered) / (count - static_cast<double>(undetermined))},
      {"success_share", committed / count},
      {"throughput_per_s", committed / run.end_s},
      {"phases_ms", {{"network", committed > 0 ? sum / committed : 0}, {"queue", 0}, {"log", 0}, {"lock", 0}, {"timeout", 0}}},
      {"in_doubt", {{"frozen_money_seconds", 12.5}, {"blocked_payments", 2}}}};
}

inline void write_run(const std::filesystem::path& folder, const SyntheticRun& run) {
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "result.json") << synthetic_result(run).dump(1);
  std::ofstream(folder / "resolved.yaml") << run.resolved;
  std::ofstream payments(folder / "payments.csv");
  payments << "payment,kind,amount,payer,coordinator,participants,intended_start_ns,answered_ns,outcome,decision,latency_ms,in_"
              "doubt_ms,"
              "messages,forced_writes,tries,attempts,measured,network_ms,queue_ms,log_ms,lock_ms,timeout_ms\n";
  const auto rows = static_cast<std::size_t>(std::ceil(run.end_s));
  std::vector<std::size_t> submitted(rows), committed(rows), aborted(rows);
  for (const SyntheticPayment& payment : run.payments) {
    const auto start = std::llround(payment.at_s * 1e9);
    const bool answered = payment.latency_ms >= 0;
    const auto latency = std::llround(payment.latency_ms * 1e6);
    const char* outcome = !answered ? "unknown" : payment.committed ? "committed" : "aborted";
    payments << fmt::format("{},transfer,1.00,{},a,b c,{},{},{},{},{},{:.6f},4,5,1,1,1,{},{}\n", payment.id, payment.payer,
                            start, answered ? std::to_string(start + latency) : "", outcome, outcome,
                            answered ? fmt::format("{:.6f}", payment.latency_ms) : "", payment.in_doubt_ms,
                            answered ? fmt::format("{:.6f}", payment.latency_ms) : "", answered ? "0,0,0,0" : ",,,");
    const auto row = static_cast<std::size_t>(payment.at_s);
    ++submitted.at(row);
    if (answered) ++(payment.committed ? committed : aborted).at(row);
  }
  std::ofstream timeline(folder / "timeline.csv");
  timeline << "from_ms,submitted,committed,aborted,in_doubt,frozen_money,latency_p50_ms,latency_p99_ms\n";
  for (std::size_t row = 0; row < rows; ++row)
    timeline << fmt::format("{},{},{},{},3,10.50,{},{}\n", row * 1000, submitted[row], committed[row], aborted[row],
                            committed[row] > 0 ? "20.5" : "", committed[row] > 0 ? "99.5" : "");
}

}  // namespace paygrid::test
