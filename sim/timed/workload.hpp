// The open-loop workload: when payments arrive and what they are. Arrivals never wait for answers, so latency measured from the
// arrival shows queueing as a payer feels it (no coordinated omission).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/core/payment.hpp"
#include "sim/scenario/scenario.hpp"
#include "sim/timed/event_queue.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/random_stream.hpp"
#include "sim/timed/sampler.hpp"

namespace paygrid::timed {

// Where payments come from. Sources are numbered densely; each has its own next arrival.
class PaymentSource {
 public:
  virtual ~PaymentSource() = default;
  virtual std::uint32_t sources() const = 0;
  // Time of the first arrival of a source; kNever when it has none.
  virtual TimeNs first_arrival_ns(std::uint32_t source) = 0;
  // The payment that arrives now; `next_ns` becomes the time of the source's next arrival, or kNever.
  virtual core::PaymentRef arrive(std::uint32_t source, TimeNs now_ns, core::PaymentId id, core::PaymentPool& pool,
                                  TimeNs& next_ns) = 0;
  virtual void count_draws(const DrawCounter&) const {}
};

// Account ranks by Zipf's law (exponent > 0) or uniformly; rank r is account r, so that the popular accounts spread over shards.
class AccountPicker {
 public:
  AccountPicker(const scenario::AccountChoice& choice, std::uint32_t accounts);
  core::AccountId draw(RandomStream& stream) const;

 private:
  std::uint32_t accounts_;
  std::vector<double> cumulative_;  // empty: uniform
};

// The workload entries of a scenario.
class ScenarioWorkload final : public PaymentSource {
 public:
  // Throws std::invalid_argument when accounts are fewer than two a shard.
  ScenarioWorkload(const scenario::Scenario& scenario, const Layout& layout);

  std::uint32_t sources() const override { return static_cast<std::uint32_t>(entries_.size()); }
  TimeNs first_arrival_ns(std::uint32_t source) override;
  core::PaymentRef arrive(std::uint32_t source, TimeNs now_ns, core::PaymentId id, core::PaymentPool& pool,
                          TimeNs& next_ns) override;
  void count_draws(const DrawCounter& count) const override;

 private:
  struct Entry {
    scenario::Workload spec;
    TimeNs to_ns = 0;
    std::uint64_t arrived = 0;
    AccountPicker picker;
    Sampler amount;
    RandomStream arrival_stream;
    RandomStream account_stream;
    RandomStream amount_stream;
    RandomStream origin_stream;
    RandomStream shape_stream;
  };
  struct Transfer {
    core::AccountId from;
    core::AccountId to;
    core::Money amount;
  };

  TimeNs next_gap_ns(Entry& entry);
  core::Money draw_amount(Entry& entry);
  core::AccountId on_shard(core::AccountId account, std::uint32_t shard, core::AccountId other_than) const;
  Transfer draw_transfer(Entry& entry);
  void add_payroll(Entry& entry, core::Payment& payment);
  void add_leg(core::Payment& payment, core::AccountId account, core::Money amount) const;
  void place_payer(Entry& entry, core::Payment& payment);

  const Layout& layout_;
  std::uint32_t accounts_;
  std::uint32_t shards_;
  bool sorted_;
  std::vector<Entry> entries_;
  std::array<Transfer, 1024> recent_{};  // what a refund may undo
  std::uint64_t recent_count_ = 0;
};

}  // namespace paygrid::timed
