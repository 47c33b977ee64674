// The coordinator under guard: what the inner node hears, and which locks the service keeps for it.
#include "models/lock/locking_node.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "models/core/payment.hpp"
#include "models/lock/join.hpp"
#include "models/lock/lock_server.hpp"

namespace paygrid::lock {
namespace {

constexpr core::NodeId kNode{0}, kService{1}, kPayer{2};

// What the inner node was told, and what it knows.
struct Diary {
  std::vector<std::string> lines;
  std::vector<core::PaymentId> known;
  std::vector<core::Token> tokens;  // of the last submission
};

// An inner node that begins what it is told to, and ends a payment when it hears a message of the commit protocol about it.
class Inner final : public core::Role {
 public:
  explicit Inner(Diary& diary) : diary_(&diary) {}
  void step(const core::Event& event, core::Effects&) override {
    notices_.clear();
    if (const auto* deliver = std::get_if<core::Deliver>(&event)) {
      const core::Message& message = deliver->message;
      if (message.family == core::MessageFamily::kClient) {
        note("submit", message.payment->id);
        diary_->tokens = message.payment->tokens;
        diary_->known.push_back(message.payment->id);
      } else {
        notices_.push_back({core::NoticeKind::kEnded, message.txn});
      }
    } else if (const auto* deny = std::get_if<core::Deny>(&event)) {
      note("deny", deny->payment->id);
      diary_->known.push_back(deny->payment->id);
    }
  }
  bool would_begin(core::PaymentId payment) const override {
    return std::ranges::find(diary_->known, payment) == diary_->known.end();
  }
  std::span<const core::Notice> notices() const override { return notices_; }
  std::unique_ptr<core::Role> clone() const override { return std::make_unique<Inner>(*this); }
  bool equals(const core::Role& other) const override { return dynamic_cast<const Inner*>(&other) != nullptr; }
  std::uint64_t digest() const override { return 1; }
  std::string describe() const override { return {}; }

 private:
  void note(const char* what, core::PaymentId payment) {
    diary_->lines.push_back(what + (" " + std::to_string(payment.value)));
  }
  Diary* diary_;
  std::vector<core::Notice> notices_;
};

// One guarded node and one service; letters arrive in order, when told to.
struct World {
  explicit World(LockingConfig config = {}, const LockServiceSpec& spec = kRedis)
      : config_(config), node(make(config, spec)), service(make_lock_server(spec, {})) {}

  std::unique_ptr<core::Role> make(LockingConfig config, const LockServiceSpec& spec) {
    config.self = kNode;
    config.servers = {kService};
    config.service = &spec;
    return make_locking_node(std::make_unique<Inner>(diary), config);
  }

  core::PaymentRef payment(std::uint32_t id, std::vector<std::uint32_t> accounts) {
    core::Payment& draft = pool.draft();
    draft.id = {id};
    draft.payer = kPayer;
    draft.coordinator = kNode;
    for (std::size_t at = 0; at < accounts.size(); ++at)
      draft.legs.push_back({core::AccountId{accounts[at]}, kNode, {at == 0 ? 1 - std::int64_t(accounts.size()) : 1}});
    return pool.seal(draft);
  }

