// ZooKeeper as far as locks need it: an ensemble that keeps znodes, sessions that keep them alive, watches that fire once; and the
// same servers under clients that watch the whole queue, or use nothing of it.
//
// Sources: Hunt et al. (2010), USENIX ATC; ZooKeeper documentation, "ZooKeeper Recipes and Solutions" and "Programmer's Guide".
// The leader alone serves clients, others name it. It answers a write when that is committed. It reads what it has applied, without
// asking whether it still leads: a read may be stale, but not older than what its client has seen (a client names its zxid). That
// is enough for a queue: who is before a znode was there when it was made, and can only go. A ping is answered after a majority
// has confirmed the leader, since a newer one may let the session expire.
//
// A session belongs to an owner, as in `cas`: it opens with the owner's first znode and ends with the last. A transaction never
// comes back after a crash of its client, so its znodes run out, whatever the next life of that client keeps alive. A list of
// children is as long as the queue: of it a letter carries what the recipe reads.
//
// Facts: the leader tells when a znode becomes the lowest, and when the lowest goes, as it commits that. A leader that dies before
// it can say what it has committed leaves that to its successor, who tells it again: of one lock, taken under a token not newer
// than the last one, or freed while not taken, is told before.
//
// Invariants, of a leader that serves:
//  1. all that is committed is applied.
//  2. each session has its timer armed; it ends by a committed operation only, never earlier than its time to live after the
//     newest of: the creation of a znode, a ping, the election.
//  3. a claim has at most one watch, and a znode while it has one.
#include <tuple>

#include "models/core/assert.hpp"
#include "models/core/digest.hpp"
#include "models/core/flat_map.hpp"
#include "models/lock/claim_key.hpp"
#include "models/lock/ensemble.hpp"
#include "models/lock/service.hpp"
#include "models/lock/znodes.hpp"

namespace paygrid::lock {

namespace {

using core::NodeId;
using core::TxnId;

TimerKey session_of(TxnId owner) { return {.kind = LockTimer::kSession, .lock = {}, .owner = owner}; }

class ZooKeeper final : public ValueServer<ZooKeeper> {
 public:
  explicit ZooKeeper(const ServerConfig& config) : ttl_(config.ttl), ensemble_(config) {}

  void deliver(NodeId from, const Letter& letter, Effects& effects) override {
    PAYGRID_ASSERT(letter.kind == LockMessage::kQueue, "an ensemble is sent words of its own only");
    if (letter.queue == QueueMessage::kConfirmed)
      on_confirmed(from, letter, effects);
    else if (letter.queue >= QueueMessage::kLooking)
      ensemble_.deliver(from, letter, effects);
    else if (ensemble_.serves())
      serve(from, letter, effects);
    else
      effects.send(from, answer(letter, QueueMessage::kRedirect, ensemble_.leader_hint()));
    settle(effects);
  }

  void fire(TimerKey key, Effects& effects) override {
    if (key.kind == LockTimer::kSession)
      expire(key.owner, effects);
    else
      ensemble_.fire(key.kind, effects);
    settle(effects);
  }
  void suspect(NodeId node, Effects& effects) override {
    ensemble_.suspect(node, effects);
    settle(effects);
  }
  void trust(NodeId node, Effects& effects) override {
    ensemble_.trust(node, effects);
    settle(effects);
  }
  void recover(Effects& effects) override {
    served_ = false;
    forget_clients();
    ensemble_.recover(effects);
    settle(effects);
  }

  auto fields() const { return std::tie(ensemble_, znodes_, applied_, served_, watches_, pings_, writers_); }

 private:
  struct Watch {
    NodeId client;
    Token target;  // 0: all children of the lock
    auto fields() const { return std::tie(client, target); }
    bool operator==(const Watch& other) const { return fields() == other.fields(); }
  };
  // A ping that waits until a majority has confirmed the leader.
  struct Ping {
    NodeId client;
    std::uint32_t round{};
    std::vector<NodeId> confirmed;
    auto fields() const { return std::tie(client, round, confirmed); }
    bool operator==(const Ping& other) const { return fields() == other.fields(); }
  };

