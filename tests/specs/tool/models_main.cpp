// `paygrid-models`: explores a published specification and prints what published runs of a checker print, and the speed.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sim/explore/search.hpp"
#include "tests/specs/published/catalogue.hpp"
#include "tests/specs/published/whole_state.hpp"

namespace {

using namespace paygrid;

enum ExitCode : int { kHolds = 0, kViolated = 1, kUnknown = 2, kUsageError = 64, kInternalError = 70 };

struct Arguments {
  std::string name;
  std::vector<std::uint32_t> sizes;
  std::uint32_t jobs = 1;
  std::uint64_t memory_max_MiB = 8192;
  bool symmetry = false;
  bool json = false;
};

struct Outcome {
  specs::Figures figures;  // of the specification
  explore::Result result;
  std::size_t steps_before = 0;  // that choose the initial state
};

Outcome explore_spec(const specs::Spec& spec, const Arguments& arguments) {
  explore::Options options;
  options.symmetry = arguments.symmetry;
  options.threads = arguments.jobs;
  options.stop_at_first = false;
  options.bytes_max = arguments.memory_max_MiB << 20;
  explore::Result result = explore::search(spec.model, options);
  if (result.ending == explore::Ending::kTooLarge) throw std::length_error(result.findings.front().reason);
  if (!result.symmetry_note.empty()) throw std::logic_error(result.symmetry_note);
  const specs::Figures figures = spec.of_specification({result.distinct, result.generated, result.depth});
  return {figures, std::move(result), spec.chooses_initial_state ? 1u : 0u};
}

double states_per_s(const Outcome& outcome) {
  return static_cast<double>(outcome.figures.distinct) / std::max(outcome.result.seconds, 1e-9);
}

double bytes_per_state(const Outcome& outcome) {
  return static_cast<double>(outcome.result.bytes_max) / static_cast<double>(outcome.figures.distinct);
}

nlohmann::ordered_json to_json(const specs::Spec& spec, const Arguments& arguments, const Outcome& outcome) {
  nlohmann::ordered_json json;
  json["model"] = arguments.name;
  json["sizes"] = arguments.sizes;
  json["specification"] = spec.model.name;
  json["ending"] = explore::name_of(outcome.result.ending);
  json["distinct"] = outcome.figures.distinct;
  json["generated"] = outcome.figures.generated;
  json["depth"] = outcome.figures.depth;
  json["symmetry"] = arguments.symmetry;
  if (arguments.symmetry) json["orbits"] = outcome.figures.distinct;
  json["jobs"] = arguments.jobs;
  json["seconds"] = outcome.result.seconds;
  json["states_per_s"] = states_per_s(outcome);
  json["bytes_per_state"] = bytes_per_state(outcome);
  json["verdicts"] = nlohmann::ordered_json::array();
  for (const explore::Finding& finding : outcome.result.findings) {
    nlohmann::ordered_json entry;
    entry["name"] = finding.name;
    entry["verdict"] = explore::name_of(finding.verdict);
    entry["reason"] = finding.reason;
    if (finding.verdict == explore::Verdict::kViolated) entry["steps"] = finding.counterexample.size() - outcome.steps_before;
    json["verdicts"].push_back(entry);
  }
  return json;
}

void print_table(const specs::Spec& spec, const Arguments& arguments, const Outcome& outcome) {
  const auto line = [](const char* what, std::uint64_t value) {
    std::printf("%-16s %llu\n", what, static_cast<unsigned long long>(value));
  };
  std::printf("%s\n", spec.model.name.c_str());
  if (outcome.result.ending != explore::Ending::kComplete)
    std::printf("%-16s %s\n", "incomplete", std::string(explore::name_of(outcome.result.ending)).c_str());
  line("distinct", outcome.figures.distinct);
  line("generated", outcome.figures.generated);
  line("depth", outcome.figures.depth);
  if (arguments.symmetry) line("orbits", outcome.figures.distinct);
  std::printf("%-16s %.0f\n", "states/s", states_per_s(outcome));
  std::printf("%-16s %.1f\n", "bytes/state", bytes_per_state(outcome));
  for (const explore::Finding& finding : outcome.result.findings) {
    if (finding.verdict != explore::Verdict::kViolated) continue;
    const std::size_t steps = finding.counterexample.size() - outcome.steps_before;
    std::printf("%-16s %s after %zu steps\n", "violated", finding.reason.c_str(), steps);
  }
}

int exit_code_of(const explore::Result& result) {
  for (const explore::Finding& finding : result.findings)
    if (finding.verdict == explore::Verdict::kViolated) return kViolated;
  return result.ending == explore::Ending::kComplete ? kHolds : kUnknown;
}

int run(const Arguments& arguments) {
  const std::unique_ptr<specs::Spec> spec = specs::make_spec(arguments.name, arguments.sizes);
  const bool symmetric = spec->model.payments_interchangeable || !spec->model.interchangeable.empty();
  if (arguments.symmetry && !symmetric)
    throw std::invalid_argument(spec->model.name + ": --symmetry takes at most " + std::to_string(specs::kInterchangeableMax) +
                                " participants of this model");
  const Outcome outcome = explore_spec(*spec, arguments);
  if (arguments.json) {
    std::printf("%s\n", to_json(*spec, arguments, outcome).dump(2).c_str());
  } else {
    print_table(*spec, arguments, outcome);
  }
  return exit_code_of(outcome.result);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Explores a published specification: distinct and generated states, depth, speed", "paygrid-models");
  app.footer("Models and sizes: " + specs::usage_of_catalogue() +
             "\nExit codes: 0 all properties hold, 1 one is violated, 2 incomplete, 64 usage error, 70 internal error.");
  Arguments arguments;
  app.add_option("NAME", arguments.name, "Model")->required();
  app.add_option("SIZE", arguments.sizes, "Its sizes, in order")->required();
  app.add_flag("--symmetry", arguments.symmetry, "Count orbits of interchangeable participants instead of states");
  app.add_flag("--json", arguments.json, "Print one JSON object");
  app.add_option("-j,--jobs", arguments.jobs, "Threads")->check(CLI::Range(1, 64))->capture_default_str();
  app.add_option("--memory-max", arguments.memory_max_MiB, "Stop when the search holds more, MiB")
      ->check(CLI::Range(1, 1 << 20))->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "paygrid-models: %s\n", error.what());
    return kUsageError;
  }
  try {
    return run(arguments);
  } catch (const std::invalid_argument& error) {
    std::fprintf(stderr, "paygrid-models: %s\n", error.what());
    return kUsageError;
  } catch (const std::length_error& error) {
    std::fprintf(stderr, "paygrid-models: %s\n", error.what());
    return kUnknown;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "paygrid-models: %s\n", error.what());
    return kInternalError;
  }
}
