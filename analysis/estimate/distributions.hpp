// Distribution functions, quantiles and densities, all of them Boost.Math's under one policy: doubles are not promoted to long
// double, so that every platform computes the same digits.
//
// Every probability p lies in the open interval (0, 1); every shape, rate and number of degrees of freedom is positive.
#pragma once

namespace paygrid::estimate {

double normal_cdf(double z);
double normal_tail(double z);  // P(Z > z), exact far out
double normal_quantile(double p);
double normal_tail_quantile(double p);  // z with P(Z > z) = p
double student_tail(double t, double degrees);
double student_quantile(double p, double degrees);
double student_log_density(double t, double degrees);
double chi_squared_quantile(double p, double degrees);
double beta_cdf(double x, double alpha, double beta);
double beta_quantile(double p, double alpha, double beta);
double gamma_cdf(double x, double shape);  // of rate 1
double gamma_quantile(double p, double shape);
double binomial_cdf(double successes, double trials, double share);  // P(X <= successes)
double log_gamma(double x);
double log_beta(double alpha, double beta);

}  // namespace paygrid::estimate
