// Which transitions of its protocol a run takes: compares where a process stands in the transactions that a step is about with where
// it stood before.
//
// A step is about the transactions of its event and of its effects: no process changes its standing without a word, a record, a timer
// or a fact of that transaction.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <vector>

#include "models/core/effects.hpp"
#include "models/core/event.hpp"
#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/core/role.hpp"
#include "models/core/transition.hpp"

namespace paygrid::history {

class TransitionLog {
 public:
  // `parts` outlive the log.
  explicit TransitionLog(std::span<const core::Part> parts) : parts_(parts), taken_(parts.size()) {}

  // `role` of `process` has handled `event`, with these effects.
  void stepped(core::NodeId process, const core::Role& role, const core::Event& event, const core::Effects& effects);
  // What it knew it knows no more.
  void crashed(core::NodeId process);

  // Of part `part`, by its number.
  const std::set<core::Transition>& taken(std::size_t part) const { return taken_[part]; }

 private:
  void look(core::NodeId process, const core::Role& role, core::TxnId txn);

  std::span<const core::Part> parts_;
  std::vector<std::set<core::Transition>> taken_;
  std::vector<core::FlatMap<core::TxnId, std::uint32_t>> standings_;  // by process; where it stood last, unless nowhere
};

}  // namespace paygrid::history
