// Servers that know each other, as an ensemble or a replica, and clients at them, told step by step: letters arrive in the order of
// their sending, timers fire when they are told to.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/lock/recipe.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock::tests {

inline constexpr LockId kQueueLock{7};

// Servers are processes 0 and up, clients come after them. Client i acts for owner i alone.
class QueueStory {
 public:
  QueueStory(const LockServiceSpec& spec, std::uint32_t servers, std::uint32_t clients);

  static core::TxnId owner(std::uint32_t client) { return {core::PaymentId{client + 1}, 0}; }

  // Each lets all letters arrive that it has caused, and theirs.
  void acquire(std::uint32_t client, Patience patience = Patience::forever());
  void release(std::uint32_t client);
  void interrupt(std::uint32_t client);
  // Of all processes that run: each timer of this kind that is armed now, once.
  void fire(LockTimer kind);
  void fire_at(std::uint32_t process, TimerKey key);
  void crash(std::uint32_t server);
  void come_back(std::uint32_t server);
  void suspect(std::uint32_t server, std::uint32_t other);
  // All servers that run suspect those that do not.
  void suspect_who_is_down();

  // Letters that this says yes to are lost. Null: none.
  void lose(std::function<bool(std::uint32_t from, std::uint32_t to, const Letter&)> lost) { lost_ = std::move(lost); }
  void settle();

  std::uint32_t count(QueueMessage kind) const { return sent_[static_cast<std::size_t>(kind)]; }
  std::uint32_t letters() const;
  void forget_counts() { sent_ = {}; }
  bool holds(std::uint32_t client) const { return token(client).has_value(); }
  std::optional<Token> token(std::uint32_t client) const { return clients_[client].token(kQueueLock, owner(client)); }
  bool at_rest(std::uint32_t client) const { return clients_[client].at_rest(); }
  const std::vector<NoticeKind>& notices(std::uint32_t client) const { return notices_[client]; }
  std::vector<Fact> facts(FactKind kind) const;

 private:
  struct Packet {
    std::uint32_t from{};
    std::uint32_t to{};
    Letter letter;
  };
  void apply(std::uint32_t process, const Effects& effects);
  bool runs(std::uint32_t process) const { return !down_.contains(process); }
  bool is_client(std::uint32_t process) const { return process >= servers_.size(); }
  Recipe& client(std::uint32_t process) { return clients_[process - servers_.size()]; }

  std::vector<std::unique_ptr<Server>> servers_;
  std::vector<Recipe> clients_;
  std::vector<std::vector<NoticeKind>> notices_;
  std::vector<Fact> facts_;
  std::deque<Packet> packets_;
  std::set<std::pair<std::uint32_t, TimerKey>> armed_;
  std::set<std::uint32_t> down_;
  std::array<std::uint32_t, 64> sent_{};
  std::function<bool(std::uint32_t, std::uint32_t, const Letter&)> lost_;
};

}  // namespace paygrid::lock::tests
