// What two resolved scenarios, as a result folder holds them, set differently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace paygrid::report {

// One line a key, in order of the first text: "commit.protocol: 2pc | 3pc". `scenario`, `seed` and `expect` are left out: they
// name and judge a world and do not describe it. Values in flow style ("{...}", "[...]") are compared whole.
std::vector<std::string> differing_settings(std::string_view a, std::string_view b);

}  // namespace paygrid::report
