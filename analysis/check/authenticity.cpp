#include "analysis/check/authenticity.hpp"

#include <fmt/format.h>

#include "analysis/check/witness.hpp"

namespace paygrid::check {

namespace {

using core::FactKind;
using history::Origin;

// What the fact says was done; empty: nothing that a message of an outsider may not bring about.
std::string deed_of(const core::Fact& fact) {
  switch (fact.kind) {
    case FactKind::kDecided: return fmt::format("decided {}", words_of(decision_of(static_cast<core::Outcome>(fact.argument))));
    case FactKind::kVoted: return fmt::format("voted {}", core::name_of(static_cast<core::Vote>(fact.argument)));
    case FactKind::kAnswered:
      return fmt::format("took the answer {}", words_of(decision_of(static_cast<core::Outcome>(fact.argument))));
    case FactKind::kPrecommitDecided: return "entered the precommit phase";
    case FactKind::kPrecommitted: return "precommitted";
    case FactKind::kHeld: return "put money on hold";
    case FactKind::kReleased: return "released a hold";
    case FactKind::kPosted: return "posted a leg";
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kInDoubt:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kRecovered:
    case FactKind::kRecoveredOpen:
    case FactKind::kDenied:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: return {};
  }
  return {};
}

bool is_promise_or_decision(core::RecordKind kind) {
  return kind != core::RecordKind::kEnd && kind != core::RecordKind::kForgetOldest;
}

std::string_view words_of(Origin origin) {
  switch (origin) {
    case Origin::kGenuine: return "which its sender sent";
    case Origin::kForged: return "which nobody sent";
    case Origin::kAltered: return "which was another message when it was sent";
    case Origin::kReplayed: return "which had come before";
  }
  return "?";
}

}  // namespace

void Authenticity::on_packet(std::uint64_t event, const history::PacketEvent& packet) {
  using history::PacketFate;
  switch (packet.fate) {
    case PacketFate::kForged:
    case PacketFate::kAltered:
    case PacketFate::kReplayed: return tally_.exercise();
    case PacketFate::kRejected: ++rejected_; return;
    case PacketFate::kDelivered: break;
    case PacketFate::kSent:
    case PacketFate::kLost:
    case PacketFate::kCut:
    case PacketFate::kDuplicated:
    case PacketFate::kReceiverDown:
    case PacketFate::kExpired:
    case PacketFate::kCorrupted:
    case PacketFate::kLocal: return;
  }
  ++delivered_;
  const core::Message& message = packet.message;
  handled_ = Handled{event, packet.from, packet.to, message.family, message.kind, message.txn, packet.origin};
}

std::string Authenticity::name_of_message() const {
  if (handled_->family == core::MessageFamily::kClient)
    return static_cast<core::ClientMessage>(handled_->kind) == core::ClientMessage::kSubmit ? "submit" : "answer";
  const bool is_named = info_.protocol != nullptr && handled_->kind < info_.protocol->message_names.size();
  return is_named ? std::string(info_.protocol->message_names[handled_->kind]) : fmt::format("message {}", handled_->kind);
}

void Authenticity::act(Stamp now, core::NodeId process, const std::string& deed) {
  if (handled_->acted || deed.empty()) return;
  handled_->acted = true;
  tally_.violate(handled_->txn.payment, {}, [&] {
    std::string text = fmt::format("event {} at {}: {} {} because of {} of payment {}, attempt {}, in the name of {}, {} (event {}).",
                                   now.event, seconds_text(now.at_ns), history::name_of(info_, process), deed, name_of_message(),
                                   handled_->txn.payment.value, handled_->txn.attempt, history::name_of(info_, handled_->from),
                                   words_of(handled_->origin), handled_->event);
    const PaymentView* payment = book_.find(handled_->txn.payment);
    if (payment == nullptr) return text;
    for (const AttemptView& attempt : payment->attempts())
      if (attempt.txn == handled_->txn) text += " History of " + history_text(*payment, attempt, info_);
    return text;
  });
}

void Authenticity::on_fact(const Touch& touch) {
  if (touch.process == handled_->to) act({touch.at_ns, touch.event}, touch.process, deed_of(*touch.fact));
}

void Authenticity::on_disk(std::uint64_t event, const history::DiskEvent& written) {
  const bool writes = written.change == history::DiskChange::kForced || written.change == history::DiskChange::kAppended;
  if (!writes || written.process != handled_->to || !is_promise_or_decision(written.record.kind)) return;
  act({written.at_ns, event}, written.process, fmt::format("wrote {}", core::name_of(written.record.kind)));
}

Finding Authenticity::finding() const {
  Finding finding = tally_.finding(
      fmt::format("nobody acted on any of {} that an outsider put on the way ({} refused, {} handled without effect)",
                  count_text(tally_.exercised(), "message"), rejected_, delivered_),
      "no outsider put a message on the way",
      fmt::format("{} of an outsider acted on, of {} put on the way", count_text(tally_.violations(), "message"), tally_.exercised()));
  finding.idle = tally_.exercised() == 0;
  return finding;
}

}  // namespace paygrid::check
