#include "analysis/report/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "analysis/report/compare/comparison_settings.hpp"
#include "analysis/report/compare/comparison_statistics.hpp"

namespace paygrid::report {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// What is compared of a payment.
struct Row {
  std::uint32_t payment = 0;
  history::TimeNs intended_start_ns = 0;
  std::string kind, payer;
  bool measured = false;
  bool committed = false;
  std::optional<history::TimeNs> latency_ns;
  double in_doubt_ms = 0;
  double messages = 0;
  double forced_writes = 0;
  std::optional<std::array<double, kPhaseKinds>> phases_ms;
};

struct Pair {
  const Row* a = nullptr;
  const Row* b = nullptr;
};

std::vector<Row> rows_of(const RecordedRun& run) {
  std::vector<Row> rows;
  run.for_each_payment([&rows](const RecordedPayment& payment) {
    rows.push_back({payment.payment, payment.intended_start_ns, std::string(payment.kind), std::string(payment.payer),
                    payment.measured, payment.outcome == "committed", payment.latency_ns(), payment.in_doubt_ms,
                    static_cast<double>(payment.messages), static_cast<double>(payment.forced_writes), payment.phases_ms});
  });
  std::ranges::sort(rows, {}, &Row::payment);
  return rows;
}

bool same_submission(const Row& a, const Row& b) {
  return a.intended_start_ns == b.intended_start_ns && a.kind == b.kind && a.payer == b.payer;
}

std::string submission_text(const Row& row) {
  return fmt::format("a {} of {} at {:.6f} s", row.kind, row.payer, static_cast<double>(row.intended_start_ns) / 1e9);
}

// In order of the intended start. Throws when too few agree, and says how the first that does not.
std::vector<Pair> pair_up(const std::vector<Row>& a, const std::vector<Row>& b) {
  std::vector<Pair> pairs;
  std::string first_unlike;
  for (auto at = a.begin(), other = b.begin(); at != a.end() && other != b.end();) {
    if (at->payment < other->payment)
      ++at;
    else if (other->payment < at->payment)
      ++other;
    else {
      if (same_submission(*at, *other))
        pairs.push_back({&*at, &*other});
      else if (first_unlike.empty())
        first_unlike =
            fmt::format("; payment {} is {} in A, {} in B", at->payment, submission_text(*at), submission_text(*other));
      ++at, ++other;
    }
  }
  const std::size_t most = std::max(a.size(), b.size());
  if (pairs.empty() || 2 * pairs.size() < most)
    throw std::invalid_argument(
        fmt::format("found {} of {} payments that are the same submission in both runs{}; accepted: runs of one "
                    "workload, payers and seed",
                    pairs.size(), most, first_unlike));
  std::ranges::stable_sort(pairs, {}, [](const Pair& pair) { return pair.a->intended_start_ns; });
  return pairs;
}

double number_at(const RecordedRun& run, const std::string& pointer) {
  const nlohmann::ordered_json::json_pointer where(pointer);
  const auto& result = run.result();
  return result.contains(where) && result.at(where).is_number() ? result.at(where).get<double>() : kNan;
}

ComparedRun described(const RecordedRun& run, std::size_t payments) {
  const auto text = [&run](const char* key) {
    const auto found = run.result().find(key);
    return found != run.result().end() && found->is_string() ? found->get<std::string>() : std::string("?");
  };
  const auto seed = run.result().find("seed");
  return {run.folder().string(), text("scenario"), text("protocol"),
          seed != run.result().end() && seed->is_number() ? seed->get<std::uint64_t>() : 0, payments};
}

Judgement judged(const Pairs& pairs, const std::optional<estimate::Interval>& band) {
  if (pairs.a == pairs.b && !pairs.a.empty()) return Judgement::kEqual;
  if (!band) return Judgement::kNoInterval;
  return band->contains(0) ? Judgement::kWithin : Judgement::kOutside;
}

class Table {
 public:
  Table(const RecordedRun& a, const RecordedRun& b, std::vector<Difference>& rows) : a_(a), b_(b), rows_(rows) {}

  void add_mean(std::string name, std::string unit, const Pairs& pairs) {
    Difference row{
        std::move(name),        std::move(unit), estimate::mean_of(pairs.a), estimate::mean_of(pairs.b), 0, mean_difference_interval(pairs),
        Judgement::kNoInterval, pairs.a.size()};
    finish(row, pairs);
  }
  void add_quantiles(const std::string& name, const std::string& unit, const Pairs& pairs) {
    static constexpr std::array kShares{0.5, 0.9, 0.99};
    const auto bands = quantile_difference_intervals(pairs, kShares, name);
    for (std::size_t at = 0; at < kShares.size(); ++at) {
      Difference row{fmt::format("{} p{:g}", name, kShares[at] * 100),
                     unit,
                     quantile_of(pairs.a, kShares[at]),
                     quantile_of(pairs.b, kShares[at]),
                     0,
                     bands[at],
                     Judgement::kNoInterval,
                     pairs.a.size()};
      finish(row, pairs);
    }
  }
  // One figure a run.
  void add_figure(std::string name, std::string unit, const std::string& pointer, double scale) {
    Difference row{std::move(name),
                   std::move(unit),
                   scale * number_at(a_, pointer),
                   scale * number_at(b_, pointer),
                   0,
                   std::nullopt,
                   Judgement::kNoInterval,
                   0};
    row.difference = row.b - row.a;
    rows_.push_back(std::move(row));
  }

