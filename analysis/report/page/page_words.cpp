#include "analysis/report/page/page_words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>
#include <vector>

namespace paygrid::report {

using nlohmann::ordered_json;

namespace {

std::string listed(const std::vector<std::string>& names) {
  if (names.size() < 2) return names.empty() ? "" : names.front();
  return fmt::format("{} and {}", fmt::join(names.begin(), names.end() - 1, ", "), names.back());
}

std::string count_of(std::uint64_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::vector<std::string> names_with(const ordered_json& checks, std::string_view verdict) {
  std::vector<std::string> names;
  for (const ordered_json& check : checks)
    if (check.at("verdict") == verdict) names.push_back(check.at("name"));
  return names;
}

std::string what_was_run(const ordered_json& result) {
  const ordered_json& payments = result.at("payments");
  const std::uint64_t faults = result.at("faults").at("count");
  return fmt::format("{} ran {} under {} for {} s of simulated time{}: {} committed, {} aborted, {} without an answer.",
                     result.at("scenario").get<std::string>(), count_of(payments.at("submitted"), "payment"),
                     result.at("protocol").is_null() ? std::string("no protocol") : result.at("protocol").get<std::string>(),
                     result.at("simulated_s").get<double>(),
                     faults == 0 ? std::string(", without faults") : ", with " + count_of(faults, "fault"),
                     payments.at("committed").get<std::uint64_t>(), payments.at("aborted").get<std::uint64_t>(),
                     payments.at("unknown").get<std::uint64_t>());
}

std::string what_broke(const ordered_json& checks) {
  std::string text;
  for (const ordered_json& check : checks) {
    if (check.at("verdict") != "fail") continue;
    text +=
        fmt::format(" The check {} failed: {}{}.", check.at("name").get<std::string>(), check.at("reason").get<std::string>(),
                    check.at("follows_from").is_null()
                        ? std::string()
                        : fmt::format(" (a consequence of {})", check.at("follows_from").get<std::string>()));
  }
  return text;
}

std::string what_held(const ordered_json& checks) {
  const std::vector<std::string> held = names_with(checks, "pass");
  const std::vector<std::string> unknown = names_with(checks, "unknown");
  std::string text;
  if (!held.empty()) text += fmt::format(" Of the checks, {} held.", listed(held));
  if (!unknown.empty()) text += fmt::format(" Not put to the test: {}.", listed(unknown));
  return text;
}

std::string what_was_expected(const ordered_json& expectations) {
  std::size_t missed = 0;
  std::size_t undecided = 0;
  for (const ordered_json& expectation : expectations) {
    if (expectation.value("undecided", false)) ++undecided;
    else if (!expectation.at("met")) ++missed;
  }
  if (expectations.empty()) return " The scenario states no expectations.";
  const std::string left_open =
      undecided == 0 ? std::string() : fmt::format(" The run was too short to decide {}.", count_of(undecided, "expectation"));
  if (missed == 0 && undecided > 0) return left_open;
  if (missed == 0)
    return expectations.size() == 1 ? " The one expectation of the scenario was met."
                                    : fmt::format(" All {} expectations of the scenario were met.", expectations.size());
  return fmt::format(" Of {}, {} not met.", count_of(expectations.size(), "expectation"),
                     missed == 1 ? "1 was" : fmt::format("{} were", missed)) +
         left_open;
}

}  // namespace

std::string verdict_words(const ordered_json& result) {
  std::string text = what_was_run(result) + what_broke(result.at("checks")) + what_held(result.at("checks")) +
                     what_was_expected(result.at("expectations"));
  if (!result.at("complete")) text += " The run was stopped early; the figures tell of what came before.";
  return text;
}

}  // namespace paygrid::report
