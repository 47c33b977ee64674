// LocalSpace: the distinct values of each member, the distinct packets, and what each step makes of each value. A role is a pure
// function, so each (value, step) is computed once, by the compiled code of the protocol, and looked up ever after: the search
// moves small numbers only. (Holzmann's collapse compression, "State compression in SPIN", 1997, taken one step further: the
// transitions are shared as well as the values.)
//
// Threads: readers use what they got an index for; `transition`, `image_*` and `context` take a lock. A Memo (memo.hpp) keeps
// what one thread has looked up.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/check/deeds.hpp"
#include "sim/explore/fingerprint.hpp"
#include "sim/explore/model.hpp"
#include "sim/explore/stable_vector.hpp"
#include "sim/world/member.hpp"

namespace paygrid::explore {

using LocalId = std::uint32_t;
using PacketId = std::uint32_t;
using ActionId = std::uint32_t;  // numbers the steps of one member
inline constexpr std::uint32_t kNone = ~0u;
inline constexpr std::uint32_t kMembersMax = 16;
inline constexpr std::uint32_t kPacketsMax = 2048;

// One value of one member, as the search sees it.
struct Local {
  Fingerprint word;
  std::uint64_t deeds = 0;    // committed, aborted, voted no, misdeeds: 16 bits each
  // On which side of each exclusion the member stands: by payment, 16 bits an attempt, two bits an exclusion.
  std::array<std::uint64_t, check::kTxnsMax / check::kAttemptsMax> sides{};
  check::TxnSet voted_yes = 0;
  check::TxnSet in_doubt = 0;
  std::uint16_t suspects = 0;  // bit i: member i
  std::uint8_t slot = 0;       // whose value
  bool up = false;
  bool paused = false;
  bool pending = false;        // a record waits for the disk
  bool first_is_forced = false;
  bool forced = false;         // a forced one among them
  // Of the locks of a lock service: see check::LockDeeds.
  check::ClaimSet believed = 0;
  check::ClaimSet let_go = 0;
  check::ClaimSet owned = 0;
  check::ClaimSet taken_away = 0;
  check::ClaimSet over = 0;
  std::uint32_t timers_first = 0;
  std::uint32_t timers_count = 0;
  std::uint32_t broken_rule = 0;  // 0: none; else number of the rule's text
  bool runs() const { return up && !paused; }
  LocalId parent = kNone;         // how it was first reached; kNone: initial
  ActionId parent_action = 0;
};

struct PacketInfo {
  Fingerprint word;
  std::uint8_t to = 0;
  std::uint8_t from = 0;          // kMembersMax: somebody outside
  ActionId deliver = 0;           // the receiver's step
};

// What a step makes of a value.
struct Transition {
  LocalId target = 0;
  std::uint32_t sent_first = 0;
  std::uint32_t sent_count = 0;
  std::uint32_t broken_rule = 0;  // the step met an impossible input
  check::ClaimSet posted = 0;     // the claims under which the step posted, where there is a lock service
  bool unheard = false;           // the value does not hear this packet: no step (Rules::hears)
};

// The model's declared symmetry does not hold: what differs.
struct SymmetryBroken {
  std::string what;
};

class LocalSpace {
 public:
  // `symmetry`: verify and offer the exchanges that the model declares. Throws std::invalid_argument beyond a bound.
  LocalSpace(const Model& model, bool symmetry);

  const Model& model() const { return model_; }
  std::uint32_t members() const { return members_; }
  const std::vector<LocalId>& initial_locals() const { return initial_locals_; }
  const std::vector<PacketId>& initial_packets() const { return initial_packets_; }
  // What an outsider may say; empty where the budget allows no forgery.
  const std::vector<PacketId>& forgeable_packets() const { return forgeable_packets_; }

  // --- read without a lock ------------------------------------------------------------------------------------------------
  const Local& local(LocalId id) const { return locals_[id]; }
  const PacketInfo& packet(PacketId id) const { return packets_[id]; }
  const Transition& transition_at(std::uint32_t id) const { return transitions_[id]; }
  ActionId timer(std::uint32_t at) const { return timers_[at]; }
  core::TimerKey timer_key(std::uint32_t at) const { return timer_keys_[at]; }
  const check::LockDeeds& lock_deeds(LocalId id) const { return values_[id].deeds.locks; }
  PacketId sent(std::uint32_t at) const { return sent_[at]; }