  void tell(core::Role& role, const core::Event& event) {
    core::Effects out;
    role.step(event, out);
    for (const core::Effect& effect : out.items()) {
      if (const auto* send = std::get_if<core::Send>(&effect)) letters.push_back(*send);
      if (const auto* set = std::get_if<core::SetTimer>(&effect)) timers.push_back(set->key);
      if (const auto* observe = std::get_if<core::Observe>(&effect)) facts.push_back(observe->fact);
    }
  }
  void submit(const core::PaymentRef& wanted) {
    core::Message message;
    message.family = core::MessageFamily::kClient;
    message.payment = wanted;
    message.txn = {wanted->id, 0};
    tell(*node, core::Deliver{kPayer, message});
  }
  void end(std::uint32_t id) {
    core::Message message;
    message.family = core::MessageFamily::kCommit;
    message.txn = {{id}, 0};
    tell(*node, core::Deliver{kNode, message});
  }
  void fire(LockTimer kind, std::uint32_t id, std::uint32_t account) {
    tell(*node, core::TimerFired{to_core(TimerKey{kind, LockId{account}, {{id}, 0}})});
  }
  // Delivers until nothing is on the way.
  void settle() {
    while (!letters.empty()) {
      const core::Send send = letters.front();
      letters.erase(letters.begin());
      const bool request = send.to == kService;
      tell(request ? *service : *node, core::Deliver{request ? kNode : kService, send.message});
    }
  }
  // Accounts by a kind of fact, in order.
  std::vector<std::uint32_t> accounts_of(core::FactKind kind) const {
    std::vector<std::uint32_t> accounts;
    for (const core::Fact& fact : facts)
      if (fact.kind == kind) accounts.push_back(fact.account.value);
    return accounts;
  }
  std::size_t locked_at_the_service() const {
    return accounts_of(core::FactKind::kLockTaken).size() - accounts_of(core::FactKind::kLockFreed).size();
  }

  LockingConfig config_;
  core::PaymentPool pool;
  Diary diary;
  std::unique_ptr<core::Role> node;
  std::unique_ptr<core::Role> service;
  std::vector<core::Send> letters;
  std::vector<core::TimerKey> timers;
  std::vector<core::Fact> facts;
};

using Lines = std::vector<std::string>;
using Accounts = std::vector<std::uint32_t>;

TEST(LockingNode, HandsASubmissionOnWithTheLastOfItsLocksInAscendingOrder) {
  World world;
  world.submit(world.payment(1, {9, 4, 7}));
  EXPECT_EQ(world.diary.lines, Lines{});
  world.settle();
  EXPECT_EQ(world.diary.lines, Lines{"submit 1"});
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockAcquired), (Accounts{4, 7, 9}));
  EXPECT_EQ(world.diary.tokens, std::vector<core::Token>{}) << "without fencing a payment carries none";
}

TEST(LockingNode, TakesLocksInTheOrderOfThePaymentWhenAskedTo) {
  World world({.ascending = false});
  world.submit(world.payment(1, {9, 4, 7}));
  world.settle();
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockAcquired), (Accounts{9, 4, 7}));
}

TEST(LockingNode, TakesALockOnceForTwoLegsOfAnAccount) {
  World world;
  world.submit(world.payment(1, {4, 7, 7}));
  world.settle();
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockAcquired), (Accounts{4, 7}));
}

TEST(LockingNode, GivesAllLocksBackWhenThePaymentEnds) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  world.settle();
  EXPECT_EQ(world.locked_at_the_service(), 2u);
  world.end(1);
  world.settle();
  EXPECT_EQ(world.locked_at_the_service(), 0u);
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockReleased), (Accounts{4, 7}));
}

TEST(LockingNode, ARepeatedSubmissionAsksForNothingAgain) {
  World world;
  const core::PaymentRef payment = world.payment(1, {4, 7});
  world.submit(payment);
  world.submit(payment);
  world.settle();
  world.submit(payment);
  world.settle();
  EXPECT_EQ(world.diary.lines, (Lines{"submit 1", "submit 1"})) << "what the inner node knows, it answers itself";
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockTaken), (Accounts{4, 7}));
}

TEST(LockingNode, APaymentWaitsForTheLocksOfAnother) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  world.settle();
  world.submit(world.payment(2, {7, 8}));
  world.settle();
  EXPECT_EQ(world.diary.lines, Lines{"submit 1"});
  world.end(1);
  world.settle();
  world.fire(LockTimer::kRetry, 2, 7);
  world.settle();
  EXPECT_EQ(world.diary.lines, (Lines{"submit 1", "submit 2"}));
}

