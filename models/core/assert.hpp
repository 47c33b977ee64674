// PAYGRID_ASSERT: an impossible state ends the program, in every build type. It costs one predictable branch. An engine that
// searches for such states asks for an exception instead, for as long as an AssertionsThrow lives on its thread.
//
// PAYGRID_UNWANTED: an input that no process of a protocol sends, but an outsider may. Where no outsider speaks it is as
// impossible as an assertion says; for as long as an OutsidersSpeak lives on the thread it is true, and the caller ignores the
// input.
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

// Somebody who is no process of the cluster may send messages; or a process that forgot what it had said.
class OutsidersSpeak {
 public:
  OutsidersSpeak();
  ~OutsidersSpeak();
  OutsidersSpeak(const OutsidersSpeak&) = delete;
  OutsidersSpeak& operator=(const OutsidersSpeak&) = delete;

 private:
  bool before_;
};

// Ends the program with exit code 70, or throws AssertionFailed.
[[noreturn, gnu::cold]] void assertion_failed(const char* expression, const char* meaning, const char* file, int line);

// True while outsiders speak; else as assertion_failed.
[[gnu::cold]] bool unwanted_input(const char* expression, const char* meaning, const char* file, int line);

}  // namespace paygrid::core

#define PAYGRID_ASSERT(expression, meaning)   \
  do {                                        \
    if (!(expression)) [[unlikely]]           \
      ::paygrid::core::assertion_failed(#expression, meaning, __FILE__, __LINE__); \
  } while (false)

// A named guard: `if (PAYGRID_UNWANTED(stranger, "only participants vote")) return;`
#define PAYGRID_UNWANTED(expression, meaning) \
  ((expression) && ::paygrid::core::unwanted_input(#expression, meaning, __FILE__, __LINE__))
