#include <fmt/format.h>

#include "sim/cli/campaign_verbs.hpp"
#include "sim/cli/doctor.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

int doctor_command(const DoctorOptions& options) {
  const scenario::Scenario scenario = scenario::load(options.scenario, options.set);
  require_timed(scenario, options.scenario);
  const Diagnosis diagnosis = examine(scenario);
  fmt::print("{}", text_of(diagnosis));
  return static_cast<int>(diagnosis.same ? report::ExitCode::kAsExpected : report::ExitCode::kNotDeterministic);
}

}  // namespace paygrid::cli
