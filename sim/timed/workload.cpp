#include "sim/timed/workload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace paygrid::timed {

using scenario::WorkloadKind;

AccountPicker::AccountPicker(const scenario::AccountChoice& choice, std::uint32_t accounts) : accounts_(accounts) {
  if (!choice.zipf) return;
  cumulative_.reserve(accounts);
  double sum = 0;
  for (std::uint32_t rank = 1; rank <= accounts; ++rank) cumulative_.push_back(sum += std::pow(rank, -choice.exponent));
  for (double& value : cumulative_) value /= sum;
}

core::AccountId AccountPicker::draw(RandomStream& stream) const {
  if (cumulative_.empty()) return {static_cast<std::uint32_t>(stream.next_below(accounts_))};
  const auto at = std::ranges::lower_bound(cumulative_, stream.next_open01());
  return {static_cast<std::uint32_t>(std::min<std::ptrdiff_t>(at - cumulative_.begin(), accounts_ - 1))};
}

namespace {

core::PaymentKind kind_of(WorkloadKind kind) {
  switch (kind) {
    case WorkloadKind::kTransfer: return core::PaymentKind::kTransfer;
    case WorkloadKind::kPurchase: return core::PaymentKind::kPurchase;
    case WorkloadKind::kPayroll: return core::PaymentKind::kPayroll;
    case WorkloadKind::kRefund: return core::PaymentKind::kRefund;
  }
  return core::PaymentKind::kTransfer;
}

}  // namespace

ScenarioWorkload::ScenarioWorkload(const scenario::Scenario& scenario, const Layout& layout)
    : layout_(layout),
      accounts_(scenario.ledger.accounts),
      shards_(scenario.ledger.shards),
      sorted_(scenario.locking.order == scenario::LockOrder::kSorted) {
  if (accounts_ < 2 * shards_)
    throw std::invalid_argument(fmt::format("ledger.accounts: found {}; accepted: at least two accounts for each of the {} shards",
                                            accounts_, shards_));
  const TimeNs arrivals_end = scenario.duration_ns - scenario.phases.settle_ns;
  for (std::size_t i = 0; i < scenario.workload.size(); ++i) {
    const scenario::Workload& spec = scenario.workload[i];
    const std::string name = fmt::format("workload {} ", i);
    entries_.push_back({spec, spec.to_ns < 0 ? arrivals_end : std::min(spec.to_ns, arrivals_end), 0,
                        AccountPicker(spec.accounts, accounts_), Sampler(spec.amount),
                        RandomStream(scenario.seed, name + "arrivals"), RandomStream(scenario.seed, name + "accounts"),
                        RandomStream(scenario.seed, name + "amounts"), RandomStream(scenario.seed, name + "origins"),
                        RandomStream(scenario.seed, name + "shapes")});
  }
}

TimeNs ScenarioWorkload::next_gap_ns(Entry& entry) {
  const double mean_ns = 1e9 / entry.spec.arrivals.rate_per_s;
  if (entry.spec.arrivals.kind == scenario::ArrivalKind::kConstant) return std::llround(mean_ns);
  return std::llround(-mean_ns * std::log1p(-entry.arrival_stream.next_open01()));
}

TimeNs ScenarioWorkload::first_arrival_ns(std::uint32_t source) {
  Entry& entry = entries_[source];
  if (entry.spec.arrivals.rate_per_s <= 0) return kNever;
  // A constant rate starts at once; a Poisson process starts with a gap.
  const bool constant = entry.spec.arrivals.kind == scenario::ArrivalKind::kConstant;
  const TimeNs first = entry.spec.from_ns + (constant ? 0 : next_gap_ns(entry));
  return first < entry.to_ns ? first : kNever;
}

core::Money ScenarioWorkload::draw_amount(Entry& entry) {
  return {std::max<std::int64_t>(1, entry.amount.draw(entry.amount_stream))};
}

// The account of `shard` nearest to `account` in popularity, never `other_than`.
core::AccountId ScenarioWorkload::on_shard(core::AccountId account, std::uint32_t shard, core::AccountId other_than) const {
  const auto in_range = [this](std::uint32_t id) { return id < accounts_; };
  std::uint32_t id = account.value / shards_ * shards_ + shard;
  if (!in_range(id)) id -= shards_;
  if (id == other_than.value) id = in_range(id + shards_) ? id + shards_ : id - shards_;
  return {id};
}

