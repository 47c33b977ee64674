#include "sim/campaign/outcome.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace paygrid::campaign {

using nlohmann::json;

namespace {

json to_json(const Failure& failure) {
  return {failure.check,        failure.safety,    failure.state,        failure.reason,
          failure.follows_from, failure.by_design, failure.unobstructed, failure.submitted_ns};
}

Failure failure_from(const json& fields) {
  return {fields.at(0), fields.at(1), fields.at(2), fields.at(3), fields.at(4), fields.at(5), fields.at(6), fields.at(7)};
}

}  // namespace

const Failure* Outcome::failure_of(std::string_view check) const {
  const auto found = std::ranges::find(failures, check, &Failure::check);
  return found == failures.end() ? nullptr : &*found;
}

std::string to_text(const Outcome& outcome) {
  json failures = json::array();
  for (const Failure& failure : outcome.failures) failures.push_back(to_json(failure));
  return json{outcome.error,  std::move(failures), outcome.marks,     outcome.faults_ns,
              outcome.events, outcome.payments,    outcome.trace_hash}
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

Outcome outcome_of(const std::string& text) {
  Outcome outcome;
  try {
    const json fields = json::parse(text);
    outcome.error = fields.at(0);
    for (const json& failure : fields.at(1)) outcome.failures.push_back(failure_from(failure));
    outcome.marks = fields.at(2).get<std::vector<std::string>>();
    outcome.faults_ns = fields.at(3).get<std::vector<std::int64_t>>();
    outcome.events = fields.at(4);
    outcome.payments = fields.at(5);
    outcome.trace_hash = fields.at(6);
  } catch (const json::exception&) {
    outcome = {};
    outcome.error = "the run ended without a result";
  }
  return outcome;
}

}  // namespace paygrid::campaign
