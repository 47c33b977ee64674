#include "tests/lock/planted.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

namespace paygrid::lock::tests {

namespace {

// Hands everything to a server of `kService`, and alters what goes in or comes out.
template <const LockServiceSpec& kService>
class AlteredServer : public Server {
 public:
  explicit AlteredServer(const ServerConfig& config) : inner_(kService.make_server(config)) {}
  AlteredServer(const AlteredServer& other) : Server(other), inner_(other.inner_->clone()) {}
  AlteredServer& operator=(const AlteredServer&) = delete;

  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override { inner_->deliver(from, letter, effects); }
  void fire(TimerKey key, Effects& effects) override { inner_->fire(key, effects); }
  void suspect(core::NodeId node, Effects& effects) override { inner_->suspect(node, effects); }
  void trust(core::NodeId node, Effects& effects) override { inner_->trust(node, effects); }
  void recover(Effects& effects) override { inner_->recover(effects); }
  bool equals(const Server& other) const override {
    const auto* same = dynamic_cast<const AlteredServer*>(&other);
    return same != nullptr && same->inner_->equals(*inner_);
  }
  std::uint64_t digest() const override { return inner_->digest(); }

 protected:
  Server& inner() { return *inner_; }
  void replace_inner(const ServerConfig& config) { inner_ = kService.make_server(config); }

 private:
  std::unique_ptr<Server> inner_;
};
using Altered = AlteredServer<kRedis>;
using AlteredQueue = AlteredServer<kZooKeeper>;

// The letter that the effect sends, and to whom; null: it sends none.
std::optional<std::pair<core::NodeId, Letter>> sent_by(const Effect& effect) {
  const auto* sent = std::get_if<core::Send>(&effect);
  if (sent == nullptr) return std::nullopt;
  return std::pair{sent->to, unpack(sent->message)};
}

class GrantsWhatIsTaken final : public Altered {
 public:
  using Altered::Altered;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    Effects answer;
    inner().deliver(from, letter, answer);
    for (const Effect& effect : answer.items()) {
      const auto* sent = std::get_if<core::Send>(&effect);
      Letter reply = sent != nullptr ? unpack(sent->message) : Letter{};
      if (sent != nullptr && reply.kind == LockMessage::kTaken) {
        reply.kind = LockMessage::kGranted;
        reply.token = Token{1};
        effects.observe({.kind = FactKind::kTaken, .lock = letter.lock, .owner = letter.owner, .token = reply.token});
        effects.send(sent->to, reply);
      } else {
        effects.add(effect);
      }
    }
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<GrantsWhatIsTaken>(*this); }
};

class RepeatsItsToken final : public Altered {
 public:
  using Altered::Altered;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    Effects answer;
    inner().deliver(from, letter, answer);
    for (const Effect& effect : answer.items()) {
      const auto* sent = std::get_if<core::Send>(&effect);
      if (sent == nullptr) {
        effects.add(effect);
        continue;
      }
      Letter reply = unpack(sent->message);
      if (reply.kind == LockMessage::kGranted) reply.token = Token{1};
      effects.send(sent->to, reply);
    }
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<RepeatsItsToken>(*this); }
};

class AnswersAlone final : public AlteredQueue {
 public:
  using AlteredQueue::AlteredQueue;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    inner().deliver(from, letter, effects);
    acknowledge(effects);
  }
  void fire(TimerKey key, Effects& effects) override {
    inner().fire(key, effects);
    acknowledge(effects);
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<AnswersAlone>(*this); }

 private:
  void acknowledge(Effects& effects) {
    for (std::size_t at = 0; at < effects.items().size(); ++at) {
      const auto sent = sent_by(effects.items()[at]);
      if (!sent || sent->second.queue != QueueMessage::kPropose) continue;
      Letter ack = sent->second;
      ack.queue = QueueMessage::kAck;
      inner().deliver(sent->first, ack, effects);
    }
  }
};

class ElectsAnybody final : public AlteredQueue {
 public:
  using AlteredQueue::AlteredQueue;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    Letter praised = letter;
    if (letter.queue == QueueMessage::kElect) praised.since = praised.token = Token{~0u};
    inner().deliver(from, praised, effects);
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<ElectsAnybody>(*this); }
};

