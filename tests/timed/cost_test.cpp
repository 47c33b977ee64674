// Messages and forced writes of whole runs against the closed formulas, for every number of participants from 1 to 8 and every
// split of their votes.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "tests/support/child.hpp"

namespace paygrid {
namespace {

constexpr std::uint32_t kParticipantsMax = 8;
constexpr std::int64_t kOpening = 100'000;
constexpr timed::TimeNs kGapNs = 10'000'000'000;  // one payment at a time

struct Votes {
  std::uint32_t yes = 0;
  std::uint32_t no = 0;
};

// One payment for each split of the votes: every participant moves money between two of its accounts; those that shall refuse are
// asked for more than there is.
class EverySplit final : public timed::PaymentSource {
 public:
  explicit EverySplit(const timed::Layout& layout) : layout_(layout) {
    for (std::uint32_t n = 1; n <= kParticipantsMax; ++n)
      for (std::uint32_t yes = 0; yes <= n; ++yes) votes_.push_back({yes, n - yes});
  }
  std::uint32_t sources() const override { return 1; }
  timed::TimeNs first_arrival_ns(std::uint32_t) override { return 0; }
  core::PaymentRef arrive(std::uint32_t, timed::TimeNs now_ns, core::PaymentId id, core::PaymentPool& pool,
                          timed::TimeNs& next_ns) override {
    const Votes votes = votes_[id.value];
    core::Payment& payment = pool.draft();
    payment.id = id;
    payment.payer = layout_.payer_at(0);
    payment.coordinator = layout_.fixed_coordinator;
    for (std::uint32_t participant = 0; participant < votes.yes + votes.no; ++participant) {
      const core::Money amount{participant < votes.yes ? 1 : kOpening * 2};
      const core::AccountId from{participant};
      const core::AccountId to{participant + layout_.placement.shards};
      payment.legs.push_back({from, layout_.placement.node_of(from), -amount});
      payment.legs.push_back({to, layout_.placement.node_of(to), amount});
    }
    next_ns = id.value + 1 < votes_.size() ? now_ns + kGapNs : timed::kNever;
    return pool.seal(payment);
  }
  const std::vector<Votes>& votes() const { return votes_; }

 private:
  const timed::Layout& layout_;
  std::vector<Votes> votes_;
};

class CostCounter final : public history::Observer {
 public:
  void on_fact(history::TimeNs, core::NodeId, const core::Fact& fact) override {
    if (fact.kind == core::FactKind::kAnswered) ++answered[fact.txn.payment];
  }
  void on_packet(const history::PacketEvent& event) override {
    if (event.message.family == core::MessageFamily::kCommit && event.fate == history::PacketFate::kSent)
      ++cost[event.message.txn.payment].messages;
  }
  void on_disk(const history::DiskEvent& event) override {
    if (event.change == history::DiskChange::kForced) ++cost[event.record.txn.payment].forced_writes;
  }
  std::map<core::PaymentId, core::CommitCost> cost;
  std::map<core::PaymentId, int> answered;
};

// One line for each payment whose cost differs from the formula; then the number of payments.
std::string differences(const core::ProtocolSpec& protocol) {
  return tests::run_in_child([&protocol] {
    const std::string text =
        "paygrid: 1\nscenario: costs\nduration: 600s\n"
        "cluster:\n"
        "  regions: {here: {nodes: 9}}\n"
        "  network: {latency: \"constant(10ms)\"}\n"
        "  disk: {fsync: \"constant(5ms)\"}\n"
        "ledger: {shards: 8, accounts: 16, opening_balance: \"EUR 1000.00\"}\n"
        "commit: {coordinator: dedicated}\n"
        "workload: [{kind: transfer, arrivals: \"constant(1/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\"}]\n";
    const scenario::Scenario scenario = scenario::parse(text, "costs.yaml", "");
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    EverySplit payments(layout);
    CostCounter counter;
    timed::Engine engine(scenario, protocol, layout, platform, payments, {&counter});
    engine.run({});
    std::string lines;
    std::uint32_t id = 0;
    for (const Votes& votes : payments.votes()) {
      const core::CommitCost expected =
          votes.no == 0 ? protocol.commit_cost(votes.yes) : protocol.abort_cost(votes.yes, votes.no);
      const core::CommitCost found = counter.cost[{id}];
      if (found.messages != expected.messages || found.forced_writes != expected.forced_writes || counter.answered[{id}] != 1)
        lines += fmt::format("y={} k={}: {} messages, {} forced; expected {}, {}\n", votes.yes, votes.no, found.messages,
                             found.forced_writes, expected.messages, expected.forced_writes);
      ++id;
    }
    return lines + std::to_string(id);
  });
}

TEST(Costs, MessagesAndForcedWritesEqualTheFormulasForEveryVote) {
  for (const char* name : {"2pc", "3pc", "opo"}) EXPECT_EQ(differences(*models::find_commit_protocol(name)), "44") << name;
}

// The formulas themselves, at the sizes that papers print.
TEST(Costs, FormulasGiveThePublishedNumbers) {
  struct Row {
    const char* name;
    std::uint32_t n, messages, forced;
  };
  for (const Row& row : {Row{"2pc", 2, 8, 5}, {"3pc", 2, 12, 8}, {"opo", 2, 10, 5}, {"2pc", 4, 16, 9}, {"3pc", 4, 24, 14},
                         {"opo", 4, 20, 9}, {"3pc", 5, 30, 17}}) {
    const core::CommitCost cost = models::find_commit_protocol(row.name)->commit_cost(row.n);
    EXPECT_EQ(cost.messages, row.messages) << row.name << " n=" << row.n;
    EXPECT_EQ(cost.forced_writes, row.forced) << row.name << " n=" << row.n;
  }
  for (const Row& row : {Row{"2pc", 4, 14, 8}, {"3pc", 4, 14, 8}, {"opo", 4, 11, 3}}) {
    const core::CommitCost cost = models::find_commit_protocol(row.name)->abort_cost(3, 1);
    EXPECT_EQ(cost.messages, row.messages) << row.name;
    EXPECT_EQ(cost.forced_writes, row.forced) << row.name;
  }
}

}  // namespace
}  // namespace paygrid
