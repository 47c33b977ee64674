#include "sim/cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace paygrid::cli {

Terminal terminal() {
  constexpr std::size_t kColumnsUnknown = 80;
  if (isatty(STDOUT_FILENO) == 0) return {};
  const char* no_color = std::getenv("NO_COLOR");
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return {known ? size.ws_col : kColumnsUnknown, no_color == nullptr || *no_color == '\0'};
}

}  // namespace paygrid::cli