  static Letter answer(const Letter& letter, QueueMessage kind, Token token = {}) {
    Letter reply = reply_to(letter, LockMessage::kQueue, token);
    reply.queue = kind;
    return reply;
  }

  void serve(NodeId from, const Letter& letter, Effects& effects) {
    if (letter.token > applied_) return;  // of a newer leader: this one knows less than its client
    switch (letter.queue) {
      case QueueMessage::kCreate:
      case QueueMessage::kCreatePlain: return on_create(from, letter, effects);
      case QueueMessage::kList:
      case QueueMessage::kListAndWatch: return on_list(from, letter, effects);
      case QueueMessage::kWatch: return on_watch(from, letter, effects);
      case QueueMessage::kPing: return on_ping(from, letter, effects);
      case QueueMessage::kDelete: return on_delete(from, letter, effects);
      case QueueMessage::kDeleteAny: return on_delete_any(from, letter, effects);
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
      case QueueMessage::kLooking:
      case QueueMessage::kElect:
      case QueueMessage::kPromise:
      case QueueMessage::kLead:
      case QueueMessage::kPropose:
      case QueueMessage::kAck:
      case QueueMessage::kCommit:
      case QueueMessage::kConfirm:
      case QueueMessage::kConfirmed: PAYGRID_ASSERT(false, "a client sends requests only");
    }
  }

  // A repeated create finds its znode by the GUID, and is told the round that made it: it may be an older one.
  void on_create(NodeId from, const Letter& letter, Effects& effects) {
    if (const Znode* own = znodes_.find(letter.lock, letter.owner)) {
      Letter reply = answer(letter, QueueMessage::kCreated, own->zxid);
      reply.round = own->round;
      return effects.send(from, reply);
    }
    const bool plain = letter.queue == QueueMessage::kCreatePlain;
    if (plain && znodes_.lowest(letter.lock) != nullptr) return effects.send(from, answer(letter, QueueMessage::kExists));
    write(from, plain ? Operation::kCreatePlain : Operation::kCreate, letter, effects);
  }

  void on_list(NodeId from, const Letter& letter, Effects& effects) {
    const Znode* lowest = znodes_.lowest(letter.lock);
    const Znode* own = znodes_.find(letter.lock, letter.owner);
    const bool claims = letter.token.value != 0;
    if (claims && (own == nullptr || own->zxid != letter.token))
      return effects.send(from, answer(letter, QueueMessage::kNotThere, letter.token));
    Letter children = answer(letter, QueueMessage::kChildren);
    children.is_yours = own != nullptr && own == lowest;
    if (own != nullptr) children.token = own == lowest ? own->zxid : znodes_.before(letter.lock, own->zxid).zxid;
    if (letter.queue == QueueMessage::kListAndWatch && !children.is_yours)
      watches_[{letter.owner, letter.lock}] = {from, Token{}};
    effects.send(from, children);
  }

  void on_watch(NodeId from, const Letter& letter, Effects& effects) {
    const bool is_there = znodes_.find(letter.lock, letter.token) != nullptr && znodes_.find(letter.lock, letter.owner) != nullptr;
    if (is_there) watches_[{letter.owner, letter.lock}] = {from, letter.token};
    effects.send(from, answer(letter, is_there ? QueueMessage::kWatching : QueueMessage::kGone, letter.token));
  }

  void on_ping(NodeId from, const Letter& letter, Effects& effects) {
    const Znode* own = znodes_.find(letter.lock, letter.owner);
    if (own == nullptr || own->zxid != letter.token)
      return effects.send(from, answer(letter, QueueMessage::kNotThere, letter.token));
    const auto closes = [&](const Entry& entry) { return entry.operation == Operation::kClose && entry.owner == letter.owner; };
    if (ensemble_.find_pending(closes).value != 0) return;
    arm(letter.owner, effects);
    if (ensemble_.quorum() == 1) return effects.send(from, answer(letter, QueueMessage::kPong));
    pings_[{letter.owner, letter.lock}] = {from, letter.round, {}};
    ensemble_.confirm(answer(letter, QueueMessage::kConfirm, Token{letter.round}), effects);
  }

