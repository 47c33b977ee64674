// A node's processor is the queue that textbooks describe. Only submissions reach the coordinator, as a Poisson stream: all its own
// messages are lost, and nobody retries.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "models/registry.hpp"
#include "sim/scenario/load.hpp"
#include "sim/timed/engine.hpp"
#include "tests/support/child.hpp"

namespace paygrid {
namespace {

class Sojourns final : public history::Observer {
 public:
  void on_fact(history::TimeNs, core::NodeId, const core::Fact&) override {}
  void on_packet(const history::PacketEvent& event) override {
    if (event.message.family != core::MessageFamily::kClient) return;
    const auto packet = static_cast<std::size_t>(event.packet);
    if (packet >= sent_ns_.size()) sent_ns_.resize(packet + 1, -1);
    if (event.fate == history::PacketFate::kSent) sent_ns_[packet] = event.at_ns;
    if (event.fate != history::PacketFate::kDelivered) return;
    sojourns_s_.push_back(static_cast<double>(event.at_ns - sent_ns_[packet]) * 1e-9);
    told_otherwise_ += event.queued_ns == event.at_ns - sent_ns_[packet] ? 0 : 1;  // the network takes no time
    left_behind_ += engine_->levels().cpu_queue_max - 1;
  }
  void watch(const timed::Engine& engine) { engine_ = &engine; }

  std::vector<double> sojourns_s_;
  std::uint64_t told_otherwise_ = 0;  // packets whose time at the processor is not what the engine says
  std::uint64_t left_behind_ = 0;     // messages at the processor when one leaves it, summed over departures

 private:
  std::vector<history::TimeNs> sent_ns_;
  const timed::Engine* engine_ = nullptr;
};

struct Figures {
  double mean = 0;
  double mean_error = 0;  // standard error by 50 batch means
  double p99 = 0;
  double left_behind = 0;         // mean number of messages that a departing one leaves at the processor
  unsigned long told_otherwise = 0;
};

// Unit service rate, `cores` servers, arrival rate `load`: the sojourn times of about 200,000 arrivals, the first tenth left out.
Figures measure(int cores, double load) {
  const std::string text =
      "paygrid: 1\nscenario: queue\nseed: 5\nduration: 200100s\n"
      "cluster:\n"
      "  regions: {here: {nodes: 3}}\n"
      "  network: {latency: \"constant(0ms)\"}\n"
      "  cpu: {cores: " + std::to_string(cores) + ", per_message: \"exponential(min=0s, mean=1s)\"}\n" +
      "ledger: {shards: 2, accounts: 1000, opening_balance: \"EUR 1000.00\"}\n"
      "commit: {protocol: 2pc, coordinator: dedicated, vote_timeout: 1000000s, resend_every: 1000000s}\n"
      "payers: {answer_timeout: 900000s, retries: 0, deadline: 900000s}\n"
      "workload: [{kind: transfer, arrivals: \"poisson(" + std::to_string(load) + "/s)\", accounts: uniform, " +
      "amount: \"constant(EUR 1.00)\", shards: 2}]\n"
      "phases: {settle: 100s}\n"
      "faults: [{at: 0s, partition: {from: here/1, to: all, one_way: true}, for: forever}]\n";
  const std::string answer = tests::run_in_child([&text] {
    scenario::Scenario scenario = scenario::parse(text, "queue.yaml", "", {"commit.outcome_retention=2500000s"});
    timed::Platform platform(scenario, {});
    const timed::Layout layout = timed::make_layout(scenario, {});
    timed::ScenarioWorkload workload(scenario, layout);
    Sojourns sojourns;
    timed::Engine engine(scenario, *models::find_commit_protocol("2pc"), layout, platform, workload, {&sojourns});
    sojourns.watch(engine);
    engine.run({});
    std::vector<double> times(sojourns.sojourns_s_.begin() + static_cast<long>(sojourns.sojourns_s_.size() / 10),
                              sojourns.sojourns_s_.end());
    constexpr std::size_t kBatches = 50;
    std::vector<double> means(kBatches, 0);
    const std::size_t batch = times.size() / kBatches;
    for (std::size_t i = 0; i < batch * kBatches; ++i) means[i / batch] += times[i] / static_cast<double>(batch);
    double mean = 0;
    for (const double value : means) mean += value / kBatches;
    double variance = 0;
    for (const double value : means) variance += (value - mean) * (value - mean) / (kBatches - 1);
    std::ranges::sort(times);
    return std::to_string(mean) + " " + std::to_string(std::sqrt(variance / kBatches)) + " " +
           std::to_string(times[times.size() * 99 / 100]) + " " +
           std::to_string(static_cast<double>(sojourns.left_behind_) / static_cast<double>(sojourns.sojourns_s_.size())) + " " +
           std::to_string(sojourns.told_otherwise_);
  });
  Figures figures;
  EXPECT_EQ(std::sscanf(answer.c_str(), "%lf %lf %lf %lf %lu", &figures.mean, &figures.mean_error, &figures.p99,
                        &figures.left_behind, &figures.told_otherwise),
            5);
  return figures;
}

constexpr double kZ = 3.3;  // two-sided 99.9 %

TEST(Queueing, AnIdleNodeServesInTheServiceTime) {
  const Figures figures = measure(1, 0.01);
  EXPECT_NEAR(figures.mean, 1 / (1 - 0.01), 0.1);
}

TEST(QueueingSlow, OneCoreIsAnMM1Queue) {
  for (const auto& [load, mean, p99] : {std::tuple{0.5, 2.0, 9.210340}, {0.8, 5.0, 23.025851}, {0.9, 10.0, 46.051702}}) {
    const Figures figures = measure(1, load);
    EXPECT_NEAR(figures.mean, mean, kZ * figures.mean_error) << "load " << load;
    EXPECT_LT(figures.mean_error / mean, 0.05) << "the interval must be able to fail";
    EXPECT_NEAR(figures.p99 / p99, 1, kZ * figures.mean_error / mean) << "load " << load;
    // Who leaves sees as many as who arrives, which by Little's law is load times the time in system.
    EXPECT_NEAR(figures.left_behind / (load * mean), 1, 2 * kZ * figures.mean_error / mean) << "load " << load;
    EXPECT_EQ(figures.told_otherwise, 0u);
  }
}

// Erlang C: the mean wait is C / (c - load), the mean time in system one service more.
TEST(QueueingSlow, ManyCoresAreAnMMcQueue) {
  for (const auto& [cores, load, waits] :
       {std::tuple{2, 1.0, 0.333333}, {3, 2.0, 0.444444}, {5, 4.0, 0.554113}, {10, 8.0, 0.409180}}) {
    const Figures figures = measure(cores, load);
    const double mean = waits / (cores - load) + 1;
    EXPECT_NEAR(figures.mean, mean, kZ * figures.mean_error) << cores << " cores";
    EXPECT_LT(figures.mean_error / mean, 0.05);
  }
}

}  // namespace
}  // namespace paygrid
