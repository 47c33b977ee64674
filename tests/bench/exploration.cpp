#include <stdexcept>
#include <string>

#include "models/registry.hpp"
#include "sim/explore/protocol_model.hpp"
#include "sim/explore/search.hpp"
#include "tests/bench/workbench.hpp"
#include "tests/specs/published/catalogue.hpp"
#include "tests/specs/published/two_phase.hpp"

namespace paygrid::bench {

namespace {

explore::Result search_all(const explore::Model& model, bool symmetry) {
  explore::Options options;
  options.symmetry = symmetry;
  options.reduction = false;
  options.stop_at_first = false;
  const explore::Result result = explore::search(model, options);
  if (result.ending != explore::Ending::kComplete) throw std::runtime_error("the search did not end");
  return result;
}

}  // namespace

Measurement run_published_two_phase(std::uint32_t managers, bool symmetry) {
  const auto spec = specs::make_spec("twophase", std::array{managers});
  const double begin_s = processor_time_s();
  const explore::Result result = search_all(spec->model, symmetry);
  const double seconds = processor_time_s() - begin_s;
  const std::uint64_t expected = symmetry ? specs::two_phase_orbits(managers) : specs::two_phase_figures(managers).distinct;
  if (result.distinct != expected) throw std::runtime_error("the count is wrong");
  return {.seconds = seconds, .items = static_cast<double>(result.distinct), .peak_memory_B = 0};
}

Measurement run_protocol_search(std::uint32_t participants, bool recovers) {
  world::Rules rules;
  rules.allow(world::Fault::kCrash, 1).allow(world::Fault::kRecovery, recovers ? 1 : 0);
  explore::Size size;
  size.participants = participants;
  const explore::ProtocolModel model(*models::find_commit_protocol("2pc"), size, rules);
  const double begin_s = processor_time_s();
  const explore::Result result = search_all(model.model(), recovers);
  return {.seconds = processor_time_s() - begin_s, .items = static_cast<double>(result.generated), .peak_memory_B = 0};
}

}  // namespace paygrid::bench
