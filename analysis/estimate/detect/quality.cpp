#include "analysis/estimate/detect/quality.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <limits>

namespace paygrid::estimate {

namespace {

constexpr double kNsPerSecond = 1e9;

}  // namespace

double DetectorQuality::accuracy() const {
  if (alive_ns == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(trusted_ns) / static_cast<double>(alive_ns);
}

double DetectorQuality::mistakes_per_s() const {
  if (alive_ns == 0) return std::numeric_limits<double>::quiet_NaN();
  return static_cast<double>(mistakes) / (static_cast<double>(alive_ns) / kNsPerSecond);
}

void DetectorQuality::add(const DetectorQuality& other) {
  detections_ns.insert(detections_ns.end(), other.detections_ns.begin(), other.detections_ns.end());
  undetected += other.undetected;
  recurrences_ns.insert(recurrences_ns.end(), other.recurrences_ns.begin(), other.recurrences_ns.end());
  durations_ns.insert(durations_ns.end(), other.durations_ns.begin(), other.durations_ns.end());
  mistakes += other.mistakes;
  alive_ns += other.alive_ns;
  trusted_ns += other.trusted_ns;
}

void QualityMeter::suspect(TimeNs at_ns) {
  if (suspects_) return;
  suspects_ = true;
  if (alive()) {
    quality_.trusted_ns += at_ns - since_ns_;
    if (mistake_ns_) quality_.recurrences_ns.push_back(at_ns - *mistake_ns_);
    mistake_ns_ = at_ns;
    ++quality_.mistakes;
  }
  since_ns_ = at_ns;
}

void QualityMeter::trust(TimeNs at_ns) {
  if (!suspects_) return;
  suspects_ = false;
  if (alive()) quality_.durations_ns.push_back(at_ns - since_ns_);
  since_ns_ = at_ns;
}

void QualityMeter::crash(TimeNs at_ns) {
  quality_.alive_ns = at_ns - start_ns_;
  if (!suspects_) quality_.trusted_ns += at_ns - since_ns_;
  crash_ns_ = at_ns;
}

DetectorQuality QualityMeter::until(TimeNs end_ns) const {
  DetectorQuality quality = quality_;
  if (alive()) {
    quality.alive_ns = end_ns - start_ns_;
    if (!suspects_) quality.trusted_ns += end_ns - since_ns_;
  } else if (suspects_) {
    quality.detections_ns.push_back(std::max<TimeNs>(0, since_ns_ - *crash_ns_));
  } else {
    ++quality.undetected;
  }
  return quality;
}

NfdSQuality quality_of(const NfdS& detector) {
  const double points = std::ceil(detector.shift / detector.interval);
  const auto missing = [&](double late) { return detector.loss + (1 - detector.loss) * detector.later(late); };
  const auto suspected = [&](double after_point) {
    double probability = 1;
    for (double ahead = 0; ahead <= points; ++ahead)
      probability *= missing(detector.shift + after_point - ahead * detector.interval);
    return probability;
  };
  const double fresh = (1 - detector.loss) * (1 - detector.later(detector.shift + detector.interval));
  const double mistake = fresh * suspected(0);
  constexpr unsigned kDepthMax = 15;
  const double suspected_time =
      boost::math::quadrature::gauss_kronrod<double, 31>::integrate(suspected, 0.0, detector.interval, kDepthMax, 1e-12);
  return {detector.shift + detector.interval, detector.interval / mistake, suspected_time / mistake,
          1 - suspected_time / detector.interval};
}

}  // namespace paygrid::estimate
