// Transitions are told apart by part, by transaction and by process; a crash ends them.
#include "analysis/history/transition_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <tuple>

#include "models/core/flat_map.hpp"

namespace paygrid::history {
namespace {

using core::Transition;

// Stands where it is told to.
class Puppet final : public core::ValueRole<Puppet> {
 public:
  void step(const core::Event&, core::Effects&) override {}
  std::string describe() const override { return {}; }
  std::uint32_t standing(core::TxnId txn) const override {
    const std::uint32_t* found = at.find(txn);
    return found == nullptr ? 0 : *found;
  }
  auto fields() const { return std::tie(at); }
  core::FlatMap<core::TxnId, std::uint32_t> at;
};

constexpr std::array kParts{core::Part{"low", 0x0f, {}, {}}, core::Part{"high", 0xf0, {}, {}}};
constexpr core::TxnId kFirst{core::PaymentId{1}, 0};
constexpr core::TxnId kSecond{core::PaymentId{2}, 0};
constexpr core::NodeId kNode{0};

struct Watched {
  TransitionLog log{kParts};
  Puppet role;
  // An event of kFirst happens, with a fact of `touched`.
  void step(core::TxnId touched = kFirst) {
    core::Effects effects;
    core::Fact fact;
    fact.txn = touched;
    effects.observe(fact);
    log.stepped(kNode, role, core::Event{core::Persisted{core::RecordKind::kPrepared, kFirst}}, effects);
  }
};

using Taken = std::set<Transition>;

TEST(TransitionLog, TellsPartsApart) {
  Watched watched;
  watched.role.at[kFirst] = 0x11;
  watched.step();
  watched.role.at[kFirst] = 0x21;
  watched.step();
  EXPECT_EQ(watched.log.taken(0), (Taken{{0, 0x01}}));
  EXPECT_EQ(watched.log.taken(1), (Taken{{0, 0x10}, {0x10, 0x20}}));
}

TEST(TransitionLog, SeesTransactionsThatAStepTouchesByItsEffects) {
  Watched watched;
  watched.role.at[kSecond] = 0x01;
  watched.step();
  EXPECT_TRUE(watched.log.taken(0).empty());
  watched.step(kSecond);
  EXPECT_EQ(watched.log.taken(0), (Taken{{0, 0x01}}));
}

TEST(TransitionLog, ACrashLeadsNowhereAndIsNoTransition) {
  Watched watched;
  watched.role.at[kFirst] = 0x01;
  watched.step();
  watched.log.crashed(kNode);
  watched.role.at[kFirst] = 0x02;
  watched.step();
  EXPECT_EQ(watched.log.taken(0), (Taken{{0, 0x01}, {0, 0x02}}));
}

TEST(Transitions, AreShownInWords) {
  static constexpr std::array standings{core::Standing{0, "nothing"}, core::Standing{1, "waits"}};
  const core::Part part{"voter", 0x0f, standings, {}};
  EXPECT_EQ(core::text_of(part, {0, 1}), "voter: nothing > waits");
  EXPECT_EQ(core::text_of(part, {1, 4}), "voter: waits > standing 4");
}

}  // namespace
}  // namespace paygrid::history
