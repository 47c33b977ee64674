// How far one node's clock is ahead of another's, from the messages of payments: a request and its answer, each stamped by the
// sender's and by the receiver's own clock. A pair of nodes is one series; the exchanges of a payment that needed a second try
// are left out, since nobody can tell which request was answered (Karn, Partridge, SIGCOMM 1987).
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "analysis/estimate/kalman/clock_filter.hpp"
#include "analysis/estimate/kalman/consistency.hpp"
#include "analysis/monitor/level_series.hpp"
#include "analysis/monitor/watcher.hpp"

namespace paygrid::monitor {

namespace {

constexpr double kNormal95 = 1.959963984540054;
constexpr std::size_t kOpenMax = 65'536;  // requests without an answer that are remembered; the oldest payments go first

struct Stamped {
  estimate::ClockExchange exchange;
  double at_s = 0;       // true time of the return
  double offset_ns = 0;  // the truth
};

class ClockWatcher final : public Watcher {
 public:
  ClockWatcher(const EstimatorSettings& settings, const history::RunInfo& info, const ClockReading& clock)
      : settings_(settings), info_(info), sample_(info.seed, settings.sample), clock_(clock) {}

  void on_packet(const history::PacketEvent& event) override {
    if (event.message.family != core::MessageFamily::kCommit || event.origin != history::Origin::kGenuine) return;
    if (event.fate != history::PacketFate::kSent && event.fate != history::PacketFate::kDelivered) return;
    if (event.from == event.to || !sample_.has(event.message.txn.payment)) return;
    event.fate == history::PacketFate::kSent ? sent(event) : delivered(event);
  }

  EstimatorGrade finish(TimeNs) override {
    for (const auto& [pair, exchanges] : exchanges_)
      settings_.with == Method::kClockFilter ? grade_filter(exchanges) : grade_best(exchanges);
    return std::move(grade_).finish(settings_, "ms", settings_.with == Method::kClockFilter);
  }

 private:
  using Pair = std::pair<std::uint32_t, std::uint32_t>;  // who asks, who answers
  using Key = std::tuple<core::TxnId, std::uint32_t, std::uint32_t>;
  enum class Phase : std::uint8_t { kAsked, kReceived, kReplied, kSpoilt };
  struct Open {
    Phase phase = Phase::kAsked;
    std::uint64_t packet = 0;
    estimate::ClockExchange exchange;
  };

  std::int64_t reading(core::NodeId node, TimeNs now_ns) const { return now_ns + clock_(node); }

  void sent(const history::PacketEvent& event) {
    const core::TxnId txn = event.message.txn;
    const auto answers = open_.find({txn, event.to.value, event.from.value});
    if (answers != open_.end()) {
      Open& open = answers->second;
      const bool is_first = open.phase == Phase::kReceived;
      open.phase = is_first ? Phase::kReplied : Phase::kSpoilt;
      open.packet = event.packet;
      open.exchange.replied_ns = reading(event.from, event.at_ns);
      return;
    }
    const auto [asks, is_new] = open_.try_emplace({txn, event.from.value, event.to.value});
    if (!is_new) {
      if (asks->second.phase == Phase::kAsked) asks->second.phase = Phase::kSpoilt;
      return;
    }
    asks->second.packet = event.packet;
    asks->second.exchange.sent_ns = reading(event.from, event.at_ns);
    if (open_.size() > kOpenMax) open_.erase(open_.begin());
  }

  void delivered(const history::PacketEvent& event) {
    const core::TxnId txn = event.message.txn;
    const TimeNs arrived_ns = event.at_ns - event.queued_ns;
    if (const auto asks = open_.find({txn, event.from.value, event.to.value}); asks != open_.end()) {
      Open& open = asks->second;
      if (open.phase != Phase::kAsked || open.packet != event.packet) return;
      open.phase = Phase::kReceived;
      open.exchange.received_ns = reading(event.to, arrived_ns);
      return;
    }
    const auto answers = open_.find({txn, event.to.value, event.from.value});
    if (answers == open_.end()) return;
    Open& open = answers->second;
    if (open.phase != Phase::kReplied || open.packet != event.packet) return;
    open.phase = Phase::kSpoilt;  // later messages of the payment are no exchange
    open.exchange.returned_ns = reading(event.to, arrived_ns);
    const auto offset_ns = static_cast<double>(clock_(event.from) - clock_(event.to));
    exchanges_[{event.to.value, event.from.value}].push_back({open.exchange, seconds_of(arrived_ns), offset_ns});
  }

  bool is_graded(const Stamped& stamped) const {
    const double from_s = seconds_of(info_.measured_from_ns);
    return stamped.at_s >= from_s + settings_.learn * (seconds_of(info_.measured_to_ns) - from_s);
  }

  void grade_filter(const std::vector<Stamped>& exchanges) {
    estimate::ClockFilter::Settings settings;
    settings.window = std::max<std::size_t>(settings_.window, 4);
    settings.asymmetry_deviation_ns = settings_.asymmetry_ns;
    estimate::ClockFilter filter(settings);
    for (const Stamped& stamped : exchanges) {
      const auto said = filter.add(stamped.exchange);
      if (!said || !is_graded(stamped)) continue;
      if (said->diffuse_variance == 0) grade_.add_score(said->residual / std::sqrt(said->variance));
      const auto state = filter.at(stamped.exchange.returned_ns);
      if (!state) continue;
      const estimate::Interval interval = estimate::interval_of<3>(*state, 0, kNormal95);
      grade_.add({stamped.at_s, state->mean(0) / 1e6, interval.low / 1e6, interval.high / 1e6, stamped.offset_ns / 1e6});
    }
  }

  void grade_best(const std::vector<Stamped>& exchanges) {
    std::vector<estimate::ClockExchange> window;
    for (const Stamped& stamped : exchanges) {
      window.push_back(stamped.exchange);
      if (window.size() < std::max<std::size_t>(settings_.window, 4)) continue;
      if (is_graded(stamped))
        grade_.add({stamped.at_s, estimate::offset_ns(estimate::best_single(window)) / 1e6, kNothing, kNothing,
                    stamped.offset_ns / 1e6});
      window.clear();
    }
  }

  EstimatorSettings settings_;
  const history::RunInfo& info_;
  PaymentSample sample_;
  const ClockReading& clock_;
  std::map<Key, Open> open_;
  std::map<Pair, std::vector<Stamped>> exchanges_;
  ForecastGrade grade_;
};

}  // namespace

std::unique_ptr<Watcher> watch_clocks(const EstimatorSettings& settings, const history::RunInfo& info,
                                      const ClockReading& clock) {
  return std::make_unique<ClockWatcher>(settings, info, clock);
}

}  // namespace paygrid::monitor