class ForgetsItsLog final : public AlteredQueue {
 public:
  explicit ForgetsItsLog(const ServerConfig& config) : AlteredQueue(config), config_(config) {}
  void recover(Effects& effects) override {
    replace_inner(config_);
    inner().recover(effects);
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<ForgetsItsLog>(*this); }

 private:
  ServerConfig config_;
};

class TrustsItself final : public AlteredQueue {
 public:
  using AlteredQueue::AlteredQueue;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    Effects answer;
    inner().deliver(from, letter, answer);
    for (const Effect& effect : answer.items()) {
      const auto sent = sent_by(effect);
      effects.add(effect);
      if (!sent || sent->second.queue != QueueMessage::kConfirm) continue;
      Letter confirmed = sent->second;
      confirmed.queue = QueueMessage::kConfirmed;
      inner().deliver(sent->first, confirmed, effects);
    }
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<TrustsItself>(*this); }
};

class WatchesSuccessor final : public AlteredQueue {
 public:
  using AlteredQueue::AlteredQueue;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    if (letter.queue != QueueMessage::kWatch) return inner().deliver(from, letter, effects);
    Letter shifted = letter;
    ++shifted.token.value;
    Effects answer;
    inner().deliver(from, shifted, answer);
    for (const Effect& effect : answer.items()) {
      Letter reply = sent_by(effect)->second;
      reply.queue = QueueMessage::kWatching;
      reply.token = letter.token;
      effects.send(from, reply);
    }
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<WatchesSuccessor>(*this); }
};

// Of the events of one step, lets so many pass.
template <std::uint32_t kEvents>
class FiresFew final : public AlteredQueue {
 public:
  using AlteredQueue::AlteredQueue;
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) override {
    Effects all;
    inner().deliver(from, letter, all);
    sift(all, effects);
  }
  void fire(TimerKey key, Effects& effects) override {
    Effects all;
    inner().fire(key, all);
    sift(all, effects);
  }
  std::unique_ptr<Server> clone() const override { return std::make_unique<FiresFew>(*this); }

 private:
  static void sift(const Effects& all, Effects& effects) {
    std::uint32_t events = 0;
    for (const Effect& effect : all.items()) {
      const auto sent = sent_by(effect);
      const bool is_event = sent && sent->second.queue == QueueMessage::kEvent;
      if (!is_event || ++events <= kEvents) effects.add(effect);
    }
  }
};

template <class Planted>
std::unique_ptr<Server> make(const ServerConfig& config) {
  return std::make_unique<Planted>(config);
}

template <class Planted>
constexpr LockServiceSpec planted(std::string_view name, Manners manners = Manners::kCompare) {
  return {.name = name,
          .title = name,
          .source = "planted",
          .assumptions = "none: it is wrong",
          .manners = manners,
          .make_server = make<Planted>};
}

}  // namespace

const LockServiceSpec kGrantsWhatIsTaken = planted<GrantsWhatIsTaken>("grants-what-is-taken");
const LockServiceSpec kRepeatsItsToken = planted<RepeatsItsToken>("repeats-its-token");

const LockServiceSpec kAnswersAlone = planted<AnswersAlone>("answers-alone", Manners::kQueue);
const LockServiceSpec kElectsAnybody = planted<ElectsAnybody>("elects-anybody", Manners::kQueue);
const LockServiceSpec kForgetsItsLog = planted<ForgetsItsLog>("forgets-its-log", Manners::kQueue);
const LockServiceSpec kTrustsItself = planted<TrustsItself>("trusts-itself", Manners::kQueue);
const LockServiceSpec kWatchesSuccessor = planted<WatchesSuccessor>("watches-successor", Manners::kQueue);
const LockServiceSpec kForgetsToFire = planted<FiresFew<0>>("forgets-to-fire", Manners::kQueue);
const LockServiceSpec kHerdOfOne = planted<FiresFew<1>>("herd-of-one", Manners::kHerd);

}  // namespace paygrid::lock::tests
