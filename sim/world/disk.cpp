#include "sim/world/disk.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::world {

std::size_t Disk::through_first_forced() const {
  const auto records = pending();
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i].forced) return i + 1;
  return 0;
}

std::span<const PendingRecord> Disk::make_durable(std::size_t count) {
  const std::span<const PendingRecord> settled = take(count);
  for (const PendingRecord& entry : settled) settle(entry.record);
  return settled;
}

std::span<const PendingRecord> Disk::take(std::size_t count) {
  PAYGRID_ASSERT(count <= pending().size(), "only pending records become durable");
  settled_.clear();
  for (std::size_t i = 0; i < count; ++i) settled_.push_back(std::move(pending_[first_ + i]));
  first_ += count;
  if (first_ == pending_.size()) {
    lose_pending();
  } else if (first_ > pending_.size() / 2) {
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return settled_;
}

bool operator==(const Disk& a, const Disk& b) {
  return a.durable_ == b.durable_ && std::ranges::equal(a.pending(), b.pending());
}

}  // namespace paygrid::world
