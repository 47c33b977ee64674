#include "analysis/estimate/kalman/clock_filter.hpp"

#include <algorithm>
#include <cstddef>

namespace paygrid::estimate {

namespace {

constexpr double kWindowsRemembered = 32;  // by the gaps
constexpr double kWindowsOfPrior = 8;      // that the noise is as the gaps say
constexpr double kNisMax = 9;              // one outlier says no more than that about the noise
constexpr double kNoiseMin = 1;            // ns^2: the timestamps' own granularity

// The offset and the drift are unknown, the asymmetry is not.
State<3> start_of(const ClockFilter::Settings& settings) {
  State<3> state;
  state.mean(2) = settings.asymmetry_ns;
  state.covariance(2, 2) = settings.asymmetry_deviation_ns * settings.asymmetry_deviation_ns;
  state.diffuse.diagonal() << 1, 1, 0;
  state.diffuse_rank = 2;
  return state;
}

}  // namespace

double offset_ns(const ClockExchange& exchange) {
  return 0.5 * static_cast<double>((exchange.received_ns - exchange.sent_ns) - (exchange.returned_ns - exchange.replied_ns));
}

double round_trip_ns(const ClockExchange& exchange) {
  return static_cast<double>((exchange.returned_ns - exchange.sent_ns) - (exchange.replied_ns - exchange.received_ns));
}

ClockExchange best_single(std::span<const ClockExchange> window) {
  return *std::ranges::min_element(window, {}, round_trip_ns);
}

ClockFilter::ClockFilter(const Settings& settings) : settings_(settings), state_(start_of(settings)) {}

std::optional<ScalarInnovation<3>> ClockFilter::add(const ClockExchange& exchange) {
  if (!begun_) origin_ns_ = exchange.sent_ns;
  begun_ = true;
  const double middle = 0.5 * (seconds_since_start(exchange.sent_ns) + seconds_since_start(exchange.returned_ns));
  there_.push_back({static_cast<double>(exchange.received_ns - exchange.sent_ns), middle});
  back_.push_back({static_cast<double>(exchange.returned_ns - exchange.replied_ns), middle});
  if (there_.size() < settings_.window) return std::nullopt;
  return end_window();
}

std::optional<State<3>> ClockFilter::at(std::int64_t own_ns) const {
  if (state_.is_diffuse()) return std::nullopt;
  State<3> state = state_;
  advance(state, std::max(state_seconds_, seconds_since_start(own_ns)));
  state.covariance(0, 0) += noise_of_window();  // what the jitter's correction may be wrong by in all windows alike
  return state;
}

// `drift`: by how much a value of this direction grows in a second.
ClockFilter::Least ClockFilter::least_of(std::vector<Sample>& samples, double drift) const {
  const auto levelled = [drift](const Sample& sample) { return sample.value_ns - drift * sample.seconds; };
  const std::size_t gaps = samples.size() / 4;
  const auto last = samples.begin() + static_cast<std::ptrdiff_t>(gaps);
  std::ranges::partial_sort(samples, last + 1, {}, levelled);
  const Sample& least = samples.front();
  return {least.value_ns, least.seconds, (levelled(*last) - levelled(least)) / static_cast<double>(gaps)};
}

ScalarInnovation<3> ClockFilter::end_window() {
  const double drift = state_.is_diffuse() ? 0 : state_.mean(1);
  const double now = back_.back().seconds;
  const Least there = least_of(there_, drift);
  const Least back = least_of(back_, -drift);
  there_.clear();
  back_.clear();
  windows_ = std::min(windows_ + 1, kWindowsRemembered);
  gap_there_ns_ += (there.gap_ns - gap_there_ns_) / windows_;
  gap_back_ns_ += (back.gap_ns - gap_back_ns_) / windows_;
  advance(state_, now);
  state_seconds_ = now;
  const double observed = 0.5 * ((there.value_ns - gap_there_ns_) - (back.value_ns - gap_back_ns_));
  const Vector<3> loading(1, 0.5 * (there.seconds + back.seconds) - now, 0.5);
  const ScalarInnovation<3> said = observe<3>(state_, loading, noise_of_window(), observed - loading.dot(state_.mean));
  if (said.diffuse_variance == 0) noise_scale_ *= 1 + (std::min(said.nis(), kNisMax) - 1) / (kWindowsOfPrior + windows_);
  return said;
}

double ClockFilter::noise_of_window() const {
  return noise_scale_ * 0.25 * (gap_there_ns_ * gap_there_ns_ + gap_back_ns_ * gap_back_ns_) + kNoiseMin;
}

void ClockFilter::advance(State<3>& state, double to_seconds) const {
  const double seconds = to_seconds - state_seconds_;
  if (seconds <= 0) return;
  Matrix<3, 3> transition = Matrix<3, 3>::Identity();
  transition(0, 1) = seconds;
  Matrix<3, 3> noise = Matrix<3, 3>::Zero();
  const double drift = settings_.drift_wander * seconds;
  noise(0, 0) = settings_.offset_wander * seconds + drift * seconds * seconds / 3;
  noise(0, 1) = noise(1, 0) = drift * seconds / 2;
  noise(1, 1) = drift;
  predict<3>(state, transition, noise);
}

}  // namespace paygrid::estimate
