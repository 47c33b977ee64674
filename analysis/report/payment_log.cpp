#include "analysis/report/payment_log.hpp"

#include <algorithm>

namespace paygrid::report {

using core::PaymentId;

LogEntry entry_of(std::uint64_t event, history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  LogEntry entry;
  entry.event = event;
  entry.at_ns = at_ns;
  entry.word = fact.word;
  entry.amount = fact.amount.minor;
  entry.process = process;
  entry.peer = core::kNoNode;
  entry.attempt = fact.txn.attempt;
  entry.detail = fact.account.value;
  entry.what = LogEntry::What::kFact;
  entry.kind = static_cast<std::uint8_t>(fact.kind);
  entry.argument = fact.argument;
  return entry;
}

LogEntry entry_of(std::uint64_t event, const history::PacketEvent& packet) {
  const bool sent = packet.fate == history::PacketFate::kSent;
  LogEntry entry;
  entry.event = event;
  entry.at_ns = packet.at_ns;
  entry.word = packet.packet;
  entry.amount = packet.queued_ns;
  entry.process = sent ? packet.from : packet.to;
  entry.peer = sent ? packet.to : packet.from;
  entry.attempt = packet.message.txn.attempt;
  entry.detail = packet.message.epoch;
  entry.what = LogEntry::What::kPacket;
  entry.kind = packet.message.kind;
  entry.argument = packet.message.argument;
  entry.change = static_cast<std::uint8_t>(packet.fate);
  entry.family = packet.message.family;
  return entry;
}

LogEntry entry_of(std::uint64_t event, const history::DiskEvent& disk) {
  LogEntry entry;
  entry.event = event;
  entry.at_ns = disk.at_ns;
  entry.process = disk.process;
  entry.peer = core::kNoNode;
  entry.attempt = disk.record.txn.attempt;
  entry.what = LogEntry::What::kDisk;
  entry.kind = static_cast<std::uint8_t>(disk.record.kind);
  entry.change = static_cast<std::uint8_t>(disk.change);
  return entry;
}

PaymentLog::Slot* PaymentLog::find(PaymentId payment) {
  const std::uint32_t* slot = index_.find(payment);
  return slot == nullptr ? nullptr : &slots_[*slot];
}

void PaymentLog::open(PaymentId payment) {
  if (index_.contains(payment)) return;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  slots_[slot].payment = payment;
  slots_[slot].closed = false;
  index_[payment] = slot;
}

bool PaymentLog::add(PaymentId payment, const LogEntry& entry) {
  Slot* slot = find(payment);
  if (slot == nullptr) return false;
  slot->entries.push_back(entry);
  return !slot->closed;
}

void PaymentLog::locked(const check::PaymentView& payment, core::NodeId process) {
  if (Slot* slot = find(payment.id); slot != nullptr && !slot->closed) {
    for (std::size_t at = 0; at < slot->entries.size(); ++at) {
      const LogEntry& entry = slot->entries[at];
      if (entry.is(core::FactKind::kLockWait) && entry.process == process && last_locker_[entry.detail] != kNobody)
        wait_behind(*slot, {last_locker_[entry.detail]});
    }
  }
  for (const core::Leg& leg : payment.legs)
    if (leg.participant == process) last_locker_[leg.account.value] = payment.id.value;
}

void PaymentLog::wait_behind(Slot& waiting, PaymentId holder) {
  const std::uint32_t* slot = index_.find(holder);
  if (slot == nullptr || holder == waiting.payment) return;
  if (std::ranges::find(waiting.waited_for, *slot) != waiting.waited_for.end()) return;
  waiting.waited_for.push_back(*slot);
  ++slots_[*slot].waiting;
}

void PaymentLog::close(PaymentId payment) {
  const std::uint32_t* found = index_.find(payment);
  if (found == nullptr) return;
  const std::uint32_t slot = *found;
  if (slots_[slot].closed) return;
  slots_[slot].closed = true;
  for (const std::uint32_t holder : slots_[slot].waited_for) {
    --slots_[holder].waiting;
    free_if_idle(holder);
  }
  slots_[slot].waited_for.clear();
  free_if_idle(slot);
}

void PaymentLog::free_if_idle(std::uint32_t slot) {
  Slot& idle = slots_[slot];
  if (!idle.closed || idle.waiting > 0) return;
  index_.erase(idle.payment);
  idle.entries.clear();
  free_.push_back(slot);
}

Log PaymentLog::of(PaymentId payment) const {
  const std::uint32_t* slot = index_.find(payment);
  return slot == nullptr ? Log{} : Log(slots_[*slot].entries);
}

std::vector<PaymentId> PaymentLog::waited_for(PaymentId payment) const {
  std::vector<PaymentId> holders;
  if (const std::uint32_t* slot = index_.find(payment))
    for (const std::uint32_t holder : slots_[*slot].waited_for) holders.push_back(slots_[holder].payment);
  return holders;
}

}  // namespace paygrid::report
