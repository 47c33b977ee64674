#include "analysis/estimate/detect/bayes_detector.hpp"

#include <algorithm>
#include <cmath>

#include "analysis/estimate/distributions.hpp"

namespace paygrid::estimate {

namespace {

constexpr double kPauseBeyond = 4;      // deviations
constexpr double kBaselineMemory = 32;  // heartbeats: short, since the sender's clock drifts
constexpr double kPausesRemembered = 50;
constexpr int kSameLateMax = 3;
constexpr std::uint64_t kHeardBits = 64;
constexpr double kLogImplausible = -20.7;  // ln 1e-9
constexpr double kDeviationMinNs = 1000;
constexpr double kPauseShape = 4;                  // of the prior
constexpr TimeNs kSilenceMaxNs = TimeNs{1} << 50;  // 13 days

void fade(double& value, double towards, double keep) { value = towards + keep * (value - towards); }

}  // namespace

TimeNs BayesDetector::start(TimeNs now_ns) {
  const double guess_ns = static_cast<double>(settings_.deviation_guess_ns);
  loss_ = settings_.loss;
  pause_ = settings_.pause;
  pause_end_ = {kPauseShape, static_cast<double>(settings_.pause_guess_ns) * (kPauseShape - 1)};
  weight_ = 2;
  squares_ns2_ = weight_ * guess_ns * guess_ns;
  baseline_ns_ = 0;
  origin_ns_ = last_ns_ = now_ns;
  last_ = 0;
  heard_ = taken_for_lost_ = 0;
  same_late_in_a_row_ = 0;
  previous_late_ns_ = pause_late_ns_ = 0;
  return suspicion_ns_ = find_suspicion();
}

TimeNs BayesDetector::arrival(std::uint64_t sequence, TimeNs now_ns) {
  const double since_sent_ns = static_cast<double>(now_ns - origin_ns_ - static_cast<TimeNs>(sequence) * settings_.interval_ns);
  if (last_ == 0) {
    baseline_ns_ = since_sent_ns;
    heard_ = 1;
  } else if (sequence <= last_) {
    overtaken(last_ - sequence, since_sent_ns - baseline_ns_);
    return suspicion_ns_;
  } else {
    const std::uint64_t ahead = sequence - last_;
    heard_ = (ahead < kHeardBits ? heard_ << ahead : 0) | 1;
    taken_for_lost_ = ahead < kHeardBits ? taken_for_lost_ << ahead : 0;
    learn_gap(ahead - 1, since_sent_ns - baseline_ns_, now_ns);
    learn_lateness(since_sent_ns - baseline_ns_);
  }
  last_ = sequence;
  last_ns_ = now_ns;
  return suspicion_ns_ = find_suspicion();
}

// A heartbeat that a newer one overtook may have been taken for lost. After a pause many arrive at once, in any order.
void BayesDetector::overtaken(std::uint64_t behind, double late_ns) {
  if (behind >= kHeardBits || (heard_ >> behind & 1) != 0) return;
  heard_ |= std::uint64_t{1} << behind;
  loss_.beta += 1;
  if ((taken_for_lost_ >> behind & 1) != 0) loss_.alpha = std::max(settings_.loss.alpha / settings_.memory, loss_.alpha - 1);
  if (late_ns > kPauseBeyond * deviation_ns()) learn_pause(late_ns);
}

void BayesDetector::forget() {
  const double keep = 1 - 1 / settings_.memory;
  fade(loss_.alpha, settings_.loss.alpha, keep);
  fade(loss_.beta, settings_.loss.beta, keep);
  fade(pause_.alpha, settings_.pause.alpha, keep);
  fade(pause_.beta, settings_.pause.beta, keep);
  weight_ *= keep;
  squares_ns2_ *= keep;
}

// More missing heartbeats in a row than losses can explain were never sent, or held back: a pause. One that outlasted the
// suspicion is being out of reach, which teaches nothing about a process within reach.
void BayesDetector::learn_gap(std::uint64_t missing, double late_ns, TimeNs now_ns) {
  forget();
  loss_.beta += 1;
  if (missing == 0) return;
  if (static_cast<double>(missing) * std::log(loss_.mean()) > kLogImplausible) {
    loss_.alpha += static_cast<double>(missing);
    taken_for_lost_ |= missing < kHeardBits - 1 ? ((std::uint64_t{1} << missing) - 1) << 1 : ~std::uint64_t{1};
    return;
  }
  if (now_ns > suspicion_ns_) return;
  pause_late_ns_ = 0;
  learn_pause(late_ns + static_cast<double>(missing) * static_cast<double>(settings_.interval_ns));
}

void BayesDetector::learn_lateness(double late_ns) {
  const double edge_ns = kPauseBeyond * deviation_ns();
  const bool again = late_ns > edge_ns && std::abs(late_ns - previous_late_ns_) < edge_ns;
  same_late_in_a_row_ = again ? same_late_in_a_row_ + 1 : 0;
  previous_late_ns_ = late_ns;
  const bool new_schedule = late_ns < -edge_ns || same_late_in_a_row_ >= kSameLateMax;  // too early, or always as late
  if (new_schedule) {
    baseline_ns_ += late_ns;
    same_late_in_a_row_ = 0;
    pause_late_ns_ = 0;
    return;
  }
  if (late_ns > edge_ns) {
    learn_pause(late_ns);
    late_ns = edge_ns;
  } else {
    pause_.beta += 1;
    pause_late_ns_ = 0;
  }
  weight_ += 1;
  squares_ns2_ += late_ns * late_ns;
  baseline_ns_ += late_ns / std::min(kBaselineMemory, static_cast<double>(last_));
}

// A pause delays all heartbeats that fall into it and is counted once, by the greatest lateness.
void BayesDetector::learn_pause(double late_ns) {
  if (pause_late_ns_ == 0) {
    constexpr double kKeep = 1 - 1 / kPausesRemembered;
    fade(pause_end_.shape, kPauseShape, kKeep);
    fade(pause_end_.exposure, static_cast<double>(settings_.pause_guess_ns) * (kPauseShape - 1), kKeep);
    pause_.alpha += 1;
    pause_end_.shape += 1;
    pause_late_ns_ = kPauseBeyond * deviation_ns();
  }
  pause_end_.exposure += std::max(0.0, late_ns - pause_late_ns_);
  pause_late_ns_ = std::max(pause_late_ns_, late_ns);
}

double BayesDetector::deviation_ns() const { return std::max(kDeviationMinNs, std::sqrt(squares_ns2_ / weight_)); }

double BayesDetector::silence_probability(TimeNs silence_ns) const {
  const double deviation = deviation_ns();
  const double loss = loss_.mean();
  const double pause = pause_.mean();
  const double now_ns = static_cast<double>(last_ns_ + silence_ns - origin_ns_) - baseline_ns_;
  double all_missing = 1;
  double paused = 0;
  for (std::uint64_t sequence = last_ + 1;; ++sequence) {
    const double late_ns = now_ns - static_cast<double>(sequence) * static_cast<double>(settings_.interval_ns);
    if (late_ns < -kPauseBeyond * deviation) break;
    const double beyond_ns = std::max(0.0, late_ns - kPauseBeyond * deviation);
    paused += all_missing * pause * no_event_for(pause_end_, beyond_ns);
    all_missing *= (1 - pause) * (loss + (1 - loss) * normal_tail(late_ns / deviation));
    if (all_missing < 1e-12 * paused) break;  // what follows changes no digit
  }
  return std::min(1.0, all_missing + paused);
}

// Both the chance of a crash and the surprise grow with the silence, so the odds cross the threshold once.
TimeNs BayesDetector::find_suspicion() const {
  const auto crashed = [this](TimeNs silence_ns) {
    const double prior = -std::expm1(-static_cast<double>(silence_ns) * 1e-9 / settings_.mtbf_s);
    return prior >= settings_.odds * (1 - prior) * silence_probability(silence_ns);
  };
  TimeNs high = std::max<TimeNs>(settings_.interval_ns, 1);
  while (high < kSilenceMaxNs && !crashed(high)) high *= 2;
  TimeNs low = high / 2;
  if (high == std::max<TimeNs>(settings_.interval_ns, 1)) low = 0;
  while (high - low > 1 + high / 1'000'000) {
    const TimeNs middle = low + (high - low) / 2;
    (crashed(middle) ? high : low) = middle;
  }
  return last_ns_ + high;
}

}  // namespace paygrid::estimate
