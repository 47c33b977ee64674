// The faults that campaigns draw: one row a kind of the scenario language. A new kind is one row more.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/campaign/dice.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::campaign {

// Which assumption of a protocol a kind of fault touches (the rows of core::ExpectedVerdicts).
enum class Breach : std::uint8_t {
  kNothing,  // all that it costs is a copy too many
  kLate,     // all that it costs is time at one process
  kCrash,
  kLoss,
  kDuplicate,
  kDelay,  // messages may take longer than timeouts and detectors allow for
  kCut,
  kStandstill,  // a live process that is out of reach
  kClock,       // timers may run on a clock that jumps or drifts
  kAmnesia,     // a process may forget what it was told is durable
  kOutsider     // messages that nobody sent, changed ones and repeated ones
};

// What a fault may be aimed at.
struct Targets {
  std::vector<std::string> nodes;  // selectors of one node each
  std::vector<std::string> sides;  // selectors of nodes, also of several
  std::int64_t until_ns = 1;       // faults begin before, and last until then at most
  std::int64_t settle_ns = 0;      // what a fault set going must be over long before the run settled
  double fsync_ns = 0;             // of an undisturbed disk, nearly never more
  double service_ns = 0;           // of a message at an undisturbed processor, likewise
};

struct FaultRow {
  scenario::FaultKind kind{};
  Breach breach{};
  bool repeats = true;         // false: two at once would be stronger than each of them may be
  void (*draw)(scenario::Fault&, Dice&, const Targets&) = nullptr;  // where and how much; the kind, when and how long are set
  bool (*applies)(const scenario::Scenario&) = nullptr;             // null: in every world
};

std::span<const FaultRow> fault_rows();
const FaultRow& row_of(scenario::FaultKind kind);
inline std::string_view name_of(const FaultRow& row) { return scenario::name_of(row.kind); }

}  // namespace paygrid::campaign