  void on_confirmed(NodeId from, const Letter& letter, Effects& effects) {
    const ClaimKey key{letter.owner, letter.lock};
    Ping* ping = pings_.find(key);
    const bool is_late = ping == nullptr || ping->round != letter.token.value || !ensemble_.leads_epoch(letter.epoch);
    if (is_late || std::ranges::count(ping->confirmed, from) > 0) return;
    ping->confirmed.push_back(from);
    std::ranges::sort(ping->confirmed);
    if (ping->confirmed.size() + 1 < ensemble_.quorum()) return;
    Letter pong = answer(letter, QueueMessage::kPong);
    pong.round = ping->round;
    effects.send(ping->client, pong);
    pings_.erase(key);
  }

  void on_delete(NodeId from, const Letter& letter, Effects& effects) {
    const auto creates = [&](const Entry& entry) {
      return entry.operation == Operation::kCreate && entry.lock == letter.lock && entry.owner == letter.owner;
    };
    if (znodes_.find(letter.lock, letter.owner) == nullptr && ensemble_.find_pending(creates).value == 0)
      return effects.send(from, answer(letter, QueueMessage::kNotThere, letter.token));
    write(from, Operation::kDelete, letter, effects);
  }

  void on_delete_any(NodeId from, const Letter& letter, Effects& effects) {
    write(from, Operation::kDeleteAny, letter, effects);
  }

  // Puts into the log what is not on its way to be committed, and notes who waits for it.
  void write(NodeId from, Operation operation, const Letter& letter, Effects& effects) {
    const auto is_same = [&](const Entry& entry) {
      return entry.operation == operation && entry.lock == letter.lock && entry.owner == letter.owner;
    };
    const Token pending = ensemble_.find_pending(is_same);
    const Token zxid = pending.value != 0
                           ? pending
                           : ensemble_.propose({operation, letter.lock, letter.owner, letter.round}, effects);
    writers_[zxid] = from;
  }

  void expire(TxnId owner, Effects& effects) {
    if (!ensemble_.serves() || !znodes_.has_session(owner)) return;
    ensemble_.propose({Operation::kClose, {}, owner, 0}, effects);
  }

  // Applies what has been committed, and follows the rise and fall of this leader.
  void settle(Effects& effects) {
    if (served_ && !ensemble_.serves()) {
      served_ = false;
      for (const TxnId owner : znodes_.sessions()) effects.cancel_timer(session_of(owner));
      forget_clients();
    }
    while (applied_ < ensemble_.committed()) {
      ++applied_.value;
      apply(ensemble_.at(applied_), effects);
    }
    if (!served_ && ensemble_.serves()) {
      served_ = true;
      for (const TxnId owner : znodes_.sessions()) arm(owner, effects);
    }
    ensemble_.trim();
  }

  void forget_clients() {
    watches_.clear();
    pings_.clear();
    writers_.clear();
  }

  void apply(const Entry& entry, Effects& effects) {
    const Znode* own = znodes_.find(entry.lock, entry.owner);
    switch (entry.operation) {
      case Operation::kCreate:
        if (own == nullptr) add(entry, effects);
        return acknowledge(entry, QueueMessage::kCreated, effects);
      case Operation::kCreatePlain: {
        const bool exists = znodes_.lowest(entry.lock) != nullptr;
        if (!exists) add(entry, effects);
        return acknowledge(entry, exists ? QueueMessage::kExists : QueueMessage::kCreated, effects);
      }
      case Operation::kDelete:
        if (own != nullptr) remove(entry.lock, *own, Freed::kReleased, effects);
        return acknowledge(entry, QueueMessage::kDeleted, effects);
      case Operation::kDeleteAny:
        if (const Znode* lowest = znodes_.lowest(entry.lock)) remove(entry.lock, *lowest, Freed::kDeleted, effects);
        return acknowledge(entry, QueueMessage::kDeleted, effects);
      case Operation::kClose:
        for (const LockId lock : znodes_.locks_of(entry.owner))
          remove(lock, *znodes_.find(lock, entry.owner), Freed::kExpired, effects);
        return;
    }
  }

  // To who waits for the entry that is being applied.
  void acknowledge(const Entry& entry, QueueMessage kind, Effects& effects) {
    const NodeId* writer = writers_.find(applied_);
    if (writer == nullptr) return;
    Letter reply{.kind = LockMessage::kQueue, .lock = entry.lock, .owner = entry.owner, .round = entry.round, .token = applied_};
    reply.queue = kind;
    if (kind == QueueMessage::kExists) reply.token = {};
    effects.send(*writer, reply);
    writers_.erase(applied_);
  }

