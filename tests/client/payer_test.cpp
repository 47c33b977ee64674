// Stories of the payer: one payment, one id, at most one verdict.
#include "models/client/payer.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "models/core/assert.hpp"
#include "models/core/effects.hpp"
#include "models/core/payment.hpp"

namespace paygrid::client {
namespace {

using core::FactKind;
using core::Outcome;
using core::PaymentId;
using core::PaymentRef;
using core::TxnId;

constexpr core::NodeId kPayer{7};
constexpr core::NodeId kCoordinator{2};
constexpr PayerTiming kTiming{.answer_timeout = {1000}, .retries = 2};

class PayerStory : public testing::Test {
 protected:
  PaymentRef payment(std::uint32_t id) {
    core::Payment& draft = pool_.draft();
    draft.id = PaymentId{id};
    draft.payer = kPayer;
    draft.coordinator = kCoordinator;
    draft.legs = {{core::AccountId{0}, core::NodeId{0}, core::Money{-5}},
                  {core::AccountId{1}, core::NodeId{1}, core::Money{5}}};
    return pool_.seal(draft);
  }
  static TxnId txn(std::uint32_t id) { return {PaymentId{id}, 0}; }
  static core::TimerKey timer(std::uint32_t id) { return {static_cast<std::uint8_t>(PayerTimer::kAnswer), txn(id)}; }

  void step(const core::Event& event) {
    effects_.clear();
    payer_->step(event, effects_);
  }
  void submit(std::uint32_t id) { step(core::Submit{payment(id)}); }
  void fire(std::uint32_t id) { step(core::TimerFired{timer(id)}); }
  void answer(std::uint32_t id, Outcome outcome, std::uint32_t attempt = 0) {
    core::Message message;
    message.family = core::MessageFamily::kClient;
    message.kind = static_cast<std::uint8_t>(core::ClientMessage::kAnswer);
    message.argument = static_cast<std::uint8_t>(outcome);
    message.txn = {PaymentId{id}, attempt};
    step(core::Deliver{kCoordinator, message});
  }

  // The effects of the last step, one word each.
  std::vector<std::string> did() const {
    std::vector<std::string> words;
    for (const core::Effect& effect : effects_.items()) words.push_back(std::visit(Word{}, effect));
    return words;
  }
  struct Word {
    std::string operator()(const core::Send& send) const {
      return "send " + std::to_string(send.message.txn.payment.value) + " to " + std::to_string(send.to.value);
    }
    std::string operator()(const core::SetTimer& set) const {
      return "set " + std::to_string(set.key.txn.payment.value) + " " + std::to_string(set.min.ns) + ".." +
             std::to_string(set.max.ns);
    }
    std::string operator()(const core::CancelTimer& cancel) const {
      return "cancel " + std::to_string(cancel.key.txn.payment.value);
    }
    std::string operator()(const core::Persist&) const { return "persist"; }
    std::string operator()(const core::Observe& observe) const {
      const core::Fact& fact = observe.fact;
      return std::string(core::name_of(fact.kind)) + " " + std::to_string(fact.txn.payment.value) + "/" +
             std::to_string(fact.argument);
    }
  };
  using Words = std::vector<std::string>;

