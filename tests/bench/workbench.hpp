// What scripts/bench runs: three ways of running the same exchange, the explorer and the estimators. One exchange is a two-phase
// commit with three remote participants: twelve messages and seven forced writes, 1024 exchanges in flight, uniform random delays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/bench/child.hpp"

namespace paygrid::bench {

inline constexpr std::uint32_t kInFlight = 1024;
inline constexpr std::uint32_t kParticipants = 3;
inline constexpr std::int64_t kDelayMinNs = 20'000'000;  // of a message, one way
inline constexpr std::int64_t kDelayMaxNs = 30'000'000;
inline constexpr std::int64_t kWriteMinNs = 10'000;      // of a forced write
inline constexpr std::int64_t kWriteMaxNs = 30'000;

// A binary heap of events and nothing else: no logic, no state, no checks. Items: messages.
Measurement run_bare_heap(std::uint64_t exchanges);

// SimGrid actors that exchange messages through mailboxes and sleep for the writes. Items: messages.
Measurement run_simgrid_actors(std::uint64_t exchanges);

// PayGrid: 2PC, ledger, locks, online checks, metrics, no files. Items: commit-protocol messages delivered.
Measurement run_full_stack(std::uint64_t payments, bool with_analysis);

// The full stack, with the locks of each payment's three accounts taken from a lock service, or from the shards alone ("local").
// A payment takes `exchange_s`, so that as many are in flight as in the other runs. Items: messages delivered, those of locks too.
Measurement run_locked(const std::string& service, double exchange_s, std::uint64_t payments);

// PayGrid on `nodes` nodes, the number of payments fixed. Items: messages delivered.
Measurement run_cluster(std::uint32_t nodes, std::uint64_t payments);

// The explorer on the published TwoPhase (Gray, Lamport 2006), one thread. Items: distinct states, or orbits with symmetry.
// Throws std::runtime_error when their number is wrong.
Measurement run_published_two_phase(std::uint32_t managers, bool symmetry);

// The explorer on 2pc with asynchronous disks and one crash; `recovers`: also one recovery, and with symmetry. Items: generated states.
Measurement run_protocol_search(std::uint32_t participants, bool recovers);

// Steps of a Kalman filter with a state of dimension 4 and two observed components. Items: steps.
Measurement run_filter(std::uint64_t steps);

// That filter and its smoother over series of this length, one after the other. Items: values. Requires: length divides values.
Measurement run_smoother(std::uint64_t values, std::size_t length);

}  // namespace paygrid::bench
