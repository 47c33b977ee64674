// What every check counts: how often it was exercised, how often it was violated, and the first witness.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/check/finding.hpp"

namespace paygrid::check {

class Tally {
 public:
  explicit Tally(std::string_view name, Property property = Property::kSafety) : name_(name), property_(property) {}

  std::string_view name() const { return name_; }
  void exercise() { ++exercised_; }
  std::uint64_t exercised() const { return exercised_; }
  std::uint64_t violations() const { return violations_; }
  core::PaymentId first_violator() const { return payment_; }  // kNobodys: none, or of no single payment

  // `payment`: whose violation it is; kNobodys: of no single payment.
  // `cause`: the check that the transaction had violated already, of which this is a consequence; empty: none.
  // `explain` returns the witness and is called for the first violation alone.
  template <class Explain>
  [[gnu::cold, gnu::noinline]] void violate(core::PaymentId payment, std::string_view cause, Explain&& explain) {
    follows_from_ = violations_ == 0 || follows_from_ == cause ? cause : std::string_view{};
    if (violations_++ > 0) return;
    payment_ = payment;
    witness_ = std::forward<Explain>(explain)();
  }

  // Fail beats unknown, unknown beats pass.
  Finding finding(std::string pass, std::string unknown, std::string fail) const {
    Finding finding;
    finding.name = name_;
    finding.property = property_;
    if (violations_ > 0) {
      finding.verdict = Verdict::kFail;
      finding.reason = std::move(fail);
      finding.witness = witness_;
      finding.payment = payment_;
      finding.violations = violations_;
      finding.follows_from = follows_from_;
    } else if (exercised_ == 0) {
      finding.reason = std::move(unknown);
    } else {
      finding.verdict = Verdict::kPass;
      finding.reason = std::move(pass);
    }
    return finding;
  }

 private:
  std::string_view name_;
  Property property_;
  std::uint64_t exercised_ = 0;
  std::uint64_t violations_ = 0;
  std::string witness_;
  core::PaymentId payment_ = kNobodys;
  std::string_view follows_from_;
};

}  // namespace paygrid::check
