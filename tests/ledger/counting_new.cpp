// A file of its own: inlined beside its callers, the pair of new and malloc would look mismatched to the compiler.
#include "tests/ledger/counting_new.hpp"

#include <cstdlib>
#include <new>

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace paygrid::ledger {

std::size_t allocation_count() { return allocations; }

}  // namespace paygrid::ledger
