// Explores a specification of the catalogue by the fast search.
#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/explore/search.hpp"
#include "tests/specs/published/catalogue.hpp"

namespace paygrid::specs {

struct How {
  std::uint32_t jobs = 1;
  bool symmetry = false;
};

struct Explored {
  Figures figures;  // of the specification
  explore::Result result;

  // Throws std::out_of_range when the search said nothing about `rule`.
  const explore::Finding& finding(std::string_view rule) const {
    const auto found = std::ranges::find(result.findings, rule, &explore::Finding::name);
    if (found == result.findings.end()) throw std::out_of_range("no finding about " + std::string(rule));
    return *found;
  }
  explore::Verdict verdict(std::string_view rule) const { return finding(rule).verdict; }
};

// The whole space, through violations as well. Throws std::runtime_error when the search ends before.
inline Explored explored(std::string_view name, const std::vector<std::uint32_t>& sizes, How how = {}) {
  const auto spec = make_spec(name, sizes);
  explore::Options options;
  options.symmetry = how.symmetry;
  options.threads = how.jobs;
  options.stop_at_first = false;
  explore::Result result = explore::search(spec->model, options);
  if (result.ending != explore::Ending::kComplete) throw std::runtime_error(std::string(explore::name_of(result.ending)));
  const Figures figures = spec->of_specification({result.distinct, result.generated, result.depth});
  return {figures, std::move(result)};
}

}  // namespace paygrid::specs
