#include "tests/lock/world.hpp"

#include <algorithm>

#include "models/core/digest.hpp"

namespace paygrid::lock::tests {

namespace {

// Late is what a belief must not be, and early what an expiry must not be: a time between two ticks is cut off at both.
std::int32_t in_ticks(core::Duration duration) { return static_cast<std::int32_t>(duration.ns / ticks(1).ns); }

}  // namespace

World::World(const Setting& setting)
    : setting_(&setting),
      processes_(setting.clients + setting.servers),
      held_(setting.servers * setting.locks),
      resources_(setting.locks),
      faults_(setting.faults),
      ticks_left_(setting.ticks_max) {
  std::vector<core::NodeId> servers;
  for (std::uint32_t server = 0; server < setting.servers; ++server) servers.push_back(core::NodeId{setting.clients + server});
  for (std::uint32_t server = 0; server < setting.servers; ++server)
    servers_.push_back(setting.service->make_server(config_of(server, servers)));
  for (std::uint32_t client = 0; client < setting.clients; ++client)
    clients_.emplace_back(servers, *setting.service, setting.timing);
  for (std::uint32_t owner = 0; owner < setting.owners; ++owner)
    for (std::uint32_t lock = 0; lock < setting.locks; ++lock)
      wishes_.push_back({.owner = {core::PaymentId{owner + 1}, 0}, .lock = LockId{lock}, .client = owner % setting.clients});
}

ServerConfig World::config_of(std::uint32_t server, const std::vector<core::NodeId>& servers) const {
  ServerConfig config = setting_->server;
  config.self = servers[server];
  if (is_ensemble()) config.ensemble_size = setting_->servers;
  for (std::uint32_t place = 0; place < config.ensemble_size; ++place) config.ensemble[place] = servers[place];
  return config;
}

std::vector<Step> World::steps() const {
  std::vector<Step> steps;
  add_wish_steps(steps);
  add_packet_steps(steps);
  add_time_steps(steps);
  add_fault_steps(steps);
  add_suspicion_steps(steps);
  return steps;
}

void World::add_wish_steps(std::vector<Step>& steps) const {
  for (std::uint32_t who = 0; who < wishes_.size(); ++who) {
    const Wish& wish = wishes_[who];
    // Owners are alike: one after another is as good as any order of their first wishes.
    if (wish.stage == Stage::kFresh && who > 0 && wishes_[who - 1].stage == Stage::kFresh) return;
    if (!processes_[wish.client].runs) continue;
    const bool asks = wish.stage == Stage::kFresh || (wish.stage == Stage::kHolding && wish.depth < setting_->depth_max);
    if (asks)
      for (std::uint32_t how = 0; how < setting_->patiences.size(); ++how) steps.push_back({Act::kAcquire, who, how});
    if (wish.stage == Stage::kWaiting && setting_->interrupts) steps.push_back({Act::kInterrupt, who});
    if (wish.stage == Stage::kHolding) {
      steps.push_back({Act::kRelease, who});
      steps.push_back({Act::kWrite, who});
    }
  }
}

void World::add_packet_steps(std::vector<Step>& steps) const {
  for (std::uint32_t who = 0; who < packets_.size(); ++who) {
    if (processes_[packets_[who].to].runs) {
      steps.push_back({Act::kDeliver, who});
      if (faults_.repetitions > 0) steps.push_back({Act::kRepeat, who});
    }
    if (faults_.losses > 0) steps.push_back({Act::kLose, who});
  }
}

void World::add_time_steps(std::vector<Step>& steps) const {
  bool time_waits = false;
  for (std::uint32_t who = 0; who < processes_.size(); ++who) {
    if (!processes_[who].runs) continue;
    for (std::uint32_t how = 0; how < processes_[who].timers.size(); ++how) {
      const Armed& timer = processes_[who].timers[how];
      if (timer.earliest <= 0) steps.push_back({Act::kFire, who, how});
      time_waits = time_waits || timer.latest <= 0;
    }
  }
  if (!time_waits && ticks_left_ > 0) steps.push_back({Act::kTick});
}

void World::add_fault_steps(std::vector<Step>& steps) const {
  for (std::uint32_t who = 0; who < processes_.size(); ++who) {
    const bool runs = processes_[who].runs;
    if (!runs) {
      if (is_client(who)) steps.push_back({Act::kResume, who});
      if (!is_client(who) && processes_[who].stood >= setting_->away_ticks_min) steps.push_back({Act::kReturn, who});
      continue;
    }
    if (is_client(who)) {
      if (faults_.pauses > 0) steps.push_back({Act::kPause, who});
      continue;
    }
    if (faults_.crashes > 0) steps.push_back({Act::kCrash, who});
    if (faults_.drifts > 0) steps.push_back({Act::kDrift, who});
    if (faults_.jumps > 0) steps.push_back({Act::kJump, who});
  }
}

void World::add_suspicion_steps(std::vector<Step>& steps) const {
  if (!is_ensemble()) return;
  for (std::uint32_t who = setting_->clients; who < processes_.size(); ++who) {
    if (!processes_[who].runs) continue;
    for (std::uint32_t other = setting_->clients; other < processes_.size(); ++other) {
      if (other == who) continue;
      const bool suspects = (processes_[who].suspected >> other & 1u) != 0;
      const bool other_runs = processes_[other].runs;
      if (suspects && other_runs) steps.push_back({Act::kTrust, who, other});
      if (!suspects && (!other_runs || faults_.suspicions > 0)) steps.push_back({Act::kSuspect, who, other});
    }
  }
}

void World::take(Step step) {
  violations_ = 0;
  switch (step.act) {
    case Act::kAcquire: acquire(wishes_[step.who], setting_->patiences[step.how]); break;
    case Act::kRelease: release(wishes_[step.who]); break;
    case Act::kInterrupt: {
      const Wish& wish = wishes_[step.who];
      Effects effects;
      clients_[wish.client].interrupt(wish.lock, wish.owner, effects);
      apply(wish.client, effects);
      break;
    }
    case Act::kWrite: write(wishes_[step.who]); break;
    case Act::kRepeat:
      --faults_.repetitions;
      deliver(packets_[step.who]);
      break;
    case Act::kDeliver: {
      const Packet packet = packets_[step.who];
      packets_.erase(packets_.begin() + step.who);
      deliver(packet);
      break;
    }
    case Act::kLose:
      --faults_.losses;
      packets_.erase(packets_.begin() + step.who);
      break;
    case Act::kFire: fire(step.who, step.how); break;
    case Act::kTick:
      --ticks_left_;
      ++now_;
      for (std::uint32_t process = 0; process < processes_.size(); ++process) {
        pass_time(process);
        Process& stopped = processes_[process];
        if (!stopped.runs && stopped.stood < setting_->away_ticks_min) ++stopped.stood;
      }
      break;
    case Act::kPause:
      --faults_.pauses;
      assumptions_hold_ = false;
      processes_[step.who].runs = false;
      break;
    case Act::kResume:
      processes_[step.who].runs = true;
      processes_[step.who].stood = 0;
      break;
    case Act::kCrash: crash(step.who); break;
    case Act::kReturn: bring_back(step.who); break;
    case Act::kDrift:
      --faults_.drifts;
      pass_time(step.who);
      break;
    case Act::kJump: set_clock_forward(step.who); break;
    case Act::kSuspect: suspect(step.who, step.how); break;
    case Act::kTrust: trust(step.who, step.how); break;
  }
  judge();
}

void World::acquire(Wish& wish, Patience patience) {
  const bool forgets = setting_->flaw == Flaw::kCountsNoDepth && wish.depth > 0;
  wish.stage = wish.depth > 0 ? Stage::kHolding : Stage::kWaiting;
  ++wish.asked;
  Effects effects;
  if (forgets)
    effects.notify({.kind = NoticeKind::kAcquired, .lock = wish.lock, .owner = wish.owner, .token = {}});
  else
    clients_[wish.client].acquire(wish.lock, wish.owner, patience, effects);
  apply(wish.client, effects);
}

void World::release(Wish& wish) {
  if (--wish.depth == 0) wish.stage = Stage::kDone;
  Effects effects;
  clients_[wish.client].release(wish.lock, wish.owner, effects);
  apply(wish.client, effects);
}

void World::deliver(Packet packet) {
  Effects effects;
  if (is_client(packet.to)) {
    note_answer(packet.letter);
    clients_[packet.to].deliver(core::NodeId{packet.from}, packet.letter, effects);
    const bool wanted = wish_of(packet.letter.lock, packet.letter.owner).stage == Stage::kWaiting;
    const bool is_grant = packet.letter.kind == LockMessage::kGranted || packet.letter.queue == QueueMessage::kCreated;
    if (setting_->flaw == Flaw::kKeepsUnwanted && !wanted && is_grant) return;
  } else {
    server(packet.to).deliver(core::NodeId{packet.from}, packet.letter, effects);
  }
  apply(packet.to, effects);
}

void World::fire(std::uint32_t process, std::size_t timer) {
  std::vector<Armed>& timers = processes_[process].timers;
  const TimerKey key = timers[timer].key;
  timers.erase(timers.begin() + static_cast<std::ptrdiff_t>(timer));
  Effects effects;
  if (is_client(process))
    clients_[process].fire(key, effects);
  else
    server(process).fire(key, effects);
  apply(process, effects);
}

void World::pass_time(std::uint32_t process) {
  for (Armed& timer : processes_[process].timers) {
    timer.earliest = std::max(timer.earliest - 1, 0);
    timer.latest = std::max(timer.latest - 1, 0);
  }
}

void World::crash(std::uint32_t process) {
  --faults_.crashes;
  const bool outlives_leases = ticks(setting_->away_ticks_min) >= setting_->server.ttl;
  if (setting_->server.memory == Memory::kLost && !outlives_leases) assumptions_hold_ = false;
  processes_[process].runs = false;
  processes_[process].timers.clear();
  processes_[process].suspected = 0;
}

void World::bring_back(std::uint32_t process) {
  processes_[process].runs = true;
  processes_[process].stood = 0;
  Effects effects;
  server(process).recover(effects);
  apply(process, effects);
}

void World::set_clock_forward(std::uint32_t process) {
  --faults_.jumps;
  for (Armed& timer : processes_[process].timers) {
    if (timer.clock != Clock::kWall) continue;
    assumptions_hold_ = false;
    timer.earliest = timer.latest = 0;
  }
}

void World::suspect(std::uint32_t process, std::uint32_t other) {
  if (processes_[other].runs) --faults_.suspicions;
  processes_[process].suspected |= 1u << other;
  Effects effects;
  server(process).suspect(core::NodeId{other}, effects);
  apply(process, effects);
}

void World::trust(std::uint32_t process, std::uint32_t other) {
  processes_[process].suspected &= ~(1u << other);
  Effects effects;
  server(process).trust(core::NodeId{other}, effects);
  apply(process, effects);
}

Server& World::server(std::uint32_t process) {
  std::shared_ptr<const Server>& shared = servers_[process - clients_.size()];
  std::shared_ptr<Server> own = shared->clone();
  shared = own;
  return *own;
}

void World::apply(std::uint32_t process, const Effects& effects) {
  Effects flawed;
  const bool breaks = is_client(process) && setting_->flaw != Flaw::kNone;
  if (breaks) apply_flaw(effects, flawed);
  for (const Effect& effect : breaks ? flawed.items() : effects.items()) {
    if (const auto* sent = std::get_if<core::Send>(&effect)) send(process, sent->to.value, unpack(sent->message));
    if (const auto* set = std::get_if<SetTimer>(&effect)) arm(process, *set);
    if (const auto* cancelled = std::get_if<CancelTimer>(&effect)) disarm(process, cancelled->key);
    if (const auto* observed = std::get_if<Observe>(&effect)) hear(process, observed->fact);
    if (const auto* told = std::get_if<Notify>(&effect)) hear(told->notice);
  }
}

void World::send(std::uint32_t from, std::uint32_t to, const Letter& letter) {
  if (is_client(from)) note_sending(letter);
  const Packet packet{from, to, letter};
  const auto place = std::lower_bound(packets_.begin(), packets_.end(), packet);
  if (place == packets_.end() || !(*place == packet)) packets_.insert(place, packet);
}

void World::arm(std::uint32_t process, const SetTimer& set) {
  disarm(process, set.key);
  std::vector<Armed>& timers = processes_[process].timers;
  const auto place = std::find_if(timers.begin(), timers.end(), [&](const Armed& other) { return set.key < other.key; });
  timers.insert(place, {set.key, set.clock, in_ticks(set.min), in_ticks(set.max)});
}

void World::disarm(std::uint32_t process, TimerKey key) {
  std::erase_if(processes_[process].timers, [&](const Armed& timer) { return timer.key == key; });
}

std::uint64_t World::digest() const {
  core::Digest digest;
  for (const Recipe& client : clients_) digest.add(client.digest());
  for (const auto& server : servers_) digest.add(server->digest());
  digest.add(processes_);
  digest.add(packets_);
  digest.add(wishes_);
  for (const std::optional<Held>& held : held_) digest.add(held.value_or(Held{}));
  digest.add(resources_);
  digest.add(fence_);
  digest.add(faults_);
  digest.add(ticks_left_);
  digest.add(assumptions_hold_);
  return digest.value();
}

}  // namespace paygrid::lock::tests
