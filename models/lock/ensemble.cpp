#include "models/lock/ensemble.hpp"

#include <algorithm>

#include "models/core/assert.hpp"

namespace paygrid::lock {

namespace {

constexpr TimerKey kElection{.kind = LockTimer::kElection, .lock = {}, .owner = {}};
constexpr TimerKey kLagging{.kind = LockTimer::kLagging, .lock = {}, .owner = {}};

}  // namespace

Ensemble::Ensemble(const ServerConfig& config)
    : servers_(config.ensemble.begin(), config.ensemble.begin() + config.ensemble_size),
      resend_every_(config.resend_every),
      election_min_(config.election_min),
      election_max_(config.election_max) {
  if (servers_.empty()) servers_.push_back(config.self);
  peers_.resize(servers_.size());
  const auto self = std::ranges::find(servers_, config.self);
  PAYGRID_ASSERT(self != servers_.end(), "a server is one of its ensemble");
  PAYGRID_ASSERT(servers_.size() % 2 == 1, "an ensemble is of odd size");
  self_ = static_cast<Place>(self - servers_.begin());
  if (self_ != leader_) return;
  standing_ = Standing::kServing;
  for (Peer& peer : peers_) peer.adopted = true;
}

void Ensemble::deliver(core::NodeId from, const Letter& letter, Effects& effects) {
  const auto sender = std::ranges::find(servers_, from);
  if (PAYGRID_UNWANTED(sender == servers_.end(), "only servers of the ensemble speak to its servers")) return;
  const Place place = static_cast<Place>(sender - servers_.begin());
  switch (letter.queue) {
    case QueueMessage::kLooking: return on_looking(place, letter, effects);
    case QueueMessage::kElect: return on_elect(place, letter, effects);
    case QueueMessage::kPromise: return on_promise(place, letter, effects);
    case QueueMessage::kLead: return on_lead(place, letter, effects);
    case QueueMessage::kPropose: return on_propose(place, letter, effects);
    case QueueMessage::kAck: return on_ack(place, letter, effects);
    case QueueMessage::kCommit: return on_commit(place, letter, effects);
    case QueueMessage::kConfirm: return on_confirm(place, letter, effects);
    case QueueMessage::kCreate:
    case QueueMessage::kCreatePlain:
    case QueueMessage::kList:
    case QueueMessage::kListAndWatch:
    case QueueMessage::kWatch:
    case QueueMessage::kPing:
    case QueueMessage::kDelete:
    case QueueMessage::kDeleteAny:
    case QueueMessage::kCreated:
    case QueueMessage::kExists:
    case QueueMessage::kChildren:
    case QueueMessage::kWatching:
    case QueueMessage::kGone:
    case QueueMessage::kPong:
    case QueueMessage::kNotThere:
    case QueueMessage::kDeleted:
    case QueueMessage::kEvent:
    case QueueMessage::kRedirect:
    case QueueMessage::kConfirmed: PAYGRID_ASSERT(false, "an ensemble hears of its own history only");
  }
}

// From a server that came back. If it is the one that this server follows, nobody leads.
void Ensemble::on_looking(Place from, const Letter& letter, Effects& effects) {
  if (letter.epoch > promised_) return enter(letter.epoch, effects);
  if (leads()) {
    peers_[from].since = std::max(base_, letter.token);
    return lead(from, effects);
  }
  if (leader_ != from) return;
  leader_ = kNobody;
  wait_for_leader(effects);
}

void Ensemble::on_elect(Place from, const Letter& letter, Effects& effects) {
  if (letter.epoch < promised_) return send(from, this->letter(QueueMessage::kAck, {}), effects);
  if (letter.epoch > promised_) {
    enter(letter.epoch, effects);
    const std::uint32_t history = letter.since.value;
    if (std::tie(history, letter.token) < std::tuple(current_, last())) return;
    voted_for_ = from;
    wait_for_leader(effects);
  }
  if (voted_for_ == from) send(from, this->letter(QueueMessage::kPromise, committed_), effects);
}

void Ensemble::on_promise(Place from, const Letter& letter, Effects& effects) {
  if (letter.epoch != promised_ || standing_ == Standing::kFollowing) return;
  Peer& peer = peers_[from];
  peer.promised = true;
  peer.since = std::max(base_, letter.token);
  if (leads()) {
    if (!peer.adopted) lead(from, effects);
    return;
  }
  const auto promises = std::ranges::count(peers_, true, &Peer::promised);
  if (static_cast<std::size_t>(promises) >= quorum()) win(effects);
}

void Ensemble::on_lead(Place from, const Letter& letter, Effects& effects) {
  if (!heeds(from, letter, effects)) return;
  since_ = has_led_ ? std::max(since_, letter.since) : letter.since;
  target_ = letter.token;
  has_led_ = true;
  adopt(effects);
}

void Ensemble::on_propose(Place from, const Letter& letter, Effects& effects) {
  if (!heeds(from, letter, effects)) return;
  const bool is_known = current_ == promised_ && letter.token <= last();
  if (!is_known) ahead_[letter.token] = {letter.operation, letter.lock, letter.owner, letter.round};
  adopt(effects);
}

// Of a newer epoch: it is led by somebody else, or will be.
void Ensemble::on_ack(Place from, const Letter& letter, Effects& effects) {
  if (letter.epoch > promised_) return enter(letter.epoch, effects);
  if (letter.epoch < promised_ || !leads()) return;
  Peer& peer = peers_[from];
  peer.acked = peer.adopted ? std::max(peer.acked, letter.token) : letter.token;
  peer.adopted = true;
  advance(effects);
}

void Ensemble::on_commit(Place from, const Letter& letter, Effects& effects) {
  if (!heeds(from, letter, effects) || current_ != promised_) return;
  committed_ = std::max(committed_, std::min(letter.token, last()));
  everywhere_ = std::max(everywhere_, letter.since);
}

void Ensemble::on_confirm(Place from, const Letter& letter, Effects& effects) {
  if (!heeds(from, letter, effects)) return;
  Letter answer = letter;
  answer.queue = QueueMessage::kConfirmed;
  send(from, answer, effects);
}

// Whether `from` leads the newest epoch that this server knows of. Who leads an older one is told.
bool Ensemble::heeds(Place from, const Letter& letter, Effects& effects) {
  if (letter.epoch < promised_) {
    send(from, this->letter(QueueMessage::kAck, {}), effects);
    return false;
  }
  if (letter.epoch > promised_) enter(letter.epoch, effects);
  standing_ = Standing::kFollowing;  // it may have stood for the same epoch
  voted_for_ = leader_ = from;
  effects.cancel_timer(kElection);
  return true;
}

// Gives up whatever it was in an older epoch. Who waits for a leader already does not begin again: else a candidate that nobody
// can vote for would hold up all others.
void Ensemble::enter(std::uint32_t epoch, Effects& effects) {
  if (leads()) effects.cancel_timer(kLagging);
  if (!misses_leader()) wait_for_leader(effects);
  promised_ = epoch;
  voted_for_ = leader_ = kNobody;
  standing_ = Standing::kFollowing;
  has_led_ = false;
  ahead_.clear();
}

bool Ensemble::misses_leader() const { return !leads() && (leader_ == kNobody || peers_[leader_].suspected); }

void Ensemble::fire(LockTimer timer, Effects& effects) {
  if (timer == LockTimer::kElection) {
    if (!misses_leader()) return;
    const auto trusted = std::ranges::count(peers_, false, &Peer::suspected);
    if (static_cast<std::size_t>(trusted) < quorum()) return wait_for_leader(effects);  // nobody could be elected
    return stand(effects);
  }
  if (!leads()) return;
  for (Place place = 0; place < servers_.size(); ++place)
    if (lags(place)) catch_up(place, effects);
  arm_lagging(effects);
}

void Ensemble::suspect(core::NodeId node, Effects& effects) {
  const auto place = static_cast<Place>(std::ranges::find(servers_, node) - servers_.begin());
  if (place >= servers_.size()) return;
  peers_[place].suspected = true;
  if (place == leader_ && !leads()) wait_for_leader(effects);
}

void Ensemble::trust(core::NodeId node, Effects& effects) {
  const auto place = static_cast<Place>(std::ranges::find(servers_, node) - servers_.begin());
  if (place >= servers_.size()) return;
  peers_[place].suspected = false;
  if (!leads() || !lags(place)) return;
  catch_up(place, effects);
  arm_lagging(effects);
}

void Ensemble::recover(Effects& effects) {
  standing_ = Standing::kFollowing;
  leader_ = kNobody;
  peers_.assign(servers_.size(), {});
  has_led_ = false;
  ahead_.clear();
  everywhere_ = base_;
  if (servers_.size() == 1) return stand(effects);
  send_to_all(letter(QueueMessage::kLooking, committed_), effects);
  wait_for_leader(effects);
}

void Ensemble::stand(Effects& effects) {
  enter(promised_ + 1, effects);
  wait_for_leader(effects);
  standing_ = Standing::kStanding;
  voted_for_ = self_;
  for (Peer& peer : peers_) peer = {.suspected = peer.suspected, .promised = false, .adopted = false, .since = base_, .acked = {}};
  peers_[self_].promised = true;
  if (quorum() == 1) return win(effects);
  send_to_all(letter(QueueMessage::kElect, last(), Token{current_}), effects);
}

void Ensemble::win(Effects& effects) {
  effects.cancel_timer(kElection);
  standing_ = Standing::kLeading;
  leader_ = self_;
  current_ = promised_;
  target_ = last();
  everywhere_ = base_;
  peers_[self_].adopted = true;
  for (Place place = 0; place < servers_.size(); ++place)
    if (place != self_) lead(place, effects);
  advance(effects);
}

void Ensemble::lead(Place place, Effects& effects) {
  send(place, letter(QueueMessage::kLead, target_, peers_[place].since), effects);
  const Token from = peers_[place].adopted ? peers_[place].acked : peers_[place].since;
  for (Token zxid{std::max(from, base_).value + 1}; zxid <= last(); ++zxid.value) send(place, proposal(zxid), effects);
  arm_lagging(effects);
}

// Takes the leader's history for its own as soon as all of it is here, and acknowledges how far it goes.
void Ensemble::adopt(Effects& effects) {
  if (current_ != promised_) {
    if (!has_led_) return;
    const Token common = std::max(since_, committed_);
    PAYGRID_ASSERT(common <= last() && committed_ <= target_, "a leader has what is committed, and goes on where all agree");
    for (Token zxid{common.value + 1}; zxid <= target_; ++zxid.value)
      if (!ahead_.contains(zxid)) return;
    log_.resize(common.value - base_.value);
    current_ = promised_;
  }
  append_ahead();
  send(leader_, letter(QueueMessage::kAck, last()), effects);
}

void Ensemble::append_ahead() {
  for (const Entry* next = ahead_.find(Token{last().value + 1}); next != nullptr; next = ahead_.find(Token{last().value + 1}))
    log_.push_back(*next);
  for (const Token zxid : ahead_.sorted_keys())
    if (zxid <= last()) ahead_.erase(zxid);
}

// Commits what a majority has, and says so.
void Ensemble::advance(Effects& effects) {
  std::vector<Token> logged;
  peers_[self_].acked = last();
  for (const Peer& peer : peers_)
    if (peer.adopted) logged.push_back(peer.acked);
  if (logged.size() < quorum()) return;
  std::ranges::sort(logged, std::greater{});
  const bool is_news = standing_ != Standing::kServing || logged[quorum() - 1] > committed_;
  standing_ = Standing::kServing;
  committed_ = std::max(committed_, logged[quorum() - 1]);
  if (logged.size() == servers_.size()) everywhere_ = std::max(everywhere_, std::min(committed_, logged.back()));
  if (!is_news) return;
  for (Place place = 0; place < servers_.size(); ++place)
    if (place != self_ && peers_[place].adopted && !peers_[place].suspected)
      send(place, letter(QueueMessage::kCommit, committed_, everywhere_), effects);
}

Token Ensemble::propose(const Entry& entry, Effects& effects) {
  PAYGRID_ASSERT(serves(), "only a leader with a majority proposes");
  log_.push_back(entry);
  const Token zxid = last();
  send_to_all(proposal(zxid), effects);
  advance(effects);
  arm_lagging(effects);
  return zxid;
}

void Ensemble::confirm(Letter question, Effects& effects) const {
  question.queue = QueueMessage::kConfirm;
  question.epoch = promised_;
  send_to_all(question, effects);
}

void Ensemble::trim() {
  const std::uint32_t spent = std::min(everywhere_, committed_).value - base_.value;
  log_.erase(log_.begin(), log_.begin() + spent);
  base_.value += spent;
}

void Ensemble::catch_up(Place place, Effects& effects) const {
  const Peer& peer = peers_[place];
  if (!peer.adopted) send(place, letter(QueueMessage::kLead, target_, peer.since), effects);
  const Token from = std::max(base_, peer.adopted ? peer.acked : peer.since);
  for (Token zxid{from.value + 1}; zxid <= last(); ++zxid.value) send(place, proposal(zxid), effects);
}

bool Ensemble::lags(Place place) const {
  const Peer& peer = peers_[place];
  return place != self_ && !peer.suspected && (!peer.adopted || peer.acked < last());
}

void Ensemble::arm_lagging(Effects& effects) const {
  for (Place place = 0; place < servers_.size(); ++place)
    if (lags(place)) return effects.set_timer(kLagging, resend_every_);
}

void Ensemble::wait_for_leader(Effects& effects) const { effects.set_timer(kElection, election_min_, election_max_); }

Letter Ensemble::letter(QueueMessage kind, Token token, Token since) const {
  Letter letter{.kind = LockMessage::kQueue, .lock = {}, .owner = {}, .round = 0, .token = token};
  letter.queue = kind;
  letter.epoch = promised_;
  letter.since = since;
  return letter;
}

Letter Ensemble::proposal(Token zxid) const {
  const Entry& entry = at(zxid);
  Letter proposal = letter(QueueMessage::kPropose, zxid);
  proposal.operation = entry.operation;
  proposal.lock = entry.lock;
  proposal.owner = entry.owner;
  proposal.round = entry.round;
  return proposal;
}

void Ensemble::send(Place place, const Letter& letter, Effects& effects) const { effects.send(servers_[place], letter); }

void Ensemble::send_to_all(const Letter& letter, Effects& effects) const {
  for (Place place = 0; place < servers_.size(); ++place)
    if (place != self_ && !peers_[place].suspected) send(place, letter, effects);
}

}  // namespace paygrid::lock
