// Cuts one payment out of a run, together with the payments that it is entangled with through locks, as a transcript that
// plays.
//
// Entangled are those that wait for one another's locks, and whoever posts to an account between two of them: only then the
// balances at the start of the cut decide what happens in it. Everything else that shares processes and disks with the payment
// drops out: it changes when things happen, not what.
//
// Assumption: messages of entangled payments mean the same without what they carry about others (Message::learned), which the
// cut leaves out. That the cut comes to the decisions of the run is checked, not assumed.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "models/core/placement.hpp"
#include "sim/replay/recorder.hpp"

namespace paygrid::replay {

inline constexpr std::size_t kEntangledMax = 16;

// What a cut must know of the run.
struct CutContext {
  std::string title;               // "scenario quickstart, seed 42"
  std::string protocol;
  std::vector<std::string> names;  // by process, nodes first
  std::uint32_t nodes = 0;
  std::uint32_t retries = 0;       // of the payers
  core::Placement placement;
};

// A step of the run as the cut keeps it.
struct KeptStep {
  std::uint64_t sequence = 0;
  std::int64_t at_ns = 0;
  world::Step step;
  core::Record record;  // kPersist: what becomes durable
};

struct Decision {
  core::TxnId txn;
  core::NodeId process;
  core::Outcome outcome{};
  auto operator<=>(const Decision&) const = default;
};

// What is cut out: everything in the run's own numbers.
struct Cut {
  core::PaymentId target;
  std::vector<core::PaymentRef> payments;       // ascending
  std::vector<core::NodeId> processes;          // ascending: those that take part
  std::vector<core::OpeningBalance> balances;   // of the accounts that the payments touch, ascending
  std::vector<KeptStep> steps;
  std::set<Decision> decisions;
};

// Keeps the steps of all payments of a run, some 4 KB each. The engine, which owns the payments, outlives it.
class CutRecorder : public PathRecorder {
 public:
  explicit CutRecorder(const core::Placement& placement);

  void on_durable(core::NodeId self, const core::Record& record, bool forced) final;
  void on_fact(core::NodeId self, const core::Fact& fact) final;

  // Call after the run. Throws std::invalid_argument, one line, when the payment was not submitted or too many payments are
  // entangled with it.
  Cut cut(core::PaymentId target);

 private:
  struct Touch {
    core::PaymentId payment;
    core::Money before;  // balance of the account when the payment asked for its lock
  };
  struct Life {
    core::PaymentRef payment;
    std::vector<KeptStep> steps;
    std::set<core::PaymentId> tied;  // waited for its locks, or it for theirs
    std::set<core::AccountId> posted;
    std::set<Decision> decisions;
  };
  using Payments = std::set<core::PaymentId>;

  void on_path_step(std::int64_t at_ns, const world::Step& step) final;
  void claim(core::NodeId process, core::TxnId txn);
  void release(core::NodeId process, core::TxnId txn);
  void release_all(core::NodeId process);
  void tie(core::PaymentId waiting, core::AccountId account);
  Payments entangled_with(core::PaymentId target) const;
  Payments with_those_between(const Payments& payments) const;
  std::vector<core::OpeningBalance> balances_before(const Payments& payments) const;

  core::Placement placement_;
  std::uint64_t sequence_ = 0;
  KeptStep persist_;                                 // the write whose record is not known yet
  std::vector<KeptStep> process_steps_;              // crashes, recoveries, suspicions
  std::map<core::PaymentId, Life> lives_;
  std::vector<core::Money> balances_;                // by account
  std::vector<std::vector<Touch>> touches_;          // by account, in order
  std::vector<std::vector<core::TxnId>> claimants_;  // by account: who holds its lock or waits for it
};

// The transcript of a cut. Throws std::invalid_argument, one line, when it does not come to the run's decisions.
std::string transcript_of(const Cut& cut, const CutContext& context);

}  // namespace paygrid::replay
