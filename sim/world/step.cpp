#include "sim/world/step.hpp"

#include <algorithm>
#include <tuple>

namespace paygrid::world {

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::kSubmit: return "submit";
    case StepKind::kDeliver: return "deliver";
    case StepKind::kDuplicate: return "duplicate";
    case StepKind::kDrop: return "drop";
    case StepKind::kPersist: return "persist";
    case StepKind::kFire: return "fire";
    case StepKind::kCrash: return "crash";
    case StepKind::kRecover: return "recover";
    case StepKind::kSuspect: return "suspect";
    case StepKind::kTrust: return "trust";
    case StepKind::kPartition: return "partition";
    case StepKind::kHeal: return "heal";
    case StepKind::kWipe: return "wipe";
    case StepKind::kForge: return "forge";
    case StepKind::kPause: return "pause";
    case StepKind::kResume: return "resume";
  }
  return "?";
}

namespace {

auto key_of(const core::Message& message) {
  return std::tuple(message.family, message.kind, message.txn, message.epoch, message.argument, message.has_learned,
                    message.learned, message.payment_word());
}

}  // namespace

std::strong_ordering order(const core::Message& a, const core::Message& b) {
  if (const auto first = key_of(a) <=> key_of(b); first != 0) return first;
  const auto one = a.payment.tokens();
  const auto other = b.payment.tokens();
  return std::lexicographical_compare_three_way(one.begin(), one.end(), other.begin(), other.end());
}

std::strong_ordering order(const Step& a, const Step& b) {
  const auto key = [](const Step& step) { return std::tie(step.kind, step.process, step.peer, step.timer, step.side); };
  if (const auto first = key(a) <=> key(b); first != 0) return first;
  return order(a.message, b.message);
}

}  // namespace paygrid::world
