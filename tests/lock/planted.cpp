#include "tests/lock/planted.hpp"

#include <memory>
#include <variant>

namespace paygrid::lock::tests {

namespace {

// Hands everything to a redis server, and alters what goes in or comes out.
class Altered : public Server {
 public:
  explicit Altered(const ServerConfig& config) : inner_(kRedis.make_server(config)) {}
  Altered(const Altered& other) : Server(other), inner_(other.inner_->clone()) {}
  Altered& operator=(const Altered&) = delete;

  void fire(TimerKey key, Effects& effects) override { inner_->fire(key, effects); }
  void recover(Effects& effects) override { inner_->recover(effects); }
  bool equals(const Server& other) const override {
    const auto* same = dynamic_cast<const Altered*>(&other);
    return same != nullptr && same->inner_->equals(*inner_);
  }
  std::uint64_t digest() const override { return inner_->digest(); }

 protected:
  Server& inner() { return *inner_; }

 private:
  std::unique_ptr<Server> inner_;
};

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

template <class Planted>
std::unique_ptr<Server> make(const ServerConfig& config) {
  return std::make_unique<Planted>(config);
}

template <class Planted>
constexpr LockServiceSpec planted(std::string_view name) {
  return {.name = name,
          .title = name,
          .source = "planted",
          .assumptions = "none: it is wrong",
          .manners = Manners::kCompare,
          .make_server = make<Planted>};
}

}  // namespace

const LockServiceSpec kGrantsWhatIsTaken = planted<GrantsWhatIsTaken>("grants-what-is-taken");
const LockServiceSpec kRepeatsItsToken = planted<RepeatsItsToken>("repeats-its-token");

}  // namespace paygrid::lock::tests
