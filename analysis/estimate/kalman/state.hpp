// The two moves of every Kalman filter here: on to the next moment, and one scalar observation.
//
// A state is normal with mean and covariance, or still (partly) diffuse: covariance = finite + kappa diffuse, kappa to infinity
// (Durbin, Koopman, Time Series Analysis by State Space Methods, 2nd ed. 2012, chapters 4 to 6). Vectors of observations are
// taken component by component (Koopman, Durbin 2000; section 6.4), which needs no inverse and lets any component be missing.
// A covariance is updated in Joseph's form, whatever the gain: symmetric and without a difference of large numbers
// (Bucy, Joseph 1968).
//
// Log-likelihood: all terms are kept. A proper observation adds -(ln 2 pi + ln F + v^2 / F) / 2, also the first; one that a
// diffuse direction absorbs adds -(ln 2 pi + ln F_inf) / 2, the limit once ln kappa / 2 has been taken away. Some packages
// leave out the ln 2 pi of the latter.
//
// Invariants: covariance and diffuse are symmetric; diffuse_rank is the rank of `diffuse`, which is zero when the rank is.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>

namespace paygrid::estimate {

template <int N>
using Vector = Eigen::Matrix<double, N, 1>;
template <int Rows, int Columns>
using Matrix = Eigen::Matrix<double, Rows, Columns>;

template <int N>
struct State {
  Vector<N> mean = Vector<N>::Zero();
  Matrix<N, N> covariance = Matrix<N, N>::Zero();
  Matrix<N, N> diffuse = Matrix<N, N>::Zero();
  int diffuse_rank = 0;

  // Known but for an error with this covariance.
  static State proper(const Vector<N>& mean, const Matrix<N, N>& covariance) {
    State state;
    state.mean = mean;
    state.covariance = covariance;
    return state;
  }

  // Nothing known of any component.
  static State unknown() {
    State state;
    state.diffuse = Matrix<N, N>::Identity();
    state.diffuse_rank = N;
    return state;
  }

  bool is_diffuse() const { return diffuse_rank > 0; }
};

// What one scalar observation said.
template <int N>
struct ScalarInnovation {
  double residual = 0;          // v
  double variance = 0;          // F, of the finite part
  double diffuse_variance = 0;  // F_inf; 0 once the start no longer matters to this observation
  Vector<N> gain = Vector<N>::Zero();
  Vector<N> gain_correction = Vector<N>::Zero();  // K1 of the diffuse recursion, for the smoother; otherwise 0

  double nis() const { return diffuse_variance > 0 ? 0 : residual * residual / variance; }
  double log_likelihood() const {
    const double log_two_pi = std::log(2 * std::numbers::pi);
    if (diffuse_variance > 0) return -0.5 * (log_two_pi + std::log(diffuse_variance));
    return -0.5 * (log_two_pi + std::log(variance) + nis());
  }
};

inline constexpr double kDiffuseTolerance = 1e-9;  // F_inf below this share of |z|^2 is rounding

template <int N>
void predict(State<N>& state, const Matrix<N, N>& transition, const Matrix<N, N>& process_noise) {
  state.mean = (transition * state.mean).eval();
  const Matrix<N, N> moved = transition * state.covariance;
  state.covariance.noalias() = moved * transition.transpose();
  state.covariance += process_noise;
  if (!state.is_diffuse()) return;
  const Matrix<N, N> diffuse_moved = transition * state.diffuse;
  state.diffuse.noalias() = diffuse_moved * transition.transpose();
}

// (I - k z') P (I - k z')' + noise k k' as two changes of rank one; one triangle is computed and copied.
template <int N>
void joseph_update(Matrix<N, N>& covariance, const Vector<N>& gain, const Vector<N>& loading, double noise) {
  const Vector<N> weighted = covariance * loading;
  const Matrix<N, N> left = covariance - gain * weighted.transpose();
  const Vector<N> rest = left * loading - noise * gain;
  for (int column = 0; column < N; ++column)
    for (int row = 0; row <= column; ++row) {
      covariance(row, column) = left(row, column) - rest(row) * gain(column);
      covariance(column, row) = covariance(row, column);
    }
}

template <int N>
void take_diffuse_direction(State<N>& state, const Vector<N>& gain, double diffuse_variance) {
  state.diffuse -= diffuse_variance * gain * gain.transpose();
  if (--state.diffuse_rank == 0) state.diffuse.setZero();
}

// The observation residual + z' mean, z in the direction of `loading`, with an error of variance `noise`.
// Requires: noise > 0, or z' P z > 0.
template <int N>
ScalarInnovation<N> observe(State<N>& state, const Vector<N>& loading, double noise, double residual) {
  ScalarInnovation<N> said;
  said.residual = residual;
  const Vector<N> weighted = state.covariance * loading;
  said.variance = loading.dot(weighted) + noise;
  if (state.is_diffuse()) {
    const Vector<N> open = state.diffuse * loading;
    const double diffuse_variance = loading.dot(open);
    if (diffuse_variance > kDiffuseTolerance * loading.squaredNorm()) {
      said.diffuse_variance = diffuse_variance;
      said.gain = open / diffuse_variance;
      said.gain_correction = (weighted - said.variance * said.gain) / diffuse_variance;
    }
  }
  if (said.diffuse_variance == 0) said.gain = weighted / said.variance;
  state.mean += said.gain * residual;
  joseph_update<N>(state.covariance, said.gain, loading, noise);
  if (said.diffuse_variance > 0) take_diffuse_direction<N>(state, said.gain, said.diffuse_variance);
  return said;
}

}  // namespace paygrid::estimate