  void add(const Entry& entry, Effects& effects) {
    fire_watches(entry.lock, Token{}, effects);
    znodes_.add(entry.lock, {applied_, entry.owner, entry.round});
    if (!ensemble_.serves()) return;
    arm(entry.owner, effects);
    if (znodes_.lowest(entry.lock)->owner == entry.owner) observe(FactKind::kTaken, entry.lock, {}, effects);
  }

  void remove(LockId lock, const Znode& znode, Freed why, Effects& effects) {
    const Znode gone = znode;
    const bool was_lowest = znodes_.lowest(lock)->zxid == gone.zxid;
    if (was_lowest) observe(FactKind::kFreed, lock, why, effects);
    znodes_.remove(lock, gone);
    if (was_lowest && znodes_.lowest(lock) != nullptr) observe(FactKind::kTaken, lock, {}, effects);
    watches_.erase({gone.owner, lock});
    pings_.erase({gone.owner, lock});
    fire_watches(lock, gone.zxid, effects);
    fire_watches(lock, Token{}, effects);
    if (ensemble_.serves() && !znodes_.has_session(gone.owner)) effects.cancel_timer(session_of(gone.owner));
  }

  void fire_watches(LockId lock, Token target, Effects& effects) {
    for (const ClaimKey& key : watches_.sorted_keys()) {
      const Watch watch = *watches_.find(key);
      if (key.lock != lock || watch.target != target) continue;
      Letter event{.kind = LockMessage::kQueue, .lock = lock, .owner = key.owner, .round = 0, .token = target};
      event.queue = QueueMessage::kEvent;
      effects.send(watch.client, event);
      watches_.erase(key);
    }
  }

  // Of the lowest znode. Requires: there is one.
  void observe(FactKind kind, LockId lock, Freed why, Effects& effects) const {
    if (!ensemble_.serves()) return;
    const Znode& lowest = *znodes_.lowest(lock);
    effects.observe({.kind = kind, .lock = lock, .owner = lowest.owner, .token = lowest.zxid, .why = why});
  }

  void arm(TxnId owner, Effects& effects) const { effects.set_timer(session_of(owner), ttl_); }

  core::Duration ttl_;
  Ensemble ensemble_;
  Znodes znodes_;
  Token applied_;
  bool served_ = false;  // after the last step
  core::FlatMap<ClaimKey, Watch> watches_;
  core::FlatMap<ClaimKey, Ping> pings_;
  core::FlatMap<Token, NodeId> writers_;  // who waits for the commit of what this server proposed
};

std::unique_ptr<Server> make_zookeeper(const ServerConfig& config) { return std::make_unique<ZooKeeper>(config); }

constexpr LockServiceSpec spec_of(std::string_view name, std::string_view title, Manners manners) {
  return {.name = name,
          .title = title,
          .source = "ZooKeeper documentation, Recipes and Solutions, locks; Junqueira et al. (2011), Zab",
          .assumptions = "no client stands still while it believes; with tokens checked at the resource: none",
          .manners = manners,
          .servers_usual = 3,
          .servers_max = kEnsembleMax,
          .make_server = make_zookeeper};
}

}  // namespace

const LockServiceSpec kZooKeeper = spec_of("zookeeper", "ZooKeeper, each watches who is just before", Manners::kQueue);
const LockServiceSpec kZooKeeperHerd = spec_of("zookeeper-herd", "ZooKeeper, all watch the lock", Manners::kHerd);

const LockServiceSpec kZooKeeperNaive{
    .name = "zookeeper-naive",
    .title = "ZooKeeper, created and listed, never waited for",
    .source = "one plain ephemeral znode, getChildren, delete with any version",
    .assumptions = "nobody else wants the lock",
    .manners = Manners::kBarge,
    .gives_tokens = false,
    .servers_usual = 3,
    .servers_max = kEnsembleMax,
    .expected = kConvicted,
    .make_server = make_zookeeper,
};

}  // namespace paygrid::lock
