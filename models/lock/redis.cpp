// A Redis server: SET NX PX, compare-and-delete, expiry; alone or with a replica; the same server under clients that use neither;
// and one of several that a quorum asks.
//
// Source: Redis documentation, "Distributed locks with Redis", single instance; the token is a counter raised in the same
// script. The random value of a SET is (owner, round): new for every try. A repeated request is answered as the first one was,
// where a connection would have dropped it.
//
// A master answers before its replica has heard of anything, and repeats nothing that is lost on the way. A replica that suspects
// its master leads a new epoch with what it has, so locks may be lost and tokens given twice; the old master follows when it hears
// of the newer epoch. Who has lost a lock so is told when the old master says what it had.
//
// Invariants:
//  1. each key has its expiry timer armed, on the wall clock: setting that clock moves the end of a lease.
//  2. tokens grow with every new value, for as long as the memory is kept and the master stays the same.
#include <algorithm>
#include <tuple>

#include "models/core/assert.hpp"
#include "models/core/flat_map.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock {

namespace {

TimerKey expiry_of(LockId lock, core::TxnId owner) { return {.kind = LockTimer::kExpiry, .lock = lock, .owner = owner}; }

class Redis final : public ValueServer<Redis> {
 public:
  explicit Redis(const ServerConfig& config)
      : config_(config), is_master_(config.ensemble_size < 2 || config.ensemble[0] == config.self) {
    PAYGRID_ASSERT(config.ensemble_size <= 2, "a master has one replica");
  }

  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    if (letter.kind >= LockMessage::kSync) return replicate(from, letter, effects);
    if (!is_master_) return effects.send(from, reply_to(letter, LockMessage::kNotMaster));
    switch (letter.kind) {
      case LockMessage::kAcquire: return effects.send(from, on_acquire(letter, effects));
      case LockMessage::kRenew: return effects.send(from, on_renew(letter, effects));
      case LockMessage::kRelease: return effects.send(from, on_release(letter, effects));
      case LockMessage::kOverwrite: return effects.send(from, on_overwrite(letter, effects));
      case LockMessage::kRead: return effects.send(from, on_read(letter));
      case LockMessage::kDelete: return effects.send(from, on_delete(letter, effects));
      case LockMessage::kGranted:
      case LockMessage::kTaken:
      case LockMessage::kRenewed:
      case LockMessage::kNotHeld:
      case LockMessage::kReleased:
      case LockMessage::kStored:
      case LockMessage::kValue:
      case LockMessage::kDeleted:
      case LockMessage::kNotMaster:
      case LockMessage::kSync:
      case LockMessage::kReplicate:
      case LockMessage::kRetract:
      case LockMessage::kHad:
      case LockMessage::kQueue: PAYGRID_ASSERT(false, "a server is sent requests only");
    }
  }

  void fire(TimerKey key, Effects& effects) override {
    PAYGRID_ASSERT(key.kind == LockTimer::kExpiry, "a redis server sets expiry timers only");
    const Key* expired = keys_.find(key.lock);
    if (expired == nullptr || expired->owner != key.owner) return;
    if (is_master_)
      free(key.lock, Freed::kExpired, effects);
    else
      keys_.erase(key.lock);
  }

  void suspect(core::NodeId node, Effects& effects) override {
    if (has_peer() && node == peer() && !is_master_) lead(effects);
  }
  void trust(core::NodeId node, Effects& effects) override {
    if (has_peer() && node == peer() && is_master_) show_all(effects);
  }

  void recover(Effects& effects) override {
    for (const LockId lock : keys_.sorted_keys()) {
      if (config_.memory == Memory::kKept)
        arm(lock, effects);
      else if (is_master_)
        free(lock, Freed::kForgotten, effects);
    }
    if (config_.memory == Memory::kLost) {
      keys_.clear();
      last_token_ = Token{};
    }
    if (has_peer() && is_master_) show_all(effects);
  }

  auto fields() const { return std::tie(keys_, last_token_, is_master_, epoch_); }

 private:
  struct Key {
    core::TxnId owner;
    std::uint32_t round{};
    Token token;
    auto fields() const { return std::tie(owner, round, token); }
    bool operator==(const Key& other) const { return fields() == other.fields(); }
  };

