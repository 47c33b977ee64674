#include "models/client/payer.hpp"

#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "models/core/assert.hpp"
#include "models/core/flat_map.hpp"

namespace paygrid::client {

using core::Effects;
using core::FactKind;
using core::PaymentId;
using core::PaymentRef;
using core::TxnId;

namespace {

// The payer does not know attempts: to it a payment is one transaction.
TxnId txn_of(PaymentId payment) { return {payment, 0}; }

core::Fact fact_about(FactKind kind, PaymentId payment) {
  core::Fact fact;
  fact.kind = kind;
  fact.txn = txn_of(payment);
  return fact;
}

class Payer final : public core::ValueRole<Payer> {
 public:
  Payer(core::NodeId self, const PayerTiming& timing, std::vector<PaymentRef> at_start)
      : self_(self), timing_(timing), at_start_(std::move(at_start)) {}

  void step(const core::Event& event, Effects& effects) override {
    std::visit([&](const auto& happened) { on(happened, effects); }, event);
  }

  void expect(TxnId txn) const override { outstanding_.expect(txn.payment); }

  std::string describe() const override {
    std::string text;
    outstanding_.for_each_sorted([&](PaymentId payment, const Outstanding& outstanding) {
      text += "payment " + std::to_string(payment.value) + ": payer waits for an answer, " +
              std::to_string(outstanding.retries_left) + " retries left\n";
    });
    return text;
  }

  auto fields() const { return std::tie(self_, outstanding_); }

 private:
  struct Outstanding {
    PaymentRef payment;
    std::uint32_t retries_left = 0;
    auto fields() const { return std::tie(retries_left); }  // the payment is the key
    bool operator==(const Outstanding& other) const { return fields() == other.fields(); }
  };

  void on(const core::Start&, Effects& effects) {
    for (const PaymentRef& payment : std::exchange(at_start_, {})) submit(payment, effects);
  }
  void on(const core::Submit& told, Effects& effects) { submit(told.payment, effects); }

  void submit(const PaymentRef& payment, Effects& effects) {
    PAYGRID_ASSERT(payment->payer == self_, "a payer submits its own payments");
    PAYGRID_ASSERT(!outstanding_.contains(payment->id), "a payment is submitted once by its workload");
    outstanding_[payment->id] = {payment, timing_.retries};
    core::Fact submitted = fact_about(FactKind::kSubmitted, payment->id);
    submitted.payment = payment;
    effects.observe(submitted);
    ask(payment, effects);
  }

  void on(const core::Deliver& deliver, Effects& effects) {
    const core::Message& message = deliver.message;
    const bool is_answer = message.family == core::MessageFamily::kClient &&
                           message.kind == static_cast<std::uint8_t>(core::ClientMessage::kAnswer);
    if (PAYGRID_UNWANTED(!is_answer, "a payer is sent answers only")) return;
    const PaymentId payment = message.txn.payment;
    if (no_longer_waits_for(payment)) return;
    core::Fact answered = fact_about(FactKind::kAnswered, payment);
    answered.argument = message.argument;
    effects.observe(answered);
    effects.cancel_timer(answer_timer(payment));
    outstanding_.erase(payment);
  }

  void on(const core::TimerFired& fired, Effects& effects) {
    PAYGRID_ASSERT(fired.key == answer_timer(fired.key.txn.payment), "a payer sets answer timers only");
    const PaymentId payment = fired.key.txn.payment;
    if (no_longer_waits_for(payment)) return;
    Outstanding& outstanding = *outstanding_.find(payment);
    if (outstanding.retries_left == 0) {
      effects.observe(fact_about(FactKind::kGaveUp, payment));
      outstanding_.erase(payment);
      return;
    }
    --outstanding.retries_left;
    effects.observe(fact_about(FactKind::kRetried, payment));
    ask(outstanding.payment, effects);
  }

  // Payers stand for people: they neither crash nor keep a log, and nobody's health changes what they do.
  void on(const core::Recover&, Effects&) { PAYGRID_ASSERT(false, "a payer does not crash"); }
  void on(const core::Persisted&, Effects&) { PAYGRID_ASSERT(false, "a payer keeps no log"); }
  void on(const core::Deny&, Effects&) { PAYGRID_ASSERT(false, "a payer coordinates nothing"); }
  void on(const core::Suspect&, Effects&) {}
  void on(const core::Trust&, Effects&) {}

  // A repeated answer, one that came after the payer gave up, or a timer that fired while its answer was being handled.
  bool no_longer_waits_for(PaymentId payment) const { return !outstanding_.contains(payment); }

  static core::TimerKey answer_timer(PaymentId payment) {
    return {static_cast<std::uint8_t>(PayerTimer::kAnswer), txn_of(payment)};
  }

  void ask(const PaymentRef& payment, Effects& effects) const {
    core::Message message;
    message.family = core::MessageFamily::kClient;
    message.kind = static_cast<std::uint8_t>(core::ClientMessage::kSubmit);
    message.txn = txn_of(payment->id);
    message.payment = payment;
    effects.send(payment->coordinator, message);
    effects.set_timer(answer_timer(payment->id), timing_.answer_timeout);
  }

  core::NodeId self_;
  PayerTiming timing_;
  std::vector<PaymentRef> at_start_;  // empty once started: no part of the value
  core::FlatMap<PaymentId, Outstanding> outstanding_;
};

}  // namespace

std::unique_ptr<core::Role> make_payer(core::NodeId self, const PayerTiming& timing, std::vector<PaymentRef> at_start) {
  return std::make_unique<Payer>(self, timing, std::move(at_start));
}

}  // namespace paygrid::client
