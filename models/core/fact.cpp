#include "models/core/fact.hpp"

namespace paygrid::core {

std::string_view name_of(FactKind kind) {
  switch (kind) {
    case FactKind::kSubmitted: return "submitted";
    case FactKind::kRetried: return "retried";
    case FactKind::kAnswered: return "answered";
    case FactKind::kGaveUp: return "gave-up";
    case FactKind::kBegun: return "begun";
    case FactKind::kVoteTimeout: return "vote-timeout";
    case FactKind::kPrecommitDecided: return "precommit-decided";
    case FactKind::kDecided: return "decided";
    case FactKind::kReplied: return "replied";
    case FactKind::kEnded: return "ended";
    case FactKind::kTerminationStarted: return "termination-started";
    case FactKind::kInquired: return "inquired";
    case FactKind::kVoted: return "voted";
    case FactKind::kInDoubt: return "in-doubt";
    case FactKind::kPrecommitted: return "precommitted";
    case FactKind::kLockWait: return "lock-wait";
    case FactKind::kLocked: return "locked";
    case FactKind::kHeld: return "held";
    case FactKind::kReleased: return "released";
    case FactKind::kPosted: return "posted";
    case FactKind::kRecovered: return "recovered";
    case FactKind::kRecoveredOpen: return "recovered-open";
    case FactKind::kLockDenied: return "lock-denied";
    case FactKind::kDenied: return "denied";
    case FactKind::kFenced: return "fenced";
    case FactKind::kLockUnwanted: return "lock-unwanted";
    case FactKind::kLockTaken: return "lock-taken";
    case FactKind::kLockFreed: return "lock-freed";
    case FactKind::kLockAsked: return "lock-asked";
    case FactKind::kLockAcquired: return "lock-acquired";
    case FactKind::kLockReleased: return "lock-released";
    case FactKind::kLockLost: return "lock-lost";
  }
  return "?";
}

std::string_view name_of(Denial why) {
  switch (why) {
    case Denial::kUnguarded: return "unguarded";
    case Denial::kWounded: return "wounded";
  }
  return "?";
}

std::string_view name_of(WaitEnd end) {
  switch (end) {
    case WaitEnd::kAborted: return "aborted";
    case WaitEnd::kOutOfPatience: return "out-of-patience";
  }
  return "?";
}

std::string_view name_of(LockEnd end) {
  switch (end) {
    case LockEnd::kReleased: return "released";
    case LockEnd::kExpired: return "expired";
    case LockEnd::kOverwritten: return "overwritten";
    case LockEnd::kDeleted: return "deleted";
    case LockEnd::kForgotten: return "forgotten";
  }
  return "?";
}

std::string_view name_of(Vote vote) {
  switch (vote) {
    case Vote::kYes: return "yes";
    case Vote::kInsufficientFunds: return "insufficient-funds";
    case Vote::kLockTimeout: return "lock-timeout";
    case Vote::kLockDenied: return "lock-denied";
    case Vote::kRefused: return "refused";
  }
  return "?";
}

}  // namespace paygrid::core