TEST(LockingNode, DeniesAPaymentWhoseLockDoesNotComeInTimeAndGivesTheOthersBack) {
  World world;
  world.submit(world.payment(1, {7, 8}));
  world.settle();
  world.submit(world.payment(2, {4, 7}));
  world.settle();
  EXPECT_EQ(world.locked_at_the_service(), 3u);
  world.fire(LockTimer::kPatience, 2, 7);
  world.settle();
  EXPECT_EQ(world.diary.lines, (Lines{"submit 1", "deny 2"}));
  EXPECT_EQ(world.locked_at_the_service(), 2u) << "of the first";
}

TEST(LockingNode, ALockThatIsLostWhileOthersAreAskedForDeniesThePayment) {
  World world;
  world.submit(world.payment(1, {7, 8}));
  world.settle();
  world.submit(world.payment(2, {4, 7}));
  world.settle();
  world.fire(LockTimer::kLeaseOdd, 2, 4);
  world.settle();
  EXPECT_EQ(world.diary.lines, (Lines{"submit 1", "deny 2"}));
  world.end(1);
  world.settle();
  world.fire(LockTimer::kRetry, 2, 7);
  world.settle();
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockTaken), (Accounts{7, 8, 4})) << "nothing was asked for again";
}

TEST(LockingNode, ALockThatIsLostLaterDeniesAndTheOthersStayUntilTheEnd) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  world.settle();
  world.fire(LockTimer::kLeaseOdd, 1, 4);
  world.settle();
  EXPECT_EQ(world.diary.lines, (Lines{"submit 1", "deny 1"}));
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockReleased), Accounts{});
  world.end(1);
  world.settle();
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockReleased), Accounts{7});
}

TEST(LockingNode, ACrashForgetsItsClaimsAndALateGrantIsGivenBack) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  const core::Send asked = world.letters.front();
  world.letters.clear();
  EXPECT_EQ(world.node->remains(), nullptr);
  world.node = world.make({}, kRedis);
  world.letters.push_back(asked);
  world.settle();
  EXPECT_EQ(world.accounts_of(core::FactKind::kLockTaken), Accounts{4});
  EXPECT_EQ(world.locked_at_the_service(), 0u);
  EXPECT_EQ(world.diary.lines, Lines{});
}

TEST(LockingNode, AFencedPaymentCarriesTheTokenOfEachLeg) {
  World world({.fencing = true});
  world.submit(world.payment(1, {9, 4, 9}));
  world.settle();
  EXPECT_EQ(world.diary.tokens, (std::vector<core::Token>{{2}, {1}, {2}}));
}

TEST(LockingNode, IsAValue) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  const std::unique_ptr<core::Role> copy = world.node->clone();
  EXPECT_TRUE(copy->equals(*world.node));
  EXPECT_EQ(copy->digest(), world.node->digest());
  world.settle();
  EXPECT_FALSE(copy->equals(*world.node));
  EXPECT_NE(copy->digest(), world.node->digest());
}

TEST(LockServer, OutlivesACrashAndBeginsItsLeasesAgain) {
  World world;
  world.submit(world.payment(1, {4, 7}));
  world.settle();
  const std::unique_ptr<core::Role> remains = world.service->remains();
  ASSERT_NE(remains, nullptr);
  EXPECT_TRUE(remains->equals(*world.service));
  EXPECT_EQ(remains->digest(), world.service->digest());
  world.timers.clear();
  core::Placement placement;
  placement.shard_nodes = {kNode};
  const core::DurableState disk(kService, placement);
  world.tell(*remains, core::Recover{disk, 1});
  EXPECT_EQ(world.timers, (std::vector{to_core(TimerKey{LockTimer::kExpiry, LockId{4}, {core::PaymentId{1}, 0}}),
                                       to_core(TimerKey{LockTimer::kExpiry, LockId{7}, {core::PaymentId{1}, 0}})}));
}

TEST(Join, ATimerKeyIsTheSameThereAndBack) {
  const TimerKey key{LockTimer::kRenew, LockId{7}, {{5}, 2}};
  EXPECT_TRUE(is_lock_timer(to_core(key)));
  EXPECT_EQ(from_core(to_core(key)), key);
}

}  // namespace
}  // namespace paygrid::lock
