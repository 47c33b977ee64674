#include "sim/cli/pipe.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace paygrid::cli {

std::string read_all(int pipe_end) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(pipe_end, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace paygrid::cli
