#include "analysis/report/trace_jsonl.hpp"

#include <nlohmann/json.hpp>

namespace paygrid::report {

using core::FactKind;

namespace {

std::string json_string(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view outcome_name(std::uint8_t argument) {
  return static_cast<core::Outcome>(argument) == core::Outcome::kCommitted ? "commit" : "abort";
}

// What the fact's argument means, in words; empty: it means nothing.
std::string_view argument_name(const core::Fact& fact) {
  switch (fact.kind) {
    case FactKind::kAnswered:
    case FactKind::kDecided:
    case FactKind::kReplied: return outcome_name(fact.argument);
    case FactKind::kVoted: return core::name_of(static_cast<core::Vote>(fact.argument));
    case FactKind::kRecoveredOpen: return core::name_of(static_cast<core::RecordKind>(fact.argument));
    case FactKind::kDenied: return core::name_of(static_cast<core::Denial>(fact.argument));
    case FactKind::kLockUnwanted: return core::name_of(static_cast<core::WaitEnd>(fact.argument));
    case FactKind::kLockFreed: return core::name_of(static_cast<core::LockEnd>(fact.argument));
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kVoteTimeout:
    case FactKind::kPrecommitDecided:
    case FactKind::kEnded:
    case FactKind::kTerminationStarted:
    case FactKind::kInquired:
    case FactKind::kInDoubt:
    case FactKind::kPrecommitted:
    case FactKind::kLockWait:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted:
    case FactKind::kRecovered:
    case FactKind::kFenced:
    case FactKind::kLockTaken:
    case FactKind::kLockAsked:
    case FactKind::kLockAcquired:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: return {};
  }
  return {};
}

}  // namespace

TraceJsonl::TraceJsonl(const history::RunInfo& info, std::uint32_t every, std::filesystem::path path)
    : info_(info), every_(every), file_(std::move(path)) {
  for (const history::ProcessInfo& process : info.processes) quoted_.push_back(json_string(process.name));
}

std::string TraceJsonl::quoted_name(core::NodeId process) const {
  return process.value < quoted_.size() ? quoted_[process.value] : json_string(history::name_of(info_, process));
}

std::string TraceJsonl::message_name(const core::Message& message) const {
  switch (message.family) {
    case core::MessageFamily::kClient:
      return static_cast<core::ClientMessage>(message.kind) == core::ClientMessage::kSubmit ? "submit" : "answer";
    case core::MessageFamily::kCommit:
      if (info_.protocol != nullptr && message.kind < info_.protocol->message_names.size())
        return std::string(info_.protocol->message_names[message.kind]);
      return "message " + std::to_string(message.kind);
    case core::MessageFamily::kLock:
      return info_.lock_word == nullptr ? "letter " + std::to_string(message.kind) : std::string(info_.lock_word(message.kind));
    case core::MessageFamily::kDeadlock: return std::string(core::name_of(static_cast<core::DeadlockMessage>(message.kind)));
  }
  return "?";
}

void TraceJsonl::on_fact(std::uint64_t event, history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  const bool recovered = fact.kind == FactKind::kRecovered;
  if (!recovered && !is_chosen(fact.txn.payment)) return;
  file_.print(R"({{"id":{},"t":{},"what":"fact","process":{},"fact":"{}")", event, at_ns, quoted_name(process),
              core::name_of(fact.kind));
  if (!recovered) file_.print(R"(,"payment":{},"attempt":{})", fact.txn.payment.value, fact.txn.attempt);
  if (const std::string_view argument = argument_name(fact); !argument.empty()) file_.print(R"(,"argument":"{}")", argument);
  const bool moves = fact.kind == FactKind::kHeld || fact.kind == FactKind::kReleased || fact.kind == FactKind::kPosted;
  const bool with_token = core::is_about_lock(fact.kind) || fact.kind == FactKind::kFenced;
  const bool in_line = fact.kind == FactKind::kLockWait || fact.kind == FactKind::kLockDenied || fact.kind == FactKind::kLockUnwanted;
  if (moves || with_token || in_line) file_.print(R"(,"account":{})", fact.account.value);
  if (fact.kind == FactKind::kLockWait) {
    const core::TxnId ahead = core::txn_of_word(fact.word);
    file_.print(R"(,"behind":{},"behind_attempt":{})", ahead.payment.value, ahead.attempt);
  }
  if (moves || recovered) file_.print(R"(,"amount":{})", fact.amount.minor);
  if (fact.kind == FactKind::kDecided) file_.print(R"(,"as":"{}")", fact.word == 1 ? "participant" : "coordinator");
  if (with_token) file_.print(R"(,"token":{})", fact.word);
  if (recovered) file_.print(R"(,"digest":"{:016x}")", fact.word);
  file_.print("}}\n");
}

void TraceJsonl::on_packet(std::uint64_t event, const history::PacketEvent& packet) {
  const core::Message& message = packet.message;
  if (!is_chosen(message.txn.payment)) return;
  file_.print(R"({{"id":{},"t":{},"what":"packet","packet":{},"fate":"{}","from":{},"to":{},"message":{},)", event,
              packet.at_ns, packet.packet, history::name_of(packet.fate), quoted_name(packet.from), quoted_name(packet.to),
              json_string(message_name(message)));
  file_.print(R"("payment":{},"attempt":{},"argument":{},"epoch":{})", message.txn.payment.value, message.txn.attempt,
              message.argument, message.epoch);
  if (packet.queued_ns > 0) file_.print(R"(,"queued":{})", packet.queued_ns);
  file_.print("}}\n");
}

void TraceJsonl::on_process(std::uint64_t event, const history::ProcessEvent& change) {
  file_.print(R"({{"id":{},"t":{},"what":"process","process":{},"change":"{}")", event, change.at_ns,
              quoted_name(change.process), history::name_of(change.change));
  if (change.peer != core::kNoNode) file_.print(R"(,"peer":{})", quoted_name(change.peer));
  if (change.fault != 0) file_.print(R"(,"fault":{})", change.fault);
  file_.print("}}\n");
}

void TraceJsonl::on_fault(std::uint64_t event, const history::FaultEvent& fault) {
  file_.print(R"({{"id":{},"t":{},"what":"fault","fault":{},"change":"{}","kind":"{}","description":{}}})" "\n", event,
              fault.at_ns, fault.fault, fault.begins ? "begins" : "ends", fault.kind, json_string(fault.description));
}

void TraceJsonl::on_disk(std::uint64_t event, const history::DiskEvent& disk) {
  const core::Record& record = disk.record;
  if (record.kind != core::RecordKind::kForgetOldest && !is_chosen(record.txn.payment)) return;
  file_.print(R"({{"id":{},"t":{},"what":"disk","process":{},"change":"{}","record":"{}","payment":{},"attempt":{}}})"
              "\n",
              event, disk.at_ns, quoted_name(disk.process), history::name_of(disk.change), core::name_of(record.kind),
              record.txn.payment.value, record.txn.attempt);
}

}  // namespace paygrid::report
