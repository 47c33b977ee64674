// Two runs of one workload, payment by payment: common random numbers give both runs the same submissions, so that what differs
// between two payments of one id is the runs' doing.
//
// Pairs: payments of one id whose kind, payer and intended start agree. Figures of pairs are means over the pairs, hence may
// differ a little from result.json's, which count each run for itself. Payments near one another in time share queues, locks
// and faults; so intervals of means are Student's over means of blocks of n^(1/3) successive pairs, and those of quantiles come
// from a bootstrap of the same blocks (Kuensch 1989, Politis and Romano 1992: circular), keyed by name and therefore
// repeatable.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/estimate/bands.hpp"
#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

enum class Judgement : std::uint8_t {
  kOutside,     // the interval does not hold zero
  kWithin,      // it does: the noise explains the difference
  kNoInterval,  // one figure a run: nothing to judge by
  kEqual        // every pair agrees
};
std::string_view name_of(Judgement judgement);  // "outside the noise", ...

// One line of the table. Any of a and b may be NaN: nothing to measure.
struct Difference {
  std::string name;
  std::string unit;
  double a = 0;
  double b = 0;
  double difference = 0;         // b - a
  std::optional<estimate::Interval> band;  // 95 %, of the difference
  Judgement judgement = Judgement::kNoInterval;
  std::size_t pairs = 0;  // that it rests on; 0: the runs' own figures
};

struct OutcomeChanges {
  std::uint64_t both = 0;
  std::uint64_t only_a = 0;
  std::uint64_t only_b = 0;
  std::uint64_t neither = 0;
  double probability = 1;  // exact, two-sided (McNemar)
};

struct ComparedRun {
  std::string folder, scenario, protocol;
  std::uint64_t seed = 0;
  std::uint64_t payments = 0;
};

struct RunComparison {
  ComparedRun a, b;
  std::uint64_t pairs = 0;
  std::uint64_t measured_pairs = 0;   // measured in both
  std::uint64_t committed_pairs = 0;  // measured, and committed in both
  std::vector<std::string> settings;  // keys of the resolved scenarios that differ: "commit.protocol: 2pc | 3pc"
  OutcomeChanges outcomes;            // of measured pairs
  std::vector<Difference> rows;
};

// Throws std::invalid_argument, one line, when the seeds differ or fewer than half of the payments pair.
RunComparison compare_runs(const RecordedRun& a, const RecordedRun& b);

std::string comparison_text(const RunComparison& comparison);
std::string comparison_csv(const RunComparison& comparison);
std::string comparison_html(const RunComparison& comparison);  // one page that needs nothing else

}  // namespace paygrid::report
