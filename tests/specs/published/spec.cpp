#include "tests/specs/published/spec.hpp"

#include <utility>

namespace paygrid::specs {

Spec::Spec(std::string name) {
  setup.placement.shard_nodes = {core::NodeId{0}};
  model.name = std::move(name);
  model.setup = &setup;
  model.rules.timing = world::Timing::kAsynchronous;
  model.rules.disk = world::DiskModel::kInstant;
  model.rules.allow(world::Fault::kTimer, world::kUnlimited);
}

Figures Spec::of_specification(Figures of_model) const {
  if (!chooses_initial_state) return of_model;
  return {of_model.distinct - 1, of_model.generated - 1, of_model.depth - 1};
}

void Spec::add_member(std::string name, world::RoleFactory make) {
  model.process_names.push_back(std::move(name));
  setup.roles.push_back(std::move(make));
}

// No account takes part in a specification; legs only say who participates.
void Spec::add_payment(std::uint32_t id, const std::vector<core::NodeId>& participants) {
  core::Payment& draft = pool.draft();
  draft.id = core::PaymentId{id};
  for (const core::NodeId node : participants) {
    draft.legs.push_back({core::AccountId{0}, node, core::Money{-1}});
    draft.legs.push_back({core::AccountId{1}, node, core::Money{1}});
  }
  model.payments.push_back(pool.seal(draft));
}

}  // namespace paygrid::specs
