// estimators: what is estimated with what, and how the monitor looks at it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::size_t kEstimatorsMax = 100;

std::vector<std::string> quantities() {
  std::vector<std::string> names;
  for (const Estimated& estimated : kEstimated) names.emplace_back(estimated.of);
  return names;
}

std::vector<std::string> methods() {
  std::vector<std::string> names;
  for (const Estimated& estimated : kEstimated)
    for (const std::string_view method : methods_of(estimated))
      if (std::ranges::find(names, method) == names.end()) names.emplace_back(method);
  return names;
}

bool needs_value(const Estimator& estimator) { return estimator.with == "fixed" || estimator.with == "threshold"; }

void check(Estimator& estimator, const Tree& tree, Context&) {
  const Estimated& estimated = *find_estimated(estimator.of);
  const auto methods = methods_of(estimated);
  if (std::ranges::find(methods, estimator.with) == methods.end())
    fail(tree.find("with")->place, fmt::format("{} for {}", estimator.with, estimator.of),
         fmt::format("{}", fmt::join(methods, ", ")));
  if (needs_value(estimator) && !estimator.value)
    fail(tree.find("with")->place, estimator.with + " without a value", "value: a number, in ms or payments");
  if (!needs_value(estimator) && estimator.value)
    fail(tree.find("value")->place, fmt::format("a value of {}", estimator.with), "one of fixed, threshold");
  if (!(estimator.sample > 0)) fail_value(*tree.find("sample"), "a share above 0%");
  if (!(estimator.learn < 1)) fail_value(*tree.find("learn"), "a share below 100%");
}

Codec<double> plain_number() {
  return {"a number",
          {{"type", "number"}, {"minimum", 0}},
          nullptr,
          [](const Tree& tree, Context&) {
            const Reading<double> number = read_number(scalar_text(tree, "a number"), "");
            if (!number.ok()) fail_value(tree, "a number", number.problem);
            if (number.value < 0) fail_value(tree, "a number from 0");
            return number.value;
          },
          [](const double& value, const Context&) { return Tree::of_scalar(print_number(value)); }};
}

Codec<Estimator> estimator() {
  return Section<Estimator>()
      .field("of", &Estimator::of, one_of(quantities(), "quantity"), required(),
             "what is estimated: the mean latency of an interval, the payments in doubt or waiting for a disk, the offset "
             "between the "
             "clocks of two nodes, the share answered in time (beta) or the share of "
             "time in which a node is up (gamma), the mean times between crashes and to repair, the moments at which "
             "latency changed, the outcome of a payment in doubt")
      .field("with", &Estimator::with, one_of(methods(), "estimator"), required(),
             "how; moving_average, rfc6298, fixed, best_single and threshold are baselines and say nothing about their errors")
      .field("every", &Estimator::every_ns, duration({1'000'000, kDurationMaxNs}), otherwise("500ms"), "length of an interval")
      .field("sample", &Estimator::sample, share(), otherwise("10%"),
             "share of the payments that the monitor sees; the truth is that of all")
      .field("learn", &Estimator::learn, share(), otherwise("20%"),
             "first share of the measured time, in which nothing is graded")
      .field("window", &Estimator::window, count({4, 100'000}), otherwise("10"),
             "values of a moving average, exchanges of a reading of a clock, intervals in which a change must be detected")
      .optional("value", &Estimator::value, plain_number(), "of fixed and threshold: milliseconds, or payments")
      .field("asymmetry", &Estimator::asymmetry_ns, duration(kFromZero), otherwise("200us"),
             "clocks: by how much the delays there and back may differ, standard deviation")
      .then(check)
      .codec();
}

bool is_baseline(std::string_view method) { return std::ranges::find(kBaselines, method) != kBaselines.end(); }

}  // namespace

void check_estimators(const Scenario& scenario, const Places& places) {
  for (const Expectation& expectation : scenario.expect) {
    if (!expectation.name.starts_with(kEstimatorPrefix)) continue;
    const auto names_it = [&](const Estimator& estimator) {
      const std::string row = fmt::format("{}{}.{}", kEstimatorPrefix, estimator.of, estimator.with);
      return expectation.name == row || expectation.name.starts_with(row + ".");
    };
    const auto at = std::ranges::find_if(scenario.estimators, names_it);
    const Place place = places.of({"expect." + expectation.name});
    if (at == scenario.estimators.end()) fail(place, expectation.name, "an estimator that is listed under estimators");
    if (!expectation.verdict.empty() && (is_baseline(at->with) || at->of == "latency_change"))
      fail(place, fmt::format("a verdict of {}, which says nothing about its errors", at->with),
           "its figures, e.g. rmse or false_alarms");
  }
}

Codec<std::vector<Estimator>> estimators_table() {
  Codec<std::vector<Estimator>> list = list_of(estimator(), 0, kEstimatorsMax);
  const auto decode = list.decode;
  list.decode = [decode](const Tree& tree, Context& context) {
    std::vector<Estimator> estimators = decode(tree, context);
    for (std::size_t at = 0; at < estimators.size(); ++at)
      for (std::size_t before = 0; before < at; ++before)
        if (estimators[before].of == estimators[at].of && estimators[before].with == estimators[at].with)
          fail(tree.items[at].place, fmt::format("{} with {} again", estimators[at].of, estimators[at].with), "each pair once");
    return estimators;
  };
  return list;
}

}  // namespace paygrid::scenario
