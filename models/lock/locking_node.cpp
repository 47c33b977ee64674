#include "models/lock/locking_node.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/core/assert.hpp"
#include "models/lock/join.hpp"

namespace paygrid::lock {

namespace {

using core::PaymentRef;
using core::TxnId;

// A payment from its submission to its end.
struct Guarded {
  core::Message submission;  // until it is handed on
  PaymentRef payment;
  std::vector<LockId> locks;  // in the order of asking
  std::vector<Token> tokens;  // of those granted
  std::uint32_t held = 0;     // a prefix of them has been granted, not counting what was lost since
  bool handed_on = false;
  auto fields() const { return std::tie(locks, tokens, held, handed_on); }
  bool operator==(const Guarded& other) const { return fields() == other.fields(); }
};

class LockingNode final : public core::Role {
 public:
  LockingNode(std::unique_ptr<core::Role> inner, const LockingConfig& config)
      : config_(config), inner_(std::move(inner)), client_(config.servers, *config.service, config.timing) {}
  LockingNode(const LockingNode& other)
      : config_(other.config_),
        inner_(other.inner_->clone()),
        incarnation_(other.incarnation_),
        client_(other.client_),
        guarded_(other.guarded_) {}
  LockingNode& operator=(const LockingNode&) = delete;

  auto fields() const { return std::tie(incarnation_, client_, guarded_); }

  void step(const core::Event& event, core::Effects& out) override {
    if (const auto* deliver = std::get_if<core::Deliver>(&event)) on_deliver(*deliver, event, out);
    else if (const auto* fired = std::get_if<core::TimerFired>(&event)) on_timer(fired->key, event, out);
    else let_in(event, out);
    apply(out);
  }

  void expect(TxnId txn) const override { inner_->expect(txn); }
  std::unique_ptr<core::Role> clone() const override { return std::make_unique<LockingNode>(*this); }
  bool equals(const core::Role& other) const override {
    const auto* same = dynamic_cast<const LockingNode*>(&other);
    return same != nullptr && same->fields() == fields() && same->inner_->equals(*inner_);
  }
  std::uint64_t digest() const override {
    core::Digest digest;
    digest.add(inner_->digest());
    digest.add(incarnation_);
    digest.add(client_.digest());
    digest.add(guarded_);
    return digest.value();
  }
  std::string describe() const override { return inner_->describe() + client_.describe(); }
  std::uint32_t standing(TxnId txn) const override { return inner_->standing(txn); }
  std::uint64_t rank() const override { return inner_->rank(); }

 private:
  void on_deliver(const core::Deliver& deliver, const core::Event& event, core::Effects& out) {
    const core::Message& message = deliver.message;
    switch (message.family) {
      case core::MessageFamily::kClient: return on_submit(message, event, out);
      case core::MessageFamily::kCommit:
      case core::MessageFamily::kDeadlock: return let_in(event, out);
      case core::MessageFamily::kLock: return client_.deliver(deliver.from, unpack(message), done_);
    }
  }

  void on_submit(const core::Message& message, const core::Event& event, core::Effects& out) {
    const PaymentRef& payment = message.payment;
    const bool begins = payment && payment->coordinator == config_.self && inner_->would_begin(payment->id);
    if (!begins) return let_in(event, out);
    const TxnId owner{payment->id, incarnation_};
    const bool repeated = guarded_.contains(owner);
    if (repeated) return;
    Guarded& entry = guarded_[owner];
    entry.submission = message;
    entry.payment = payment;
    for (const core::Leg& leg : payment->legs) {
      const LockId lock{leg.account.value};
      if (std::ranges::find(entry.locks, lock) == entry.locks.end()) entry.locks.push_back(lock);
    }
    if (config_.ascending) std::ranges::sort(entry.locks);
    ask(owner, entry, out);
  }

  void on_timer(core::TimerKey key, const core::Event& event, core::Effects& out) {
    if (!is_lock_timer(key)) return let_in(event, out);
    client_.fire(from_core(key), done_);
  }

