#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <stdexcept>

#include "analysis/report/expectation.hpp"
#include "sim/cli/commands.hpp"
#include "sim/scenario/error.hpp"

namespace paygrid::cli {

int report_error() {
  const auto exit_with = [](report::ExitCode code, const char* text) {
    fmt::print(stderr, "paygrid: {}\n", text);
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
