// The version that --version, result.json and the build agree on; PAYGRID_VERSION comes from CMakeLists.txt.
#pragma once

#include <string_view>

namespace paygrid::cli {

inline constexpr std::string_view kVersion = PAYGRID_VERSION;

}  // namespace paygrid::cli
