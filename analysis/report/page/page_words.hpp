// The verdict of a run in plain words: what was run, what held, what broke, what it cost.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace paygrid::report {

// `result`: result.json. One paragraph.
std::string verdict_words(const nlohmann::ordered_json& result);

}  // namespace paygrid::report
