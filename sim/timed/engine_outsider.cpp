// Messages of an outsider in timed runs, and what receivers believe. What he puts on the way takes the usual time of that way,
// and no share of its bandwidth; no partition and no loss stops it.
#include <algorithm>

#include "models/core/assert.hpp"
#include "sim/timed/engine.hpp"

namespace paygrid::timed {

using history::Origin;
using history::PacketFate;

void Engine::make_security() {
  const scenario::Security& security = scenario_.security;
  if (security.authentication == scenario::Authentication::kMac) {
    authentication_ = std::make_unique<Authentication>(layout_.names.size(), scenario_.cluster.network.packet_lifetime_ns);
    verify_ = Sampler(security.verify);
  }
  const auto is_outsider = [](const scenario::Fault& fault) { return fault.kind == scenario::FaultKind::kOutsider; };
  if (std::ranges::any_of(scenario_.faults, is_outsider))
    outsider_ =
        std::make_unique<Outsider>(scenario_.seed, scenario_.cluster.network.packet_lifetime_ns, protocol_, layout_);
}

void Engine::disturb_by_outsider(const Disturbance& disturbance) {
  PAYGRID_ASSERT(outsider_ != nullptr, "an outsider is a fault of the scenario");
  outsider_->begin(disturbance);
  schedule_forgery(disturbance.fault);
}

bool Engine::alter(core::NodeId from, core::NodeId to, std::uint64_t packet, core::Message& message) {
  std::optional<core::Message> instead = outsider_->pass(from, to, message);
  if (!instead) return false;
  if (steps_ != nullptr) steps_->on_lost(now_ns_, from, to, message);
  message = std::move(*instead);
  report({now_ns_, packet, from, to, message, PacketFate::kAltered, 0, Origin::kAltered});
  return true;
}

void Engine::schedule_forgery(std::uint32_t fault) {
  const std::optional<TimeNs> gap = outsider_->next_forgery_ns(fault);
  if (!gap) return;
  emplace(now_ns_ + *gap, [fault](Occurrence& next) {
    next.kind = Occurrence::Kind::kForge;
    next.index = fault;
  });
}

void Engine::on_forge(std::uint32_t fault) {
  if (const std::optional<Outsider::Forgery> forgery = outsider_->forge(fault)) {
    const std::uint64_t packet = packets_++;
    report({now_ns_, packet, forgery->from, forgery->to, forgery->message, PacketFate::kForged, 0, Origin::kForged});
    emplace(now_ns_ + network_.median_ns(forgery->from, forgery->to), [&](Occurrence& arrival) {
      arrival.kind = Occurrence::Kind::kArrive;
      arrival.origin = Origin::kForged;
      arrival.process = forgery->to;
      arrival.peer = forgery->from;
      arrival.word = packet;
      arrival.message = forgery->message;
    });
  }
  schedule_forgery(fault);
}

// A message that was heard is sent again, with its number and its sender's life.
void Engine::consider_replay(const Occurrence& arrival) {
  if (arrival.origin != Origin::kGenuine) return;
  const std::optional<TimeNs> after = outsider_->replay_after_ns(arrival.peer, arrival.process);
  if (!after) return;
  Occurrence again = arrival;
  again.kind = Occurrence::Kind::kReplay;
  again.origin = Origin::kReplayed;
  push(now_ns_ + *after, std::move(again));
}

void Engine::on_replay(Occurrence& occurrence) {
  report_arrival(occurrence, PacketFate::kReplayed);
  occurrence.kind = Occurrence::Kind::kArrive;
  occurrence.left_ns = 0;  // it left its sender long ago
  push(now_ns_ + network_.median_ns(occurrence.peer, occurrence.process), std::move(occurrence));
}

bool Engine::is_believed(const Occurrence& arrival) {
  switch (arrival.origin) {
    case Origin::kForged:
    case Origin::kAltered: return false;
    case Origin::kGenuine:
    case Origin::kReplayed:
      return authentication_->accepts({arrival.peer.value, arrival.process.value}, arrival.index, arrival.word, now_ns_);
  }
  return false;
}

// Service and verification are drawn apart, so that one shifts no draw of the other.
TimeNs Engine::service_ns(Runtime& runtime) {
  const TimeNs service = std::max<TimeNs>(0, service_.draw(runtime.cpu_stream));
  const TimeNs verify = std::max<TimeNs>(0, verify_.draw(runtime.verify_stream));
  return static_cast<TimeNs>(static_cast<double>(service + verify) * runtime.cpu_slowness.product() + 0.5);
}

}  // namespace paygrid::timed
