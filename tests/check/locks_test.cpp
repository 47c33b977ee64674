// The checks of lock services: silent without one, satisfied by owners one after another, and failing on each way to share a lock.
#include "tests/check/stream.hpp"

namespace paygrid::test {
namespace {

constexpr NodeId kService{3};
constexpr AccountId kDebited{1}, kCredited{2};

history::RunInfo locked_world(bool fencing = false) {
  history::RunInfo info = small_world();
  info.lock_word = [](std::uint8_t) -> std::string_view { return "LETTER"; };
  info.fencing = fencing;
  info.lock_tokens = true;
  info.lock_grace_ns = 1'000 * kMillisecond;
  return info;
}

struct LockStream : Stream {
  explicit LockStream(bool fencing = false) : Stream(locked_world(fencing)) {}

  void tell_lock(NodeId process, FactKind kind, TxnId owner, AccountId account, std::uint64_t token = 0, std::uint8_t why = 0) {
    Fact told;
    told.kind = kind;
    told.argument = why;
    told.txn = owner;
    told.account = account;
    told.word = token;
    fact(process, told);
  }
  void take(TxnId owner, AccountId account, std::uint64_t token) {
    tell_lock(kService, FactKind::kLockTaken, owner, account, token);
    tell_lock(kA, FactKind::kLockAcquired, owner, account, token);
  }
  void end(TxnId owner, AccountId account, core::LockEnd why) {
    tell_lock(kService, FactKind::kLockFreed, owner, account, 0, static_cast<std::uint8_t>(why));
  }
  void give_back(TxnId owner, AccountId account) {
    tell_lock(kA, FactKind::kLockReleased, owner, account);
    end(owner, account, core::LockEnd::kReleased);
  }
  // Both accounts, from token `first` on.
  TxnId in_doubt_under_locks(std::uint32_t id, std::uint64_t first) {
    take(txn(id), kDebited, first);
    take(txn(id), kCredited, first + 1);
    return in_doubt(id);
  }
  void finish(TxnId txn) {
    decide(kA, txn, Outcome::kCommitted, false);
    commit_at(kB, txn);
    commit_at(kC, txn);
  }
};

TEST(Locks, AreNoQuestionWithoutALockService) {
  for (const char* name : {"mutual-exclusion", "zombie-writes", "fence-monotonic", "no-endless-wait", "no-lock-left"}) {
    Stream stream;
    stream.commit(1);
    EXPECT_TRUE(stream.finding(name).idle) << name;
    EXPECT_FALSE(LockStream().finding(name).idle) << name;
  }
}

TEST(MutualExclusion, HoldsForOwnersOneAfterAnother) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kUnknown) << "no lock changed its owner";
  stream.give_back(stream.txn(1), kDebited);
  stream.take(stream.txn(2), kDebited, 2);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kPass);
}

TEST(MutualExclusion, CatchesALockThatIsOverwritten) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kOverwritten);
  stream.take(stream.txn(2), kDebited, 2);
  const Finding finding = stream.finding("mutual-exclusion");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "took the lock of account 1 for payment 2, attempt 0, while a had it for payment 1, attempt 0");
}

TEST(MutualExclusion, CatchesALockThatSomebodyElseDeleted) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kDeleted);
  stream.take(stream.txn(2), kDebited, 2);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kFail);
}

TEST(MutualExclusion, CatchesAServiceThatForgetsItsLocks) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kForgotten);
  stream.take(stream.txn(2), kDebited, 2);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kFail);
}

TEST(MutualExclusion, DoesNotBlameAServiceForALeaseThatRanOut) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kExpired);
  stream.take(stream.txn(2), kDebited, 2);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kPass);
}

TEST(MutualExclusion, AProcessThatCrashedBelievesInNothing) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 1);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kOverwritten);
  stream.crash(kA);
  stream.tell_lock(kService, FactKind::kLockTaken, stream.txn(2), kDebited, 2);
  stream.tell_lock(kB, FactKind::kLockAcquired, stream.txn(2), kDebited, 2);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kPass);
}

TEST(ZombieWrites, PostingsUnderOwnedLocksAreNone) {
  LockStream stream;
  EXPECT_EQ(stream.finding("zombie-writes").verdict, Verdict::kUnknown) << "nothing was posted";
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.finish(txn);
  stream.give_back(txn, kDebited);
  stream.give_back(txn, kCredited);
  EXPECT_EQ(stream.finding("zombie-writes").verdict, Verdict::kPass);
}

TEST(ZombieWrites, CatchesAPostingAfterTheLeaseRanOut) {
  LockStream stream;
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.end(txn, kDebited, core::LockEnd::kExpired);
  stream.finish(txn);
  const Finding finding = stream.finding("zombie-writes");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_EQ(finding.violations, 1u) << "the credited account is still locked";
  EXPECT_MENTIONS(finding.reason, "1 of 2 postings");
}