  Letter on_acquire(const Letter& letter, Effects& effects) {
    if (const Key* key = own(letter)) return reply_to(letter, LockMessage::kGranted, key->token);
    if (keys_.contains(letter.lock)) return reply_to(letter, LockMessage::kTaken);
    return reply_to(letter, LockMessage::kGranted, store(letter, effects));
  }

  Letter on_renew(const Letter& letter, Effects& effects) {
    const Key* key = keys_.find(letter.lock);
    if (key == nullptr || key->token != letter.token || key->owner != letter.owner)
      return reply_to(letter, LockMessage::kNotHeld);
    arm(letter.lock, effects);
    show(letter.lock, *key, LockMessage::kReplicate, effects);
    return reply_to(letter, LockMessage::kRenewed, key->token);
  }

  Letter on_release(const Letter& letter, Effects& effects) {
    if (own(letter) == nullptr) return reply_to(letter, LockMessage::kNotHeld);
    free(letter.lock, Freed::kReleased, effects);
    return reply_to(letter, LockMessage::kReleased);
  }

  Letter on_overwrite(const Letter& letter, Effects& effects) {
    if (own(letter) == nullptr) {
      if (keys_.contains(letter.lock)) free(letter.lock, Freed::kOverwritten, effects);
      store(letter, effects);
    }
    return reply_to(letter, LockMessage::kStored);
  }

  Letter on_read(const Letter& letter) const {
    Letter reply = reply_to(letter, LockMessage::kValue);
    if (const Key* key = own(letter)) {
      reply.is_yours = true;
      reply.token = key->token;
    }
    return reply;
  }

  Letter on_delete(const Letter& letter, Effects& effects) {
    if (keys_.contains(letter.lock)) free(letter.lock, Freed::kDeleted, effects);
    return reply_to(letter, LockMessage::kDeleted);
  }

  // The key with exactly the value of this letter, or null.
  const Key* own(const Letter& letter) const {
    const Key* key = keys_.find(letter.lock);
    return key != nullptr && key->owner == letter.owner && key->round == letter.round ? key : nullptr;
  }

  Token store(const Letter& letter, Effects& effects) {
    ++last_token_.value;
    keys_[letter.lock] = {letter.owner, letter.round, last_token_};
    arm(letter.lock, effects);
    show(letter.lock, *keys_.find(letter.lock), LockMessage::kReplicate, effects);
    effects.observe({.kind = FactKind::kTaken, .lock = letter.lock, .owner = letter.owner, .token = last_token_});
    return last_token_;
  }

  // Requires: the key exists.
  void arm(LockId lock, Effects& effects) const {
    effects.set_timer(expiry_of(lock, keys_.find(lock)->owner), config_.ttl, Clock::kWall);
  }

  // Requires: the key exists.
  void free(LockId lock, Freed why, Effects& effects) {
    const Key key = *keys_.find(lock);
    effects.observe({.kind = FactKind::kFreed, .lock = lock, .owner = key.owner, .token = key.token, .why = why});
    effects.cancel_timer(expiry_of(lock, key.owner));
    show(lock, key, LockMessage::kRetract, effects);
    keys_.erase(lock);
  }

  bool has_peer() const { return config_.ensemble_size == 2; }
  core::NodeId peer() const { return config_.ensemble[config_.ensemble[0] == config_.self ? 1 : 0]; }

  // From the other server. Of two masters the newer one stays.
  void replicate(core::NodeId from, const Letter& letter, Effects& effects) {
    if (letter.epoch < epoch_) {
      if (is_master_) show_all(effects);
      return;
    }
    if (letter.epoch > epoch_) follow(letter.epoch, effects);
    if (letter.kind == LockMessage::kHad) return on_had(letter, effects);
    PAYGRID_ASSERT(from == peer() && !is_master_, "an epoch has one master");
    last_token_ = std::max(last_token_, letter.token);
    if (letter.kind == LockMessage::kReplicate) return on_replicate(letter, effects);
    if (letter.kind == LockMessage::kRetract) return on_retract(letter, effects);
    last_token_ = letter.token;
    drop_all(effects);
  }

