// Disks of timed runs: when written records become durable, and what faults of disks do to them.
#include <algorithm>

#include "sim/timed/engine.hpp"

namespace paygrid::timed {

using history::DiskChange;
using scenario::AnchorEvent;

void Engine::tell_disk(core::NodeId node, const core::Record& record, DiskChange change) {
  const history::DiskEvent event{now_ns_, node, record, change};
  for (history::Observer* observer : observers_) observer->on_disk(event);
}

void Engine::written(core::NodeId self, const core::Record& record, bool forced) {
  Runtime& runtime = runtimes_[self.value];
  runtime.disk_written = true;
  if (forced) ++runtime.disk_forced;
  tell_disk(self, record, forced ? DiskChange::kForced : DiskChange::kAppended);
  if (steps_ != nullptr) steps_->on_written(self, record, forced);
  if (!runtime.disk.full.empty() && !doom_) doom_ = Doom{runtime.disk.full.front(), scenario::DiskFate::kKept};
  if (forced) see(AnchorEvent::kForced, static_cast<std::uint8_t>(record.kind), self, record.txn);
}

// Starts the next write of an idle disk: one forced record (with what lies before it), or all that waits with group commit.
void Engine::kick_disk(Runtime& runtime) {
  if (!runtime.disk_written || runtime.disk_busy) return;
  runtime.disk_written = false;
  const world::Disk& disk = runtime.process.disk;
  if (disk.pending().empty()) return;
  if (runtime.disk_forced > 0)
    return start_fsync(runtime, scenario_.cluster.disk.group_commit ? disk.pending().size() : disk.through_first_forced());
  if (runtime.flush_armed) return;
  runtime.flush_armed = true;
  Occurrence flush;
  flush.kind = Occurrence::Kind::kDiskFlush;
  flush.process = runtime.process.id;
  flush.index = runtime.process.incarnation;
  push(now_ns_ + scenario_.cluster.disk.flush_every_ns, std::move(flush));
}

void Engine::start_fsync(Runtime& runtime, std::size_t covered) {
  runtime.disk_busy = true;
  runtime.disk_covered = covered;
  const auto drawn = static_cast<double>(std::max<TimeNs>(0, fsync_.draw(runtime.disk_stream)));
  const TimeNs duration = static_cast<TimeNs>(drawn * runtime.disk.slowness.product() + 0.5);
  Occurrence done;
  done.kind = Occurrence::Kind::kDiskDone;
  done.process = runtime.process.id;
  done.index = runtime.process.incarnation;
  if (flow_) after_service(runtime.process.id, duration, true, std::move(done));
  else push(now_ns_ + duration, std::move(done));
}

void Engine::on_disk_done(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  if (runtime.disk.stalls > 0) {
    runtime.disk.stalled = std::move(occurrence);
    return;
  }
  if (runtime.disk.lies == 0 && fails(runtime)) return;
  runtime.disk_busy = false;
  runtime.disk_written = true;
  if (faults_.awaits(AnchorEvent::kPersisted)) make_durable_one_by_one(runtime, runtime.disk_covered);
  else make_durable(runtime, runtime.disk_covered);
}

// A sound database stops when fsync fails: what the system still holds of that write it can no longer rely on (Rebello et al.,
// Can Applications Recover from fsync Failures?, USENIX ATC 2020). True: the node has stopped.
bool Engine::fails(Runtime& runtime) {
  for (const FailingFsync& failing : runtime.disk.failing) {
    if (runtime.disk.failure_stream.next_open01() >= failing.share) continue;
    Occurrence restart;
    restart.kind = Occurrence::Kind::kRestart;
    restart.process = runtime.process.id;
    restart.index = runtime.process.incarnation + 1;
    restart.word = failing.fault;
    push(now_ns_ + failing.restart_ns, std::move(restart));
    crash(runtime.process.id, failing.fault, scenario::DiskFate::kKept);
    return true;
  }
  return false;
}

void Engine::make_durable(Runtime& runtime, std::size_t count) {
  const core::NodeId self = runtime.process.id;
  const bool lies = runtime.disk.lies > 0;
  stepping_ = self;
  const auto on_record = [&](const core::Record& record, bool forced) {
    if (forced) --runtime.disk_forced;
    if (lies) runtime.disk.believed.push_back(record);
    tell_disk(self, record, lies ? DiskChange::kReported : DiskChange::kDurable);
    if (steps_ == nullptr) return;
    tell_step(world::StepKind::kPersist, self);
    steps_->on_durable(self, record, forced);
  };
  if (lies) world::tell_write(runtime.process, runtime.process.disk.take(count), scratch_, *this, on_record);
  else world::complete_write(runtime.process, count, scratch_, *this, on_record);
  finish_step(runtime);
}

// A fault may come between two records of one write: those before it are durable, those after it are lost in a crash.
void Engine::make_durable_one_by_one(Runtime& runtime, std::size_t count) {
  const std::uint32_t life = runtime.process.incarnation;
  for (; count > 0 && runtime.process.incarnation == life; --count) {
    const core::Record next = runtime.process.disk.pending().front().record;
    see(AnchorEvent::kPersisted, static_cast<std::uint8_t>(next.kind), runtime.process.id, next.txn);
    if (runtime.process.incarnation != life) return;
    runtime.disk_busy = count > 1;
    make_durable(runtime, 1);
    faults_.strike_due();
  }
}

void Engine::on_disk_flush(Occurrence& occurrence) {
  Runtime& runtime = runtimes_[occurrence.process.value];
  if (!runtime.process.up || occurrence.index != runtime.process.incarnation) return;
  runtime.flush_armed = false;
  const std::size_t waiting = runtime.process.disk.pending().size();
  if (!runtime.disk_busy && waiting > 0) start_fsync(runtime, waiting);
}

// A crash: of what is not on the medium, in log order, nothing survives, or a drawn prefix and half of the next record.
void Engine::lose_writes(Runtime& runtime, scenario::DiskFate fate) {
  const core::NodeId self = runtime.process.id;
  world::Disk& disk = runtime.process.disk;
  std::vector<core::Record> written = std::move(runtime.disk.believed);
  runtime.disk.believed.clear();
  for (const world::PendingRecord& entry : disk.pending()) written.push_back(entry.record);
  const bool torn = fate == scenario::DiskFate::kTorn;
  const std::size_t kept = torn ? runtime.disk.tear_stream.next_below(written.size() + 1) : 0;
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (i < kept) disk.settle(written[i]);
    tell_disk(self, written[i], i < kept ? DiskChange::kDurable : torn && i == kept ? DiskChange::kTorn : DiskChange::kLost);
  }
  if (fate == scenario::DiskFate::kLost) disk.lose_all(self);
}

void Engine::release_disk(core::NodeId node) {
  DiskTrouble& trouble = runtimes_[node.value].disk;
  if (--trouble.stalls > 0 || !trouble.stalled) return;
  push(now_ns_, std::move(*trouble.stalled));
  trouble.stalled.reset();
}

void Engine::end_lying(core::NodeId node) {
  Runtime& runtime = runtimes_[node.value];
  if (--runtime.disk.lies > 0) return;
  for (const core::Record& record : runtime.disk.believed) {
    runtime.process.disk.settle(record);
    tell_disk(node, record, DiskChange::kDurable);
  }
  runtime.disk.believed.clear();
}

void Engine::free_disk(core::NodeId node, std::uint32_t fault) {
  DiskTrouble& trouble = runtimes_[node.value].disk;
  std::erase(trouble.full, fault);
  if (trouble.stopped_by == fault) recover(node, fault);
}

}  // namespace paygrid::timed
