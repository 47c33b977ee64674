// Exchanges of interchangeable members and payments, without any help from the roles: a value is known by how it was first
// reached, so its image under an exchange is what the exchanged steps make of the exchanged initial value. That this is well
// defined, and that exchanged steps send exchanged packets, is verified for every transition that the search ever looks up; since
// the exchanges generate the group, a search that ends without SymmetryBroken has proved its symmetry.
#include <algorithm>
#include <string>

#include "models/core/assert.hpp"
#include "sim/explore/local_space.hpp"

namespace paygrid::explore {

using core::NodeId;
using world::Step;
using world::StepKind;

namespace {

NodeId image_of(NodeId node, const Exchange& exchange) {
  if (exchange.of != Exchange::Of::kMembers) return node;
  if (node.value == exchange.a) return NodeId{exchange.b};
  return node.value == exchange.b ? NodeId{exchange.a} : node;
}

core::PaymentId image_of(core::PaymentId payment, const Exchange& exchange) {
  if (exchange.of != Exchange::Of::kPayments) return payment;
  if (payment.value == exchange.a) return core::PaymentId{exchange.b};
  return payment.value == exchange.b ? core::PaymentId{exchange.a} : payment;
}

core::Message image_of(core::Message message, const Exchange& exchange, const Model& model) {
  if (model.renaming.message) return model.renaming.message(message, exchange);
  message.txn.payment = image_of(message.txn.payment, exchange);
  if (message.has_learned) message.learned.payment = image_of(message.learned.payment, exchange);
  if (!message.payment) return message;
  const core::PaymentId image = image_of(message.payment->id, exchange);
  for (const core::PaymentRef& payment : model.payments)
    if (payment->id == image) message.payment = payment;
  return message;
}

core::TimerKey image_of(core::TimerKey timer, const Exchange& exchange, const Model& model) {
  if (model.renaming.timer) return model.renaming.timer(timer, exchange);
  timer.txn.payment = image_of(timer.txn.payment, exchange);
  return timer;
}

}  // namespace

PacketId LocalSpace::image_packet(std::uint32_t exchange, PacketId packet) {
  auto& images = packet_images_[exchange];
  if (const auto known = images.find(packet); known != images.end()) return known->second;
  const Exchange& swap = exchanges_[exchange];
  world::Packet value = packet_values_[packet];
  value.from = image_of(value.from, swap);
  value.to = image_of(value.to, swap);
  value.message = image_of(value.message, swap, model_);
  const PacketId image = intern(value);
  images.emplace(packet, image);
  return image;
}

ActionId LocalSpace::image_action(std::uint32_t exchange, std::uint32_t slot, ActionId action) {
  const Exchange& swap = exchanges_[exchange];
  Step step = actions_[slot][action];
  step.process = image_of(step.process, swap);
  if (step.kind == StepKind::kDeliver || step.kind == StepKind::kSuspect || step.kind == StepKind::kTrust)
    step.peer = image_of(step.peer, swap);
  if (step.kind == StepKind::kFire) step.timer = image_of(step.timer, swap, model_);
  if (step.kind == StepKind::kDeliver) step.message = image_of(step.message, swap, model_);
  return action_of(step.process.value, step);
}

LocalId LocalSpace::image_local(std::uint32_t exchange, LocalId local) {
  auto& images = local_images_[exchange];
  if (const auto known = images.find(local); known != images.end()) return known->second;
  const std::uint32_t slot = locals_[local].slot;
  const LocalId parent = locals_[local].parent;
  const ActionId action = locals_[local].parent_action;
  LocalId image = 0;
  if (parent == kNone) {
    image = initial_locals_[image_of(NodeId{slot}, exchanges_[exchange]).value];
  } else {
    const LocalId image_of_parent = image_local(exchange, parent);
    image = transitions_[transition_unlocked(image_of_parent, image_action(exchange, slot, action))].target;
  }
  local_images_[exchange].emplace(local, image);
  return image;
}

LocalId LocalSpace::image_of_local(std::uint32_t exchange, LocalId local) {
  const std::lock_guard lock(mutex_);
  const core::AssertionsThrow assertions;
  const LocalId image = image_local(exchange, local);
  verify_pending();
  return image;
}

PacketId LocalSpace::image_of_packet(std::uint32_t exchange, PacketId packet) {
  const std::lock_guard lock(mutex_);
  return image_packet(exchange, packet);
}

void LocalSpace::verify_pending() {
  while (!unverified_.empty()) {
    const Unverified next = unverified_.back();
    unverified_.pop_back();
    verify_symmetry(next.local, next.action, next.transition);
  }
}

void LocalSpace::verify_symmetry(LocalId local, ActionId action, std::uint32_t transition) {
  for (std::uint32_t exchange = 0; exchange < exchanges_.size(); ++exchange) {
    const Transition made = transitions_[transition];
    const LocalId image = image_local(exchange, local);
    const ActionId image_action_id = image_action(exchange, locals_[local].slot, action);
    const Transition other = transitions_[transition_unlocked(image, image_action_id)];
    std::vector<PacketId> sent;
    for (std::uint32_t at = 0; at < made.sent_count; ++at) sent.push_back(image_packet(exchange, sent_[made.sent_first + at]));
    std::ranges::sort(sent);
    std::vector<PacketId> other_sent;
    for (std::uint32_t at = 0; at < other.sent_count; ++at) other_sent.push_back(sent_[other.sent_first + at]);
    const bool members_exchanged = exchanges_[exchange].of == Exchange::Of::kMembers;
    const check::Deeds& deeds = values_[made.target].deeds;
    const check::Deeds& other_deeds = values_[other.target].deeds;
    const bool same = made.broken_rule == other.broken_rule && made.unheard == other.unheard &&
                      image_local(exchange, made.target) == other.target && sent == other_sent && (!members_exchanged || deeds == other_deeds) &&
                      locals_[made.target].broken_rule == locals_[other.target].broken_rule;
    if (same) continue;
    const Exchange& swap = exchanges_[exchange];
    const std::string what = members_exchanged ? model_.process_names[swap.a] + " and " + model_.process_names[swap.b]
                                               : "payments " + std::to_string(swap.a) + " and " + std::to_string(swap.b);
    throw SymmetryBroken{what + " are not interchangeable: " +
                         std::string(world::name_of(actions_[locals_[local].slot][action].kind)) + " at " +
                         model_.process_names[locals_[local].slot] + " is not mirrored"};
  }
}

}  // namespace paygrid::explore
