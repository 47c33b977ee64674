#include "analysis/report/page/page_payments.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "analysis/report/page/report_data.hpp"

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

constexpr double kNanosecondsPerSecond = 1e9;
constexpr double kNanosecondsPerMillisecond = 1e6;

// Those that result.json states, as parts of a thousand.
constexpr std::pair<const char*, std::uint64_t> kStatedQuantiles[] = {
    {"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}, {"max", 1000}};
constexpr std::uint64_t kWhole = 1000;

// Ranks at which a curve is drawn: those of the stated quantiles, half of the rest evenly, and a quarter towards either end in
// equal steps of the logarithm, so that a tail of one in a million has points.
std::set<std::uint64_t> ranks_of(std::uint64_t count) {
  std::set<std::uint64_t> ranks{1, count};
  for (const auto& [name, part] : kStatedQuantiles) ranks.insert((count * part + kWhole - 1) / kWhole);
  const auto even = static_cast<std::uint64_t>(kCurvePointsMax / 2);
  const auto tail = (static_cast<std::uint64_t>(kCurvePointsMax) - even - ranks.size()) / 2;
  for (std::uint64_t at = 1; at <= even; ++at) ranks.insert(std::max<std::uint64_t>(1, count * at / even));
  for (std::uint64_t at = 0; at < tail; ++at) {
    const double share = static_cast<double>(at) / static_cast<double>(tail);
    const auto from_the_end = static_cast<std::uint64_t>(std::pow(static_cast<double>(count), share));
    ranks.insert(std::clamp<std::uint64_t>(from_the_end, 1, count));
    ranks.insert(std::clamp<std::uint64_t>(count - from_the_end, 1, count));
  }
  return ranks;
}

ordered_json points_of(const Histogram& latency) {
  ordered_json points = ordered_json::array();
  if (latency.count() == 0) return points;
  std::int64_t last = -1;
  for (const std::uint64_t rank : ranks_of(latency.count())) {
    const std::int64_t ns = latency.quantile(rank, latency.count());
    const ordered_json point{static_cast<double>(ns) / kNanosecondsPerMillisecond, rank};
    if (ns == last)
      points.back() = point;  // the highest rank of a value says how many took at most so long
    else
      points.push_back(point);
    last = ns;
  }
  return points;
}

ordered_json quantiles_of(const Histogram& latency) {
  ordered_json quantiles;
  for (const auto& [name, part] : kStatedQuantiles)
    quantiles[name] = static_cast<double>(latency.quantile(part, kWhole)) / kNanosecondsPerMillisecond;
  return quantiles;
}

ordered_json stated_quantiles(const ordered_json& latency_ms) {
  ordered_json quantiles;
  for (const auto& [name, part] : kStatedQuantiles) quantiles[name] = latency_ms.at(name);
  return quantiles;
}

ordered_json curve(std::string_view group, const std::string& name, const Histogram& latency, ordered_json quantiles) {
  return {{"group", group},
          {"name", name},
          {"count", latency.count()},
          {"points", points_of(latency)},
          {"quantiles_ms", std::move(quantiles)}};
}

std::size_t participants_of(std::string_view names) {
  return names.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(names, ' '));
}

template <class Map>
typename Map::mapped_type& entry(Map& map, std::string_view name) {
  const auto found = map.find(name);
  return found != map.end() ? found->second : map[std::string(name)];
}

}  // namespace

std::string_view region_of_payer(std::string_view payer) {
  constexpr std::string_view kPayers = "payers ";
  return payer.starts_with(kPayers) ? payer.substr(kPayers.size()) : payer;
}

std::size_t PageIntervals::of(history::TimeNs at_ns) const {
  const auto at = static_cast<std::size_t>(static_cast<double>(at_ns) / kNanosecondsPerSecond / width_s);
  return std::min(at, count - 1);
}

PagePayments::PagePayments(PageIntervals intervals) : intervals_(intervals), phases_over_time_(intervals.count) {}

void PagePayments::Phases::add(const std::array<double, kPhaseKinds>& phases_ms) {
  ++count;
  std::ranges::transform(sums_ms, phases_ms, sums_ms.begin(), std::plus<>());
}

ordered_json PagePayments::Phases::means_ms() const {
  if (count == 0) return nullptr;
  ordered_json means = ordered_json::array();
  for (const double sum : sums_ms) means.push_back(sum / static_cast<double>(count));
  return means;
}

void PagePayments::Group::add(const RecordedPayment& payment) {
  latency.record(*payment.latency_ns());
  if (payment.phases_ms) phases.add(*payment.phases_ms);
}

void PagePayments::add(const RecordedPayment& payment) {
  if (payment.outcome != "committed" || !payment.answered_ns) return;
  if (intervals_.count > 0 && payment.phases_ms) phases_over_time_[intervals_.of(*payment.answered_ns)].add(*payment.phases_ms);
  if (!payment.measured) return;
  all_.add(payment);
  entry(kinds_, payment.kind).add(payment);
  entry(regions_, region_of_payer(payment.payer)).add(payment);
  Cost& cost = costs_[participants_of(payment.participants)];
  ++cost.payments;
  cost.messages += payment.messages;
  cost.forced_writes += payment.forced_writes;
}

ordered_json PagePayments::curves(const ordered_json& result) const {
  ordered_json curves = ordered_json::array();
  if (all_.latency.count() == 0) return curves;
  curves.push_back(curve("all", "all payments", all_.latency, stated_quantiles(result.at("latency_ms"))));
  for (const auto& [name, group] : kinds_)
    curves.push_back(curve("kind", name, group.latency, stated_quantiles(result.at("kinds").at(name).at("latency_ms"))));
  for (const auto& [name, group] : regions_)
    curves.push_back(curve("region", name, group.latency, quantiles_of(group.latency)));
  return curves;
}

ordered_json PagePayments::phases(const ordered_json& result) const {
  ordered_json phases{
      {"names", ordered_json::array()}, {"groups", ordered_json::array()}, {"over_time", ordered_json::array()}};
  for (std::size_t at = 0; at < kPhaseKinds; ++at) phases["names"].push_back(name_of(static_cast<Phase>(at)));
  const auto add = [&](std::string_view group, const std::string& name, std::uint64_t count, ordered_json means_ms) {
    if (!means_ms.is_null())
      phases["groups"].push_back({{"group", group}, {"name", name}, {"count", count}, {"means_ms", std::move(means_ms)}});
  };
  ordered_json stated = ordered_json::array();
  for (const ordered_json& name : phases["names"]) stated.push_back(result.at("phases_ms").at(name.get<std::string>()));
  add("all", "all payments", all_.phases.count, all_.phases.count == 0 ? ordered_json() : std::move(stated));
  for (const auto& [name, group] : kinds_) add("kind", name, group.phases.count, group.phases.means_ms());
  for (const auto& [name, group] : regions_) add("region", name, group.phases.count, group.phases.means_ms());
  for (const Phases& interval : phases_over_time_) phases["over_time"].push_back(interval.means_ms());
  return phases;
}

ordered_json PagePayments::costs() const {
  ordered_json costs = ordered_json::array();
  for (const auto& [participants, cost] : costs_) {
    const auto mean = [&](std::uint64_t sum) { return static_cast<double>(sum) / static_cast<double>(cost.payments); };
    costs.push_back({{"participants", participants},
                     {"payments", cost.payments},
                     {"messages", mean(cost.messages)},
                     {"forced_writes", mean(cost.forced_writes)}});
  }
  return costs;
}

}  // namespace paygrid::report
