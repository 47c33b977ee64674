// AC4: a process cannot reverse its decision, not even across a crash that lost the record of it. Source: Bernstein,
// Hadzilacos, Goodman (1987), section 7.3 (AC2 there). Sometimes: a decision.
#pragma once

#include <fmt/format.h>

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_view.hpp"
#include "analysis/check/witness.hpp"

namespace paygrid::check {

class Irrevocable {
 public:
  static constexpr std::string_view kName = "AC4";
  explicit Irrevocable(const history::RunInfo& info) : info_(info) {}

  void on_decided(const Touch& touch) {
    tally_.exercise();
    if (touch.decided_before == Decision::kNone) return;
    tally_.violate(touch.payment->id, {}, [&] {
      return explain(touch, fmt::format("decided {} after it had decided {}", words_of(opposite_of(touch.decided_before)),
                                        words_of(touch.decided_before)), info_);
    });
  }

  const Tally& tally() const { return tally_; }
  Finding finding() const {
    return tally_.finding(fmt::format("none of {} decisions was reversed", tally_.exercised()), "nothing was decided",
                          fmt::format("{} of {} decisions reversed an earlier one of the same process", tally_.violations(),
                                      tally_.exercised()));
  }

 private:
  const history::RunInfo& info_;
  Tally tally_{kName};
};

}  // namespace paygrid::check
