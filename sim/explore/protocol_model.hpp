// ProtocolModel: the smallest worlds of a registered commit protocol: n participants with one shard each, a coordinator of its
// own, and payments with one debit and one credit at every participant, so that participants are alike.
#pragma once

#include <cstdint>
#include <memory>

#include "models/core/payment.hpp"
#include "models/core/spec.hpp"
#include "sim/explore/model.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::explore {

struct Size {
  std::uint32_t participants = 2;
  std::uint32_t payments = 1;
  std::uint32_t refusals = 0;       // participants, the last ones, whose account lacks the funds: they vote no
  bool contended = false;           // payments debit the same accounts, which hold enough for one of them
  std::uint32_t retries = 0;        // above 0: the payer is a member, and asks again so many times at most
  bool coordinator_participates = false;  // participant 0 is the coordinator
};

class ProtocolModel {
 public:
  // `spec` outlives the model. Throws std::invalid_argument when a size is 0 or beyond the bounds of a search.
  ProtocolModel(const core::ProtocolSpec& spec, const Size& size, const world::Rules& rules);
  ProtocolModel(const ProtocolModel&) = delete;
  ProtocolModel& operator=(const ProtocolModel&) = delete;

  const Model& model() const { return model_; }
  Model& model() { return model_; }
  const world::Setup& setup() const { return setup_; }

 private:
  core::PaymentRef make_payment(std::uint32_t index);
  void add_processes(const core::ProtocolSpec& spec);

  Size size_;
  core::NodeId coordinator_;
  core::NodeId payer_;
  core::PaymentPool pool_;  // outlives everything that refers to payments
  world::Setup setup_;
  Model model_;
};

}  // namespace paygrid::explore
