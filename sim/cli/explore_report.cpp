#include "sim/cli/explore_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/cli/diagram.hpp"
#include "sim/cli/version.hpp"
#include "sim/replay/transcript.hpp"
#include "sim/scenario/load.hpp"

namespace paygrid::cli {

namespace {

using nlohmann::ordered_json;

constexpr int kFingerprintBits = 128;

bool complete(const explore::Result& result) { return result.ending == explore::Ending::kComplete; }

double per(double amount, double base) { return base > 0 ? amount / base : 0; }

ordered_json verdicts_json(const explore::Result& result) {
  ordered_json verdicts = ordered_json::array();
  for (const explore::Finding& finding : result.findings) {
    ordered_json entry{{"name", finding.name}, {"verdict", explore::name_of(finding.verdict)}, {"reason", finding.reason}};
    if (finding.verdict == explore::Verdict::kViolated) {
      entry["violations"] = finding.violations;
      entry["steps"] = finding.counterexample.size();
      if (!finding.loop.empty()) entry["loop_steps"] = finding.loop.size();
    }
    verdicts.push_back(std::move(entry));
  }
  return verdicts;
}

ordered_json expectations_json(const Explored& explored) {
  ordered_json expectations = ordered_json::array();
  for (const report::ExpectationResult& entry : explored.expectations)
    expectations.push_back({{"expected", entry.expected}, {"found", entry.found}, {"met", entry.met}});
  return expectations;
}

ordered_json json_of(const Explored& explored) {
  const explore::Result& result = explored.result;
  const auto distinct = static_cast<double>(result.distinct);
  ordered_json sometimes = ordered_json::array();
  for (const explore::Sometimes& mark : result.sometimes) sometimes.push_back({{"name", mark.name}, {"reached", mark.reached}});
  ordered_json json{{"protocol", explored.protocol},
                    {"verdict", report::name_of(explored.exit_code)},
                    {"ending", explore::name_of(result.ending)},
                    {"complete", complete(result)},
                    {"distinct", result.distinct},
                    {"generated", result.generated},
                    {"depth", result.depth},
                    {"deadlocks", result.deadlocks},
                    {"symmetry", result.symmetric}};
  json["orbits"] = result.symmetric ? ordered_json(result.distinct) : ordered_json(nullptr);
  if (!result.symmetry_note.empty()) json["symmetry_note"] = result.symmetry_note;
  json["member_values"] = result.local_states;
  json["packets"] = result.packets;
  json["states_per_s"] = per(distinct, result.seconds);
  json["bytes_max"] = result.bytes_max;
  json["bytes_per_state"] = per(static_cast<double>(result.bytes_max), distinct);
  json["seconds"] = result.seconds;
  json["fingerprint_bits"] = kFingerprintBits;
  json["collision_bound"] = collision_bound(result.distinct);
  json["verdicts"] = verdicts_json(result);
  json["sometimes"] = std::move(sometimes);
  json["expectations"] = expectations_json(explored);
  return json;
}

// What the verdicts rest on.
std::string coverage_text(const explore::Result& result) {
  const std::string states = fmt::format("{} {}, {} generated, {} levels deep", result.distinct,
                                         result.symmetric ? "states up to exchanges of alike participants and payments" : "states",
                                         result.generated, result.depth);
  const std::string covered =
      complete(result) ? fmt::format("Covered: every order of events within these bounds: {}.", states)
                       : fmt::format("Covered in part, {}: {}.", explore::name_of(result.ending), states);
  return fmt::format("  {}\n  States are told apart by fingerprints of {} bits: two were taken for one with probability at most {:.1e} "
                     "(n^2/2^129).\n",
                     covered, kFingerprintBits, collision_bound(result.distinct));
}

std::string speed_text(const explore::Result& result) {
  const auto distinct = static_cast<double>(result.distinct);
  return fmt::format("  {:.2f} s, {:.0f} states/s, {:.0f} bytes/state{}{}\n", result.seconds, per(distinct, result.seconds),
                     per(static_cast<double>(result.bytes_max), distinct),
                     result.symmetry_note.empty() ? "" : "; without symmetry: ", result.symmetry_note);
}

std::string sometimes_text(const explore::Result& result) {
  std::string reached;
  std::string missed;
  for (const explore::Sometimes& mark : result.sometimes)
    (mark.reached ? reached : missed) += (mark.reached ? reached : missed).empty() ? mark.name : ", " + mark.name;
  std::string text;
  if (!reached.empty()) text += fmt::format("  reached: {}\n", reached);
  if (!missed.empty()) text += fmt::format("  never reached: {}\n", missed);
  return text;
}

std::string path_text(const explore::Finding& finding) {
  if (finding.counterexample.empty()) return {};
  return fmt::format(" ({} steps{})", finding.counterexample.size(),
                     finding.loop.empty() ? "" : fmt::format(", then {} for ever", finding.loop.size()));
}

// Properties with the same verdict for the same reason share a line.
std::string verdicts_text(const explore::Result& result) {
  std::vector<std::pair<std::string, std::string>> lines;  // verdict and reason; names
  for (const explore::Finding& finding : result.findings) {
    const std::string reason = fmt::format("{}: {}{}", explore::name_of(finding.verdict), finding.reason, path_text(finding));
    const auto same = std::ranges::find(lines, reason, &std::pair<std::string, std::string>::first);
    if (same == lines.end()) lines.emplace_back(reason, finding.name);
    else same->second += "; " + finding.name;
  }
  std::string text;
  for (const auto& [reason, names] : lines) text += fmt::format("  {}\n    {}\n", reason, names);
  return text;
}

std::string summary_of(const scenario::Exploration& exploration, const Explored& explored) {
  const explore::Result& result = explored.result;
  std::string text = fmt::format("{}: {}\n  {}\n", explored.protocol, report::name_of(explored.exit_code), bounds_text(exploration));
  text += verdicts_text(result) + sometimes_text(result) + coverage_text(result) + speed_text(result);
  for (const report::ExpectationResult& entry : explored.expectations)
    if (!entry.met) text += fmt::format("  expected {}, found {}\n", entry.expected, entry.found);
  return text;
}

std::string suffix_of(std::span<const Explored> explored, const Explored& each) {
  return explored.size() == 1 ? "" : "-" + each.protocol;
}

}  // namespace

double collision_bound(std::uint64_t distinct) {
  const auto states = static_cast<double>(distinct);
  return std::ldexp(states * states, -kFingerprintBits - 1);
}

ordered_json explore_json(const scenario::Scenario& scenario, std::span<const Explored> explored) {
  ordered_json json{{"scenario", scenario.name},
                    {"seed", scenario.seed},
                    {"version", kVersion},
                    {"scenario_hash", fmt::format("{:016x}", scenario::scenario_hash(scenario))},
                    {"bounds", bounds_text(*scenario.exploration)}};
  if (explored.size() == 1) {
    json.update(json_of(explored.front()));
    return json;
  }
  json["verdict"] = report::name_of(exit_code_of(explored));
  for (const Explored& each : explored) json["explorations"].push_back(json_of(each));
  return json;
}

std::string explore_summary(const scenario::Scenario& scenario, std::span<const Explored> explored) {
  std::string text = fmt::format("{}: {}\n", scenario.name, report::name_of(exit_code_of(explored)));
  for (const Explored& each : explored) text += summary_of(*scenario.exploration, each);
  return text;
}

std::string counterexample_text(const scenario::Scenario& scenario, const Explored& explored) {
  const auto& findings = explored.result.findings;
  const auto found = std::ranges::find_if(findings, [](const explore::Finding& finding) { return !finding.counterexample.empty(); });
  if (found == findings.end()) return {};
  std::vector<world::Step> steps = found->counterexample;
  std::string narrative = fmt::format("{}, {}: {} is violated.\n{}", scenario.name, explored.protocol, found->name, found->reason);
  if (!found->loop.empty()) narrative += fmt::format("\nThe last {} steps can repeat for ever.", found->loop.size());
  steps.insert(steps.end(), found->loop.begin(), found->loop.end());
  const ExploredWorld world = world_of(*scenario.exploration, explored.protocol);
  return replay::transcript_of(world.description, world.rules, steps, narrative);
}

void write_exploration(const report::ResultFolder& folder, const scenario::Scenario& scenario, std::span<const Explored> explored) {
  folder.write("resolved.yaml", scenario::resolved_yaml(scenario));
  folder.write("explore.json", explore_json(scenario, explored).dump(2) + "\n");
  folder.write("summary.txt", explore_summary(scenario, explored));
  for (const Explored& each : explored) {
    const std::string transcript = counterexample_text(scenario, each);
    if (transcript.empty()) continue;
    const std::string name = "counterexample" + suffix_of(explored, each);
    folder.write(name + ".txt", transcript);
    folder.write(name + ".svg", report::space_time_svg(diagram_of(replay::parse(transcript, name + ".txt"))));
  }
}

}  // namespace paygrid::cli
