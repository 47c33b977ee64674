#include "models/core/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace paygrid::core {

namespace {
thread_local bool throws = false;
thread_local bool outsiders_speak = false;
}  // namespace

AssertionsThrow::AssertionsThrow() : before_(throws) { throws = true; }
AssertionsThrow::~AssertionsThrow() { throws = before_; }

OutsidersSpeak::OutsidersSpeak() : before_(outsiders_speak) { outsiders_speak = true; }
OutsidersSpeak::~OutsidersSpeak() { outsiders_speak = before_; }

void assertion_failed(const char* expression, const char* meaning, const char* file, int line) {
  if (throws) throw AssertionFailed{expression, meaning, file, line};
  std::fprintf(stderr, "paygrid: internal error: %s (%s) at %s:%d\n", meaning, expression, file, line);
  std::_Exit(70);
}

bool unwanted_input(const char* expression, const char* meaning, const char* file, int line) {
  if (!outsiders_speak) assertion_failed(expression, meaning, file, line);
  return true;
}

}  // namespace paygrid::core
