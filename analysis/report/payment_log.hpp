// The occurrences of every payment that is not over yet, and of those that held it up: what a critical path and the examples of a
// run are taken from.
//
// Invariants:
//  1. a log begins with the submission; what comes for a payment without a log is dropped.
//  2. a payment waits behind whoever last got the lock before it; the log of the one who is waited for lives as long as that of
//     the one who waits, else until close(). Memory is of the order of the payments in flight.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/observer.hpp"
#include "models/core/flat_map.hpp"

namespace paygrid::report {

// A packet's, fact's or record's occurrence without what it owns.
struct LogEntry {
  enum class What : std::uint8_t { kPacket, kFact, kDisk };
  std::uint64_t event = 0;
  history::TimeNs at_ns = 0;
  std::uint64_t word = 0;     // packet: its number; fact: Fact::word
  std::int64_t amount = 0;    // fact: minor units; packet: PacketEvent::queued_ns
  core::NodeId process;       // packet: the sender when it is sent, else the receiver
  core::NodeId peer;          // packet: the other one
  std::uint32_t attempt = 0;
  std::uint32_t detail = 0;   // packet: epoch; fact: account
  What what{};
  std::uint8_t kind = 0;      // of the message, fact or record
  std::uint8_t argument = 0;  // of the message or fact
  std::uint8_t change = 0;    // PacketFate or DiskChange
  core::MessageFamily family{};

  bool is(core::FactKind fact) const { return what == What::kFact && kind == static_cast<std::uint8_t>(fact); }
  bool is(history::PacketFate fate) const { return what == What::kPacket && change == static_cast<std::uint8_t>(fate); }
  bool is(history::DiskChange disk) const { return what == What::kDisk && change == static_cast<std::uint8_t>(disk); }
};
LogEntry entry_of(std::uint64_t event, history::TimeNs at_ns, core::NodeId process, const core::Fact& fact);
LogEntry entry_of(std::uint64_t event, const history::PacketEvent& packet);
LogEntry entry_of(std::uint64_t event, const history::DiskEvent& disk);

using Log = std::span<const LogEntry>;

class PaymentLog {
 public:
  explicit PaymentLog(std::uint32_t accounts) : last_locker_(accounts, kNobody) {}

  void open(core::PaymentId payment);
  // False when the payment has no log, or a closed one.
  bool add(core::PaymentId payment, const LogEntry& entry);
  // The payment got all its locks at `process`.
  void locked(const check::PaymentView& payment, core::NodeId process);
  void close(core::PaymentId payment);

  // Empty when there is none. Valid until the next call that is not const.
  Log of(core::PaymentId payment) const;
  // The payments whose locks it waited for, in that order.
  std::vector<core::PaymentId> waited_for(core::PaymentId payment) const;
  std::size_t open_logs() const { return index_.size(); }  // those that are only waited behind included

 private:
  struct Slot {
    core::PaymentId payment;
    bool closed = false;
    std::uint32_t waiting = 0;              // open logs of payments that waited for it
    std::vector<LogEntry> entries;
    std::vector<std::uint32_t> waited_for;  // slots
  };
  static constexpr std::uint32_t kNobody = ~std::uint32_t{0};

  Slot* find(core::PaymentId payment);
  void wait_behind(Slot& waiting, core::PaymentId holder);
  void free_if_idle(std::uint32_t slot);

  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  core::FlatMap<core::PaymentId, std::uint32_t> index_;
  std::vector<std::uint32_t> last_locker_;  // by account: payment id
};

}  // namespace paygrid::report
