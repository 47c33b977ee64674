#include "sim/cli/campaign_verbs.hpp"

namespace paygrid::cli {

namespace {

void add_set(CLI::App& verb, std::vector<std::string>& set) {
  verb.add_option("--set", set, "PATH=VALUE, e.g. commit.protocol=3pc; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

CampaignVerbs::CampaignVerbs(CLI::App& app)
    : doctor_(app.add_subcommand("doctor", "Run a scenario twice: is it the same run?")),
      fuzz_(app.add_subcommand("fuzz", "Run many worlds drawn around a scenario; keep what fails")),
      shrink_(app.add_subcommand("shrink", "Make a failing scenario small, its check failing at every step")) {
  doctor_->add_option("SCENARIO", doctor_options_.scenario, "Scenario file (YAML)")->required();
  add_set(*doctor_, doctor_options_.set);

  fuzz_->add_option("SCENARIO", fuzz_options_.scenario, "Scenario file (YAML) that the worlds are drawn around")->required();
  CLI::Option* runs = fuzz_->add_option("--runs", fuzz_options_.runs, "Runs at most (default: 1000, without --time)");
  runs->check(CLI::PositiveNumber);
  fuzz_->add_option("--time", fuzz_options_.time, "Starts no run after this, e.g. 10min");
  fuzz_->add_option("-j,--jobs", fuzz_options_.workers, "Processes at a time (default: one for each core)")
      ->check(CLI::Range(1, 256));
  fuzz_->add_flag("--assumed", fuzz_options_.assumed,
                  "Only worlds within the protocol's assumptions, where its specification expects every check to hold");
  fuzz_->add_option("--run-limit", fuzz_options_.run_limit, "A run that takes longer is killed, and marked as lost")
      ->capture_default_str();
  fuzz_->add_option("--seed", fuzz_options_.seed, "Same seed, same runs")->check(CLI::NonNegativeNumber)->capture_default_str();
  fuzz_->add_option("--out", fuzz_options_.out, "Folder (default: results/<scenario>-fuzz-<seed>)");
  fuzz_->add_flag("--quiet", fuzz_options_.quiet, "No progress line, no report on stdout");
  add_set(*fuzz_, fuzz_options_.set);

  shrink_->add_option("RUN_OR_SCENARIO", shrink_options_.from, "Scenario file, result folder, or folder of a failure")
      ->required();
  shrink_->add_option("--check", shrink_options_.check, "That must go on failing (default: the first that fails)");
  shrink_->add_option("--budget", shrink_options_.budget, "Candidates at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  shrink_->add_option("--out", shrink_options_.out, "File (default: shrunk.yaml beside the scenario)");
  shrink_->add_flag("--quiet", shrink_options_.quiet, "Not every candidate, only what came of them");
}

std::optional<int> CampaignVerbs::run() const {
  if (*doctor_) return doctor_command(doctor_options_);
  if (*fuzz_) return fuzz_command(fuzz_options_);
  if (*shrink_) return shrink_command(shrink_options_);
  return std::nullopt;
}

}  // namespace paygrid::cli
