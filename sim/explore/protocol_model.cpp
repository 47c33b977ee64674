#include "sim/explore/protocol_model.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>
#include <string>

#include "analysis/check/deeds.hpp"
#include "sim/explore/local_space.hpp"

namespace paygrid::explore {

using core::NodeId;

namespace {

constexpr core::Money kOpening{100};

void require(bool met, const char* what) {
  if (!met) throw std::invalid_argument(what);
}

// Accounts that payments touch.
std::uint32_t accounts_touched(const Size& size) {
  return size.accounts * size.participants * (size.contended ? 1 : size.payments);
}

void validate(const Size& size) {
  const std::uint32_t apart = size.coordinator_participates ? 0 : size.coordinators;
  const std::uint32_t members =
      size.participants + apart + (size.lock_service ? size.lock_servers : 0) + (size.retries > 0 ? 1 : 0);
  require(size.participants > 0, "participants: at least 1");
  require(members <= kMembersMax, "participants: too many for a search, which has at most 16 processes");
  require(size.payments > 0 && size.payments * check::kAttemptsMax <= check::kTxnsMax, "payments: 1 to 4");
  require(size.accounts == 1 || size.accounts == 2, "accounts: 1 or 2");
  require(size.coordinators > 0, "coordinators: at least 1");
  require(!size.lock_service || accounts_touched(size) <= check::kLocksMax, "participants: too many accounts for a lock service, at most 4");
  require(size.refusals <= size.participants, "refusals: at most as many as participants");
}

// Everybody who pays also receives; who refuses is to pay more than there is.
std::vector<world::LegDescription> legs_of(std::uint32_t payment, const Size& size) {
  const std::uint32_t pair = size.contended ? 0 : payment;
  // A lock service is there so that all of them succeed, one after the other.
  const core::Money enough{size.lock_service ? kOpening.minor / size.payments : kOpening.minor};
  std::vector<world::LegDescription> legs;
  for (std::uint32_t id = 0; id < size.participants; ++id) {
    const bool refuses = id >= size.participants - size.refusals;
    const core::Money amount = refuses ? kOpening + kOpening : enough;
    const auto account = [&](std::uint32_t nth) { return core::AccountId{nth * size.participants + id}; };
    legs.push_back({account(size.accounts * pair), -amount});
    legs.push_back({account(size.accounts * pair + size.accounts - 1), amount});
  }
  return legs;
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

// Participants are alike when they vote alike and do not coordinate; payments always are.
void declare_symmetry(const Size& size, const world::Description& description, Model& model) {
  // Locks are taken one after the other, and each payment has its own coordinator: only servers that do not know each other are alike.
  if (const lock::LockServiceSpec* service = world::lock_service_of(description)) {
    const auto servers = static_cast<std::uint32_t>(description.nodes.size());
    if (service->manners == lock::Manners::kQuorum && size.lock_servers > 1)
      model.interchangeable.push_back({servers, servers + size.lock_servers - 1});
    return;
  }
  const std::uint32_t first = size.coordinator_participates ? 1 : 0;
  const std::uint32_t willing = size.participants - size.refusals;
  if (willing > first + 1) model.interchangeable.push_back({first, willing - 1});
  if (size.refusals > 1) model.interchangeable.push_back({std::max(first, willing), size.participants - 1});
  model.payments_interchangeable = size.payments > 1 && size.coordinators == 1 && !core::depends_on_age(size.lock_policy);
}

// One is called by the letter alone.
void add_numbered(std::vector<std::string>& names, const std::string& letter, std::uint32_t count) {
  for (std::uint32_t number = 1; number <= count; ++number) names.push_back(count == 1 ? letter : letter + std::to_string(number));
}

}  // namespace

world::Description description_of(const core::ProtocolSpec& spec, const Size& size) {
  validate(size);
  world::Description description;
  description.protocol = spec.name;
  core::Placement& placement = description.placement;
  placement.shards = size.participants;
  placement.accounts = size.accounts * size.participants * size.payments;
  placement.opening_balance = kOpening;
  for (std::uint32_t id = 0; id < size.participants; ++id) {
    description.nodes.push_back("P" + std::to_string(id));
    placement.shard_nodes.push_back(NodeId{id});
  }
  if (!size.coordinator_participates) add_numbered(description.nodes, "C", size.coordinators);
  if (size.lock_service) {
    description.lock_service = size.lock_service;
    add_numbered(description.lock_servers, "L", size.lock_servers);
  }
  description.payers.push_back("payer");
  description.lock_policy = size.lock_policy;
  if (size.retries > 0) description.retries = size.retries;
  const NodeId payer{description.servers_end()};
  for (std::uint32_t index = 0; index < size.payments; ++index) {
    const NodeId coordinator{size.coordinator_participates ? 0 : size.participants + index % size.coordinators};
    description.payments.push_back({core::PaymentId{index + 1}, payer, coordinator, legs_of(index, size), true});
  }
  return description;
}

ProtocolModel::ProtocolModel(const core::ProtocolSpec& spec, const Size& size, const world::Rules& rules)
    : world_(description_of(spec, size), spec) {
  model_.name = spec.name;
  model_.setup = &world_.setup();
  model_.rules = rules;
  model_.rules.recall_faults = true;
  model_.rules.immortal |= world_.description().immortal();
  model_.process_names = world_.description().nodes;
  std::ranges::copy(world_.description().lock_servers, std::back_inserter(model_.process_names));
  std::ranges::copy(world_.description().payers, std::back_inserter(model_.process_names));
  std::ranges::copy(world_.payments(), std::back_inserter(model_.payments));
  declare_symmetry(size, world_.description(), model_);
  if (const lock::LockServiceSpec* service = world::lock_service_of(world_.description())) {
    const bool votes = service->manners == lock::Manners::kQuorum;
    model_.locks = LockService{static_cast<std::uint32_t>(world_.description().nodes.size()), size.lock_servers,
                               votes ? size.lock_servers / 2 + 1 : 1, size.lock_service->fencing};
  }
  if (rules.limit(world::Fault::kForgery) > 0) {
    // What a protocol states about itself is about what its own processes send, and nobody has paid for what an outsider sends.
    forgeable_ = world_.forgeable();
    model_.rules.forgeable = &forgeable_;
    return;
  }
  if (rules.limit(world::Fault::kDiskLoss) > 0) return;  // nor about processes that forgot what they said
  std::ranges::copy_if(spec.exclusions, std::back_inserter(model_.exclusions),
                       [&](const core::Exclusion& exclusion) { return granted(exclusion.assumption, rules); });
  // Nor has anybody paid for what shards tell each other about deadlocks, and coordinators a lock service.
  if (!core::sends_messages(size.lock_policy) && !size.lock_service) model_.message_weight = spec.message_weight;
}

}  // namespace paygrid::explore
