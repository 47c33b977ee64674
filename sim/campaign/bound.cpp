#include "sim/campaign/bound.hpp"

#include <boost/math/distributions/binomial.hpp>

namespace paygrid::campaign {

double violation_bound(std::uint64_t violations, std::uint64_t runs) {
  if (violations >= runs) return 1;
  using Binomial = boost::math::binomial_distribution<double>;
  return Binomial::find_upper_bound_on_p(static_cast<double>(runs), static_cast<double>(violations), 0.05);
}

}  // namespace paygrid::campaign
