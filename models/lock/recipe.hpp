// The client recipe of any service: chooses by its manners, and hands everything on. What lives above knows this one alone.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>

#include "models/core/assert.hpp"
#include "models/core/digest.hpp"
#include "models/lock/client.hpp"
#include "models/lock/queue_client.hpp"
#include "models/lock/quorum_client.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock {

class Recipe {
 public:
  // Requires: at most as many servers as the service may have.
  Recipe(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing)
      : client_(make(servers, service, timing)) {}

  // As those of Client.
  void acquire(LockId lock, core::TxnId owner, Patience patience, Effects& effects) {
    std::visit([&](auto& client) { client.acquire(lock, owner, patience, effects); }, client_);
  }
  void interrupt(LockId lock, core::TxnId owner, Effects& effects) {
    std::visit([&](auto& client) { client.interrupt(lock, owner, effects); }, client_);
  }
  void release(LockId lock, core::TxnId owner, Effects& effects) {
    std::visit([&](auto& client) { client.release(lock, owner, effects); }, client_);
  }
  void deliver(core::NodeId from, const Letter& letter, Effects& effects) {
    std::visit([&](auto& client) { client.deliver(from, letter, effects); }, client_);
  }
  void fire(TimerKey key, Effects& effects) {
    std::visit([&](auto& client) { client.fire(key, effects); }, client_);
  }
  std::optional<Token> token(LockId lock, core::TxnId owner) const {
    return std::visit([&](const auto& client) { return client.token(lock, owner); }, client_);
  }
  bool at_rest() const {
    return std::visit([](const auto& client) { return client.at_rest(); }, client_);
  }
  std::string describe() const {
    return std::visit([](const auto& client) { return client.describe(); }, client_);
  }

  bool operator==(const Recipe&) const = default;
  std::uint64_t digest() const {
    core::Digest digest;
    std::visit([&](const auto& client) { digest.add(client); }, client_);
    return digest.value();
  }

 private:
  using AnyClient = std::variant<Client, QuorumClient, QueueClient>;

  static AnyClient make(std::span<const core::NodeId> servers, const LockServiceSpec& service, const ClientTiming& timing) {
    if (service.manners == Manners::kQuorum) return AnyClient(std::in_place_type<QuorumClient>, servers, timing);
    if (is_queueing(service.manners)) return AnyClient(std::in_place_type<QueueClient>, servers, service, timing);
    PAYGRID_ASSERT(servers.size() <= service.servers_max, "a service says how many servers it may have");
    return AnyClient(std::in_place_type<Client>, servers, service, timing);
  }

  AnyClient client_;
};

}  // namespace paygrid::lock
