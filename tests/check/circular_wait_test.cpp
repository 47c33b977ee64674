// No circular wait: circles across shards, through a place in a queue, at a lock service; how policies that cut them are judged, and
// how a circle is told.
#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

using check::CircleEnd;
using core::LockPolicy;

// The accounts of the small world stand on the nodes in turn.
constexpr AccountId kAtA{4}, kAtB{1}, kAtC{2};

history::RunInfo world_under(LockPolicy policy) {
  history::RunInfo info = small_world();
  info.lock_policy = policy;
  return info;
}

struct WaitStream : Stream {
  explicit WaitStream(LockPolicy policy = LockPolicy::kWait) : Stream(world_under(policy)) {}
  explicit WaitStream(history::RunInfo with) : Stream(std::move(with)) {}

  void wait(std::uint32_t waiter, AccountId account, std::uint32_t ahead) {
    about(FactKind::kLockWait, waiter, account, core::word_of(txn(ahead)));
  }
  void get(std::uint32_t waiter, AccountId account) { about(FactKind::kLocked, waiter, account); }
  void deny(std::uint32_t waiter, AccountId account) { about(FactKind::kLockDenied, waiter, account); }
  void give_up(std::uint32_t waiter, AccountId account, core::WaitEnd why) {
    about(FactKind::kLockUnwanted, waiter, account, 0, static_cast<std::uint8_t>(why));
  }
  void wound(std::uint32_t victim) {
    tell(kA, FactKind::kDenied, txn(victim), static_cast<std::uint8_t>(core::Denial::kWounded));
  }
  void ask(std::uint32_t waiter, AccountId account) { at(kA, FactKind::kLockAsked, waiter, account); }
  void take(std::uint32_t owner, AccountId account) {
    at(kD, FactKind::kLockTaken, owner, account, ++token_);
    at(kA, FactKind::kLockAcquired, owner, account, token_);
  }
  void close_two() {
    wait(12, kAtB, 9);
    wait(9, kAtC, 12);
  }
  Finding judged(bool complete = true) { return finding("no-circular-wait", complete); }
  const check::NoCircularWait& check() const { return suite.circular_waits(); }

 private:
  void about(FactKind kind, std::uint32_t id, AccountId account, std::uint64_t word = 0, std::uint8_t argument = 0) {
    at(info.placement.node_of(account), kind, id, account, word, argument);
  }
  void at(NodeId process, FactKind kind, std::uint32_t id, AccountId account, std::uint64_t word = 0, std::uint8_t argument = 0) {
    Fact told;
    told.kind = kind;
    told.txn = txn(id);
    told.account = account;
    told.word = word;
    told.argument = argument;
    fact(process, told);
  }
  std::uint64_t token_ = 0;
};

TEST(NoCircularWait, IsUnknownUntilSomebodyWaits) {
  WaitStream stream;
  stream.commit(1);
  EXPECT_EQ(stream.judged().verdict, Verdict::kUnknown);
  EXPECT_TRUE(stream.judged().idle) << "no lock was in anybody's way";
  stream.wait(2, kAtB, 1);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass);
  EXPECT_FALSE(stream.judged().idle);
}

TEST(NoCircularWait, HoldsForAChainAndForAQueueOfAnyLength) {
  WaitStream stream;
  for (std::uint32_t waiter = 2; waiter < 9; ++waiter) stream.wait(waiter, kAtB, waiter - 1);
  stream.wait(1, kAtC, 10);
  stream.wait(10, kAtA, 11);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass);
  EXPECT_MENTIONS(stream.judged().reason, "none of 9 waits for a lock closed a circle");
}

TEST(NoCircularWait, TellsACircleOfTwoWithAccountsPlacesAndTimes) {
  WaitStream stream;
  stream.close_two();
  const Finding finding = stream.judged();
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.violations, 1u);
  EXPECT_EQ(finding.payment.value, 9u) << "who closed it";
  EXPECT_EQ(finding.witness,
            "a circle of waits closed at 0.002000 s (event 2): payment 9.0 waits for account 2 at c since 0.002000 s (event 2), held by "
            "payment 12.0, which waits for account 1 at b since 0.001000 s (event 1), held by payment 9.0. It stands at the end of the "
            "run.");
}

TEST(NoCircularWait, TellsACircleOfThreeAndHowItEnded) {
  WaitStream stream;
  stream.wait(1, kAtA, 2);
  stream.wait(2, kAtB, 3);
  stream.wait(3, kAtC, 1);
  ASSERT_TRUE(stream.check().told());
  EXPECT_EQ(stream.check().told()->waits.size(), 3u);
  stream.give_up(2, kAtB, core::WaitEnd::kOutOfPatience);
  EXPECT_TRUE(stream.check().standing().empty());
  EXPECT_MENTIONS(stream.judged().witness, "It stood for 0.001000 s and was ended by a time-out.");
}

TEST(NoCircularWait, ACircleMayLeadThroughOneWhoOnlyStandsAheadInAQueue) {
  WaitStream stream;
  stream.wait(2, kAtB, 1);
  stream.wait(3, kAtB, 2);
  stream.wait(2, kAtC, 3);
  const Finding finding = stream.judged();
  EXPECT_EQ(finding.verdict, Verdict::kFail) << "2 is served before 3, which has what 2 wants elsewhere";
  EXPECT_MENTIONS(finding.witness, "payment 3.0, which waits for account 1 at b since 0.002000 s (event 2), in the queue behind payment 2.0");
}

