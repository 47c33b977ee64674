#include "analysis/report/diagram/trace_words.hpp"

#include <fmt/format.h>

namespace paygrid::report {

using core::FactKind;
using history::TraceLine;
using history::TraceNames;

namespace {

std::string_view outcome_of(const TraceLine& line) {
  return static_cast<core::Outcome>(line.argument) == core::Outcome::kCommitted ? "commit" : "abort";
}

std::string fact_words(const TraceLine& line) {
  switch (line.fact) {
    case FactKind::kSubmitted:
      return "submits";
    case FactKind::kRetried:
      return "retries";
    case FactKind::kAnswered:
      return fmt::format("answered: {}", outcome_of(line));
    case FactKind::kGaveUp:
      return "gives up";
    case FactKind::kBegun:
      return "begins";
    case FactKind::kVoteTimeout:
      return "votes overdue";
    case FactKind::kPrecommitDecided:
      return "enters precommit";
    case FactKind::kDecided:
      return fmt::format("decides {} as {}", outcome_of(line), line.by_participant ? "participant" : "coordinator");
    case FactKind::kReplied:
      return fmt::format("replies {}", outcome_of(line));
    case FactKind::kEnded:
      return "ends";
    case FactKind::kTerminationStarted:
      return "takes over";
    case FactKind::kInquired:
      return "inquires";
    case FactKind::kVoted:
      return fmt::format("votes {}", core::name_of(static_cast<core::Vote>(line.argument)));
    case FactKind::kInDoubt:
      return "in doubt";
    case FactKind::kPrecommitted:
      return "is precommitted";
    case FactKind::kLockWait:
      return fmt::format("waits for the lock of account {}, behind payment {}", line.account.value, line.behind.payment.value);
    case FactKind::kLockDenied:
      return fmt::format("may not wait for the lock of account {}", line.account.value);
    case FactKind::kLocked:
      return "has its locks";
    case FactKind::kHeld:
      return fmt::format("holds {} of account {}", line.amount.minor, line.account.value);
    case FactKind::kReleased:
      return fmt::format("releases {} of account {}", line.amount.minor, line.account.value);
    case FactKind::kPosted:
      return fmt::format("posts {} to account {}", line.amount.minor, line.account.value);
    case FactKind::kRecovered:
      return "has recovered its ledger";
    case FactKind::kRecoveredOpen:
      return fmt::format("finds {} in its log", core::name_of(static_cast<core::RecordKind>(line.argument)));
    case FactKind::kDenied:
      return static_cast<core::Denial>(line.argument) == core::Denial::kWounded ? "gives up, for an older payment"
                                                                                : "gives up, without its locks";
    case FactKind::kLockUnwanted:
      return fmt::format("waits no more for the lock of account {}: {}", line.account.value,
                         core::name_of(static_cast<core::WaitEnd>(line.argument)));
    case FactKind::kFenced:
      return fmt::format("refuses an old token of account {}", line.account.value);
    case FactKind::kLockTaken:
      return fmt::format("grants the lock of account {}", line.account.value);
    case FactKind::kLockFreed:
      return fmt::format("frees the lock of account {}: {}", line.account.value,
                         core::name_of(static_cast<core::LockEnd>(line.argument)));
    case FactKind::kLockAsked:
      return fmt::format("asks for the lock of account {}", line.account.value);
    case FactKind::kLockAcquired:
      return fmt::format("has the lock of account {}", line.account.value);
    case FactKind::kLockReleased:
      return fmt::format("gives back the lock of account {}", line.account.value);
    case FactKind::kLockLost:
      return fmt::format("loses the lock of account {}", line.account.value);
  }
  return "?";
}

std::string packet_words(const TraceLine& line, const TraceNames& names) {
  const std::string& message = names.messages().at(line.message);
  switch (line.fate) {
    case history::PacketFate::kSent:
      return fmt::format("sends {} to {}", message, process_name(names, line.peer));
    case history::PacketFate::kDelivered:
      return fmt::format("receives {} from {}", message, process_name(names, line.process));
    case history::PacketFate::kLocal:
      return fmt::format("tells itself {}", message);
    case history::PacketFate::kLost:
    case history::PacketFate::kCut:
    case history::PacketFate::kDuplicated:
    case history::PacketFate::kReceiverDown:
    case history::PacketFate::kExpired:
    case history::PacketFate::kCorrupted:
    case history::PacketFate::kRejected:
    case history::PacketFate::kForged:
    case history::PacketFate::kAltered:
    case history::PacketFate::kReplayed:
      return fmt::format("{} to {}: {}", message, process_name(names, line.peer), history::name_of(line.fate));
  }
  return "?";
}

std::string process_words(const TraceLine& line, const TraceNames& names) {
  switch (line.process_change) {
    case history::ProcessChange::kStarted:
      return "starts";
    case history::ProcessChange::kCrashed:
      return "crashes";
    case history::ProcessChange::kRecovered:
      return "recovers";
    case history::ProcessChange::kPaused:
      return "is paused";
    case history::ProcessChange::kResumed:
      return "goes on";
    case history::ProcessChange::kSuspects:
      return fmt::format("suspects {}", process_name(names, line.peer));
    case history::ProcessChange::kTrusts:
      return fmt::format("trusts {}", process_name(names, line.peer));
  }
  return "?";
}

std::string disk_words(const TraceLine& line) {
  const std::string_view record = core::name_of(line.record);
  switch (line.disk_change) {
    case history::DiskChange::kForced:
      return fmt::format("forces {}", record);
    case history::DiskChange::kAppended:
      return fmt::format("appends {}", record);
    case history::DiskChange::kDurable:
      return fmt::format("{} is durable", record);
    case history::DiskChange::kLost:
      return fmt::format("{} is lost", record);
    case history::DiskChange::kTorn:
      return fmt::format("{} is torn", record);
    case history::DiskChange::kReported:
      return fmt::format("{} is said to be durable, and is not", record);
  }
  return "?";
}

}  // namespace

std::string_view process_name(const TraceNames& names, std::uint32_t process) {
  return process < names.processes().size() ? std::string_view(names.processes()[process]) : "?";
}

std::string deed(const TraceLine& line, const TraceNames& names) {
  switch (line.what) {
    case TraceLine::What::kFact:
      return fact_words(line);
    case TraceLine::What::kPacket:
      return packet_words(line, names);
    case TraceLine::What::kProcess:
      return process_words(line, names);
    case TraceLine::What::kFault:
      return fmt::format("{}: {}", line.begins ? "begins" : "ends", line.description);
    case TraceLine::What::kDisk:
      return disk_words(line);
  }
  return "?";
}

std::string message_words(const TraceLine& packet, const TraceNames& names) {
  return fmt::format("{} of payment {}, attempt {}, argument {}, epoch {}; {} to {}", names.messages().at(packet.message),
                     packet.txn.payment.value, packet.txn.attempt, packet.argument, packet.epoch,
                     process_name(names, packet.process), process_name(names, packet.peer));
}

}  // namespace paygrid::report
