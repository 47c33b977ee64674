// What steps do beyond the members themselves, collected as values in order.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "models/core/event.hpp"
#include "models/core/fact.hpp"
#include "models/core/message.hpp"
#include "models/core/record.hpp"
#include "sim/world/member.hpp"

namespace paygrid::replay {

enum class EffectKind : std::uint8_t { kSent, kSentToSelf, kTimerSet, kTimerCancelled, kWritten, kDurable, kFact };

struct Effect {
  EffectKind kind{};
  core::NodeId process = core::kNoNode;
  core::NodeId peer = core::kNoNode;  // kSent: the receiver
  bool forced = false;                // kWritten, kDurable
  core::TimerKey timer{};             // kTimerSet, kTimerCancelled
  core::Message message{};            // kSent, kSentToSelf
  core::Record record{};              // kWritten, kDurable
  core::Fact fact{};                  // kFact
};

// A listener whose effects are taken step by step.
template <class Base = world::Listener>
class EffectLog : public Base {
 public:
  void on_sent(core::NodeId from, core::NodeId to, const core::Message& message) override {
    Base::on_sent(from, to, message);
    add(EffectKind::kSent, from, to).message = message;
  }
  void on_sent_to_self(core::NodeId self, const core::Message& message) override {
    add(EffectKind::kSentToSelf, self, self).message = message;
  }
  void on_timer_set(core::NodeId self, core::TimerKey key) override { add(EffectKind::kTimerSet, self).timer = key; }
  void on_timer_cancelled(core::NodeId self, core::TimerKey key) override {
    add(EffectKind::kTimerCancelled, self).timer = key;
  }
  void on_written(core::NodeId self, const core::Record& record, bool forced) override {
    Effect& effect = add(EffectKind::kWritten, self);
    effect.record = record;
    effect.forced = forced;
  }
  void on_durable(core::NodeId self, const core::Record& record, bool forced) override {
    Effect& effect = add(EffectKind::kDurable, self);
    effect.record = record;
    effect.forced = forced;
  }
  void on_fact(core::NodeId self, const core::Fact& fact) override { add(EffectKind::kFact, self).fact = fact; }

  std::vector<Effect> take() { return std::exchange(effects_, {}); }
  const std::vector<Effect>& effects() const { return effects_; }

 private:
  Effect& add(EffectKind kind, core::NodeId process, core::NodeId peer = core::kNoNode) {
    Effect& effect = effects_.emplace_back();
    effect.kind = kind;
    effect.process = process;
    effect.peer = peer;
    return effect;
  }

  std::vector<Effect> effects_;
};

}  // namespace paygrid::replay