TEST(NoCircularWait, AGrantMovesTheQueueUp) {
  WaitStream stream;
  stream.wait(2, kAtB, 1);
  stream.wait(3, kAtB, 2);
  stream.get(2, kAtB);
  stream.wait(1, kAtC, 3);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass) << "3 waits for 1 no more";
  stream.wait(2, kAtA, 3);
  EXPECT_EQ(stream.judged().verdict, Verdict::kFail) << "and for 2 still";
}

TEST(NoCircularWait, WhoWantsALockNoMoreIsInNobodysWay) {
  WaitStream given_up;
  given_up.wait(12, kAtB, 9);
  given_up.give_up(12, kAtB, core::WaitEnd::kAborted);
  given_up.wait(9, kAtC, 12);
  EXPECT_EQ(given_up.judged().verdict, Verdict::kPass);
  WaitStream crashed;
  crashed.wait(12, kAtB, 9);
  crashed.crash(kB);
  crashed.wait(9, kAtC, 12);
  EXPECT_EQ(crashed.judged().verdict, Verdict::kPass);
}

TEST(NoCircularWait, AnotherCircleThroughTheSamePaymentIsSeenWhenTheFirstEnds) {
  WaitStream stream;
  stream.wait(1, kAtA, 3);
  stream.wait(2, kAtB, 3);
  stream.wait(1, kAtC, 4);
  stream.wait(4, AccountId{3}, 2);
  stream.wait(3, AccountId{6}, 1);  // 3, 1 and, longer, 3, 1, 4, 2
  EXPECT_EQ(stream.check().figures().closed, 1u);
  stream.give_up(1, kAtA, core::WaitEnd::kAborted);
  EXPECT_EQ(stream.check().figures().closed, 2u);
  EXPECT_EQ(stream.check().standing().front().waits.size(), 4u);
}

TEST(NoCircularWait, AcceptsThatDetectionCutsACircleThatCloses) {
  WaitStream stream(LockPolicy::kDetect);
  stream.close_two();
  stream.deny(12, kAtB);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass);
  EXPECT_EQ(stream.check().figures().cut, 1u);
  EXPECT_MENTIONS(stream.judged().reason, "1 circle of waits closed, and none stood until a time-out; the longest stood 0.001000 s");
}

TEST(NoCircularWait, AcceptsThatAWoundTakesItsTime) {
  WaitStream stream(LockPolicy::kWoundWait);
  stream.close_two();
  stream.wound(12);
  EXPECT_EQ(stream.check().standing().size(), 1u) << "the shards have not heard of it";
  stream.give_up(12, kAtB, core::WaitEnd::kAborted);
  EXPECT_EQ(stream.check().figures().cut, 1u);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass);
}

TEST(NoCircularWait, CatchesACircleThatAPolicyLeavesToATimeout) {
  for (const LockPolicy policy : {LockPolicy::kDetect, LockPolicy::kProbe, LockPolicy::kWoundWait}) {
    WaitStream at_the_shard(policy);
    at_the_shard.close_two();
    at_the_shard.give_up(9, kAtC, core::WaitEnd::kOutOfPatience);
    EXPECT_EQ(at_the_shard.judged().verdict, Verdict::kFail);
    WaitStream at_the_coordinator(policy);
    at_the_coordinator.close_two();
    at_the_coordinator.tell(kA, FactKind::kVoteTimeout, FactStream::txn(9));
    at_the_coordinator.give_up(9, kAtC, core::WaitEnd::kAborted);
    EXPECT_EQ(at_the_coordinator.judged().verdict, Verdict::kFail);
    WaitStream never(policy);
    never.close_two();
    EXPECT_EQ(never.judged(false).verdict, Verdict::kPass) << "the run was stopped, and it may still be cut";
    EXPECT_EQ(never.judged().verdict, Verdict::kFail);
  }
}

TEST(NoCircularWait, SeesWhoWaitsForEachOtherAtALockService) {
  history::RunInfo info = world_under(LockPolicy::kDetect);
  info.lock_word = [](std::uint8_t) -> std::string_view { return "LETTER"; };
  WaitStream stream(std::move(info));
  stream.ask(1, kAtB);
  stream.take(1, kAtB);
  EXPECT_EQ(stream.judged().verdict, Verdict::kUnknown) << "nobody had to wait";
  stream.take(2, kAtC);
  stream.ask(1, kAtC);
  EXPECT_EQ(stream.judged().verdict, Verdict::kPass);
  stream.ask(2, kAtB);
  const Finding finding = stream.judged();
  EXPECT_EQ(finding.verdict, Verdict::kFail) << "the policy is the shards'";
  EXPECT_MENTIONS(finding.witness, "payment 2.0 waits for account 1 of the lock service, asked by a since");
  stream.wound(1);
  EXPECT_TRUE(stream.check().standing().empty());
}

}  // namespace
}  // namespace paygrid::test