TEST(ZombieWrites, CatchesAPostingAfterAServiceGaveTheLockAwayWithoutKnowing) {
  LockStream stream;
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.take(stream.txn(2), kDebited, 1);
  stream.finish(txn);
  EXPECT_EQ(stream.finding("zombie-writes").verdict, Verdict::kFail);
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kFail);
}

TEST(ZombieWrites, CatchesAPostingThatWasNeverLocked) {
  LockStream stream;
  stream.commit(1);
  EXPECT_EQ(stream.finding("zombie-writes").verdict, Verdict::kFail);
}

TEST(ZombieWrites, WithFencingOnlyThoseAfterALaterOwnerCount) {
  LockStream harmless(true);
  const TxnId first = harmless.in_doubt_under_locks(1, 1);
  harmless.end(first, kDebited, core::LockEnd::kExpired);
  harmless.end(first, kCredited, core::LockEnd::kExpired);
  harmless.finish(first);
  EXPECT_EQ(harmless.finding("zombie-writes").verdict, Verdict::kPass);
  EXPECT_MENTIONS(harmless.finding("zombie-writes").reason, "2 of 2 postings");

  LockStream broken(true);
  const TxnId zombie = broken.in_doubt_under_locks(1, 1);
  broken.end(zombie, kDebited, core::LockEnd::kExpired);
  broken.end(zombie, kCredited, core::LockEnd::kExpired);
  broken.finish(broken.in_doubt_under_locks(2, 3));
  broken.finish(zombie);
  const Finding finding = broken.finding("zombie-writes");
  EXPECT_EQ(finding.verdict, Verdict::kFail) << "a fence that admits everything";
  EXPECT_EQ(finding.violations, 2u);
  EXPECT_MENTIONS(finding.witness, "a later owner had posted before");
}

TEST(FenceMonotonic, HoldsForTokensThatGrow) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 7);
  EXPECT_EQ(stream.finding("fence-monotonic").verdict, Verdict::kUnknown) << "no lock was taken twice";
  stream.give_back(stream.txn(1), kDebited);
  stream.take(stream.txn(2), kDebited, 8);
  EXPECT_EQ(stream.finding("fence-monotonic").verdict, Verdict::kPass);
}

TEST(FenceMonotonic, CatchesATokenThatIsGivenTwice) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 7);
  stream.give_back(stream.txn(1), kDebited);
  stream.take(stream.txn(2), kDebited, 7);
  const Finding finding = stream.finding("fence-monotonic");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "under token 7, after token 7 to an earlier owner");
}

TEST(FenceMonotonic, AGrantThatIsToldTwiceIsOne) {
  LockStream stream;
  stream.take(stream.txn(1), kDebited, 7);
  stream.tell_lock(kService, FactKind::kLockTaken, stream.txn(1), kDebited, 7);
  EXPECT_EQ(stream.suite.locks().levels().owned, 1u);
  stream.give_back(stream.txn(1), kDebited);
  stream.take(stream.txn(2), kDebited, 8);
  EXPECT_EQ(stream.finding("fence-monotonic").verdict, Verdict::kPass);
}

TEST(NoEndlessWait, HoldsForWhoIsGrantedDeniedOrCrashed) {
  LockStream stream;
  EXPECT_EQ(stream.finding("no-endless-wait").verdict, Verdict::kUnknown) << "no lock was asked for";
  stream.tell_lock(kA, FactKind::kLockAsked, stream.txn(1), kDebited);
  stream.take(stream.txn(1), kDebited, 1);
  stream.tell_lock(kB, FactKind::kLockAsked, stream.txn(2), kDebited);
  Fact denied;
  denied.kind = FactKind::kDenied;
  denied.txn = stream.txn(2);
  stream.fact(kB, denied);
  stream.tell_lock(kC, FactKind::kLockAsked, stream.txn(3), kDebited);
  stream.crash(kC);
  EXPECT_EQ(stream.finding("no-endless-wait").verdict, Verdict::kPass);
}

TEST(NoEndlessWait, CatchesAWaitThatNobodyEnds) {
  LockStream stream;
  stream.tell_lock(kA, FactKind::kLockAsked, stream.txn(1), kDebited);
  EXPECT_EQ(stream.finding("no-endless-wait", false).verdict, Verdict::kUnknown) << "the run was stopped before its end";
  const Finding finding = stream.finding("no-endless-wait");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "a waits for the lock of account 1 for payment 1");
}

TEST(NoLockLeft, HoldsWhenEachIsGivenBack) {
  LockStream stream;
  EXPECT_EQ(stream.finding("no-lock-left").verdict, Verdict::kUnknown) << "no lock was taken";
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.finish(txn);
  stream.give_back(txn, kDebited);
  stream.give_back(txn, kCredited);
  EXPECT_EQ(stream.finding("no-lock-left").verdict, Verdict::kPass);
}

TEST(NoLockLeft, CatchesALockThatOutlivesItsPayment) {
  LockStream stream;
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.finish(txn);
  stream.give_back(txn, kDebited);
  const Finding finding = stream.finding("no-lock-left");
  EXPECT_EQ(finding.verdict, Verdict::kFail);
  EXPECT_MENTIONS(finding.witness, "the lock of account 2");
}

