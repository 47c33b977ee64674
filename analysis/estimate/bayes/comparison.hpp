// Is A more available than B? Two shares under independent Beta priors.
//
// Bayes factors after Kass, Raftery, JASA 90 (1995): that of "different" against "equal" integrates both hypotheses exactly;
// that of "A is greater" against "equal" is the former times P(A > B | data) / P(A > B), by the encompassing prior (Klugkist,
// Hoijtink 2007).
#pragma once

#include <string_view>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::estimate {

// P(A > B) by adaptive quadrature, to about 1e-9. Requires: the shapes of A are at least 1/2.
double probability_greater(const Beta& a, const Beta& b);

struct ShareComparison {
  double probability_greater = 0;   // P(A > B | data)
  double log_factor_different = 0;  // ln of the Bayes factor of "A and B differ" against "one share for both"
  double log_factor_greater = 0;    // ln ... of "A > B" against "one share for both"
};

// `prior` is that of each share, and of the common one.
ShareComparison compare_shares(const Trials& a, const Trials& b, const Beta& prior = kJeffreysShare);

// Words of Kass and Raftery for a factor in favour of a hypothesis.
std::string_view evidence_of(double log_factor);

}  // namespace paygrid::estimate
