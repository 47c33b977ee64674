// The fence at a resource: refuses a write whose token is older than one that it has seen (Kleppmann 2016, "How to do distributed
// locking"). It makes zombies harmless, as far as no token is given to two holders.
#pragma once

#include <algorithm>
#include <tuple>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"

namespace paygrid::core {

class Fence {
 public:
  // True when the write may happen.
  bool admit(LockId lock, Token token) {
    Token& highest = highest_[lock];
    const bool admitted = token >= highest;
    highest = std::max(highest, token);
    return admitted;
  }
  auto fields() const { return std::tie(highest_); }
  bool operator==(const Fence&) const = default;

 private:
  FlatMap<LockId, Token> highest_;
};

}  // namespace paygrid::core