TEST(NoLockLeft, LeavesAPaymentInDoubtToAC5) {
  LockStream stream;
  stream.in_doubt_under_locks(1, 1);
  EXPECT_EQ(stream.finding("no-lock-left").verdict, Verdict::kPass);
}

TEST(LockBook, CountsWhoOwnsWhoBelievesAndWhoIsWrong) {
  LockStream stream;
  const check::LockBook& book = stream.suite.locks();
  stream.tell_lock(kA, FactKind::kLockAsked, stream.txn(1), kDebited);
  EXPECT_EQ(book.levels().waited_for, 1u);
  stream.take(stream.txn(1), kDebited, 1);
  EXPECT_EQ(book.levels().waited_for, 0u);
  EXPECT_EQ(book.levels().owned, 1u);
  EXPECT_EQ(book.levels().believed, 1u);
  EXPECT_EQ(book.levels().unfounded, 0u);
  stream.end(stream.txn(1), kDebited, core::LockEnd::kExpired);
  const check::TimeNs since_ns = stream.now_ns;
  EXPECT_EQ(book.levels().owned, 0u);
  EXPECT_EQ(book.levels().unfounded, 1u);
  EXPECT_EQ(book.unfounded_ns_max(since_ns + 500), 500);
  stream.tell_lock(kA, FactKind::kLockLost, stream.txn(1), kDebited);
  EXPECT_EQ(book.levels().believed, 0u);
  EXPECT_EQ(book.levels().unfounded, 0u);
  EXPECT_EQ(book.unfounded_ns(stream.now_ns + 500), stream.now_ns - since_ns) << "it is over";
}

// Three servers, of which two must grant a lock.
struct QuorumStream : LockStream {
  QuorumStream() {
    info.lock_quorum = 2;
    info.lock_server_first = kService;
  }
  void grant(std::uint32_t server, TxnId owner) { tell_lock({kService.value + server}, FactKind::kLockTaken, owner, kDebited); }
  void end_at(std::uint32_t server, TxnId owner, core::LockEnd why) {
    tell_lock({kService.value + server}, FactKind::kLockFreed, owner, kDebited, 0, static_cast<std::uint8_t>(why));
  }
  void acquire(NodeId process, TxnId owner) { tell_lock(process, FactKind::kLockAcquired, owner, kDebited); }
};

TEST(LockBook, AMajorityMakesAnOwner) {
  QuorumStream stream;
  const check::LockBook& book = stream.suite.locks();
  stream.grant(0, stream.txn(1));
  EXPECT_EQ(book.levels().owned, 0u);
  stream.grant(1, stream.txn(1));
  EXPECT_EQ(book.levels().owned, 1u);
  stream.grant(2, stream.txn(2));
  EXPECT_EQ(book.levels().owned, 1u);
  stream.end_at(0, stream.txn(1), core::LockEnd::kExpired);
  EXPECT_EQ(book.levels().owned, 0u);
}

TEST(MutualExclusion, CatchesAMasterThatForgetsAndGrantsAgain) {
  QuorumStream stream;
  stream.grant(0, stream.txn(1));
  stream.grant(1, stream.txn(1));
  stream.acquire(kA, stream.txn(1));
  stream.end_at(1, stream.txn(1), core::LockEnd::kForgotten);
  stream.grant(1, stream.txn(2));
  stream.grant(2, stream.txn(2));
  stream.acquire(kB, stream.txn(2));
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kFail);
}

TEST(MutualExclusion, AMajorityWhoseLeaseRanOutIsNone) {
  QuorumStream stream;
  stream.grant(0, stream.txn(1));
  stream.grant(1, stream.txn(1));
  stream.acquire(kA, stream.txn(1));
  stream.end_at(1, stream.txn(1), core::LockEnd::kExpired);
  stream.grant(1, stream.txn(2));
  stream.grant(2, stream.txn(2));
  stream.acquire(kB, stream.txn(2));
  EXPECT_EQ(stream.finding("mutual-exclusion").verdict, Verdict::kPass);
}

TEST(Locks, OutliveTheirPaymentInNoBook) {
  LockStream stream;
  const TxnId txn = stream.in_doubt_under_locks(1, 1);
  stream.finish(txn);
  stream.give_back(txn, kDebited);
  stream.give_back(txn, kCredited);
  const std::size_t live = stream.suite.book().live();
  stream.end(txn, kDebited, core::LockEnd::kExpired);
  EXPECT_EQ(stream.suite.book().live(), live);
}

TEST(AbortNeedsCause, LocksThatAreNotHeldAreOne) {
  LockStream stream;
  const TxnId txn = stream.in_doubt(1);
  Fact denied;
  denied.kind = FactKind::kDenied;
  denied.txn = txn;
  stream.fact(kA, denied);
  stream.decide(kA, txn, Outcome::kAborted, false);
  EXPECT_EQ(stream.finding("AC3").verdict, Verdict::kPass);
}

}  // namespace
}  // namespace paygrid::test
