#include "sim/world/description.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>

#include "models/client/payer.hpp"
#include "models/core/assert.hpp"
#include "models/core/utterance.hpp"
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
  for (const std::vector<std::string>* names : {&nodes, &payers, &elsewhere}) {
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
  return below(processes()) & ~below(nodes.size());
}

const core::ProtocolSpec& protocol_of(const Description& description) {
  if (const core::ProtocolSpec* spec = models::find_commit_protocol(description.protocol)) return *spec;
  std::string known;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    known += (known.empty() ? "" : ", ") + std::string(spec->name);
  fail("found protocol " + description.protocol + "; accepted: " + known);
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
  for (const auto* list : {&description_.nodes, &description_.payers, &description_.elsewhere})
    for (const std::string& name : *list)
      if (!names.insert(name).second) fail("found two processes called " + name + "; accepted: each name once");
  std::set<core::PaymentId> ids;
  for (const PaymentDescription& payment : description_.payments) {
    if (!ids.insert(payment.id).second) fail("found " + payment_name(payment.id) + " twice; accepted: each id once");
    if (!payment.sent && !description_.retries)
      fail("found " + payment_name(payment.id) + " of a payer outside, not sent; accepted: sent payments");
  }
}

void World::add_payment(const PaymentDescription& described) {
  const auto name = payment_name(described.id);
  const auto is_node = [this](NodeId id) { return id.value < description_.nodes.size(); };
  if (!is_node(described.coordinator)) fail("found " + name + " without a coordinator; accepted: a node");
  if (is_node(described.payer) || described.payer.value >= description_.processes())
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

void World::add_roles() {
  const auto nodes = static_cast<std::uint32_t>(description_.nodes.size());
  for (std::uint32_t id = 0; id < nodes; ++id) {
    const core::NodeConfig config{NodeId{id}, &setup_.placement, timing(), description_.lock_policy,
                                  description_.victim};
    setup_.roles.push_back([config, make = protocol_->make_node] { return make(config); });
  }
  if (!description_.retries) return;
  client::PayerTiming patience;
  patience.retries = *description_.retries;
  for (std::uint32_t id = nodes; id < description_.processes(); ++id)
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
          if (from == to) continue;
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