 private:
  void finish(Difference& row, const Pairs& pairs) {
    row.difference = row.b - row.a;
    row.judgement = judged(pairs, row.band);
    rows_.push_back(std::move(row));
  }
  const RecordedRun& a_;
  const RecordedRun& b_;
  std::vector<Difference>& rows_;
};

template <class Value>
Pairs values_of(const std::vector<Pair>& pairs, Value&& value) {
  Pairs values;
  for (const Pair& pair : pairs) {
    values.a.push_back(value(*pair.a));
    values.b.push_back(value(*pair.b));
  }
  return values;
}

OutcomeChanges outcome_changes(const std::vector<Pair>& pairs) {
  OutcomeChanges changes;
  for (const auto& [a, b] : pairs)
    ++(a->committed ? b->committed ? changes.both : changes.only_a : b->committed ? changes.only_b : changes.neither);
  changes.probability = estimate::mcnemar_exact(changes.only_a, changes.only_b);
  return changes;
}

void fill_table(Table& table, const std::vector<Pair>& measured, const std::vector<Pair>& committed, double deadline_ms) {
  const auto latency_ms = [](const Row& row) { return static_cast<double>(*row.latency_ns) / 1e6; };
  const Pairs latency = values_of(committed, latency_ms);
  table.add_mean("latency mean", "ms", latency);
  table.add_quantiles("latency", "ms", latency);
  for (std::size_t phase = 0; phase < kPhaseKinds; ++phase)
    table.add_mean(fmt::format("latency in {}", name_of(static_cast<Phase>(phase))), "ms",
                   values_of(committed, [phase](const Row& row) { return row.phases_ms ? (*row.phases_ms)[phase] : 0; }));
  table.add_mean("committed", "%", values_of(measured, [](const Row& row) { return row.committed ? 100.0 : 0.0; }));
  table.add_mean("available", "%", values_of(measured, [&](const Row& row) {
                   return row.latency_ns && static_cast<double>(*row.latency_ns) / 1e6 <= deadline_ms ? 100.0 : 0.0;
                 }));
  table.add_mean("messages per committed payment", "", values_of(committed, [](const Row& row) { return row.messages; }));
  table.add_mean("forced writes per committed payment", "",
                 values_of(committed, [](const Row& row) { return row.forced_writes; }));
  table.add_mean("time in doubt per payment", "ms", values_of(measured, [](const Row& row) { return row.in_doubt_ms; }));
  table.add_figure("frozen money", "money seconds", "/in_doubt/frozen_money_seconds", 1);
  table.add_figure("blocked payments", "", "/in_doubt/blocked_payments", 1);
  table.add_figure("throughput", "committed/s", "/throughput_per_s", 1);
}

}  // namespace

std::string_view name_of(Judgement judgement) {
  switch (judgement) {
    case Judgement::kOutside:
      return "outside the noise";
    case Judgement::kWithin:
      return "within the noise";
    case Judgement::kNoInterval:
      return "no interval";
    case Judgement::kEqual:
      return "equal";
  }
  return "?";
}

RunComparison compare_runs(const RecordedRun& a, const RecordedRun& b) {
  const std::vector<Row> rows_a = rows_of(a), rows_b = rows_of(b);
  RunComparison comparison;
  comparison.a = described(a, rows_a.size());
  comparison.b = described(b, rows_b.size());
  if (comparison.a.seed != comparison.b.seed)
    throw std::invalid_argument(
        fmt::format("found seeds {} and {}, whose random numbers have nothing in common; accepted: runs of one seed",
                    comparison.a.seed, comparison.b.seed));
  const std::vector<Pair> pairs = pair_up(rows_a, rows_b);
  // A payment whose deadline lies beyond the end counts in neither run, so that a shorter run does not look less available.
  const double deadline_ms = 1e3 * std::min(number_at(a, "/window/deadline_s"), number_at(b, "/window/deadline_s"));
  const double end_ns = 1e9 * std::min(number_at(a, "/simulated_s"), number_at(b, "/simulated_s"));
  std::vector<Pair> measured, committed;
  for (const Pair& pair : pairs) {
    if (!pair.a->measured || !pair.b->measured) continue;
    const bool open = !pair.a->latency_ns || !pair.b->latency_ns;
    if (open && static_cast<double>(pair.a->intended_start_ns) + deadline_ms * 1e6 > end_ns) continue;
    measured.push_back(pair);
    if (pair.a->committed && pair.b->committed && !open) committed.push_back(pair);
  }
  comparison.pairs = pairs.size();
  comparison.measured_pairs = measured.size();
  comparison.committed_pairs = committed.size();
  comparison.settings = differing_settings(a.text_of("resolved.yaml"), b.text_of("resolved.yaml"));
  comparison.outcomes = outcome_changes(measured);
  Table table(a, b, comparison.rows);
  fill_table(table, measured, committed, deadline_ms);
  return comparison;
}

}  // namespace paygrid::report
