// Effects: all that a process can do to the world. Collected in order during one step; the engine applies them in that order.
#pragma once

#include <cstddef>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "models/core/duration.hpp"
#include "models/core/event.hpp"
#include "models/core/fact.hpp"
#include "models/core/message.hpp"
#include "models/core/record.hpp"

namespace paygrid::core {

struct Send { NodeId to; Message message; };
struct SetTimer { TimerKey key; Duration min; Duration max; };  // the engine chooses in [min, max], on the node's own clock
struct CancelTimer { TimerKey key; };                           // cancelling a timer that is not armed does nothing
struct Persist { Record record; bool forced; };                 // forced: a Persisted event follows; else durable some time later
struct Observe { Fact fact; };

using Effect = std::variant<Send, SetTimer, CancelTimer, Persist, Observe>;

class Effects {
 public:
  void send(NodeId to, Message message) { items_.emplace_back(Send{to, std::move(message)}); }
  void set_timer(TimerKey key, Duration min, Duration max) { items_.emplace_back(SetTimer{key, min, max}); }
  void set_timer(TimerKey key, Duration exactly) { set_timer(key, exactly, exactly); }
  void cancel_timer(TimerKey key) { items_.emplace_back(CancelTimer{key}); }
  void force(Record record) { items_.emplace_back(Persist{std::move(record), true}); }
  void append(Record record) { items_.emplace_back(Persist{std::move(record), false}); }
  void observe(Fact fact) { items_.emplace_back(Observe{std::move(fact)}); }

  std::span<const Effect> items() const { return items_; }
  std::span<Effect> items() { return items_; }
  void clear() { items_.clear(); }

 private:
  std::vector<Effect> items_;
};

}  // namespace paygrid::core
