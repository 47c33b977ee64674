#include "sim/replay/recorder.hpp"

#include <utility>

namespace paygrid::replay {

using core::NodeId;
using world::Step;
using world::StepKind;

void PathRecorder::on_sent(NodeId from, NodeId to, const core::Message& message) { ++copies_[{from, to, message}]; }
void PathRecorder::on_copied(NodeId from, NodeId to, const core::Message& message) { ++copies_[{from, to, message}]; }

void PathRecorder::on_lost(std::int64_t at_ns, NodeId from, NodeId to, const core::Message& message) {
  const world::Packet packet{from, to, message};
  --copies_[packet];
  losses_.push_back({at_ns, packet});
}

// A loss is a step after the one that it came with. What reaches a process that is down is delivered, and nobody hears it.
void PathRecorder::finish() {
  for (const Loss& loss : std::exchange(losses_, {})) {
    const auto copies = copies_.find(loss.packet);
    if (copies == copies_.end() || copies->second > 0) continue;
    copies_.erase(copies);
    Step step;
    step.kind = down_.contains(loss.packet.to) ? StepKind::kDeliver : StepKind::kDrop;
    step.process = loss.packet.to;
    step.peer = loss.packet.from;
    step.message = loss.packet.message;
    on_path_step(loss.at_ns, step);
  }
}

void PathRecorder::on_step(std::int64_t at_ns, const Step& happening) {
  finish();
  Step step = happening;
  if (step.kind == StepKind::kCrash) down_.insert(step.process);
  if (step.kind == StepKind::kRecover) down_.erase(step.process);
  if (step.kind == StepKind::kDeliver) {
    const auto copies = copies_.find({step.peer, step.process, step.message});
    if (copies->second > 1) {
      step.kind = StepKind::kDuplicate;
      --copies->second;
    } else {
      copies_.erase(copies);
    }
  }
  on_path_step(at_ns, step);
}

void RunRecorder::on_path_step(std::int64_t at_ns, const Step& step) {
  if (path_.empty()) take();  // what processes did when they started
  else path_.back().effects = take();
  if (step.kind == StepKind::kSubmit) payments_.push_back(step.message.payment);
  path_.push_back({at_ns, step, {}});
}

std::vector<RecordedStep> RunRecorder::take_path() {
  finish();
  if (!path_.empty()) path_.back().effects = take();
  return std::move(path_);
}

}  // namespace paygrid::replay
