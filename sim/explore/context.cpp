#include "sim/explore/context.hpp"

namespace paygrid::explore {

using world::Fault;

// Everything that can be spent from here is interned at once: budgets are small, and reading then needs no lock.
ContextId ContextTable::intern(const world::Counts& spent, std::uint32_t side, bool faulted) {
  const auto key = std::tuple{spent, side, faulted};
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  Context context;
  context.spent = spent;
  context.side = side;
  context.faulted = faulted;
  const auto id = static_cast<ContextId>(contexts_.push_back(context));
  contexts_[id].word = word_of(PartKind::kContext, id);
  known_.emplace(key, id);
  for (std::size_t at = 0; at < world::kFaults; ++at) {
    if (!world::affordable(spent, rules_, static_cast<Fault>(at))) continue;
    contexts_[id].affordable = static_cast<std::uint16_t>(contexts_[id].affordable | 1u << at);
    const bool counted = rules_.budget[at] != world::kUnlimited;
    world::Counts more = spent;
    if (counted) ++more[at];
    contexts_[id].after[at] = intern(more, side, faulted || counted || rules_.recall_faults);
  }
  return id;
}

}  // namespace paygrid::explore
