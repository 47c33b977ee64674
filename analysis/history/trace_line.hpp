// One occurrence of a run as trace.jsonl tells it: plain data without references, so that lines can be kept, compared and
// drawn.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/history/observer.hpp"

namespace paygrid::history {

// Texts that lines refer to by number, in order of first appearance.
class TraceNames {
 public:
  std::uint32_t process(std::string_view name) { return number_of(processes_, name); }
  std::uint32_t message(std::string_view name) { return number_of(messages_, name); }
  const std::vector<std::string>& processes() const { return processes_; }
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  static std::uint32_t number_of(std::vector<std::string>& names, std::string_view name);

  std::vector<std::string> processes_;
  std::vector<std::string> messages_;
};

struct TraceLine {
  enum class What : std::uint8_t { kFact, kPacket, kProcess, kFault, kDisk };
  static constexpr std::uint32_t kNobody = 0xffffffffu;

  std::uint64_t id = 0;  // event id: the number of the occurrence in its run, from 1
  TimeNs at_ns = 0;
  What what{};
  std::uint32_t process = kNobody;  // TraceNames::processes; a packet's sender
  std::uint32_t peer = kNobody;     // a packet's receiver; whom a process suspects or trusts
  core::TxnId txn;                  // of facts (but for kRecovered), packets and disk writes (but for kForgetOldest)

  core::FactKind fact{};
  std::uint8_t argument = 0;  // of a fact (core::Fact::argument) or of a message
  core::AccountId account;
  core::TxnId behind;  // kLockWait: who is immediately ahead
  core::Money amount;
  bool by_participant = false;  // kDecided: as participant, not as coordinator

  PacketFate fate{};
  std::uint64_t packet = 0;
  std::uint32_t message = 0;  // TraceNames::messages
  std::uint32_t epoch = 0;
  TimeNs queued_ns = 0;  // kDelivered: at the receiver's processor, before and while it was handled

  ProcessChange process_change{};
  std::uint32_t fault = 0;  // 0: none
  bool begins = false;
  std::string description{};  // of a fault

  DiskChange disk_change{};
  core::RecordKind record{};

  bool operator==(const TraceLine&) const = default;

  // True for what belongs to one payment, which txn names.
  bool is_of_payment() const;
};
std::string_view name_of(TraceLine::What what);

}  // namespace paygrid::history
