#include "analysis/report/page/page_availability.hpp"

#include <cmath>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

constexpr std::size_t kGroupMembersMax = 64;

estimate::Interval band_of(std::uint64_t in_time, std::uint64_t known) {
  return estimate::credible_interval(estimate::kJeffreysShare, {in_time, known - in_time});
}

// A share to the sixth decimal place: more is not seen.
double drawn(double share) { return std::round(share * 1e6) / 1e6; }

}  // namespace

PageAvailability::PageAvailability(PageIntervals intervals, double deadline_s, double end_s)
    : intervals_(intervals), deadline_s_(deadline_s), end_s_(end_s) {
  all_.intervals.resize(intervals.count);
}

// As result.json judges it: a payment whose deadline lies beyond the end of the run, and that was not answered, is not known.
void PageAvailability::add(const RecordedPayment& payment) {
  if (intervals_.count == 0) return;
  const auto latency = payment.latency_ns();
  if (!latency && static_cast<double>(payment.intended_start_ns) / 1e9 + deadline_s_ > end_s_) return;
  const bool is_in_time = latency && static_cast<double>(*latency) / 1e9 <= deadline_s_;
  add_to(all_, payment, is_in_time);
  add_to(group_of(kinds_, payment.kind), payment, is_in_time);
  add_to(group_of(regions_, region_of_payer(payment.payer)), payment, is_in_time);
  add_to(group_of(nodes_, payment.coordinator), payment, is_in_time);
}

void PageAvailability::add_to(Group& group, const RecordedPayment& payment, bool is_in_time) const {
  group.intervals[intervals_.of(payment.intended_start_ns)].add(is_in_time);
  if (payment.measured) group.measured.add(is_in_time);
}

PageAvailability::Group& PageAvailability::group_of(Groups& groups, std::string_view name) const {
  const auto found = groups.find(name);
  if (found != groups.end()) return found->second;
  Group& made = groups[std::string(name)];
  made.intervals.resize(intervals_.count);
  return made;
}

ordered_json PageAvailability::series_of(const Group& group) {
  ordered_json series{{"value", ordered_json::array()}, {"low", ordered_json::array()}, {"high", ordered_json::array()}};
  for (const Share& share : group.intervals) {
    if (share.known == 0) {
      for (const char* line : {"value", "low", "high"}) series[line].push_back(nullptr);
      continue;
    }
    const estimate::Interval band = band_of(share.in_time, share.known);
    series["value"].push_back(drawn(static_cast<double>(share.in_time) / static_cast<double>(share.known)));
    series["low"].push_back(drawn(band.low));
    series["high"].push_back(drawn(band.high));
  }
  return series;
}

ordered_json PageAvailability::row_of(std::string_view kind, const std::string& name, const Group& group) {
  const Share& share = group.measured;
  const estimate::Interval band = band_of(share.in_time, share.known);
  return {{"group", kind},   {"name", name},      {"in_time", share.in_time},     {"known", share.known},
          {"low", band.low}, {"high", band.high}, {"over_time", series_of(group)}};
}

ordered_json PageAvailability::groups() const {
  ordered_json rows = ordered_json::array();
  rows.push_back(row_of("all", "all payments", all_));
  const auto add = [&rows](std::string_view kind, const Groups& groups) {
    if (groups.size() < 2 || groups.size() > kGroupMembersMax) return;
    for (const auto& [name, group] : groups) rows.push_back(row_of(kind, name, group));
  };
  add("kind", kinds_);
  add("region", regions_);
  add("node", nodes_);
  return rows;
}

}  // namespace paygrid::report