ScenarioWorkload::Transfer ScenarioWorkload::draw_transfer(Entry& entry) {
  const core::AccountId from = entry.picker.draw(entry.account_stream);
  core::AccountId to = entry.picker.draw(entry.account_stream);
  if (entry.spec.kind == WorkloadKind::kPurchase) {
    const auto merchants = std::max<std::uint32_t>(1, static_cast<std::uint32_t>(entry.spec.merchants * accounts_));
    to = {to.value % merchants};
  }
  const bool multi = entry.spec.shards > 1 && entry.shape_stream.next_open01() < entry.spec.multi_shard;
  const std::uint32_t home = from.value % shards_;
  std::uint32_t away = to.value % shards_;
  const auto step = static_cast<std::uint32_t>(entry.shape_stream.next_below(std::max<std::uint32_t>(1, shards_ - 1)));
  if (!multi) away = home;
  else if (away == home) away = (home + 1 + step) % shards_;
  return {from, on_shard(to, away, from), draw_amount(entry)};
}

void ScenarioWorkload::add_leg(core::Payment& payment, core::AccountId account, core::Money amount) const {
  payment.legs.push_back({account, layout_.placement.node_of(account), amount});
}

// One debit pays `legs` credits that are dealt over the chosen number of shards.
void ScenarioWorkload::add_payroll(Entry& entry, core::Payment& payment) {
  const core::AccountId employer = entry.picker.draw(entry.account_stream);
  const std::uint32_t home = employer.value % shards_;
  const bool multi = entry.shape_stream.next_open01() < entry.spec.multi_shard;
  const std::uint32_t spread = multi ? entry.spec.shards : 1;
  core::Money total;
  add_leg(payment, employer, {-1});  // replaced by the total below
  for (std::uint32_t leg = 0; leg < entry.spec.legs; ++leg) {
    const core::AccountId drawn = entry.picker.draw(entry.account_stream);
    const core::Money amount = draw_amount(entry);
    add_leg(payment, on_shard(drawn, (home + (leg + 1) % spread) % shards_, employer), amount);
    total += amount;
  }
  payment.legs.front().amount = -total;
}

void ScenarioWorkload::place_payer(Entry& entry, core::Payment& payment) {
  const core::NodeId beside{static_cast<std::uint32_t>(entry.origin_stream.next_below(layout_.members))};
  payment.payer = layout_.payer_at(layout_.place_of[beside.value]);
  payment.coordinator = layout_.fixed_coordinator == core::kNoNode ? beside : layout_.fixed_coordinator;
}

core::PaymentRef ScenarioWorkload::arrive(std::uint32_t source, TimeNs now_ns, core::PaymentId id, core::PaymentPool& pool,
                                          TimeNs& next_ns) {
  Entry& entry = entries_[source];
  ++entry.arrived;
  next_ns = now_ns + next_gap_ns(entry);
  if (next_ns >= entry.to_ns || (entry.spec.count_max > 0 && entry.arrived >= entry.spec.count_max)) next_ns = kNever;

  core::Payment& payment = pool.draft();
  payment.id = id;
  payment.kind = kind_of(entry.spec.kind);
  payment.currency = layout_.placement.currency;
  place_payer(entry, payment);
  if (entry.spec.kind == WorkloadKind::kPayroll) {
    add_payroll(entry, payment);
  } else {
    Transfer transfer = draw_transfer(entry);
    if (entry.spec.kind == WorkloadKind::kRefund) {
      if (recent_count_ > 0) {
        const std::uint64_t stored = std::min<std::uint64_t>(recent_count_, recent_.size());
        transfer = recent_[entry.shape_stream.next_below(stored)];
      }
      std::swap(transfer.from, transfer.to);
    } else {
      recent_[recent_count_++ % recent_.size()] = transfer;
    }
    add_leg(payment, transfer.from, -transfer.amount);
    add_leg(payment, transfer.to, transfer.amount);
  }
  if (sorted_) std::ranges::stable_sort(payment.legs, {}, &core::Leg::account);
  return pool.seal(payment);
}

void ScenarioWorkload::count_draws(const DrawCounter& count) const {
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& entry = entries_[i];
    count(fmt::format("workload {} arrivals", i), entry.arrival_stream.drawn());
    count(fmt::format("workload {} accounts", i), entry.account_stream.drawn());
    count(fmt::format("workload {} amounts", i), entry.amount_stream.drawn());
    count(fmt::format("workload {} origins", i), entry.origin_stream.drawn());
    count(fmt::format("workload {} shapes", i), entry.shape_stream.drawn());
  }
}

}  // namespace paygrid::timed
