#include "sim/timed/sampler.hpp"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>

namespace paygrid::timed {

namespace {

using Kind = scenario::Distribution::Kind;

// Without promotion to long double, whose width differs between platforms.
using NoPromotion = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

double standard_normal_quantile(double p) {
  constexpr double kSqrt2 = 1.41421356237309504880;
  return -kSqrt2 * boost::math::erfc_inv(2 * p, NoPromotion());
}

// Half away from zero, as std::llround, which is a call on this platform.
std::int64_t rounded(double value) { return static_cast<std::int64_t>(value < 0 ? value - 0.5 : value + 0.5); }

}  // namespace

Sampler::Sampler(const scenario::Distribution& distribution)
    : kind_(distribution.kind),
      first_(distribution.first),
      second_(distribution.second),
      third_(distribution.third),
      samples_(distribution.samples) {
  if (kind_ == Kind::kConstant) constant_ = rounded(first_);
  if (kind_ == Kind::kLognormal) {  // median, p99 -> mu, sigma
    const double median = first_;
    first_ = std::log(median);
    second_ = (std::log(second_) - first_) / standard_normal_quantile(0.99);
  }
}

double Sampler::quantile(double p) const {
  switch (kind_) {
    case Kind::kConstant: return first_;
    case Kind::kUniform: return first_ + p * (second_ - first_);
    case Kind::kExponential: return first_ - second_ * std::log1p(-p);
    case Kind::kLognormal: return std::exp(first_ + second_ * standard_normal_quantile(p));
    case Kind::kPareto: return first_ * std::pow(1 - p, -1 / second_);
    case Kind::kBimodal: return p < 1 - third_ ? first_ : second_;
    case Kind::kEmpirical: {
      const auto at = static_cast<std::size_t>(p * static_cast<double>(samples_.size()));
      return samples_[std::min(at, samples_.size() - 1)];
    }
  }
  return 0;
}

std::int64_t Sampler::value_at(double u) const { return is_constant() ? constant_ : rounded(quantile(u)); }

std::int64_t Sampler::draw(RandomStream& stream) const { return is_constant() ? constant_ : value_at(stream.next_open01()); }

}  // namespace paygrid::timed
