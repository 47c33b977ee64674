#include "sim/explore/visited.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <new>

namespace paygrid::explore {

namespace {
constexpr unsigned kBitsAtFirst = 18;
constexpr std::size_t kLargePage = std::size_t{1} << 21;
}  // namespace

void Visited::Free::operator()(Slot* slots) const { munmap(slots, bytes); }

Visited::Visited() { allocate(kBitsAtFirst); }

// Fresh pages are zero, which is what an empty slot is, and cost memory only once they are touched. Random access to many small
// pages would miss the processor's page table as often as its cache, so the table asks for large ones, at an address that fits.
void Visited::allocate(unsigned bits) {
  const std::size_t bytes = sizeof(Slot) << bits;
  void* pages = mmap(nullptr, bytes + kLargePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  auto* first = static_cast<std::byte*>(pages);
  const std::size_t before = (kLargePage - reinterpret_cast<std::uintptr_t>(pages) % kLargePage) % kLargePage;
  if (before > 0) munmap(first, before);
  munmap(first + before + bytes, kLargePage - before);
  madvise(first + before, bytes, MADV_HUGEPAGE);
  slots_ = std::unique_ptr<Slot[], Free>(reinterpret_cast<Slot*>(first + before), Free{bytes});
  mask_ = (std::size_t{1} << bits) - 1;
  shift_ = 64 - bits;
}

// At most seven eighths are full after make_room, and fifteen sixteenths before the next call. Keys keep their order in a
// larger table, so both are walked from end to end, and what was copied is given back on the way: the two are never held in full.
bool Visited::make_room(std::uint64_t count, const std::function<bool()>& go_on) {
  constexpr std::size_t kSlotsInPage = kLargePage / sizeof(Slot);
  while (count > full()) {
    const auto old = std::move(slots_);
    const std::size_t size = mask_ + 1;
    allocate(64 - shift_ + 1);
    for (std::size_t first = 0; first < size; first += kSlotsInPage) {
      const std::size_t last = std::min(size, first + kSlotsInPage);
      for (std::size_t at = first; at < last; ++at) {
        const Fingerprint key{old[at].high.load(std::memory_order_relaxed), old[at].low.load(std::memory_order_relaxed)};
        if (key.high != 0) insert(key);
      }
      madvise(&old[first], (last - first) * sizeof(Slot), MADV_DONTNEED);
      if (!go_on()) return false;
    }
  }
  return true;
}

}  // namespace paygrid::explore
