#include "analysis/estimate/distributions.hpp"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/gamma.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <numbers>

namespace paygrid::estimate {

namespace {

using NoPromotion = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
using Normal = boost::math::normal_distribution<double, NoPromotion>;
using Student = boost::math::students_t_distribution<double, NoPromotion>;
using ChiSquared = boost::math::chi_squared_distribution<double, NoPromotion>;
using BetaLaw = boost::math::beta_distribution<double, NoPromotion>;
using GammaLaw = boost::math::gamma_distribution<double, NoPromotion>;
using Binomial = boost::math::binomial_distribution<double, NoPromotion>;

}  // namespace

double normal_cdf(double z) { return boost::math::cdf(Normal(), z); }
double normal_tail(double z) { return boost::math::cdf(boost::math::complement(Normal(), z)); }
double normal_quantile(double p) { return boost::math::quantile(Normal(), p); }
double normal_tail_quantile(double p) { return boost::math::quantile(boost::math::complement(Normal(), p)); }
double student_tail(double t, double degrees) { return boost::math::cdf(boost::math::complement(Student(degrees), t)); }
double student_quantile(double p, double degrees) { return boost::math::quantile(Student(degrees), p); }

double student_log_density(double t, double degrees) {
  return log_gamma((degrees + 1) / 2) - log_gamma(degrees / 2) - 0.5 * std::log(degrees * std::numbers::pi) -
         (degrees + 1) / 2 * std::log1p(t * t / degrees);
}

double chi_squared_quantile(double p, double degrees) { return boost::math::quantile(ChiSquared(degrees), p); }
double beta_cdf(double x, double alpha, double beta) { return boost::math::cdf(BetaLaw(alpha, beta), x); }
double beta_quantile(double p, double alpha, double beta) { return boost::math::quantile(BetaLaw(alpha, beta), p); }
double gamma_cdf(double x, double shape) { return boost::math::cdf(GammaLaw(shape, 1), x); }
double gamma_quantile(double p, double shape) { return boost::math::quantile(GammaLaw(shape, 1), p); }

double binomial_cdf(double successes, double trials, double share) {
  return boost::math::cdf(Binomial(trials, share), successes);
}

double log_gamma(double x) { return boost::math::lgamma(x, NoPromotion()); }
double log_beta(double alpha, double beta) { return log_gamma(alpha) + log_gamma(beta) - log_gamma(alpha + beta); }

}  // namespace paygrid::estimate
