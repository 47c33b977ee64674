// ProtocolModel: a world of a registered commit protocol as a model of the search. The smallest worlds are made by their size: n
// participants with one shard each, a coordinator of its own, and payments with one debit and one credit at every participant,
// so that participants are alike.
#pragma once

#include <cstdint>
#include <optional>

#include "models/core/spec.hpp"
#include "sim/explore/model.hpp"
#include "sim/world/description.hpp"

namespace paygrid::explore {

struct Size {
  std::uint32_t participants = 2;
  std::uint32_t payments = 1;
  std::uint32_t refusals = 0;       // participants, the last ones, whose account lacks the funds: they vote no
  bool contended = false;           // payments debit the same accounts, which hold enough for one of them
  core::LockPolicy lock_policy = core::LockPolicy::kWait;
  std::uint32_t retries = 0;        // above 0: the payer is a member, and asks again so many times at most
  bool coordinator_participates = false;  // participant 0 is the coordinator
  std::uint32_t accounts = 2;       // of each participant and payment: one to debit and one to credit, or 1 for both
  std::uint32_t coordinators = 1;   // apart; payments take turns with them
  std::optional<world::LockServiceDescription> lock_service{};  // in front of the shards
  std::uint32_t lock_servers = 1;
};

// The world of that size: nodes P0, P1, ... and C, or C1, C2, ..., lock servers L or L1, L2, ..., and a payer who has made every payment before the first step. Throws
// std::invalid_argument when a size is 0 or beyond the bounds of a search.
world::Description description_of(const core::ProtocolSpec& spec, const Size& size);

class ProtocolModel {
 public:
  // `spec` outlives the model. Throws as description_of.
  ProtocolModel(const core::ProtocolSpec& spec, const Size& size, const world::Rules& rules);
  ProtocolModel(const ProtocolModel&) = delete;
  ProtocolModel& operator=(const ProtocolModel&) = delete;

  const world::World& world() const { return world_; }
  const world::Setup& setup() const { return world_.setup(); }
  const Model& model() const { return model_; }
  Model& model() { return model_; }

 private:
  world::World world_;  // the model refers to it
  std::vector<world::Packet> forgeable_;  // ... and its rules to this
  Model model_;
};

}  // namespace paygrid::explore
