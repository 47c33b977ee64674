// The factors that faults put on one quantity while they act: they multiply, and each leaves with its own fault. The product is
// computed anew from those that act, so that nothing stays behind when the last one ends.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace paygrid::timed {

class ActingFactors {
 public:
  double product() const { return product_; }  // 1 while no fault acts

  void add(std::uint32_t fault, double factor) {
    factors_.emplace_back(fault, factor);
    multiply();
  }
  void remove(std::uint32_t fault) {
    std::erase_if(factors_, [fault](const auto& factor) { return factor.first == fault; });
    multiply();
  }

 private:
  void multiply() {
    product_ = 1;
    for (const auto& [fault, factor] : factors_) product_ *= factor;
  }

  std::vector<std::pair<std::uint32_t, double>> factors_;  // in the order of their beginnings
  double product_ = 1;
};

}  // namespace paygrid::timed
