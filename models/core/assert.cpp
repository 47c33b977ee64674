#include "models/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace paygrid::core {

void assertion_failed(const char* expression, const char* meaning, const char* file, int line) {
  std::fprintf(stderr, "paygrid: internal error: %s (%s) at %s:%d\n", meaning, expression, file, line);
  std::_Exit(70);
}

}  // namespace paygrid::core
