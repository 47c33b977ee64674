#include "sim/explore/protocol_model.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

#include "analysis/check/deeds.hpp"
#include "models/client/payer.hpp"
#include "sim/explore/local_space.hpp"

namespace paygrid::explore {

using core::NodeId;

namespace {

constexpr core::Money kOpening{100};

void require(bool met, const char* what) {
  if (!met) throw std::invalid_argument(what);
}

// Explored nodes never forget: a late message meets a node that remembers, as the models' own assumption demands.
core::CommitTiming timing() {
  core::CommitTiming timing;
  timing.outcome_retention = core::Duration{0};
  return timing;
}

core::Message submission(const core::PaymentRef& payment) {
  core::Message message;
  message.family = core::MessageFamily::kClient;
  message.kind = static_cast<std::uint8_t>(core::ClientMessage::kSubmit);
  message.txn = {payment->id, 0};
  message.payment = payment;
  return message;
}

bool granted(core::Assumption assumption, const world::Rules& rules) {
  switch (assumption) {
    case core::Assumption::kNothing: return true;
    case core::Assumption::kAccurateSuspicions:
      if (rules.limit(world::Fault::kLoss) > 0 || rules.limit(world::Fault::kPartition) > 0) return false;
      // Asynchronously, a suspicion may outlive the recovery of the suspected.
      return rules.timing == world::Timing::kSynchronous ||
             (rules.limit(world::Fault::kSuspicion) == 0 && rules.limit(world::Fault::kRecovery) == 0);
  }
  return false;
}

}  // namespace

ProtocolModel::ProtocolModel(const core::ProtocolSpec& spec, const Size& size, const world::Rules& rules) : size_(size) {
  const std::uint32_t members = size.participants + (size.coordinator_participates ? 0 : 1) + (size.retries > 0 ? 1 : 0);
  require(size.participants > 0, "participants: at least 1");
  require(members <= kMembersMax, "participants: too many for a search, which has at most 16 processes");
  require(size.payments > 0 && size.payments * check::kAttemptsMax <= check::kTxnsMax, "payments: 1 to 4");
  require(size.refusals <= size.participants, "refusals: at most as many as participants");
  coordinator_ = NodeId{size.coordinator_participates ? 0 : size.participants};
  payer_ = NodeId{size.participants + (size.coordinator_participates ? 0 : 1)};
  setup_.placement.shards = size.participants;
  setup_.placement.accounts = 2 * size.participants * size.payments;
  setup_.placement.opening_balance = kOpening;
  for (std::uint32_t id = 0; id < size.participants; ++id) setup_.placement.shard_nodes.push_back(NodeId{id});

  model_.name = spec.name;
  model_.setup = &setup_;
  model_.rules = rules;
  model_.rules.recall_faults = true;
  if (size.retries > 0) model_.rules.immortal |= 1u << payer_.value;
  std::ranges::copy_if(spec.exclusions, std::back_inserter(model_.exclusions),
                       [&](const core::Exclusion& exclusion) { return granted(exclusion.assumption, rules); });
  model_.message_weight = spec.message_weight;
  for (std::uint32_t index = 0; index < size.payments; ++index) model_.payments.push_back(make_payment(index));
  add_processes(spec);
  const std::uint32_t first = size.coordinator_participates ? 1 : 0;
  const std::uint32_t willing = size.participants - size.refusals;
  if (willing > first + 1) model_.interchangeable.push_back({first, willing - 1});
  if (size.refusals > 1) model_.interchangeable.push_back({std::max(first, willing), size.participants - 1});
  model_.payments_interchangeable = size.payments > 1;
}

core::PaymentRef ProtocolModel::make_payment(std::uint32_t index) {
  core::Payment& draft = pool_.draft();
  draft.id = core::PaymentId{index + 1};
  draft.payer = payer_;
  draft.coordinator = coordinator_;
  draft.legs.clear();
  for (std::uint32_t id = 0; id < size_.participants; ++id) {
    const bool refuses = id >= size_.participants - size_.refusals;
    const core::Money amount = refuses ? kOpening + kOpening : kOpening;
    const std::uint32_t pair = size_.contended ? 0 : index;
    const auto account = [&](std::uint32_t nth) { return core::AccountId{nth * size_.participants + id}; };
    draft.legs.push_back({account(2 * pair), NodeId{id}, -amount});
    draft.legs.push_back({account(2 * pair + 1), NodeId{id}, amount});
  }
  return pool_.seal(draft);
}

void ProtocolModel::add_processes(const core::ProtocolSpec& spec) {
  for (std::uint32_t id = 0; id < size_.participants; ++id) model_.process_names.push_back("P" + std::to_string(id));
  if (!size_.coordinator_participates) model_.process_names.push_back("C");
  for (std::uint32_t id = 0; id < model_.process_names.size(); ++id) {
    const core::NodeConfig config{NodeId{id}, &setup_.placement, timing()};
    setup_.roles.push_back([config, &spec] { return spec.make_node(config); });
  }
  model_.process_names.push_back("payer");
  if (size_.retries > 0) {
    setup_.roles.push_back([id = payer_, retries = size_.retries] {
      client::PayerTiming patience;
      patience.retries = retries;
      return client::make_payer(id, patience);
    });
  }
  // What a patient payer does is over before the search begins.
  for (const core::PaymentRef& payment : model_.payments)
    setup_.packets.push_back({payer_, coordinator_, submission(payment)});
}

}  // namespace paygrid::explore
