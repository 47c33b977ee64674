// No double charge: over all attempts and retries each leg of a payment is posted at most once; a payer is answered
// consistently; a payment answered as aborted is never posted. Sometimes: a payment that was answered as committed.
#pragma once

#include "analysis/check/tally.hpp"
#include "analysis/check/txn_book.hpp"

namespace paygrid::check {

class NoDoubleCharge {
 public:
  static constexpr std::string_view kName = "no-double-charge";
  explicit NoDoubleCharge(const history::RunInfo& info) : info_(info) {}

  void on_posted(const Touch& touch);
  void on_answered(const Touch& touch);
  void on_decided(const Touch& touch);
  const Tally& tally() const { return tally_; }
  Finding finding() const;

 private:
  const history::RunInfo& info_;
  std::uint64_t retried_ = 0;
  Tally tally_{kName};
};

}  // namespace paygrid::check
