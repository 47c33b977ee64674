// The states of a resource manager, common to the specifications of transaction commit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace paygrid::specs {

enum class ManagerState : std::uint8_t { kWorking, kPrepared, kCommitted, kAborted };

inline char letter_of(ManagerState state) {
  switch (state) {
    case ManagerState::kWorking: return 'w';
    case ManagerState::kPrepared: return 'p';
    case ManagerState::kCommitted: return 'c';
    case ManagerState::kAborted: return 'a';
  }
  return '?';
}

inline std::string letters_of(const std::vector<ManagerState>& managers) {
  std::string letters;
  for (const ManagerState state : managers) letters += letter_of(state);
  return letters;
}

// No two managers have arrived at conflicting decisions.
inline bool consistent(const std::vector<ManagerState>& managers) {
  const auto nobody = [&](ManagerState state) { return std::ranges::count(managers, state) == 0; };
  return nobody(ManagerState::kAborted) || nobody(ManagerState::kCommitted);
}

}  // namespace paygrid::specs
