#include "sim/explore/local_space.hpp"

#include <algorithm>
#include <stdexcept>

#include "models/core/assert.hpp"
#include "models/core/digest.hpp"

namespace paygrid::explore {

using core::NodeId;
using world::Step;
using world::StepKind;

std::string_view name_of(Mark mark) {
  switch (mark) {
    case Mark::kCommit: return "commit reached";
    case Mark::kAbort: return "abort reached";
    case Mark::kVotedNo: return "no vote";
    case Mark::kInDoubt: return "in doubt reached";
    case Mark::kVoteTimeout: return "votes overdue";
    case Mark::kPrecommit: return "precommit reached";
    case Mark::kTermination: return "termination ran";
    case Mark::kInquiry: return "somebody in doubt asked";
    case Mark::kRecoveredOpen: return "recovered with an open transaction";
    case Mark::kLockWait: return "waited for a lock";
    case Mark::kLockAcquired: return "believed in a lock of the service";
    case Mark::kLockContended: return "a lock of the service passed from one to another";
    case Mark::kDenied: return "gave a payment up for the sake of locks";
  }
  return "?";
}

namespace {

// Rough size on the heap of one value of a member: role, disk, maps.
constexpr std::uint64_t kValueBytes = 2048;

std::uint64_t digest_of_packet(const world::Packet& packet) {
  core::Digest digest;
  digest.add(packet.from);
  digest.add(packet.to);
  digest.add(packet.message.family);
  digest.add(packet.message.kind);
  digest.add(packet.message.argument);
  digest.add(packet.message.epoch);
  digest.add(packet.message.txn);
  digest.add(packet.message.learned);
  digest.add(packet.message.payment_word());
  return digest.value();
}

std::uint64_t key_of(LocalId local, ActionId action) { return std::uint64_t{local} << 32 | action; }

std::optional<Mark> mark_of(const core::Fact& fact) {
  using core::FactKind;
  switch (fact.kind) {
    case FactKind::kDecided:
      return fact.argument == static_cast<std::uint8_t>(core::Outcome::kCommitted) ? Mark::kCommit : Mark::kAbort;
    case FactKind::kVoted:
      if (fact.argument == static_cast<std::uint8_t>(core::Vote::kYes)) return std::nullopt;
      return Mark::kVotedNo;
    case FactKind::kInDoubt: return Mark::kInDoubt;
    case FactKind::kVoteTimeout: return Mark::kVoteTimeout;
    case FactKind::kPrecommitDecided: return Mark::kPrecommit;
    case FactKind::kTerminationStarted: return Mark::kTermination;
    case FactKind::kInquired: return Mark::kInquiry;
    case FactKind::kRecoveredOpen: return Mark::kRecoveredOpen;
    case FactKind::kLockWait: return Mark::kLockWait;
    case FactKind::kLockAcquired: return Mark::kLockAcquired;
    case FactKind::kDenied: return Mark::kDenied;
    case FactKind::kSubmitted:
    case FactKind::kRetried:
    case FactKind::kAnswered:
    case FactKind::kGaveUp:
    case FactKind::kBegun:
    case FactKind::kReplied:
    case FactKind::kEnded:
    case FactKind::kPrecommitted:
    case FactKind::kLockDenied:
    case FactKind::kLocked:
    case FactKind::kHeld:
    case FactKind::kReleased:
    case FactKind::kPosted:
    case FactKind::kRecovered:
    case FactKind::kFenced:
    case FactKind::kLockUnwanted:
    case FactKind::kLockTaken:
    case FactKind::kLockFreed:
    case FactKind::kLockAsked:
    case FactKind::kLockReleased:
    case FactKind::kLockLost: break;
  }
  return std::nullopt;
}

}  // namespace

// What a step sends and observes.
class LocalSpace::Recorder final : public world::Listener {
 public:
  Recorder(LocalSpace& space, Value& value) : space_(space), value_(value) {}
  void on_sent(NodeId from, NodeId to, const core::Message& message) override {
    if (to.value < space_.members_) sent.push_back({from, to, message});
  }
  void on_fact(NodeId, const core::Fact& fact) override {
    space_.follow(*value_.member, fact, value_.deeds);
    facts_.push_back(fact);
  }

