// What commit protocols call their timers, and the arguments of their messages, where people read them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "models/commit/commit_node.hpp"
#include "models/commit/nonblocking_node.hpp"

namespace paygrid::commit {

inline constexpr std::array<std::string_view, 5> kTimerNames{"votes", "resend", "lock", "in-doubt", "retention"};

// One word for `argument` of a message of this kind; empty where there is nothing to say.
std::string_view argument_name(const Words& words, std::uint8_t kind, std::uint8_t argument);
std::string_view argument_name(const Words& words, const PrecommitWords& precommit_words, std::uint8_t kind,
                               std::uint8_t argument);

}  // namespace paygrid::commit
