#include "models/lock/effects.hpp"

namespace paygrid::lock {

std::string_view name_of(LockTimer timer) {
  switch (timer) {
    case LockTimer::kExpiry: return "expiry";
    case LockTimer::kSession: return "session";
    case LockTimer::kLockDelay: return "lock-delay";
    case LockTimer::kElection: return "election";
    case LockTimer::kLagging: return "lagging";
    case LockTimer::kLeaseEven: return "lease-even";
    case LockTimer::kLeaseOdd: return "lease-odd";
    case LockTimer::kResend: return "resend";
    case LockTimer::kRetry: return "retry";
    case LockTimer::kRenew: return "renew";
    case LockTimer::kPatience: return "patience";
  }
  return "?";
}

}  // namespace paygrid::lock
