// A published specification as a model of the explorer, with the figures that it is compared by.
#pragma once

#include <cstdint>
#include <string>

#include "models/core/id.hpp"
#include "models/core/payment.hpp"
#include "sim/explore/model.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::specs {

// What published runs of a checker report. `generated` counts the initial states and every successor, repeated ones and those
// that change nothing included: one successor for each witness of an existential guard. `depth` counts levels, the initial one
// is 1.
struct Figures {
  std::uint64_t distinct = 0;
  std::uint64_t generated = 0;
  std::uint32_t depth = 0;
  bool operator==(const Figures&) const = default;
};

// Not movable: the model points into it.
struct Spec {
  core::PaymentPool pool;
  world::Setup setup;
  explore::Model model;
  // A specification with several initial states begins here with one state more, whose steps lead to each of them.
  bool chooses_initial_state = false;

  explicit Spec(std::string name);
  Spec(const Spec&) = delete;
  Spec& operator=(const Spec&) = delete;

  // The figures of the specification, given those of the model: without the choice of the initial state, which is one state,
  // one generated state and one level.
  Figures of_specification(Figures of_model) const;

  // Members are named and made in order.
  void add_member(std::string name, world::RoleFactory make);
  // A payment between `participants`, for the facts and for symmetry.
  void add_payment(std::uint32_t id, const std::vector<core::NodeId>& participants);
};

}  // namespace paygrid::specs
