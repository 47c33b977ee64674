#include "sim/world/description.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

#include "models/client/payer.hpp"
#include "models/core/assert.hpp"
#include "models/core/utterance.hpp"
#include "models/lock/lock_server.hpp"
#include "models/lock/locking_node.hpp"
#include "models/registry.hpp"

namespace paygrid::world {

using core::NodeId;

namespace {

[[noreturn]] void fail(const std::string& what) { throw std::invalid_argument(what); }

std::string payment_name(core::PaymentId id) { return "payment " + std::to_string(id.value); }

// Nodes that never forget: a late message meets a node that remembers, as the models' own assumption demands.
core::CommitTiming timing() {
  core::CommitTiming timing;
  timing.outcome_retention = core::Duration{0};
  return timing;
}

core::Message submit_message(const core::PaymentRef& payment) {
  core::Message message;
  message.family = core::MessageFamily::kClient;
  message.kind = static_cast<std::uint8_t>(core::ClientMessage::kSubmit);
  message.txn = {payment->id, 0};
  message.payment = payment;
  return message;
}

}  // namespace

PaymentDescription description_of(const core::Payment& payment, bool sent) {
  PaymentDescription described{payment.id, payment.payer, payment.coordinator, {}, sent};
  for (const core::Leg& leg : payment.legs) described.legs.push_back({leg.account, leg.amount});
  return described;
}

std::string_view Description::name_of(NodeId process) const {
  std::size_t at = process.value;
  for (const std::vector<std::string>* names : {&nodes, &lock_servers, &payers, &elsewhere}) {
    if (at < names->size()) return (*names)[at];
    at -= names->size();
  }
  return "?";
}

NodeId Description::find(std::string_view name) const {
  const auto all = static_cast<std::uint32_t>(processes() + elsewhere.size());
  for (std::uint32_t id = 0; id < all; ++id)
    if (name_of({id}) == name) return {id};
  return core::kNoNode;
}

std::uint32_t Description::immortal() const {
  if (!retries) return 0;
  const auto below = [](std::size_t end) { return static_cast<std::uint32_t>((std::uint64_t{1} << end) - 1); };
  return below(processes()) & ~below(servers_end());
}

const core::ProtocolSpec& protocol_of(const Description& description) {
  if (const core::ProtocolSpec* spec = models::find_commit_protocol(description.protocol)) return *spec;
  std::string known;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    known += (known.empty() ? "" : ", ") + std::string(spec->name);
  fail("found protocol " + description.protocol + "; accepted: " + known);
}

const lock::LockServiceSpec* lock_service_of(const Description& description) {
  if (!description.lock_service) return nullptr;
  if (const lock::LockServiceSpec* spec = models::find_lock_service(description.lock_service->name)) return spec;
  std::string known;
  for (const lock::LockServiceSpec* spec : models::lock_services()) known += (known.empty() ? "" : ", ") + std::string(spec->name);
  fail("found lock service " + description.lock_service->name + "; accepted: " + known);
}

World::World(Description description) : World(description, protocol_of(description)) {}

World::World(Description description, const core::ProtocolSpec& protocol)
    : description_(std::move(description)), protocol_(&protocol) {
  validate();
  setup_.placement = description_.placement;
  for (const PaymentDescription& payment : description_.payments) add_payment(payment);
  add_roles();
}

void World::validate() const {
  const core::Placement& placement = description_.placement;
  if (description_.nodes.empty()) fail("found no node; accepted: at least one");
  if (description_.processes() > 32) fail("found more than 32 processes; accepted: at most 32");
  if (placement.shards == 0 || placement.shard_nodes.empty()) fail("found no shard; accepted: at least one");
  std::set<std::string_view> names;
  for (const auto* list : {&description_.nodes, &description_.lock_servers, &description_.payers, &description_.elsewhere})
    for (const std::string& name : *list)
      if (!names.insert(name).second) fail("found two processes called " + name + "; accepted: each name once");
  validate_locks();
  std::set<core::PaymentId> ids;
  for (const PaymentDescription& payment : description_.payments) {
    if (!ids.insert(payment.id).second) fail("found " + payment_name(payment.id) + " twice; accepted: each id once");
    if (!payment.sent && !description_.retries)
      fail("found " + payment_name(payment.id) + " of a payer outside, not sent; accepted: sent payments");
  }
}

void World::validate_locks() const {
  const auto servers = description_.lock_servers.size();
  const lock::LockServiceSpec* service = lock_service_of(description_);
  if (service == nullptr) {
    if (servers > 0) fail("found lock servers without a lock service; accepted: none");
    return;
  }
  const std::string name(service->name);
  if (!protocol_->hears_the_end)
    fail("found " + name + " beside " + description_.protocol + "; accepted: a protocol whose coordinator hears when a payment is over");
  if (servers == 0 || servers > service->servers_max)
    fail("found " + std::to_string(servers) + " servers of " + name + "; accepted: 1 to " + std::to_string(service->servers_max));
  if (description_.lock_service->fencing && !service->gives_tokens)
    fail("found fencing beside " + name + "; accepted: a lock service that gives tokens");
}

void World::add_payment(const PaymentDescription& described) {
  const auto name = payment_name(described.id);
  const auto is_node = [this](NodeId id) { return id.value < description_.nodes.size(); };
  if (!is_node(described.coordinator)) fail("found " + name + " without a coordinator; accepted: a node");
  if (described.payer.value < description_.servers_end() || described.payer.value >= description_.processes())
    fail("found " + name + " without a payer; accepted: one of the payers");
  if (described.legs.empty()) fail("found " + name + " without legs; accepted: at least two");
  core::Payment& draft = pool_.draft();
  draft.id = described.id;
  draft.currency = setup_.placement.currency;
  draft.payer = described.payer;
  draft.coordinator = described.coordinator;
  draft.legs.clear();
  core::Money sum;
  for (const LegDescription& leg : described.legs) {
    const std::string account = "account " + std::to_string(leg.account.value);
    if (leg.account.value >= setup_.placement.accounts)
      fail("found " + account + " in " + name + "; accepted: an account that exists");
    const NodeId holder = setup_.placement.node_of(leg.account);
    if (!is_node(holder))
      fail("found " + account + " in " + name + ", which lives on " + std::string(description_.name_of(holder)) +
           "; accepted: accounts on nodes of this world");
    if (leg.amount == core::Money{}) fail("found a leg of nothing in " + name + "; accepted: debits and credits");
    draft.legs.push_back({leg.account, holder, leg.amount});
    sum += leg.amount;
  }
  if (sum != core::Money{})
    fail("found legs of " + name + " that sum to " + std::to_string(sum.minor) + "; accepted: a sum of 0");
  payments_.push_back(pool_.seal(draft));
  if (described.sent && !description_.retries)
    setup_.packets.push_back({described.payer, described.coordinator, submit_message(payments_.back())});
}

void World::add_nodes() {
  const lock::LockServiceSpec* service = lock_service_of(description_);
  lock::LockingConfig locking;
  if (service != nullptr) {
    for (std::uint32_t id = 0; id < description_.lock_servers.size(); ++id)
      locking.servers.push_back(NodeId{static_cast<std::uint32_t>(description_.nodes.size()) + id});
    locking.service = service;
    locking.fencing = description_.lock_service->fencing;
    locking.ascending = description_.lock_service->ascending;
  }
  for (std::uint32_t id = 0; id < description_.nodes.size(); ++id) {
    core::NodeConfig config{NodeId{id}, &setup_.placement, timing(), description_.lock_policy, description_.victim};
    config.guarded = service != nullptr;
    locking.self = NodeId{id};
    setup_.roles.push_back([config, locking, make = protocol_->make_node] {
      return config.guarded ? lock::make_locking_node(make(config), locking) : make(config);
    });
  }
}

void World::add_lock_servers() {
  const lock::LockServiceSpec* service = lock_service_of(description_);
  if (service == nullptr) return;
  lock::ServerConfig config;
  config.memory = description_.lock_service->keeps_memory ? lock::Memory::kKept : lock::Memory::kLost;
  const auto servers = static_cast<std::uint32_t>(description_.lock_servers.size());
  const auto id_of = [this](std::uint32_t server) { return NodeId{static_cast<std::uint32_t>(description_.nodes.size()) + server}; };
  if (service->manners != lock::Manners::kQuorum) {  // those of a quorum do not know each other
    config.ensemble_size = servers;
    for (std::uint32_t server = 0; server < servers; ++server) config.ensemble[server] = id_of(server);
  }
  for (std::uint32_t server = 0; server < servers; ++server) {
    config.self = id_of(server);
    setup_.roles.push_back([service, config] { return lock::make_lock_server(*service, config); });
  }
}

void World::add_roles() {
  add_nodes();
  add_lock_servers();
  if (!description_.retries) return;
  client::PayerTiming patience;
  patience.retries = *description_.retries;
  for (std::uint32_t id = description_.servers_end(); id < description_.processes(); ++id)
    setup_.roles.push_back([id, patience, at_start = sent_by(NodeId{id})] {
      return client::make_payer(NodeId{id}, patience, at_start);
    });
}

std::vector<core::PaymentRef> World::sent_by(NodeId payer) const {
  std::vector<core::PaymentRef> sent;
  for (std::size_t at = 0; at < payments_.size(); ++at)
    if (payments_[at]->payer == payer && description_.payments[at].sent) sent.push_back(payments_[at]);
  return sent;
}

std::vector<Packet> World::forgeable() const {
  const auto members = static_cast<std::uint32_t>(setup_.roles.size());
  const auto nodes = static_cast<std::uint32_t>(description_.nodes.size());
  std::vector<core::Utterance> answers;
  for (const core::Outcome outcome : {core::Outcome::kAborted, core::Outcome::kCommitted})
    answers.push_back({static_cast<std::uint8_t>(core::ClientMessage::kAnswer), static_cast<std::uint8_t>(outcome)});
  const std::vector<core::Utterance> words = core::utterances(*protocol_);
  std::vector<Packet> packets;
  for (std::uint32_t to = 0; to < members; ++to)
    for (std::uint32_t from = 0; from < nodes; ++from)
      for (const core::Utterance& said : to < nodes ? words : answers)
        for (const core::PaymentRef& payment : payments_) {
          if (from == to || description_.is_lock_server({to})) continue;
          core::Message message;
          message.family = to < nodes ? core::MessageFamily::kCommit : core::MessageFamily::kClient;
          message.kind = said.kind;
          message.argument = said.argument;
          message.txn = {payment->id, 0};
          message.payment = payment;
          packets.push_back({NodeId{from}, NodeId{to}, std::move(message)});
        }
  std::ranges::sort(packets, [](const Packet& a, const Packet& b) { return order(a, b) < 0; });
  return packets;
}

Step World::submission(const core::PaymentRef& payment) const {
  PAYGRID_ASSERT(description_.retries.has_value(), "who stands outside is told nothing");
  Step step;
  step.kind = StepKind::kSubmit;
  step.process = payment->payer;
  step.message.payment = payment;
  return step;
}

}  // namespace paygrid::world
