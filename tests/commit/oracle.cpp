#include "tests/commit/oracle.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace paygrid::commit_test {

namespace {

struct Attempt {
  std::map<std::pair<NodeId, std::uint64_t>, Outcome> decisions;  // by process and role
  std::set<NodeId> yes;
  std::set<NodeId> in_doubt;
  bool refused = false;
};

std::string text(TxnId txn) { return std::to_string(txn.payment.value) + "." + std::to_string(txn.attempt); }

// The first of AC1, AC4 that a new decision breaks.
std::string add_decision(Attempt& attempt, const Seen& seen) {
  const auto outcome = static_cast<Outcome>(seen.fact.argument);
  const auto self = std::pair{seen.node, seen.fact.word};
  if (const auto before = attempt.decisions.find(self); before != attempt.decisions.end() && before->second != outcome)
    return "AC4: process " + std::to_string(seen.node.value) + " changed its decision on " + text(seen.fact.txn);
  for (const auto& [other, decision] : attempt.decisions)
    if (decision != outcome)
      return "AC1: processes " + std::to_string(seen.node.value) + " and " + std::to_string(other.first.value) +
             " disagree on " + text(seen.fact.txn);
  attempt.decisions[self] = outcome;
  return {};
}

std::map<TxnId, Attempt> attempts_of(const World& world, std::string& violation) {
  std::map<TxnId, Attempt> attempts;
  for (const Seen& seen : world.facts()) {
    Attempt& attempt = attempts[seen.fact.txn];
    if (seen.fact.kind == FactKind::kVoted) {
      if (static_cast<core::Vote>(seen.fact.argument) == core::Vote::kYes) attempt.yes.insert(seen.node);
      else attempt.refused = true;
    }
    if (seen.fact.kind == FactKind::kInDoubt) attempt.in_doubt.insert(seen.node);
    if (seen.fact.kind != FactKind::kDecided) continue;
    if (seen.fact.word == 1) attempt.in_doubt.erase(seen.node);
    if (violation.empty()) violation = add_decision(attempt, seen);
  }
  return attempts;
}

bool committed(const Attempt& attempt) {
  return std::any_of(attempt.decisions.begin(), attempt.decisions.end(),
                     [](const auto& entry) { return entry.second == Outcome::kCommitted; });
}

}  // namespace

std::string safety_violation(const World& world) {
  std::string violation;
  const auto attempts = attempts_of(world, violation);
  if (!violation.empty()) return violation;
  std::map<PaymentId, TxnId> paid;
  for (const auto& [txn, attempt] : attempts) {
    if (attempt.decisions.empty()) continue;
    const PaymentRef& payment = world.payments()[txn.payment.value - 1];
    if (!committed(attempt)) {
      const bool denied = world.count(FactKind::kDenied) > 0;
      if (!attempt.refused && !denied && !world.fault_happened()) return "AC3: " + text(txn) + " aborted without a reason";
      continue;
    }
    for (const NodeId participant : payment->participants)
      if (!attempt.yes.contains(participant))
        return "AC2: " + text(txn) + " committed without a yes of " + std::to_string(participant.value);
    if (const auto [first, fresh] = paid.emplace(txn.payment, txn); !fresh)
      return "double charge: " + text(first->second) + " and " + text(txn) + " both committed";
  }
  for (const Answer& answer : world.answers()) {
    const auto found = attempts.find(answer.txn);
    const bool was_committed = found != attempts.end() && committed(found->second);
    if ((answer.outcome == Outcome::kCommitted) != was_committed) return "the payer was told wrong about " + text(answer.txn);
  }
  return {};
}

std::string settlement_violation(World& world) {
  world.persist_all();
  std::string violation;
  const auto attempts = attempts_of(world, violation);
  std::map<AccountId, Money> expected;
  for (std::uint32_t account = 0; account < world.placement().accounts; ++account)
    expected[AccountId{account}] = world.placement().opening_balance;
  for (const auto& [txn, attempt] : attempts) {
    if (!attempt.in_doubt.empty())
      return "AC5: process " + std::to_string(attempt.in_doubt.begin()->value) + " never decided " + text(txn);
    if (!committed(attempt)) continue;
    for (const core::Leg& leg : world.payments()[txn.payment.value - 1]->legs) expected[leg.account] += leg.amount;
  }
  for (const auto& [account, balance] : expected)
    if (world.durable_balance(account) != balance)
      return "balance of account " + std::to_string(account.value) + " is " +
             std::to_string(world.durable_balance(account).minor) + ", not " + std::to_string(balance.minor);
  return {};
}

}  // namespace paygrid::commit_test
