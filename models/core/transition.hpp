// Transitions: the automata that a protocol states about itself, as data. A process plays parts in a transaction, each an automaton
// whose states are standings (Role::standing). Whoever watches a run can tell which transitions were taken, which never, and whether
// one was taken that the protocol does not state.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace paygrid::core {

// A state of a part. No bits: the process knows nothing of the transaction.
struct Standing {
  std::uint32_t bits{};
  std::string_view name;
};

// From one standing to another by one event, a crash aside.
struct Transition {
  std::uint32_t from{};
  std::uint32_t to{};
  auto operator<=>(const Transition&) const = default;
};

struct Part {
  std::string_view name;  // e.g. "coordinator"
  std::uint32_t mask{};   // of the bits of its standings
  std::span<const Standing> standings;
  std::span<const Transition> transitions;
};

// "coordinator: collects > forces commit"; a standing that the part does not list shows its bits.
std::string text_of(const Part& part, const Transition& transition);

}  // namespace paygrid::core