  bool posts_with_decision() const {
    return std::ranges::all_of(space_.model_.payments, [this](const core::PaymentRef& payment) {
      return check::posts_with_decision(facts_, *payment, value_.member->process.id);
    });
  }

  // Under which claims the step posted.
  check::ClaimSet posted_claims() const {
    check::ClaimSet posted = 0;
    for (const core::Fact& fact : facts_)
      if (fact.kind == core::FactKind::kPosted)
        posted |= check::ClaimSet{1} << check::claim_number(fact.account.value, space_.number_of(fact.txn));
    return posted;
  }

  // Requires: the model has weights.
  std::uint64_t weight() const {
    std::uint64_t sum = 0;
    for (const world::Packet& packet : sent) sum += space_.model_.message_weight(packet.message);
    return sum;
  }

  std::vector<world::Packet> sent;

 private:
  LocalSpace& space_;
  Value& value_;
  std::vector<core::Fact> facts_;
};

LocalSpace::LocalSpace(const Model& model, bool symmetry)
    : model_(model), members_(static_cast<std::uint32_t>(model.setup->roles.size())), actions_(members_), timer_lists_(members_) {
  if (members_ == 0 || members_ > kMembersMax) throw std::invalid_argument("a model has 1 to 16 members");
  if (model.payments.size() * check::kAttemptsMax > check::kTxnsMax) throw std::invalid_argument("a model has at most 4 payments");
  if (symmetry) {
    for (const auto& [first, last] : model.interchangeable)
      for (std::uint32_t at = first; at < last; ++at) exchanges_.push_back({Exchange::Of::kMembers, at, at + 1});
    for (std::size_t at = 1; model.payments_interchangeable && at < model.payments.size(); ++at)
      exchanges_.push_back({Exchange::Of::kPayments, model.payments[at - 1]->id.value, model.payments[at]->id.value});
  }
  local_images_.resize(exchanges_.size());
  packet_images_.resize(exchanges_.size());
  for (std::uint32_t slot = 0; slot < members_; ++slot) {
    for (const StepKind kind : {StepKind::kPersist, StepKind::kCrash, StepKind::kRecover, StepKind::kWipe, StepKind::kPause, StepKind::kResume})
      actions_[slot].push_back({.kind = kind, .process = NodeId{slot}});
    for (const StepKind kind : {StepKind::kSuspect, StepKind::kTrust})
      for (std::uint32_t peer = 0; peer < kMembersMax; ++peer)
        actions_[slot].push_back({.kind = kind, .process = NodeId{slot}, .peer = NodeId{peer}});
  }
  const core::AssertionsThrow assertions;
  for (const world::Packet& packet : model.setup->packets) initial_packets_.push_back(intern(packet));
  for (std::uint32_t slot = 0; slot < members_; ++slot) {
    Value value{world::Member(world::Process(NodeId{slot}, model.setup->placement, model.setup->roles[slot])), {}};
    value.deeds.purse = model.setup->placement.opening_balances(NodeId{slot});
    Recorder recorder(*this, value);
    world::start(*value.member, model.rules.disk, recorder);
    for (const world::Packet& packet : recorder.sent) initial_packets_.push_back(intern(packet));
    initial_locals_.push_back(intern(std::move(value), kNone, 0));
  }
  if (model.rules.forgeable == nullptr || model.rules.limit(world::Fault::kForgery) == 0) return;
  for (const world::Packet& packet : *model.rules.forgeable) forgeable_packets_.push_back(intern(packet));
}

std::uint32_t LocalSpace::number_of(core::TxnId txn) const {
  if (model_.payments.empty()) return 0;
  const auto found = std::ranges::find_if(model_.payments, [&](const auto& payment) { return payment->id == txn.payment; });
  PAYGRID_ASSERT(found != model_.payments.end(), "facts are about the payments of the model");
  if (txn.attempt >= check::kAttemptsMax) throw SpaceFull{"more than 4 attempts of a payment"};
  return check::txn_number(static_cast<std::uint32_t>(found - model_.payments.begin()), txn.attempt);
}

void LocalSpace::follow(const world::Member& member, const core::Fact& fact, check::Deeds& deeds) {
  if (const auto mark = mark_of(fact)) marks_ |= 1u << static_cast<unsigned>(*mark);
  const core::Placement& placement = model_.setup->placement;
  if (model_.locks && (core::is_about_lock(fact.kind) || fact.kind == core::FactKind::kPosted)) {
    const std::uint32_t number = number_of(fact.txn);
    const check::ClaimSet of_the_lock = check::claims_beside(check::claim_number(fact.account.value, 0));
    if (fact.kind == core::FactKind::kLockTaken && (deeds.locks.over & of_the_lock) != 0)
      marks_ |= 1u << static_cast<unsigned>(Mark::kLockContended);
    deeds.locks.fold(fact, number);
  }
  // A coordinator that gives a payment up for the sake of locks says no itself.
  if (fact.kind == core::FactKind::kDenied)
    deeds.voted_no = static_cast<check::TxnSet>(deeds.voted_no | 1u << number_of(fact.txn));
  if (fact.kind != core::FactKind::kRecovered) return deeds.fold(fact, number_of(fact.txn), placement);
  const core::DurableState& durable = member.process.disk.durable();
  deeds.recover(fact, durable, logged(durable), placement);
}

// The transactions of which a disk knows that its process voted or ended as a participant.
check::TxnSet LocalSpace::logged(const core::DurableState& durable) const {
  unsigned known = 0;
  for (std::uint32_t index = 0; index < model_.payments.size(); ++index) {
    const core::PaymentId payment = model_.payments[index]->id;
    const auto finished = durable.participant_outcomes.recall(payment);
    for (std::uint32_t attempt = 0; attempt < check::kAttemptsMax; ++attempt) {
      const core::OpenTxn* open = durable.open.find({payment, attempt});
      const bool voted = open != nullptr && open->participant != core::DurableParticipant::kNothing;
      if (voted || (finished && finished->attempt >= attempt)) known |= 1u << check::txn_number(index, attempt);
    }
  }
  return static_cast<check::TxnSet>(known);
}

std::uint64_t LocalSpace::sides_of(const core::Role& role, core::PaymentId payment) {
  std::uint64_t sides = 0;
  for (std::uint32_t attempt = 0; attempt < check::kAttemptsMax; ++attempt) {
    const std::uint32_t standing = role.standing({payment, attempt});
    unsigned of_attempt = 0;
    for (std::uint32_t number = 0; number < model_.exclusions.size(); ++number) {
      const core::Exclusion& exclusion = model_.exclusions[number];
      if ((standing & exclusion.one) != 0) of_attempt |= 1u << 2 * number;
      if ((standing & exclusion.other) != 0) of_attempt |= 2u << 2 * number;
    }
    sides_seen_ = static_cast<std::uint16_t>(sides_seen_ | of_attempt);
    sides |= std::uint64_t{of_attempt} << 16 * attempt;
  }
  return sides;
}

std::uint64_t LocalSpace::rank_of(const world::Member& member) const {
  return member.process.role->rank() + member.process.disk.pending().size();
}

bool LocalSpace::must_descend(const Step& step) const {
  if (model_.message_weight == nullptr) return false;
  if (step.kind == StepKind::kPersist) return true;
  const bool submits = step.message.family == core::MessageFamily::kClient &&
                       step.message.kind == static_cast<std::uint8_t>(core::ClientMessage::kSubmit);
  return step.kind == StepKind::kDeliver && !submits;
}

std::uint32_t LocalSpace::rule_number(const std::string& text) {
  if (text.empty()) return 0;
  const auto number = static_cast<std::uint32_t>(std::ranges::find(rules_, text) - rules_.begin());
  if (number == rules_.size()) rules_.push_back(text);
  return number;
}

ActionId LocalSpace::action_of(std::uint32_t slot, const Step& step) {
  auto& known = actions_[slot];
  const auto found = std::ranges::find(known, step);
  const auto action = static_cast<ActionId>(found - known.begin());
  if (found == known.end()) known.push_back(step);
  return action;
}

PacketId LocalSpace::intern(const world::Packet& packet) {
  const std::uint64_t digest = digest_of_packet(packet);
  const auto [first, last] = packets_by_digest_.equal_range(digest);
  for (auto at = first; at != last; ++at)
    if (packet_values_[at->second] == packet) return at->second;
  if (packets_.size() == kPacketsMax) throw SpaceFull{"more than 2048 distinct packets"};
  const auto id = static_cast<PacketId>(packet_values_.push_back(packet));
  PacketInfo info;
  info.word = word_of(PartKind::kPacket, id);
  info.to = static_cast<std::uint8_t>(packet.to.value);
  info.from = static_cast<std::uint8_t>(std::min(packet.from.value, kMembersMax));
  info.deliver = action_of(
      packet.to.value,
      {.kind = StepKind::kDeliver, .process = packet.to, .peer = packet.from, .timer = {}, .side = 0, .message = packet.message});
  packets_.push_back(info);
  packets_by_digest_.emplace(digest, id);
  return id;
}

// Values with the same timers share one list.
std::uint32_t LocalSpace::first_of_timers(const world::Member& member) {
  const std::uint32_t slot = member.process.id.value;
  const auto [list, fresh] = timer_lists_[slot].emplace(member.timers, static_cast<std::uint32_t>(timers_.size()));
  if (!fresh) return list->second;
  for (const core::TimerKey key : member.timers) {
    timers_.push_back(action_of(slot, {.kind = StepKind::kFire, .process = member.process.id, .timer = key}));
    timer_keys_.push_back(key);
  }
  return list->second;
}

Local LocalSpace::describe(const Value& value) {
  const world::Member& member = *value.member;
  const auto pending = member.process.disk.pending();
  Local local;
  local.deeds = std::uint64_t{value.deeds.committed} | std::uint64_t{value.deeds.aborted} << 16 |
                std::uint64_t{value.deeds.voted_no} << 32 | std::uint64_t{value.deeds.misdeeds} << 48;
  local.voted_yes = value.deeds.voted_yes;
  local.in_doubt = value.deeds.in_doubt;
  for (const NodeId peer : member.suspected) local.suspects = static_cast<std::uint16_t>(local.suspects | 1u << peer.value);
  local.slot = static_cast<std::uint8_t>(member.process.id.value);
  local.up = member.process.up;
  local.paused = member.paused;
  local.believed = value.deeds.locks.believed;
  local.let_go = value.deeds.locks.let_go;
  local.owned = value.deeds.locks.owned;
  local.taken_away = value.deeds.locks.taken_away;
  local.over = value.deeds.locks.over;
  local.pending = !pending.empty();
  local.first_is_forced = !pending.empty() && pending.front().forced;
  local.forced = member.process.disk.through_first_forced() > 0;
  local.timers_first = first_of_timers(member);
  local.timers_count = static_cast<std::uint32_t>(member.timers.size());
  if (!model_.exclusions.empty() && member.process.role)
    for (std::size_t at = 0; at < model_.payments.size(); ++at)
      local.sides[at] = sides_of(*member.process.role, model_.payments[at]->id);
  if (model_.member_rule) local.broken_rule = rule_number(model_.member_rule(member));
  return local;
}

LocalId LocalSpace::intern(Value value, LocalId parent, ActionId action) {
  core::Digest digest;
  digest.add(world::digest_of(*value.member));
  digest.add(std::uint64_t{value.deeds.committed} << 32 | value.deeds.aborted);
  digest.add(std::uint64_t{value.deeds.voted_yes} << 32 | value.deeds.in_doubt);
  digest.add(value.deeds.locks.owned);
  digest.add(value.deeds.locks.believed);
  const auto [first, last] = by_digest_.equal_range(digest.value());
  for (auto at = first; at != last; ++at) {
    const Value& known = values_[at->second];
    if (known.deeds == value.deeds && *known.member == *value.member) return at->second;
  }
  Local local = describe(value);
  local.parent = parent;
  local.parent_action = action;
  const auto id = static_cast<LocalId>(values_.push_back(std::move(value)));
  local.word = word_of(PartKind::kLocal, id);
  locals_.push_back(local);
  by_digest_.emplace(digest.value(), id);
  bytes_ += kValueBytes;
  return id;
}

std::uint32_t LocalSpace::transition(LocalId local, ActionId action) {
  const std::lock_guard lock(mutex_);
  const core::AssertionsThrow assertions;
  std::optional<core::OutsidersSpeak> outsiders;
  if (!forgeable_packets_.empty() || model_.rules.limit(world::Fault::kDiskLoss) > 0) outsiders.emplace();
  const std::uint32_t id = transition_unlocked(local, action);
  verify_pending();
  return id;
}

std::uint32_t LocalSpace::transition_unlocked(LocalId local, ActionId action) {
  const std::uint64_t key = key_of(local, action);
  if (const auto known = known_transitions_.find(key); known != known_transitions_.end()) return known->second;
  const std::uint32_t id = compute(local, action);
  known_transitions_.emplace(key, id);
  if (!exchanges_.empty()) unverified_.push_back({local, action, id});
  return id;
}

std::uint32_t LocalSpace::compute(LocalId local, ActionId action) {
  Value value{world::Member(*values_[local].member), values_[local].deeds};
  const Step step = actions_[locals_[local].slot][action];
  Recorder recorder(*this, value);
  Transition transition;
  transition.target = local;
  const auto hears = model_.rules.hears;
  if (step.kind == StepKind::kDeliver && hears != nullptr && !hears(*value.member, step.message)) {
    transition.unheard = true;
    return static_cast<std::uint32_t>(transitions_.push_back(transition));
  }
  const bool judged = must_descend(step);
  const std::uint64_t before =
      !judged ? 0 : rank_of(*value.member) + (step.kind == StepKind::kDeliver ? model_.message_weight(step.message) : 0);
  try {
    world::act(*value.member, step, model_.rules.disk, recorder);
    if (step.kind == StepKind::kCrash) value.deeds.crash();
    if (model_.locks) transition.posted = recorder.posted_claims();
    if (!recorder.posts_with_decision()) value.deeds.note(check::Misdeed::kPostedOtherwise);
    if (judged && rank_of(*value.member) + recorder.weight() >= before) value.deeds.note(check::Misdeed::kDidNotDescend);
  } catch (const core::AssertionFailed& failed) {
    transition.broken_rule = rule_number(std::string("impossible input: ") + failed.meaning);
  }
  if (transition.broken_rule == 0) {
    transition.target = intern(std::move(value), local, action);
    std::vector<PacketId> sent;
    for (const world::Packet& packet : recorder.sent) sent.push_back(intern(packet));
    std::ranges::sort(sent);
    sent.erase(std::ranges::unique(sent).begin(), sent.end());
    transition.sent_first = static_cast<std::uint32_t>(sent_.size());
    transition.sent_count = static_cast<std::uint32_t>(sent.size());
    for (const PacketId packet : sent) sent_.push_back(packet);
  }
  return static_cast<std::uint32_t>(transitions_.push_back(transition));
}

}  // namespace paygrid::explore
