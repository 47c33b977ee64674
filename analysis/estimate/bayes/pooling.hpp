// Shares of several nodes that are alike but not equal: each borrows from the others as much as the data say.
//
// The hierarchical Beta-binomial of Gelman et al. 2013, section 5.3, in full: node shares are Beta(m k, (1 - m) k), the
// hyper-prior is proportional to k^(-3/2) in (m, k), and the hyper-posterior is a grid over logit(m) and ln(k), not a point
// estimate. A node's posterior is the mixture of its conjugate posteriors over the grid.
//
// Invariant: the weights of the grid are positive and sum to 1.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "analysis/estimate/bayes/beta.hpp"

namespace paygrid::estimate {

class PooledShares {
 public:
  // Requires: at least one node with a trial.
  explicit PooledShares(std::span<const Trials> nodes);

  std::size_t nodes() const { return nodes_.size(); }
  double mean(std::size_t node) const;
  double cdf(std::size_t node, double share) const;
  Interval interval(std::size_t node, double confidence = kConfidence) const;

  // Of a node of the same kind that nobody has watched yet.
  double mean_of_next() const;
  Interval interval_of_next(double confidence = kConfidence) const;

  // Posterior means of the hyper-parameters: m k, (1 - m) k.
  Beta population() const;

 private:
  struct Point {
    Beta prior;
    double weight = 0;
  };
  double mixture_mean(const Trials& seen) const;
  double mixture_cdf(const Trials& seen, double share) const;
  Interval mixture_interval(const Trials& seen, double confidence) const;

  std::vector<Trials> nodes_;
  std::vector<Point> grid_;
};

}  // namespace paygrid::estimate
