// PAYGRID_ASSERT: an impossible state ends the program, in every build type. It costs one predictable branch.
#pragma once

namespace paygrid::core {

[[noreturn]] void assertion_failed(const char* expression, const char* meaning, const char* file, int line);

}  // namespace paygrid::core

#define PAYGRID_ASSERT(expression, meaning)   \
  do {                                        \
    if (!(expression)) [[unlikely]]           \
      ::paygrid::core::assertion_failed(#expression, meaning, __FILE__, __LINE__); \
  } while (false)
