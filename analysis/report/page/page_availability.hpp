// Who was served in time: availability over time and by group, with 95 % credible bands (Jeffreys' prior, payments taken as
// independent). Over time all payments count, by the interval of their submission; in the totals the measured ones, as in
// result.json.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/page/page_payments.hpp"
#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

class PageAvailability {
 public:
  // deadline_s: an answer in this time is in time. end_s: of the run.
  PageAvailability(PageIntervals intervals, double deadline_s, double end_s);

  void add(const RecordedPayment& payment);

  // {"value", "low", "high"}, each a list by interval; null where nothing is known.
  nlohmann::ordered_json over_time() const { return series_of(all_); }
  // [{"group": "all" | "kind" | "region" | "node", "name", "in_time", "known", "low", "high", "over_time"}]: the payment's
  // kind, its payer's region, its coordinator. Groups of one member, or of more than 64, are left out.
  nlohmann::ordered_json groups() const;

 private:
  struct Share {
    std::uint64_t in_time = 0;
    std::uint64_t known = 0;
    void add(bool is_in_time) {
      in_time += is_in_time ? 1 : 0;
      ++known;
    }
  };
  struct Group {
    Share measured;
    std::vector<Share> intervals;
  };
  using Groups = std::map<std::string, Group, std::less<>>;

  void add_to(Group& group, const RecordedPayment& payment, bool is_in_time) const;
  Group& group_of(Groups& groups, std::string_view name) const;
  static nlohmann::ordered_json series_of(const Group& group);
  static nlohmann::ordered_json row_of(std::string_view kind, const std::string& name, const Group& group);

  PageIntervals intervals_;
  double deadline_s_;
  double end_s_;
  Group all_;
  Groups kinds_;
  Groups regions_;
  Groups nodes_;
};

}  // namespace paygrid::report
