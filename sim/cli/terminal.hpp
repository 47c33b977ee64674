// What stdout is, for those who draw on it.
#pragma once

#include <cstddef>

namespace paygrid::cli {

struct Terminal {
  std::size_t columns = 0;  // 0: stdout is no terminal
  bool colours = false;     // a terminal, and NO_COLOR (no-color.org) is not set
};
Terminal terminal();

}  // namespace paygrid::cli
