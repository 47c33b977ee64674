#include "tests/specs/published/tcommit.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "tests/specs/published/powers.hpp"
#include "tests/specs/published/resource_manager.hpp"
#include "tests/specs/published/whole_state.hpp"

namespace paygrid::specs {

namespace {

enum class Action : std::uint8_t { kPrepare, kCommit, kAbort };

struct TransactionCommit {
  struct State {
    std::vector<ManagerState> managers;
    auto fields() const { return std::tie(managers); }
    bool operator==(const State&) const = default;
  };

  std::uint32_t count;

  State initial() const { return {std::vector<ManagerState>(count, ManagerState::kWorking)}; }

  std::vector<core::TimerKey> enabled(const State& state) const {
    const auto may_commit = [](ManagerState one) { return one == ManagerState::kPrepared || one == ManagerState::kCommitted; };
    const bool can_commit = std::ranges::all_of(state.managers, may_commit);
    const bool none_committed = std::ranges::count(state.managers, ManagerState::kCommitted) == 0;
    std::vector<core::TimerKey> keys;
    for (std::uint32_t id = 0; id < count; ++id) {
      const bool working = state.managers[id] == ManagerState::kWorking;
      const bool prepared = state.managers[id] == ManagerState::kPrepared;
      if (working) keys.push_back(instance(Action::kPrepare, id));
      if (prepared && can_commit) keys.push_back(instance(Action::kCommit, id));
      if ((working || prepared) && none_committed) keys.push_back(instance(Action::kAbort, id));
    }
    return keys;
  }

  void act(State& state, core::TimerKey key) const {
    ManagerState& manager = state.managers[key.txn.payment.value];
    switch (static_cast<Action>(key.kind)) {
      case Action::kPrepare: manager = ManagerState::kPrepared; return;
      case Action::kCommit: manager = ManagerState::kCommitted; return;
      case Action::kAbort: manager = ManagerState::kAborted; return;
    }
  }

  std::string describe(const State& state) const { return "managers " + letters_of(state.managers); }
  std::string broken_rule(const State& state) const {
    return consistent(state.managers) ? "" : "AC1: one aborted, one committed";
  }

  core::TimerKey renamed(core::TimerKey key, Swap swap) const {
    key.txn.payment = swap.of(key.txn.payment);
    return key;
  }
};

}  // namespace

std::unique_ptr<Spec> tcommit(std::uint32_t managers) {
  return whole_state_spec("TCommit, " + std::to_string(managers) + " resource managers", TransactionCommit{managers}, managers);
}

Figures tcommit_figures(std::uint32_t n) {
  return {power(3, n) + power(2, n) - 1, 1 + n * power(3, n) + n * power(2, n - 1), 2 * n + 1};
}

}  // namespace paygrid::specs
