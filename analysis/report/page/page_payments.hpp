// What the report page draws from payments.csv, gathered in one pass: distribution functions of latency, where the time went,
// costs by number of participants.
//
// The population is that of result.json: measured payments that were committed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/histogram.hpp"
#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

// The equal intervals of time into which the page draws; the last one may be shorter.
struct PageIntervals {
  double width_s = 1;
  std::size_t count = 0;
  // Dates beyond the last interval count to it. Requires: count > 0.
  std::size_t of(history::TimeNs at_ns) const;
};

// Payers are named after their region: "payers eu-1".
std::string_view region_of_payer(std::string_view payer);

class PagePayments {
 public:
  explicit PagePayments(PageIntervals intervals);

  void add(const RecordedPayment& payment);

  // Shapes: analysis/report/report_data.hpp. Quantiles of all payments and of kinds are taken from `result` (result.json).
  nlohmann::ordered_json curves(const nlohmann::ordered_json& result) const;
  nlohmann::ordered_json phases(const nlohmann::ordered_json& result) const;
  nlohmann::ordered_json costs() const;

 private:
  struct Phases {
    std::uint64_t count = 0;
    std::array<double, kPhaseKinds> sums_ms{};
    void add(const std::array<double, kPhaseKinds>& phases_ms);
    nlohmann::ordered_json means_ms() const;  // null without payments
  };
  struct Group {
    Histogram latency;
    Phases phases;
    void add(const RecordedPayment& payment);
  };
  struct Cost {
    std::uint64_t payments = 0;
    std::uint64_t messages = 0;
    std::uint64_t forced_writes = 0;
  };
  using Groups = std::map<std::string, Group, std::less<>>;

  PageIntervals intervals_;
  Group all_;
  Groups kinds_;
  Groups regions_;
  std::vector<Phases> phases_over_time_;  // by date of the answer
  std::map<std::size_t, Cost> costs_;     // by number of participants
};

}  // namespace paygrid::report
