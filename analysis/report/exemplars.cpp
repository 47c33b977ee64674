#include "analysis/report/exemplars.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>

#include "analysis/report/trace_jsonl.hpp"

namespace paygrid::report {

using core::PaymentId;

namespace {

core::TxnId txn_of(PaymentId payment, const LogEntry& entry) { return {payment, entry.attempt}; }

void write_packet(TraceJsonl& trace, PaymentId payment, const LogEntry& entry) {
  core::Message message;
  message.family = entry.family;
  message.kind = entry.kind;
  message.argument = entry.argument;
  message.epoch = entry.detail;
  message.txn = txn_of(payment, entry);
  const auto fate = static_cast<history::PacketFate>(entry.change);
  const bool sent = fate == history::PacketFate::kSent;
  trace.on_packet(entry.event, {entry.at_ns, entry.word, sent ? entry.process : entry.peer, sent ? entry.peer : entry.process,
                                message, fate, entry.amount});
}

void write_fact(TraceJsonl& trace, PaymentId payment, const LogEntry& entry) {
  core::Fact fact;
  fact.kind = static_cast<core::FactKind>(entry.kind);
  fact.argument = entry.argument;
  fact.txn = txn_of(payment, entry);
  fact.account = {entry.detail};
  fact.amount = {entry.amount};
  fact.word = entry.word;
  trace.on_fact(entry.event, entry.at_ns, entry.process, fact);
}

void write_disk(TraceJsonl& trace, PaymentId payment, const LogEntry& entry) {
  core::Record record;
  record.kind = static_cast<core::RecordKind>(entry.kind);
  record.txn = txn_of(payment, entry);
  trace.on_disk(entry.event, {entry.at_ns, entry.process, record, static_cast<history::DiskChange>(entry.change)});
}

void write_entry(TraceJsonl& trace, PaymentId payment, const LogEntry& entry) {
  switch (entry.what) {
    case LogEntry::What::kPacket: return write_packet(trace, payment, entry);
    case LogEntry::What::kFact: return write_fact(trace, payment, entry);
    case LogEntry::What::kDisk: return write_disk(trace, payment, entry);
  }
}

}  // namespace

void Exemplars::on_process(std::uint64_t event, const history::ProcessEvent& change) {
  if (change.change == history::ProcessChange::kStarted || processes_.size() >= kProcessEventsMax) return;
  processes_.push_back({event, change});
}

void Exemplars::on_fault(std::uint64_t event, const history::FaultEvent& fault) {
  if (faults_.size() < kProcessEventsMax) faults_.push_back({event, fault, std::string(fault.description)});
}

void Exemplars::offer(Choice& choice, std::int64_t rank, PaymentId payment, const PaymentLog& log) {
  if (rank <= choice.rank) return;
  choice.rank = rank;
  choice.payments.clear();
  std::vector<PaymentId> payments = log.waited_for(payment);
  payments.insert(payments.begin(), payment);
  for (const PaymentId each : payments) {
    const Log entries = log.of(each);
    choice.payments.push_back({each, {entries.begin(), entries.end()}});
  }
}

void Exemplars::consider(const check::PaymentView& payment, const PaymentLog& log) {
  if (!payment.submitted || log.of(payment.id).empty()) return;
  offer(longest_in_doubt_, payment.in_doubt_ns, payment.id, log);
  if (!payment.answered || !payment.measured) return;
  const std::int64_t latency_ns = payment.answered.at_ns - payment.submitted.at_ns;
  switch (payment.answer) {
    case check::Decision::kCommitted:
      offer(slowest_committed_, latency_ns, payment.id, log);
      offer(fastest_committed_, -latency_ns, payment.id, log);
      return;
    case check::Decision::kAborted: return offer(slowest_aborted_, latency_ns, payment.id, log);
    case check::Decision::kNone: return;
  }
}

template <class Visit>
void Exemplars::for_each_choice(Visit&& visit) {
  for (Choice& choice : violations_) visit(choice);
  for (Choice* choice : {&slowest_committed_, &longest_in_doubt_, &slowest_aborted_, &fastest_committed_}) visit(*choice);
}

void Exemplars::follow(PaymentId payment, const LogEntry& entry) {
  for_each_choice([&](Choice& choice) {
    for (Kept& kept : choice.payments)
      if (kept.payment == payment) kept.entries.push_back(entry);
  });
}

void Exemplars::keep(PaymentId payment, std::string_view check, const PaymentLog& log) {
  if (log.of(payment).empty()) return;
  Choice& choice = violations_.emplace_back();
  choice.why = fmt::format("first violation of {}", check);
  offer(choice, 0, payment, log);
}

std::vector<Exemplar> Exemplars::chosen() const {
  std::vector<std::reference_wrapper<const Choice>> choices(violations_.begin(), violations_.end());
  for (const Choice* choice : {&slowest_committed_, &longest_in_doubt_, &slowest_aborted_, &fastest_committed_})
    choices.emplace_back(*choice);
  std::vector<Exemplar> chosen;
  for (const Choice& choice : choices) {
    if (choice.payments.empty()) continue;
    const PaymentId payment = choice.payments.front().payment;
    const auto known = std::ranges::find(chosen, payment, &Exemplar::payment);
    if (known == chosen.end()) chosen.push_back({payment, choice.why});
    else known->why += ", " + choice.why;
  }
  return chosen;
}

void Exemplars::write(const std::filesystem::path& path) const {
  TraceJsonl trace(info_, 1, path);
  std::map<std::uint64_t, std::function<void()>> lines;  // by event: a payment chosen twice is written once
  const auto add = [&](const Choice& choice) {
    for (const Kept& kept : choice.payments)
      for (const LogEntry& entry : kept.entries) lines[entry.event] = [&] { write_entry(trace, kept.payment, entry); };
  };
  std::ranges::for_each(violations_, add);
  for (const Choice* choice : {&slowest_committed_, &longest_in_doubt_, &slowest_aborted_, &fastest_committed_}) add(*choice);
  for (const ProcessLine& line : processes_) lines[line.event] = [&] { trace.on_process(line.event, line.change); };
  for (const FaultLine& line : faults_)
    lines[line.event] = [&] {
      history::FaultEvent fault = line.fault;
      fault.description = line.description;
      trace.on_fault(line.event, fault);
    };
  for (const auto& [event, write_line] : lines) write_line();
  trace.close();
}

}  // namespace paygrid::report
