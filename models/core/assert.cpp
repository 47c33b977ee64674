#include "models/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace paygrid::core {

namespace {
thread_local bool throws = false;
}  // namespace

AssertionsThrow::AssertionsThrow() : before_(throws) { throws = true; }
AssertionsThrow::~AssertionsThrow() { throws = before_; }

void assertion_failed(const char* expression, const char* meaning, const char* file, int line) {
  if (throws) throw AssertionFailed{expression, meaning, file, line};
  std::fprintf(stderr, "paygrid: internal error: %s (%s) at %s:%d\n", meaning, expression, file, line);
  std::_Exit(70);
}

}  // namespace paygrid::core
