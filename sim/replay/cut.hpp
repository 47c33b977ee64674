// Cuts one payment out of a run, with those payments alone that explain what became of it, as a transcript that plays.
//
// A payment that never waited for a lock explains itself. One that waited needs the payment that let it in: the last one ahead
// of it to go, or, when it gave up waiting, the one that still stood there. Where those do not suffice, their own are taken
// along, step by step, and in the end all payments that stood ahead. Everything else that shares processes, disks and accounts
// with the payment drops out: it changes when things happen, not what. Payments that are left out count by the balances that
// they left.
//
// Assumption: messages of the payments that are cut out mean the same without what they carry about others (Message::learned),
// which the cut leaves out. That every payment of the cut comes to the decisions of the run, and that the payment itself does
// all that it did there, is checked, not assumed: the smallest cut that passes is the transcript.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "models/core/lock_policy.hpp"
#include "models/core/placement.hpp"
#include "sim/replay/recorder.hpp"

namespace paygrid::replay {

inline constexpr std::size_t kCutPaymentsMax = 64;

// What a cut must know of the run.
struct CutContext {
  std::string title;               // "scenario quickstart, seed 42"
  std::string protocol;
  std::vector<std::string> names;  // by process, nodes first
  std::uint32_t nodes = 0;
  std::uint32_t retries = 0;       // of the payers
  core::LockPolicy lock_policy = core::LockPolicy::kWait;
  core::Victim victim = core::Victim::kYoungest;
  core::Placement placement;
};

// A step of the run as the cut keeps it.
struct KeptStep {
  std::uint64_t sequence = 0;
  std::int64_t at_ns = 0;
  world::Step step;
  core::Record record;  // kPersist: what becomes durable
};

// What a payment came to at a process: waited, was locked, voted, was in doubt, decided, was answered.
struct Deed {
  core::FactKind kind{};
  core::TxnId txn;
  core::NodeId process;
  std::uint8_t argument = 0;
  auto operator<=>(const Deed&) const = default;
};
// The deed that a fact is; nothing for facts that say how it was done.
std::optional<Deed> deed_of(core::NodeId process, const core::Fact& fact);

// What is cut out: everything in the run's own numbers.
struct Cut {
  core::PaymentId target;
  std::vector<core::PaymentRef> payments;       // ascending
  std::vector<core::NodeId> processes;          // ascending: those that take part
  std::vector<core::OpeningBalance> balances;   // of the accounts that the payments touch, ascending
  std::vector<KeptStep> steps;
  std::set<Deed> decisions;                     // of all payments
  std::set<Deed> deeds;                         // of the target
  bool has_past = false;                        // others waited for payments that are left out
};

// Keeps the steps of the payments that the target may need: its own, and of those before it as long as they are under way or
// somebody under way has waited for them. The engine, which owns the payments, outlives it.
class CutRecorder : public PathRecorder {
 public:
  using Payments = std::set<core::PaymentId>;

  CutRecorder(const core::Placement& placement, core::PaymentId target);

  void on_durable(core::NodeId self, const core::Record& record, bool forced) final;
  void on_fact(core::NodeId self, const core::Fact& fact) final;

  // Call after the run. Sets of payments that may explain the target, smaller ones first, each with at most kCutPaymentsMax.
  // Throws std::invalid_argument, one line, when the target was not submitted.
  std::vector<Payments> explanations();
  Cut cut(const Payments& payments) const;

  core::PaymentId target() const { return target_; }
  std::size_t payments_kept_max() const { return kept_max_; }

 private:
  struct Touch {
    core::PaymentId payment;
    core::Money before;  // balance of the account when the payment asked for its lock; once it was locked: at that moment
    bool locked = false;
  };
  struct Wait {
    core::TxnId txn;
    core::AccountId account;
    core::PaymentId last_out = {};  // who was ahead and left last
    bool somebody_left = false;
  };
  struct Life {
    core::PaymentRef payment;
    std::vector<KeptStep> steps;
    std::vector<Wait> waits;         // that have not ended
    Payments let_in_by;
    Payments ahead;                  // of it, when it began to wait
    Payments met;                    // ahead of it, or began to wait for it, which may be why it was denied a lock
    std::set<core::AccountId> posted;
    std::set<core::NodeId> undecided;  // participants that have or want its locks
    std::set<Deed> deeds;
    bool over_for_payer = false;
    bool over() const { return over_for_payer && undecided.empty(); }
  };

  void on_path_step(std::int64_t at_ns, const world::Step& step) final;
  void submit(KeptStep kept);
  void keep(core::PaymentId payment, KeptStep kept);
  Life* life_of(core::PaymentId payment);
  void follow(core::NodeId self, const core::Fact& fact, Life& life);
  void wait(core::TxnId txn, core::AccountId account, Life& life);
  void end_waits(core::NodeId process, core::TxnId txn, bool got_in, Life& life);
  void claim(core::NodeId process, core::TxnId txn, Life& life);
  void locked(core::NodeId process, Life& life);
  void release(core::NodeId process, core::TxnId txn, Life& life);
  void release_all(core::NodeId process);
  void forget_the_past();
  Payments grown(const Payments& payments, Payments Life::*reasons) const;
  std::vector<core::OpeningBalance> balances_before(const Payments& payments) const;

  core::Placement placement_;
  core::PaymentId target_;
  bool target_is_over_ = false;
  std::uint64_t sequence_ = 0;
  KeptStep persist_;                                 // the write whose record is not known yet
  std::vector<KeptStep> process_steps_;              // crashes, recoveries, suspicions
  std::map<core::PaymentId, Life> lives_;
  std::size_t kept_max_ = 0;
  std::size_t forget_at_ = 256;                      // so many lives are worth a look at who is over
  std::vector<core::Money> balances_;                // by account
  std::vector<std::vector<Touch>> touches_;          // by account, in order
  std::vector<std::vector<core::TxnId>> claimants_;  // by account: who holds its lock or waits for it
};

// The transcript of the smallest cut that comes to what the run came to. Throws std::invalid_argument, one line, when none does.
std::string transcript_of(CutRecorder& recorder, const CutContext& context);

}  // namespace paygrid::replay
