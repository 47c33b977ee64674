#include "analysis/report/payments_csv.hpp"

#include "analysis/check/witness.hpp"

namespace paygrid::report {

using check::Decision;

namespace {

std::string_view outcome_text(Decision decision) {
  switch (decision) {
    case Decision::kNone: return "unknown";
    case Decision::kAborted: return "aborted";
    case Decision::kCommitted: return "committed";
  }
  return "?";
}

std::string participants_text(const check::PaymentView& payment, const history::RunInfo& info) {
  std::string text;
  core::NodeId last = core::kNoNode;
  for (const core::Leg& leg : payment.legs) {
    if (leg.participant == last) continue;
    last = leg.participant;
    text += (text.empty() ? "" : " ") + history::name_of(info, last);
  }
  return text;
}

}  // namespace

PaymentsCsv::PaymentsCsv(const history::RunInfo& info, std::filesystem::path path) : info_(info), file_(std::move(path)) {
  file_.print("payment,kind,amount,payer,coordinator,participants,intended_start_ns,answered_ns,outcome,decision,latency_ms,"
              "in_doubt_ms,messages,forced_writes,tries,attempts,measured");
  for (std::size_t phase = 0; phase < kPhaseKinds; ++phase) file_.print(",{}_ms", name_of(static_cast<Phase>(phase)));
  file_.print("\n");
}

void PaymentsCsv::write(const check::PaymentView& payment, const std::optional<PhaseTimes>& phases) {
  // A payment that came back to life has its row already.
  if (!payment.submitted || payment.past != check::Past::kNone) return;
  std::uint32_t messages = 0;
  std::uint32_t forced_writes = 0;
  for (const check::AttemptView& attempt : payment.attempts()) {
    messages += attempt.messages;
    forced_writes += attempt.forced_writes;
  }
  const bool answered = static_cast<bool>(payment.answered);
  file_.print("{},{},{}.{:02},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", payment.id.value, check::name_of(payment.kind),
              payment.amount.minor / 100, payment.amount.minor % 100, history::name_of(info_, payment.payer),
              history::name_of(info_, payment.coordinator), participants_text(payment, info_), payment.submitted.at_ns,
              answered ? std::to_string(payment.answered.at_ns) : "", outcome_text(payment.answer),
              outcome_text(payment.outcome()),
              answered ? milliseconds_text(payment.answered.at_ns - payment.submitted.at_ns) : "",
              milliseconds_text(payment.in_doubt_ns), messages, forced_writes, payment.tries, payment.attempts().size(),
              payment.measured ? 1 : 0);
  for (std::size_t phase = 0; phase < kPhaseKinds; ++phase)
    file_.print(",{}", phases ? milliseconds_text((*phases)[phase]) : std::string());
  file_.print("\n");
}

}  // namespace paygrid::report
