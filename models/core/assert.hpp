// PAYGRID_ASSERT: an impossible state ends the program, in every build type. It costs one predictable branch. An engine that
// searches for such states asks for an exception instead, for as long as an AssertionsThrow lives on its thread.
#pragma once

namespace paygrid::core {

struct AssertionFailed {
  const char* expression;
  const char* meaning;
  const char* file;
  int line;
};

class AssertionsThrow {
 public:
  AssertionsThrow();
  ~AssertionsThrow();
  AssertionsThrow(const AssertionsThrow&) = delete;
  AssertionsThrow& operator=(const AssertionsThrow&) = delete;

 private:
  bool before_;
};

// Ends the program with exit code 70, or throws AssertionFailed.
[[noreturn, gnu::cold]] void assertion_failed(const char* expression, const char* meaning, const char* file, int line);

}  // namespace paygrid::core

#define PAYGRID_ASSERT(expression, meaning)   \
  do {                                        \
    if (!(expression)) [[unlikely]]           \
      ::paygrid::core::assertion_failed(#expression, meaning, __FILE__, __LINE__); \
  } while (false)
