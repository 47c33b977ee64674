#include "analysis/check/witness.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "analysis/check/finding.hpp"
#include "models/core/fact.hpp"

namespace paygrid::check {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass: return "pass";
    case Verdict::kFail: return "fail";
    case Verdict::kUnknown: return "unknown";
  }
  return "?";
}

std::string seconds_text(TimeNs at_ns) {
  return fmt::format("{}.{:06} s", at_ns / 1'000'000'000, at_ns % 1'000'000'000 / 1000);
}

std::string money_text(core::Money money, const history::RunInfo& info) {
  const std::string_view currency(info.placement.currency.code.data(), info.placement.currency.code.size());
  const std::int64_t minor = std::llabs(money.minor);
  return fmt::format("{} {}{}.{:02}", currency, money.minor < 0 ? "-" : "", minor / 100, minor % 100);
}

std::string count_text(std::uint64_t count, std::string_view noun) {
  if (count != 1 && noun.ends_with('y')) return fmt::format("{} {}ies", count, noun.substr(0, noun.size() - 1));
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string_view words_of(Decision decision) {
  switch (decision) {
    case Decision::kNone: return "nothing";
    case Decision::kAborted: return "abort";
    case Decision::kCommitted: return "commit";
  }
  return "?";
}

std::string_view name_of(core::PaymentKind kind) {
  switch (kind) {
    case core::PaymentKind::kTransfer: return "transfer";
    case core::PaymentKind::kPurchase: return "purchase";
    case core::PaymentKind::kPayroll: return "payroll";
    case core::PaymentKind::kRefund: return "refund";
  }
  return "?";
}

std::string stamp_text(Stamp stamp) { return fmt::format("at {} (event {})", seconds_text(stamp.at_ns), stamp.event); }

namespace {

void add_participant(std::string& text, const ParticipantView& part, const history::RunInfo& info) {
  const std::string name = history::name_of(info, part.node);
  if (part.ballot != Ballot::kNone) {
    const bool yes = part.ballot == Ballot::kYes;
    text += fmt::format("; {} voted {}{} {}", name, yes ? "yes" : "no: ", yes ? "" : core::name_of(part.vote),
                        stamp_text(part.voted));
  } else {
    text += fmt::format("; {} did not vote", name);
  }
  if (part.precommitted) text += fmt::format("; {} precommitted {}", name, stamp_text(part.precommitted));
  if (part.backup_decision != Decision::kNone)
    text += fmt::format("; {} decided {} as backup coordinator", name, words_of(part.backup_decision));
  if (part.decision != Decision::kNone)
    text += fmt::format("; {} decided {} {}", name, words_of(part.decision), stamp_text(part.decided));
  if (part.undone) text += fmt::format("; {} lost the record of its decision in a crash", name);
  if (part.in_doubt) text += fmt::format("; {} is in doubt since {}", name, seconds_text(part.in_doubt_since_ns));
}

}  // namespace

std::string history_text(const PaymentView& payment, const AttemptView& attempt, const history::RunInfo& info) {
  std::string text = fmt::format("payment {} ({} of {}), attempt {}:", payment.id.value, name_of(payment.kind),
                                 money_text(payment.amount, info), attempt.txn.attempt);
  if (payment.submitted) text += fmt::format(" submitted {};", stamp_text(payment.submitted));
  if (payment.past != Past::kNone) text += " its earlier history is forgotten;";
  if (attempt.begun)
    text += fmt::format(" begun by {} {}", history::name_of(info, attempt.coordinator), stamp_text(attempt.begun));
  else text += " its begin was not seen";
  for (const ParticipantView& part : attempt.participants) add_participant(text, part, info);
  if (attempt.vote_timeout) text += "; a vote timed out";
  if (attempt.orphaned) text += "; the coordinator crashed";
  if (attempt.decision != Decision::kNone)
    text += fmt::format("; the first decision was {}, by {} {}", words_of(attempt.decision),
                        history::name_of(info, attempt.decider), stamp_text(attempt.decided));
  if (payment.answered)
    text += fmt::format("; the payer was answered {} {}", words_of(payment.answer), stamp_text(payment.answered));
  return text + ".";
}

std::string explain(const Touch& touch, std::string_view what, const history::RunInfo& info) {
  std::string text = fmt::format("event {} at {}: {} {}.", touch.event, seconds_text(touch.at_ns),
                                 history::name_of(info, touch.process), what);
  if (touch.attempt != nullptr) text += " History of " + history_text(*touch.payment, *touch.attempt, info);
  return text;
}

}  // namespace paygrid::check