  // A letter may overtake another: the key of an older one then stays until its time to live is over.
  void on_replicate(const Letter& letter, Effects& effects) {
    const Key* key = keys_.find(letter.lock);
    if (key != nullptr && key->token > letter.token) return;
    if (key != nullptr && key->owner != letter.owner) effects.cancel_timer(expiry_of(letter.lock, key->owner));
    keys_[letter.lock] = {letter.owner, letter.round, letter.token};
    arm(letter.lock, effects);
  }

  void on_retract(const Letter& letter, Effects& effects) {
    const Key* key = keys_.find(letter.lock);
    if (key == nullptr || key->token != letter.token) return;
    effects.cancel_timer(expiry_of(letter.lock, key->owner));
    keys_.erase(letter.lock);
  }

  // The old master had this key. If it had not been replicated, it is forgotten now.
  void on_had(const Letter& letter, Effects& effects) const {
    const Key* key = keys_.find(letter.lock);
    if (!is_master_ || (key != nullptr && key->owner == letter.owner && key->token == letter.token)) return;
    effects.observe({.kind = FactKind::kFreed,
                     .lock = letter.lock,
                     .owner = letter.owner,
                     .token = letter.token,
                     .why = Freed::kForgotten});
  }

  // The replica becomes the master, with what it has.
  void lead(Effects& effects) {
    ++epoch_;
    is_master_ = true;
    show_all(effects);
  }

  // There is a newer master: its keys are the keys, and this one's own are given up.
  void follow(std::uint32_t epoch, Effects& effects) {
    epoch_ = epoch;
    if (is_master_) keys_.for_each_sorted([&](LockId lock, const Key& key) { show(lock, key, LockMessage::kHad, effects); });
    drop_all(effects);
    is_master_ = false;
  }

  void drop_all(Effects& effects) {
    keys_.for_each_sorted([&](LockId lock, const Key& key) { effects.cancel_timer(expiry_of(lock, key.owner)); });
    keys_.clear();
  }

  void show(LockId lock, const Key& key, LockMessage kind, Effects& effects) const {
    if (!has_peer()) return;
    Letter letter{.kind = kind, .lock = lock, .owner = key.owner, .round = key.round, .token = key.token};
    letter.epoch = epoch_;
    effects.send(peer(), letter);
  }

  void show_all(Effects& effects) const {
    Letter sync{.kind = LockMessage::kSync, .lock = {}, .owner = {}, .round = 0, .token = last_token_};
    sync.epoch = epoch_;
    effects.send(peer(), sync);
    keys_.for_each_sorted([&](LockId lock, const Key& key) { show(lock, key, LockMessage::kReplicate, effects); });
  }

  ServerConfig config_;
  core::FlatMap<LockId, Key> keys_;
  Token last_token_;
  bool is_master_;
  std::uint32_t epoch_ = 1;  // of the newest master that is known
};

std::unique_ptr<Server> make_redis(const ServerConfig& config) { return std::make_unique<Redis>(config); }

}  // namespace

const LockServiceSpec kRedis{
    .name = "redis",
    .title = "Redis, one server or a master and its replica",
    .source = "Redis documentation, Distributed locks with Redis",
    .assumptions = "the server keeps its memory and no replica takes over from it, its wall clock is never set, and no client "
                   "stands still while it believes",
    .manners = Manners::kCompare,
    .clock = Clock::kWall,
    .servers_max = 2,
    .expected = kForgettableLeases,
    .make_server = make_redis,
};

const LockServiceSpec kRedisNaive{
    .name = "redis-naive",
    .title = "Redis, written and read back",
    .source = "SET with an expiry but without NX, GET, plain DEL",
    .assumptions = "nobody else wants the lock",
    .manners = Manners::kOverwrite,
    .clock = Clock::kWall,
    .expected = kConvicted,
    .make_server = make_redis,
};

const LockServiceSpec kRedlock{
    .name = "redlock",
    .title = "Redlock: a majority of independent Redis servers",
    .source = "Redis documentation, Distributed locks with Redis, the Redlock algorithm",
    .assumptions = "a server that forgot stays away for a whole lease, no wall clock is set, and no client stands still while "
                   "it believes",
    .manners = Manners::kQuorum,
    .gives_tokens = false,
    .clock = Clock::kWall,
    .servers_usual = 5,
    .servers_max = 9,
    .servers_explored = 3,
    .expected = kForgettableLeases,
    .make_server = make_redis,
};

}  // namespace paygrid::lock