  core::PaymentPool pool_;
  core::Effects effects_;
  std::unique_ptr<core::Role> payer_ = make_payer(kPayer, kTiming);
};

TEST_F(PayerStory, SubmitsToTheCoordinatorAndWaits) {
  submit(3);
  EXPECT_EQ(did(), (Words{"submitted 3/0", "send 3 to 2", "set 3 1000..1000"}));
  const auto& send = std::get<core::Send>(effects_.items()[1]);
  EXPECT_EQ(send.message.family, core::MessageFamily::kClient);
  EXPECT_EQ(send.message.kind, static_cast<std::uint8_t>(core::ClientMessage::kSubmit));
  EXPECT_EQ(send.message.payment->id, PaymentId{3});
  EXPECT_TRUE(std::get<core::Observe>(effects_.items()[0]).fact.payment);
}

TEST_F(PayerStory, AnAnswerEndsTheWait) {
  submit(3);
  answer(3, Outcome::kCommitted);
  EXPECT_EQ(did(), (Words{"answered 3/1", "cancel 3"}));
  EXPECT_TRUE(payer_->equals(*make_payer(kPayer, kTiming)));
}

TEST_F(PayerStory, TheAnswerOfAnyAttemptIsTheAnswer) {
  submit(3);
  answer(3, Outcome::kAborted, 4);
  EXPECT_EQ(did(), (Words{"answered 3/0", "cancel 3"}));
}

TEST_F(PayerStory, ARepeatedAnswerChangesNothing) {
  submit(3);
  answer(3, Outcome::kCommitted);
  answer(3, Outcome::kCommitted);
  EXPECT_TRUE(did().empty());
  answer(3, Outcome::kAborted);
  EXPECT_TRUE(did().empty());
}

TEST_F(PayerStory, RetriesTheSamePaymentThenGivesUp) {
  submit(3);
  for (std::uint32_t retry = 0; retry < kTiming.retries; ++retry) {
    fire(3);
    EXPECT_EQ(did(), (Words{"retried 3/0", "send 3 to 2", "set 3 1000..1000"}));
    EXPECT_EQ(std::get<core::Send>(effects_.items()[1]).message.txn, txn(3)) << "the idempotency key never changes";
  }
  fire(3);
  EXPECT_EQ(did(), (Words{"gave-up 3/0"}));
  EXPECT_TRUE(payer_->equals(*make_payer(kPayer, kTiming)));
}

TEST_F(PayerStory, AnAnswerAfterGivingUpChangesNothing) {
  submit(3);
  for (std::uint32_t tries = 0; tries <= kTiming.retries; ++tries) fire(3);
  answer(3, Outcome::kCommitted);
  EXPECT_TRUE(did().empty());
}

TEST_F(PayerStory, AnAnswerAfterARetryEndsIt) {
  submit(3);
  fire(3);
  answer(3, Outcome::kAborted);
  EXPECT_EQ(did(), (Words{"answered 3/0", "cancel 3"}));
}

TEST_F(PayerStory, AStaleTimerChangesNothing) {
  submit(3);
  answer(3, Outcome::kCommitted);
  fire(3);
  EXPECT_TRUE(did().empty());
}

TEST_F(PayerStory, PaymentsDoNotDisturbEachOther) {
  submit(3);
  submit(4);
  fire(4);
  answer(4, Outcome::kCommitted);
  fire(3);
  EXPECT_EQ(did()[0], "retried 3/0");
  EXPECT_EQ(payer_->describe(), "payment 3: payer waits for an answer, 1 retries left\n");
}

TEST_F(PayerStory, ForgetsAPaymentWithItsAnswer) {
  submit(3);
  EXPECT_EQ(pool_.alive(), 1u);
  answer(3, Outcome::kCommitted);
  effects_.clear();
  EXPECT_EQ(pool_.alive(), 0u);
}

TEST_F(PayerStory, WithoutRetriesTheFirstSilenceIsFinal) {
  payer_ = make_payer(kPayer, {.answer_timeout = {1000}, .retries = 0});
  submit(3);
  fire(3);
  EXPECT_EQ(did(), (Words{"gave-up 3/0"}));
}

TEST_F(PayerStory, NobodysHealthChangesWhatItDoes) {
  submit(3);
  const auto before = payer_->clone();
  const std::vector<core::Event> events{core::Start{}, core::Suspect{kCoordinator}, core::Trust{kCoordinator}};
  for (const core::Event& event : events) {
    step(event);
    EXPECT_TRUE(did().empty());
    EXPECT_TRUE(payer_->equals(*before));
  }
}

TEST_F(PayerStory, IsAValue) {
  submit(3);
  const auto copy = payer_->clone();
  EXPECT_TRUE(copy->equals(*payer_));
  EXPECT_EQ(copy->digest(), payer_->digest());
  fire(3);
  EXPECT_FALSE(copy->equals(*payer_));
  EXPECT_NE(copy->digest(), payer_->digest());
}

using PayerDeathTest = PayerStory;

TEST_F(PayerDeathTest, DoesNotCrash) {
  core::Placement placement;
  placement.shard_nodes = {kCoordinator};
  const core::DurableState durable(kPayer, placement);
  EXPECT_EXIT(step(core::Recover{durable, 1}), testing::ExitedWithCode(70), "does not crash");
}

TEST_F(PayerDeathTest, KeepsNoLog) {
  EXPECT_EXIT(step(core::Persisted{core::RecordKind::kEnd, txn(1)}), testing::ExitedWithCode(70), "keeps no log");
}

TEST_F(PayerDeathTest, IsGivenAPaymentOnce) {
  submit(3);
  EXPECT_EXIT(submit(3), testing::ExitedWithCode(70), "submitted once");
}

TEST_F(PayerDeathTest, IsSentAnswersOnly) {
  core::Message message;
  message.family = core::MessageFamily::kCommit;
  EXPECT_EXIT(step(core::Deliver{kCoordinator, message}), testing::ExitedWithCode(70), "answers only");
}

// Any well-typed message is an answer to something, or nothing: a payer is answered at most once, whatever an outsider sends.
TEST(PayerBesideOutsiders, ArbitraryMessagesMeetNoAssertion) {
  EXPECT_TRUE(rc::check("arbitrary messages meet no assertion", [] {
    const core::OutsidersSpeak outsiders;
    const core::AssertionsThrow assertions;
    core::PaymentPool pool;
    core::Payment& draft = pool.draft();
    draft.id = PaymentId{0};
    draft.payer = kPayer;
    draft.coordinator = kCoordinator;
    draft.legs = {{core::AccountId{0}, core::NodeId{0}, core::Money{-5}}, {core::AccountId{1}, core::NodeId{1}, core::Money{5}}};
    const PaymentRef payment = pool.seal(draft);
    const std::unique_ptr<core::Role> payer = make_payer(kPayer, kTiming);
    core::Effects effects;
    payer->step(core::Submit{payment}, effects);
    for (const std::uint32_t word : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::arbitrary<std::uint32_t>())) {
      core::Message message;
      message.family = word % 2 == 0 ? core::MessageFamily::kClient : core::MessageFamily::kCommit;
      message.kind = static_cast<std::uint8_t>(word / 2 % 12);
      message.argument = static_cast<std::uint8_t>(word >> 8);
      message.txn = {PaymentId{word >> 16 & 1u}, word >> 17 & 3u};
      if ((word >> 19 & 1u) != 0) message.payment = payment;
      payer->step(core::Deliver{core::NodeId{word >> 20 & 7u}, message}, effects);
    }
    const auto is_answer = [](const core::Effect& effect) {
      const auto* told = std::get_if<core::Observe>(&effect);
      return told != nullptr && told->fact.kind == FactKind::kAnswered;
    };
    RC_ASSERT(std::ranges::count_if(effects.items(), is_answer) <= 1);
  }));
}

}  // namespace
}  // namespace paygrid::client
