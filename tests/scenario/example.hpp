// Texts that several tests use.
#pragma once

namespace paygrid::scenario {

// The language's example, with all that a first scenario needs.
inline constexpr const char* kExample = R"yaml(paygrid: 1
scenario: quickstart            # a comment above says what question it answers
seed: 42
duration: 60s
cluster:
  regions: {eu-central-1: {nodes: 2}, us-east-1: {nodes: 2}, ap-northeast-1: {nodes: 2}}
  network: {model: latency, matrix: data/aws-rtt-ms.csv, jitter: "lognormal(median=0.2ms, p99=2ms)", loss: 0%})yaml"
                                        R"yaml(   # or latency: "constant(10ms)" one way for all
  cpu: {cores: 4, per_message: "constant(20us)"}
  disk: {fsync: "lognormal(median=1ms, p99=6ms)"}
  clock: {offset: "uniform(-5ms, 5ms)", drift: 20ppm}
ledger: {shards: 6, accounts: 100000, opening_balance: "EUR 1000.00"}
commit: {protocol: 2pc, coordinator: nearest, vote_timeout: 1s}      # coordinator: nearest | dedicated | a node's name
locking: {service: local, order: sorted, timeout: 2s}
workload:
  - {kind: transfer, arrivals: "poisson(200/s)", accounts: "zipf(0.9)", amount: )yaml"
                                        R"yaml("lognormal(median=EUR 20.00, p99=EUR 400.00)", shards: 2}
phases: {warmup: 5s, heal_at: 45s, settle: 10s}
faults:
  - {at: 20s, crash: "role(coordinator)", for: 5s}
expect: {AC1: pass, conservation: pass, availability: ">= 0.95"}
)yaml";

inline constexpr const char* kScenariosFolder = PAYGRID_SOURCE_DIR "/scenarios";

// The least that is a scenario: every key that has no default.
inline constexpr const char* kLeast = R"yaml(paygrid: 1
scenario: least
duration: 30s
cluster:
  regions: {a: {nodes: 2}, b: {nodes: 1}}
  network: {latency: "constant(10ms)"}
workload:
  - {arrivals: "poisson(10/s)", amount: "constant(EUR 1.00)", shards: 1}
)yaml";

}  // namespace paygrid::scenario
