#include "sim/cli/run_marks.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace paygrid::cli {

using core::FactKind;

void RunMarks::on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  ++events_;
  facts_.set(static_cast<std::size_t>(fact.kind));
  if (fact.kind == FactKind::kRecovered || core::is_about_lock(fact.kind)) return;  // of no payment
  Payment& payment = by_payment_[fact.txn.payment.value];
  if (fact.kind == FactKind::kSubmitted) {
    payment.submitted_ns = at_ns;
    ++payments_;
  }
  if (fact.kind == FactKind::kDecided) decided(payment, process, fact);
  const auto known = std::ranges::find(payment.last, process, &std::pair<core::NodeId, FactKind>::first);
  if (known == payment.last.end())
    payment.last.emplace_back(process, fact.kind);
  else
    known->second = fact.kind;
  payment.last_of_all = fact.kind;
}

void RunMarks::decided(Payment& payment, core::NodeId process, const core::Fact& fact) {
  if (!payment.divergence.empty()) return;
  if (payment.attempt.outcome < 0 || payment.attempt.number != fact.txn.attempt) {
    payment.attempt = {fact.txn.attempt, fact.argument};
    return;
  }
  if (payment.attempt.outcome == fact.argument) return;
  const auto before = std::ranges::find(payment.last, process, &std::pair<core::NodeId, FactKind>::first);
  payment.divergence = fmt::format("decided {} after {}",
                                   static_cast<core::Outcome>(fact.argument) == core::Outcome::kCommitted ? "commit" : "abort",
                                   before == payment.last.end() ? "nothing" : core::name_of(before->second));
}

void RunMarks::on_packet(const history::PacketEvent& event) {
  ++events_;
  const bool received = event.fate == history::PacketFate::kDelivered || event.fate == history::PacketFate::kLocal;
  if (received && event.message.family == core::MessageFamily::kCommit) messages_.set(event.message.kind);
}

void RunMarks::on_process(const history::ProcessEvent& event) {
  ++events_;
  if (event.change == history::ProcessChange::kCrashed) transitions_.crashed(event.process);
}

void RunMarks::on_fault(const history::FaultEvent& event) {
  ++events_;
  if (!event.begins) return;
  faults_ns_.push_back(event.at_ns);
  fired_.insert(event.kind);
}

std::vector<std::string> RunMarks::marks() const {
  std::vector<std::string> marks;
  for (const std::string_view fault : fired_) marks.push_back(fmt::format("fault {}", fault));
  for (std::size_t kind = 0; kind < facts_.size(); ++kind)
    if (facts_.test(kind)) marks.push_back(fmt::format("fact {}", core::name_of(static_cast<FactKind>(kind))));
  for (std::size_t kind = 0; kind < protocol_.message_names.size(); ++kind)
    if (messages_.test(kind)) marks.push_back(fmt::format("message {}", protocol_.message_names[kind]));
  for (std::size_t part = 0; part < protocol_.parts.size(); ++part)
    for (const core::Transition& transition : transitions_.taken(part))
      marks.push_back(fmt::format("transition {}", core::text_of(protocol_.parts[part], transition)));
  return marks;
}

std::string RunMarks::state_of(core::PaymentId payment) const {
  const auto found = by_payment_.find(payment.value);
  if (found == by_payment_.end()) return "of no single payment";
  if (!found->second.divergence.empty()) return found->second.divergence;
  return fmt::format("after {}", core::name_of(found->second.last_of_all));
}

history::TimeNs RunMarks::submitted_ns(core::PaymentId payment) const {
  const auto found = by_payment_.find(payment.value);
  return found == by_payment_.end() ? -1 : found->second.submitted_ns;
}

}  // namespace paygrid::cli
