// Records the steps of an engine as a path of a world. An engine knows every copy of a packet, a world keeps packets as a set:
// while another copy is on the way a delivery is a kDuplicate, and the loss of one copy is no step at all.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "sim/replay/effect_log.hpp"
#include "sim/world/cluster.hpp"
#include "sim/world/step_listener.hpp"

namespace paygrid::replay {

// The path alone: who derives from it keeps what it needs.
class PathRecorder : public world::StepListener {
 public:
  void on_step(std::int64_t at_ns, const world::Step& step) final;
  void on_sent(core::NodeId from, core::NodeId to, const core::Message& message) override;
  void on_copied(core::NodeId from, core::NodeId to, const core::Message& message) final;
  void on_lost(std::int64_t at_ns, core::NodeId from, core::NodeId to, const core::Message& message) final;

 protected:
  // The next step of the path; effects that follow are its own, up to the next call.
  virtual void on_path_step(std::int64_t at_ns, const world::Step& step) = 0;
  // Losses that came with the last step become steps. Call once, after the run.
  void finish();

 private:
  struct Before {
    bool operator()(const world::Packet& a, const world::Packet& b) const { return world::order(a, b) < 0; }
  };
  struct Loss {
    std::int64_t at_ns = 0;
    world::Packet packet;
  };

  std::map<world::Packet, std::uint32_t, Before> copies_;  // on the way in the world's eyes; 0: all are lost
  std::vector<Loss> losses_;                               // not yet steps
  std::set<core::NodeId> down_;
};

struct RecordedStep {
  std::int64_t at_ns = 0;
  world::Step step;
  std::vector<Effect> effects;
};

// The whole path of a small world with all effects. Payments belong to the engine, which outlives the recorder.
class RunRecorder : public EffectLog<PathRecorder> {
 public:
  // Call once, after the run.
  std::vector<RecordedStep> take_path();
  const std::vector<core::PaymentRef>& payments() const { return payments_; }  // in order of submission

 private:
  void on_path_step(std::int64_t at_ns, const world::Step& step) final;

  std::vector<RecordedStep> path_;
  std::vector<core::PaymentRef> payments_;
};

}  // namespace paygrid::replay
