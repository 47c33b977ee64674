#include "analysis/history/transition_log.hpp"

#include <variant>

namespace paygrid::history {

namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

}  // namespace

void TransitionLog::stepped(core::NodeId process, const core::Role& role, const core::Event& event, const core::Effects& effects) {
  const auto look_at = [&](core::TxnId txn) { look(process, role, txn); };
  std::visit(Overloaded{[&](const core::Deliver& deliver) {
                          look_at(deliver.message.get().txn);
                          if (deliver.message.get().has_learned) look_at(deliver.message.get().learned);
                        },
                        [&](const core::TimerFired& timer) { look_at(timer.key.txn); },
                        [&](const core::Persisted& persisted) { look_at(persisted.txn); },
                        [](const core::Start&) {}, [](const core::Recover&) {}, [](const core::Submit&) {},
                        [](const core::Suspect&) {}, [](const core::Trust&) {}, [](const core::Deny&) {}},
             event);
  for (const core::Effect& effect : effects.items())
    std::visit(Overloaded{[&](const core::Send& send) { look_at(send.message.txn); },
                          [&](const core::SetTimer& timer) { look_at(timer.key.txn); },
                          [&](const core::CancelTimer& timer) { look_at(timer.key.txn); },
                          [&](const core::Persist& persist) { look_at(persist.record.txn); },
                          [&](const core::Observe& observe) { look_at(observe.fact.txn); }},
               effect);
}

void TransitionLog::look(core::NodeId process, const core::Role& role, core::TxnId txn) {
  if (process.value >= standings_.size()) standings_.resize(process.value + 1);
  auto& known = standings_[process.value];
  const std::uint32_t* last = known.find(txn);
  const std::uint32_t before = last == nullptr ? 0 : *last;
  const std::uint32_t now = role.standing(txn);
  if (now == before) return;
  for (std::size_t part = 0; part < parts_.size(); ++part)
    if (const std::uint32_t mask = parts_[part].mask; (before & mask) != (now & mask))
      taken_[part].insert({before & mask, now & mask});
  if (now == 0) known.erase(txn);
  else known[txn] = now;
}

void TransitionLog::crashed(core::NodeId process) {
  if (process.value < standings_.size()) standings_[process.value].clear();
}

}  // namespace paygrid::history
