// The description of a world as a value: protocol, processes by name, where accounts live, payments, and what is modelled of
// the payers. A World is built from it with the registered protocol. Small explored worlds and worlds cut out of timed runs are
// described alike.
//
// Processes are numbered: nodes first, then lock servers, then payers. A shard may live on a node that is no process of the world ("elsewhere"):
// a cut keeps the placement of the whole cluster and only those nodes that its payments touch.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/core/payment.hpp"
#include "models/core/placement.hpp"
#include "models/core/spec.hpp"
#include "models/lock/service.hpp"
#include "sim/world/cluster.hpp"

namespace paygrid::world {

struct LegDescription {
  core::AccountId account;
  core::Money amount;  // negative: debit
  bool operator==(const LegDescription&) const = default;
};

struct PaymentDescription {
  core::PaymentId id;
  core::NodeId payer = core::kNoNode;
  core::NodeId coordinator = core::kNoNode;
  std::vector<LegDescription> legs;  // in the order of lock acquisition within a node
  bool sent = true;                  // it is made before the first step; else a kSubmit step makes it
  bool operator==(const PaymentDescription&) const = default;
};
PaymentDescription description_of(const core::Payment& payment, bool sent);

// Coordinators take the locks of a payment's accounts from it before they begin. Leases are not renewed: they are as long as they
// must be.
struct LockServiceDescription {
  std::string name;
  bool fencing = false;
  bool ascending = true;  // locks are taken in the order of accounts; else in that of the legs
  bool keeps_memory = true;  // what a crash leaves of the locks of a server
  bool operator==(const LockServiceDescription&) const = default;
};

struct Description {
  std::string protocol;
  std::vector<std::string> nodes;        // process i
  std::vector<std::string> lock_servers;  // process nodes.size() + i
  std::vector<std::string> payers;       // the processes behind these
  std::vector<std::string> elsewhere;    // holders of shards that are no processes: NodeId processes() + i
  core::LockPolicy lock_policy = core::LockPolicy::kWait;
  core::Victim victim = core::Victim::kYoungest;
  std::optional<LockServiceDescription> lock_service;  // nullopt: shards lock alone, and there are no lock servers
  std::optional<std::uint32_t> retries;  // of the payers; nullopt: they stand outside the world and all payments are sent
  core::Placement placement;
  std::vector<PaymentDescription> payments;

  std::uint32_t processes() const { return servers_end() + static_cast<std::uint32_t>(payers.size()); }
  std::uint32_t servers_end() const { return static_cast<std::uint32_t>(nodes.size() + lock_servers.size()); }
  bool is_lock_server(core::NodeId process) const { return process.value >= nodes.size() && process.value < servers_end(); }
  std::string_view name_of(core::NodeId process) const;     // also of those elsewhere; "?" for no process
  core::NodeId find(std::string_view name) const;           // kNoNode: nobody is called so
  std::uint32_t immortal() const;                           // Rules::immortal: the payers that are members know no crash
};

// The registered protocol that the description names. Throws std::invalid_argument.
const core::ProtocolSpec& protocol_of(const Description& description);
// The registered lock service that the description names, or null. Throws std::invalid_argument.
const lock::LockServiceSpec* lock_service_of(const Description& description);

// A description with all that it needs to run. Members of the setup: the nodes, and the payers unless they stand outside.
// Nodes never forget outcomes. A payment that is sent is made by its payer's start, so that the payer knows of it and asks again;
// of a payer outside only the submission is seen, on the way.
class World {
 public:
  // Throws std::invalid_argument, one line, when the protocol is unknown, a name is used twice, a payment does not balance,
  // names an account that does not exist or lives elsewhere, or is to be submitted by a payer who stands outside.
  explicit World(Description description);
  // The protocol need not be registered; it outlives the world.
  World(Description description, const core::ProtocolSpec& protocol);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const Description& description() const { return description_; }
  const core::ProtocolSpec& protocol() const { return *protocol_; }
  const Setup& setup() const { return setup_; }
  std::span<const core::PaymentRef> payments() const { return payments_; }
  // All that an outsider may say: each message of the protocol's vocabulary, and each answer to a payer who is a member, about the
  // first attempt of each payment, with the payment, in anybody's name. Sorted by `order`.
  std::vector<Packet> forgeable() const;
  // The step by which its payer makes a payment. Requires: payers are modelled.
  Step submission(const core::PaymentRef& payment) const;

 private:
  void validate() const;
  void validate_locks() const;
  void add_payment(const PaymentDescription& described);
  void add_roles();
  void add_nodes();
  void add_lock_servers();
  std::vector<core::PaymentRef> sent_by(core::NodeId payer) const;

  Description description_;
  const core::ProtocolSpec* protocol_;
  core::PaymentPool pool_;  // outlives everything that refers to payments
  Setup setup_;
  std::vector<core::PaymentRef> payments_;
};

}  // namespace paygrid::world