  // Numbers of the steps that every member has.
  static constexpr ActionId kPersist = 0;
  static constexpr ActionId kCrash = 1;
  static constexpr ActionId kRecover = 2;
  static constexpr ActionId kWipe = 3;
  static constexpr ActionId kPause = 4;
  static constexpr ActionId kResume = 5;
  static constexpr ActionId suspect(std::uint32_t peer) { return 6 + peer; }
  static constexpr ActionId trust(std::uint32_t peer) { return 6 + kMembersMax + peer; }

  // --- under a lock -------------------------------------------------------------------------------------------------------
  // Number of the transition of `local` by its member's step `action`; throws SymmetryBroken or SpaceFull.
  std::uint32_t transition(LocalId local, ActionId action);
  // What exchange `exchange` (an index into exchanges()) makes of a value and of a packet.
  LocalId image_of_local(std::uint32_t exchange, LocalId local);
  PacketId image_of_packet(std::uint32_t exchange, PacketId packet);
  const std::vector<Exchange>& exchanges() const { return exchanges_; }

  // --- for people ---------------------------------------------------------------------------------------------------------
  world::Step step_of(std::uint32_t slot, ActionId action) const { return actions_[slot][action]; }
  world::Packet packet_value(PacketId id) const { return packet_values_[id]; }
  const std::string& rule(std::uint32_t number) const { return rules_[number]; }
  bool stood_on_both_sides(std::uint32_t exclusion) const { return (sides_seen_ >> 2 * exclusion & 3u) == 3u; }
  bool marked(Mark mark) const { return (marks_ >> static_cast<unsigned>(mark) & 1u) != 0; }
  std::uint64_t local_count() const { return locals_.size(); }
  std::uint64_t packet_count() const { return packets_.size(); }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Value {
    std::optional<world::Member> member;
    check::Deeds deeds;
  };
  class Recorder;

  LocalId intern(Value value, LocalId parent, ActionId action);
  Local describe(const Value& value);
  std::uint32_t first_of_timers(const world::Member& member);
  PacketId intern(const world::Packet& packet);
  ActionId action_of(std::uint32_t slot, const world::Step& step);
  std::uint32_t rule_number(const std::string& text);
  std::uint32_t compute(LocalId local, ActionId action);
  std::uint32_t transition_unlocked(LocalId local, ActionId action);
  LocalId image_local(std::uint32_t exchange, LocalId local);
  PacketId image_packet(std::uint32_t exchange, PacketId packet);
  ActionId image_action(std::uint32_t exchange, std::uint32_t slot, ActionId action);
  void verify_symmetry(LocalId local, ActionId action, std::uint32_t transition);
  void verify_pending();
  std::uint32_t number_of(core::TxnId txn) const;
  void follow(const world::Member& member, const core::Fact& fact, check::Deeds& deeds);
  check::TxnSet logged(const core::DurableState& durable) const;
  std::uint64_t sides_of(const core::Role& role, core::PaymentId payment);
  std::uint64_t rank_of(const world::Member& member) const;
  bool must_descend(const world::Step& step) const;

  const Model& model_;
  std::uint32_t members_;
  std::vector<Exchange> exchanges_;
  std::vector<LocalId> initial_locals_;
  std::vector<PacketId> initial_packets_;
  std::vector<PacketId> forgeable_packets_;

  StableVector<Local> locals_;
  StableVector<Value> values_;
  StableVector<PacketInfo> packets_;
  StableVector<world::Packet> packet_values_;
  StableVector<Transition> transitions_;
  StableVector<ActionId> timers_;
  StableVector<core::TimerKey> timer_keys_;  // of the same timers
  StableVector<PacketId> sent_;
  std::vector<std::vector<world::Step>> actions_;  // by slot, then ActionId
  std::vector<std::map<std::vector<core::TimerKey>, std::uint32_t>> timer_lists_;  // by slot: where in timers_
  std::vector<std::string> rules_{""};
  std::uint32_t marks_ = 0;
  std::uint16_t sides_seen_ = 0;  // two bits an exclusion
  std::atomic<std::uint64_t> bytes_{0};  // written under the lock, read without

  std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, LocalId> by_digest_;
  std::unordered_multimap<std::uint64_t, PacketId> packets_by_digest_;
  std::unordered_map<std::uint64_t, std::uint32_t> known_transitions_;  // by local and action
  // Verifying a transition may compute others, an orbit of values deep: they wait here instead of on the stack.
  struct Unverified { LocalId local; ActionId action; std::uint32_t transition; };
  std::vector<Unverified> unverified_;
  std::vector<std::unordered_map<LocalId, LocalId>> local_images_;      // by exchange
  std::vector<std::unordered_map<PacketId, PacketId>> packet_images_;
};

}  // namespace paygrid::explore
