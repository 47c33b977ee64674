// Reading what a child process says.
#pragma once

#include <string>

namespace paygrid::cli {

// All bytes up to the end of the stream; an interrupted read goes on.
std::string read_all(int pipe_end);

}  // namespace paygrid::cli
