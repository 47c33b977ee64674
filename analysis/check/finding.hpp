// What a check found: a verdict, its reason in words, and the first witness.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/core/id.hpp"

namespace paygrid::check {

enum class Verdict : std::uint8_t { kPass, kFail, kUnknown };
std::string_view name_of(Verdict verdict);

// Safety: nothing bad ever happened. Liveness: something good happened in the end.
enum class Property : std::uint8_t { kSafety, kLiveness };

// No payment.
inline constexpr core::PaymentId kNobodys{~std::uint32_t{0}};

struct Finding {
  std::string_view name;  // as expectations write it: "AC1", "conservation", ...
  Property property = Property::kSafety;
  Verdict verdict = Verdict::kUnknown;
  std::string reason;       // one sentence
  std::string witness;      // the first violation, explained, with event ids; empty when there is none
  core::PaymentId payment = kNobodys;  // of the first violation
  std::uint64_t violations = 0;
  bool blocked_by_design = false;  // AC5: the protocol's own specification says that it blocks here
  bool promised = true;            // false: nothing in this run promises it, so a failure is a violation only where it is expected to pass
  bool idle = false;               // unknown, and nothing that the check is about belongs to the run: not worth a line
  bool unobstructed = false;       // AC5: somebody is stuck though every process is up and no fault acts
  // Every violation of this check happened to a transaction that had already violated this other check; empty: not so.
  std::string_view follows_from;
};

}  // namespace paygrid::check
