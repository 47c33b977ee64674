#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string_view>

#include "analysis/report/expectation.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/error.hpp"

namespace paygrid::cli {

int report_error() {
  // Libraries append lists and backtraces to what they say; an error is one line.
  const auto exit_with = [](report::ExitCode code, std::string_view text) {
    fmt::print(stderr, "paygrid: {}\n", text.substr(0, text.find('\n')));
    return static_cast<int>(code);
  };
  try {
    throw;
  } catch (const scenario::ScenarioError& error) {
    return exit_with(report::ExitCode::kUsage, error.what());
  } catch (const std::invalid_argument& error) {
    return exit_with(report::ExitCode::kUsage, error.what());
  } catch (const std::exception& error) {
    return exit_with(report::ExitCode::kInternal, error.what());
  }
}

}  // namespace paygrid::cli
