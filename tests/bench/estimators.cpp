#include <cmath>
#include <stdexcept>
#include <vector>

#include "analysis/estimate/kalman/series.hpp"
#include "tests/bench/workbench.hpp"

namespace paygrid::bench {

namespace {

// Position and speed on two axes, both positions seen.
estimate::LinearModel<4, 2> plane() {
  estimate::LinearModel<4, 2> model;
  model.transition << 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1;
  model.process_noise = estimate::Vector<4>(0.1, 0.01, 0.1, 0.01).asDiagonal();
  model.observation << 1, 0, 0, 0, 0, 0, 1, 0;
  model.observation_noise << 1, 2;
  return model;
}

std::vector<estimate::Vector<2>> observations(std::size_t length) {
  std::vector<estimate::Vector<2>> series;
  for (std::size_t at = 0; at < length; ++at) {
    const double t = static_cast<double>(at);
    series.emplace_back(std::sin(t), std::cos(0.7 * t));
  }
  return series;
}

}  // namespace

Measurement run_filter(std::uint64_t steps) {
  const auto series = observations(1024);
  estimate::KalmanFilter<4, 2> filter(plane(), estimate::State<4>::unknown());
  const double begin_s = processor_time_s();
  double nis = 0;
  for (std::uint64_t step = 0; step < steps; ++step) nis += filter.step(series[step % series.size()]).nis;
  const double seconds = processor_time_s() - begin_s;
  if (!std::isfinite(nis)) throw std::runtime_error("the filter diverged");
  return {.seconds = seconds, .items = static_cast<double>(steps), .peak_memory_B = 0};
}

Measurement run_smoother(std::uint64_t values, std::size_t length) {
  const auto series = observations(length);
  const double begin_s = processor_time_s();
  double level = 0;
  for (std::uint64_t done = 0; done < values; done += length) {
    const auto pass = estimate::filter_series<4, 2>(plane(), estimate::State<4>::unknown(), series);
    level += estimate::smooth<4, 2>(plane(), pass).front().mean(0);
  }
  const double seconds = processor_time_s() - begin_s;
  if (!std::isfinite(level)) throw std::runtime_error("the smoother diverged");
  return {.seconds = seconds, .items = static_cast<double>(values), .peak_memory_B = 0};
}

}  // namespace paygrid::bench
