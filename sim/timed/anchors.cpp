#include "sim/timed/anchors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/core/fact.hpp"
#include "models/core/record.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::timed {

using scenario::AnchorEvent;

namespace {

template <class Kind>
std::optional<std::uint8_t> kind_called(const std::string& name, Kind last) {
  for (int kind = 0; kind <= static_cast<int>(last); ++kind)
    if (name_of(static_cast<Kind>(kind)) == name) return static_cast<std::uint8_t>(kind);
  return std::nullopt;
}

}  // namespace

Anchors::Anchors(const scenario::Scenario& scenario, const core::ProtocolSpec& protocol, const Layout& layout, const Cast& cast)
    : scenario_(scenario), protocol_(protocol), layout_(layout), cast_(cast) {
  for (std::uint32_t fault = 0; fault < scenario.faults.size(); ++fault) {
    if (!scenario.faults[fault].anchor) continue;
    const scenario::Anchor& anchor = *scenario.faults[fault].anchor;
    Waiting& waiting = waiting_.emplace_back();
    waiting.fault = fault;
    waiting.event = anchor.event;
    waiting.kind = kind_of(anchor);
    if (!anchor.node.empty()) waiting.node = selector_of(anchor.node);
    waiting.left = anchor.nth;
  }
  note_awaited();
}

std::optional<std::uint8_t> Anchors::kind_of(const scenario::Anchor& anchor) const {
  if (anchor.name.empty()) return std::nullopt;
  std::optional<std::uint8_t> kind;
  switch (anchor.event) {
    case AnchorEvent::kForced:
    case AnchorEvent::kPersisted: kind = kind_called(anchor.name, core::RecordKind::kForgetOldest); break;
    case AnchorEvent::kFact: kind = kind_called(anchor.name, core::kLastFactKind); break;
    case AnchorEvent::kSent:
    case AnchorEvent::kDelivered: {
      const auto found = std::ranges::find(protocol_.message_names, anchor.name);
      if (found != protocol_.message_names.end()) kind = static_cast<std::uint8_t>(found - protocol_.message_names.begin());
      break;
    }
  }
  if (!kind) throw std::invalid_argument(fmt::format("faults: {} knows no {}", protocol_.name, anchor.name));
  return kind;
}

void Anchors::note_awaited() {
  awaited_ = 0;
  for (const Waiting& waiting : waiting_) awaited_ |= 1u << static_cast<unsigned>(waiting.event);
}

std::vector<std::uint32_t> Anchors::see(const Sighting& sighting) {
  std::vector<std::uint32_t> due;
  for (Waiting& waiting : waiting_) {
    if (waiting.event != sighting.event || (waiting.kind && *waiting.kind != sighting.kind)) continue;
    if (waiting.node && !cast_.is_at(*waiting.node, sighting)) continue;
    if (--waiting.left == 0) due.push_back(waiting.fault);
  }
  if (due.empty()) return due;
  std::erase_if(waiting_, [](const Waiting& waiting) { return waiting.left == 0; });
  note_awaited();
  return due;
}

std::string Anchors::describe(std::uint32_t fault, const Sighting& cause) const {
  const scenario::Anchor& anchor = *scenario_.faults[fault].anchor;
  std::string what;
  switch (cause.event) {
    case AnchorEvent::kForced:
    case AnchorEvent::kPersisted: what = name_of(static_cast<core::RecordKind>(cause.kind)); break;
    case AnchorEvent::kFact: what = name_of(static_cast<core::FactKind>(cause.kind)); break;
    case AnchorEvent::kSent:
    case AnchorEvent::kDelivered: what = protocol_.message_names[cause.kind]; break;
  }
  if (cause.event != AnchorEvent::kFact)
    what = fmt::format("{} {}", scenario::kAnchorEvents[static_cast<std::size_t>(cause.event)], what);
  return fmt::format("{} {} {} at {}, payment {}", anchor.before ? "before" : "after", what, anchor.nth,
                     layout_.names[cause.process.value], cause.txn.payment.value);
}

}  // namespace paygrid::timed