  // The inner node handles the event, and what has ended gives its locks back.
  void let_in(const core::Event& event, core::Effects& out) {
    if (const auto* recover = std::get_if<core::Recover>(&event)) incarnation_ = recover->incarnation;
    inner_->step(event, out);
    for (const core::Notice& notice : inner_->notices()) {
      switch (notice.kind) {
        case core::NoticeKind::kEnded: give_back(notice.txn); break;
      }
    }
  }

  // What the client did. Its notices may make it do more.
  void apply(core::Effects& out) {
    for (std::size_t at = 0; at < done_.items().size(); ++at) {
      const Effect effect = done_.items()[at];
      std::visit([&](const auto& each) { apply(each, out); }, effect);
    }
    done_.clear();
  }
  void apply(const SetTimer& timer, core::Effects& out) { hand_on(timer, Clock::kMonotonic, out); }
  void apply(const Notify& notify, core::Effects& out) {
    const Notice& notice = notify.notice;
    Guarded* entry = guarded_.find(notice.owner);
    if (entry == nullptr) return;  // given up in this step
    switch (notice.kind) {
      case NoticeKind::kAcquired: return on_acquired(notice, *entry, out);
      case NoticeKind::kRefused: return deny(notice.owner, *entry, out);
      case NoticeKind::kLost: return deny(notice.owner, *entry, out);
    }
  }
  template <class Other>
  void apply(const Other& effect, core::Effects& out) {
    hand_on(effect, out);
  }

  void ask(TxnId owner, const Guarded& entry, core::Effects& out) {
    core::Fact asked;
    asked.kind = core::FactKind::kLockAsked;
    asked.txn = owner;
    asked.account = core::AccountId{entry.locks[entry.held].value};
    out.observe(asked);
    client_.acquire(entry.locks[entry.held], owner, Patience::timed(config_.patience), done_);
  }

  void on_acquired(const Notice& notice, Guarded& entry, core::Effects& out) {
    PAYGRID_ASSERT(!entry.handed_on && entry.held < entry.locks.size(), "a lock is granted to who waits for it");
    entry.tokens.push_back(notice.token);
    if (++entry.held < entry.locks.size()) return ask(notice.owner, entry, out);
    entry.handed_on = true;
    core::Message submission = std::exchange(entry.submission, {});
    if (config_.fencing) submission.payment = fenced(entry);
    let_in(core::Event{core::Deliver{entry.payment->payer, submission}}, out);
  }

  static PaymentRef fenced(const Guarded& entry) {
    std::vector<Token> by_leg;
    for (const core::Leg& leg : entry.payment->legs) {
      const auto lock = std::ranges::find(entry.locks, LockId{leg.account.value});
      by_leg.push_back(entry.tokens[static_cast<std::size_t>(lock - entry.locks.begin())]);
    }
    return entry.payment.with_tokens(by_leg);
  }

  // A lock is refused, or lost. What the inner node has heard of keeps its other locks until it ends.
  void deny(TxnId owner, const Guarded& entry, core::Effects& out) {
    const PaymentRef payment = entry.payment;
    if (!entry.handed_on) give_back(owner);
    let_in(core::Event{core::Deny{payment}}, out);
  }

  // Everything that the owner holds, and what it is waiting for.
  void give_back(TxnId owner) {
    const Guarded* entry = guarded_.find(owner);
    if (entry == nullptr) return;  // of an earlier life, or denied
    for (std::uint32_t at = 0; at < entry->held; ++at) client_.release(entry->locks[at], owner, done_);
    if (entry->held < entry->locks.size()) client_.interrupt(entry->locks[entry->held], owner, done_);
    guarded_.erase(owner);
  }

  LockingConfig config_;
  std::unique_ptr<core::Role> inner_;
  std::uint32_t incarnation_ = 0;
  Recipe client_;
  core::FlatMap<TxnId, Guarded> guarded_;
  Effects done_;  // scratch: empty between steps
};

}  // namespace

std::unique_ptr<core::Role> make_locking_node(std::unique_ptr<core::Role> inner, const LockingConfig& config) {
  return std::make_unique<LockingNode>(std::move(inner), config);
}

}  // namespace paygrid::lock
