// What the world hears, and what it makes of it.
#include <algorithm>

#include "tests/lock/world.hpp"

namespace paygrid::lock::tests {

std::string_view name_of(Violation violation) {
  switch (violation) {
    case Violation::kTwoOwners: return "two owners";
    case Violation::kZombie: return "belief without ownership";
    case Violation::kTwoBelieve: return "two believe";
    case Violation::kStaleWrite: return "stale write";
    case Violation::kAnswers: return "not one answer";
    case Violation::kBalance: return "acquires and releases do not balance";
    case Violation::kLeftBehind: return "left behind";
    case Violation::kLongBelief: return "belief beyond the lease";
    case Violation::kUnanswered: return "no rest";
    case Violation::kImpossible: return "impossible state";
  }
  return "?";
}

World::Wish& World::wish_of(LockId lock, core::TxnId owner) {
  return wishes_[(owner.payment.value - 1) * setting_->locks + lock.value];
}

bool World::owns(const Wish& wish) const {
  if (is_ensemble()) {
    const std::optional<Held>& held = held_[wish.lock.value];
    return held && held->owner == wish.owner;
  }
  std::size_t servers = 0;
  for (std::size_t server = 0; server < servers_.size(); ++server) {
    const std::optional<Held>& held = held_[server * setting_->locks + wish.lock.value];
    if (held && held->owner == wish.owner) ++servers;
  }
  return servers > servers_.size() / 2;
}

// A leader that takes over does not know what the last one has told.
bool World::is_told_before(std::uint32_t process, const Fact& fact) {
  if (!is_ensemble()) return false;
  const bool repeats = is_queueing(setting_->service->manners);
  if (fact.kind == FactKind::kTaken) return repeats && fact.token <= resources_[fact.lock.value].newest;
  const std::optional<Held>& held = this->held(process, fact.lock);
  return fact.kind == FactKind::kFreed && (!held || held->token != fact.token || held->owner != fact.owner);
}

void World::hear(std::uint32_t process, const Fact& fact) {
  if (is_told_before(process, fact)) return;
  switch (fact.kind) {
    case FactKind::kTaken: return hear_taken(process, fact);
    case FactKind::kFreed: return hear_freed(process, fact);
    case FactKind::kAcquired: {
      Wish& wish = wish_of(fact.lock, fact.owner);
      wish.believes = true;
      wish.believed = wish.granted;
      return;
    }
    case FactKind::kReleased:
    case FactKind::kLost: wish_of(fact.lock, fact.owner).believes = false; return;
  }
}

void World::hear_taken(std::uint32_t process, const Fact& fact) {
  Wish& wish = wish_of(fact.lock, fact.owner);
  const bool owned = owns(wish);
  if (held(process, fact.lock)) show(Violation::kTwoOwners);
  held(process, fact.lock) = Held{fact.owner, fact.token};
  if (is_ensemble()) resources_[fact.lock.value].newest = fact.token;
  if (!owned && owns(wish)) wish.granted = ++resources_[fact.lock.value].grants;
}

void World::hear_freed(std::uint32_t process, const Fact& fact) {
  std::optional<Held>& held = this->held(process, fact.lock);
  if (!held || held->owner != fact.owner || held->token != fact.token) show(Violation::kTwoOwners);
  held.reset();
}

void World::hear(const Notice& notice) {
  Wish& wish = wish_of(notice.lock, notice.owner);
  ++notices_[static_cast<std::size_t>(notice.kind)];
  switch (notice.kind) {
    case NoticeKind::kAcquired:
      if (wish.asked == 0) return show(Violation::kAnswers);
      --wish.asked;
      ++wish.depth;
      wish.stage = Stage::kHolding;
      return;
    case NoticeKind::kRefused:
      if (wish.asked == 0 || wish.depth > 0) return show(Violation::kAnswers);
      --wish.asked;
      wish.stage = Stage::kDone;
      return;
    case NoticeKind::kLost:
      if (wish.depth == 0) return show(Violation::kAnswers);
      wish.depth = 0;
      wish.stage = Stage::kLost;
      return;
  }
}

void World::write(const Wish& wish) {
  const std::optional<Token> token = clients_[wish.client].token(wish.lock, wish.owner);
  if (!token) return;
  if (setting_->fenced && !fence_.admit(wish.lock, *token)) return;
  std::uint32_t& written = resources_[wish.lock.value].written;
  if (wish.believed < written) show(Violation::kStaleWrite);
  written = std::max(written, wish.believed);
}

void World::judge() {
  std::vector<std::uint32_t> believers(setting_->locks);
  for (const Wish& wish : wishes_) {
    const bool has_token = clients_[wish.client].token(wish.lock, wish.owner).has_value();
    if (has_token != (wish.depth > 0) || wish.believes != (wish.depth > 0)) show(Violation::kBalance);
    if (!wish.believes) continue;
    if (++believers[wish.lock.value] > 1) show(Violation::kTwoBelieve);
    if (!assumptions_hold_) continue;
    if (!owns(wish)) show(Violation::kZombie);
    judge_lease(wish);
  }
  judge_rests();
}

// A lock whose holder lost it runs out with its lease, and so does a grant that was lost on its way.
void World::judge_rests() {
  if (setting_->faults.losses > 0 || setting_->faults.crashes > 0 || setting_->faults.suspicions > 0) return;
  for (const Wish& wish : wishes_) {
    if (wish.stage != Stage::kDone || !clients_[wish.client].at_rest() || !owns(wish)) continue;
    const auto concerns = [&](const Packet& packet) {
      const bool is_between_servers = !is_client(packet.from) && !is_client(packet.to);
      return packet.from == wish.client || packet.to == wish.client || is_between_servers;
    };
    if (std::none_of(packets_.begin(), packets_.end(), concerns)) show(Violation::kLeftBehind);
  }
}

const World::Round* World::round_of(const Letter& letter) const {
  const auto found = std::find_if(rounds_.begin(), rounds_.end(), [&](const Round& round) {
    return round.owner == letter.owner && round.lock == letter.lock && round.number == letter.round;
  });
  return found == rounds_.end() ? nullptr : &*found;
}

void World::note_sending(const Letter& letter) {
  const bool begins = letter.kind == LockMessage::kQueue
                          ? letter.queue == QueueMessage::kCreate || letter.queue == QueueMessage::kPing
                          : letter.kind == LockMessage::kAcquire || letter.kind == LockMessage::kRenew;
  if (!begins) return;
  if (round_of(letter) == nullptr) rounds_.push_back({letter.owner, letter.lock, letter.round, now_});
}

void World::note_answer(const Letter& letter) {
  const bool answers = letter.kind == LockMessage::kQueue
                           ? letter.queue == QueueMessage::kCreated || letter.queue == QueueMessage::kPong
                           : letter.kind == LockMessage::kGranted || letter.kind == LockMessage::kRenewed;
  if (!answers) return;
  for (Round& round : rounds_)
    if (&round == round_of(letter)) round.answered = true;
}

void World::judge_lease(const Wish& wish) {
  const Manners manners = setting_->service->manners;
  if (manners == Manners::kOverwrite || manners == Manners::kBarge) return;
  std::uint32_t latest = 0;
  for (const Round& round : rounds_)
    if (round.answered && round.owner == wish.owner && round.lock == wish.lock) latest = std::max(latest, round.sent_at);
  const core::Duration lease = usable_lease(setting_->server.ttl, setting_->timing.rate_error_ppm);
  if (ticks(now_ - latest) > lease) show(Violation::kLongBelief);
}

void World::apply_flaw(const Effects& in, Effects& out) const {
  for (const Effect& effect : in.items()) {
    if (const auto* sent = std::get_if<core::Send>(&effect)) {
      const Letter letter = unpack(sent->message);
      out.send(sent->to, letter);
      const bool begins = letter.kind == LockMessage::kAcquire || letter.queue == QueueMessage::kPing ||
                          (letter.kind == LockMessage::kQueue && letter.queue == QueueMessage::kCreate);
      if (setting_->flaw == Flaw::kCountsFromRepeat && round_of(letter) != nullptr && begins)
        out.set_timer({letter.round % 2 == 0 ? LockTimer::kLeaseEven : LockTimer::kLeaseOdd, letter.lock, letter.owner},
                      usable_lease(setting_->timing.ttl, setting_->timing.rate_error_ppm));
    }
    if (const auto* set = std::get_if<SetTimer>(&effect))
      if (setting_->flaw != Flaw::kNeverRetries || set->key.kind != LockTimer::kRetry)
        out.set_timer(set->key, set->min, set->max, set->clock);
    if (const auto* cancelled = std::get_if<CancelTimer>(&effect)) out.cancel_timer(cancelled->key);
    if (const auto* observed = std::get_if<Observe>(&effect)) out.observe(observed->fact);
    if (const auto* told = std::get_if<Notify>(&effect)) {
      out.notify(told->notice);
      if (setting_->flaw == Flaw::kAnswersTwice && told->notice.kind == NoticeKind::kRefused) out.notify(told->notice);
    }
  }
}

std::uint32_t World::heal(std::uint32_t ticks_max) {
  constexpr std::uint32_t kStepsOfATick = 1'000;
  faults_ = {};
  ticks_left_ = ticks_max;
  std::uint32_t shown = 0;
  for (std::uint32_t left = ticks_max * kStepsOfATick; !settled(); --left) {
    const std::optional<Step> step = healing_step();
    if (!step || left == 0) return shown | 1u << static_cast<unsigned>(Violation::kUnanswered);
    take(*step);
    shown |= violations_;
  }
  return shown;
}

std::optional<Step> World::healing_step() const {
  std::optional<Step> best;
  const auto urgency = [](Act act) -> int {
    switch (act) {
      case Act::kResume:
      case Act::kTrust:
      case Act::kReturn: return 4;
      case Act::kDeliver: return 3;
      case Act::kRelease: return 2;
      case Act::kFire: return 1;
      case Act::kTick: return 0;
      case Act::kAcquire:
      case Act::kInterrupt:
      case Act::kWrite:
      case Act::kRepeat:
      case Act::kLose:
      case Act::kPause:
      case Act::kCrash:
      case Act::kDrift:
      case Act::kSuspect:
      case Act::kJump: return -1;
    }
    return -1;
  };
  for (const Step& step : steps())
    if (urgency(step.act) > (best ? urgency(best->act) : -1)) best = step;
  return best;
}

bool World::settled() const {
  const auto rests = [](const Wish& wish) { return wish.stage != Stage::kWaiting && wish.stage != Stage::kHolding; };
  return packets_.empty() && std::all_of(wishes_.begin(), wishes_.end(), rests) &&
         std::all_of(clients_.begin(), clients_.end(), [](const Recipe& client) { return client.at_rest(); }) &&
         std::all_of(processes_.begin(), processes_.end(), [](const Process& process) { return process.runs; }) &&
         std::none_of(held_.begin(), held_.end(), [](const std::optional<Held>& held) { return held.has_value(); });
}

}  // namespace paygrid::lock::tests
