// libFuzzer target of the scenario loader: ends the program when a promise is broken.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/loader_promise.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = paygrid::fuzz::ask_loader({reinterpret_cast<const char*>(data), size});
  if (answer.broken.empty()) return 0;
  std::fprintf(stderr, "%s\n", answer.broken.c_str());
  std::abort();
}
