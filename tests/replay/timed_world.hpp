// A small busy world under the timed engine, for tests that record its steps: few accounts, so that payments wait for each
// other's locks, and all the faults that a run can have.
#pragma once

#include <cstdint>
#include <string>

#include "models/registry.hpp"
#include "sim/replay/cut.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "tests/support/child.hpp"

namespace paygrid::tests {

inline std::string busy_scenario(const std::string& protocol, std::uint64_t seed) {
  return "paygrid: 1\nscenario: busy\nseed: " + std::to_string(seed) +
         "\nduration: 14s\n"
         "cluster:\n"
         "  regions: {a: {nodes: 2}, b: {nodes: 2}}\n"
         "  network: {latency: \"lognormal(median=10ms, p99=300ms)\", loss: 3%, duplicate: 5%, packet_lifetime: 2s}\n"
         "  disk: {fsync: \"uniform(1ms, 20ms)\", flush_every: 300ms}\n"
         "ledger: {shards: 4, accounts: 12, opening_balance: \"EUR 10.00\"}\n"
         "commit: {protocol: " + protocol +
         ", vote_timeout: 500ms, resend_every: 400ms, inquire_after: 400ms, outcome_retention: forever}\n"
         "locking: {timeout: 600ms}\n"
         "payers: {answer_timeout: 1s, retries: 2}\n"
         "detector: {delay: 30ms}\n"
         "workload: [{kind: transfer, arrivals: \"poisson(6/s)\", accounts: uniform, amount: \"uniform(EUR 1.00, EUR 6.00)\", "
         "shards: 2}]\n"
         "phases: {heal_at: 6s, settle: 8s}\n"
         "faults:\n"
         "  - {poisson: {rate: 2/s, stable: 200ms}, crash: random, for: 500ms}\n"
         "  - {poisson: {rate: 1/s, stable: 300ms}, partition: \"region(b)\", for: 300ms}\n"
         "  - {at: 3s, pause: a/1, for: 400ms}\n";
}

struct TimedWorld {
  const scenario::Scenario& scenario;
  const timed::Layout& layout;
};

// Runs the scenario with the recorder `make(layout)`; `conclude(timed, recorder)` gives the result. Call in a child process:
// SimGrid allows one engine a program.
template <class Make, class Conclude>
std::string run_timed(const std::string& text, Make&& make, Conclude&& conclude) {
  const scenario::Scenario scenario = scenario::parse(text, "busy.yaml", "");
  timed::Platform platform(scenario, {});
  const timed::Layout layout = timed::make_layout(scenario, {});
  timed::ScenarioWorkload workload(scenario, layout);
  timed::Engine engine(scenario, *models::find_commit_protocol(scenario.commit.protocol), layout, platform, workload, {});
  auto recorder = make(layout);  // refers to the engine's payments
  engine.record_steps(recorder);
  engine.run({});
  return conclude(TimedWorld{scenario, layout}, recorder);
}

inline replay::CutContext context_of(const TimedWorld& timed) {
  return {"a run", timed.scenario.commit.protocol, timed.layout.names, timed.layout.nodes, timed.scenario.payers.retries,
          timed.scenario.locking.policy, timed.scenario.locking.victim, timed.layout.placement};
}

// The transcript of one payment of a timed run, or the one-line reason why there is none.
inline std::string cut_of(const std::string& scenario, std::uint32_t payment) {
  return run_in_child([&] {
    const auto make = [payment](const timed::Layout& layout) {
      return replay::CutRecorder(layout.placement, core::PaymentId{payment});
    };
    return run_timed(scenario, make, [&](const TimedWorld& timed, replay::CutRecorder& recorder) {
      try {
        return replay::transcript_of(recorder, context_of(timed));
      } catch (const std::invalid_argument& error) {
        return "refused: " + std::string(error.what());
      }
    });
  });
}

// Payments seldom meet here, so that most can be cut out alone or with few others.
inline std::string roomy_scenario(const std::string& protocol, std::uint64_t seed) {
  std::string text = busy_scenario(protocol, seed);
  const std::string_view crowded = "accounts: 12";
  return text.replace(text.find(crowded), crowded.size(), "accounts: 40");
}

}  // namespace paygrid::tests
