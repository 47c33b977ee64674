// A small world of lock clients and their servers: every order of arrivals, losses, repetitions, timers, pauses and crashes is
// a path of steps. Time is counted in whole ticks; within a tick things happen in any order. A timer that is due fires before
// the next tick, unless its process is paused or down. A message may be late as long as it likes.
//
// A resource is written to by whoever believes; a write arrives at once. The world compares what clients believe with what
// servers say.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "models/core/fence.hpp"
#include "models/lock/recipe.hpp"
#include "models/lock/service.hpp"

namespace paygrid::lock::tests {

constexpr core::Duration ticks(std::int64_t count) { return {count * 1'000}; }

enum class Violation : std::uint8_t {
  kTwoOwners,    // a server says that a lock is taken which it did not free
  kZombie,       // who believes does not own, though the assumptions hold
  kTwoBelieve,   // two believe at once
  kStaleWrite,   // a write was admitted after one under a later grant
  kAnswers,      // an acquire was answered twice, or a notice fits nothing that was asked
  kBalance,      // the token does not follow the count of acquires and releases
  kLeftBehind,   // an owner refused or let go, nothing is on the way, and a server keeps the lock for it
  kLongBelief,   // a belief outlived the usable lease, counted from the first sending of the round that began it
  kUnanswered,   // everything healed, and an acquire is still not answered, or a client not at rest
  kImpossible,   // a machine found itself in a state that it asserts not to come to
};
inline constexpr std::size_t kViolations = 10;
std::string_view name_of(Violation violation);

// Breaks a client on purpose, between the machine and the world.
enum class Flaw : std::uint8_t {
  kNone,
  kAnswersTwice,      // every refusal is told twice
  kKeepsUnwanted,     // a grant that nobody waits for is not given back
  kCountsFromRepeat,  // a repeated request begins its lease again
  kNeverRetries,      // a lock that was taken is not asked for again
  kCountsNoDepth,     // a holder's second acquire is granted and forgotten
};

// How many may still happen.
struct Faults {
  std::uint32_t losses = 0;
  std::uint32_t repetitions = 0;
  std::uint32_t pauses = 0;   // of a client
  std::uint32_t crashes = 0;  // of a server
  std::uint32_t drifts = 0;   // a server's clocks run one tick ahead
  std::uint32_t jumps = 0;    // a server's wall clock is set forward, past all that it timed
  std::uint32_t suspicions = 0;  // of a server that runs, by another of its ensemble
  auto fields() const { return std::tie(losses, repetitions, pauses, crashes, drifts, jumps, suspicions); }
};

struct Setting {
  const LockServiceSpec* service = nullptr;
  ServerConfig server{};
  ClientTiming timing{};
  std::uint32_t servers = 1;
  std::uint32_t clients = 2;
  std::uint32_t owners = 2;  // owner i lives in client i % clients
  std::uint32_t locks = 1;
  std::uint32_t depth_max = 1;
  std::vector<Patience> patiences{Patience::forever()};
  bool interrupts = false;
  bool fenced = true;
  Faults faults{};
  std::uint32_t ticks_max = 8;
  std::uint32_t away_ticks_min = 0;  // how long a server that crashed stays away
  Flaw flaw = Flaw::kNone;
};

enum class Act : std::uint8_t {
  kAcquire, kRelease, kInterrupt, kWrite,      // who: a wish; how: which patience
  kDeliver, kRepeat, kLose,                    // who: a packet; kRepeat delivers it and keeps it on the way
  kFire,                                       // who: a process; how: which of its timers
  kTick,                                       //
  kPause, kResume, kCrash, kReturn, kDrift, kJump,  // who: a process
  kSuspect, kTrust,                            // who: a server; how: another one of its ensemble
};
struct Step {
  Act act{};
  std::uint32_t who = 0;
  std::uint32_t how = 0;
};

class World {
 public:
  // Requires: `setting` outlives the world.
  explicit World(const Setting& setting);

  std::vector<Step> steps() const;
  void take(Step step);
  std::string describe(Step step) const;

  // What the last step has shown: one bit a Violation.
  std::uint32_t violations() const { return violations_; }
  std::uint64_t digest() const;

  // Ends all faults, lets every holder let go at once, and shows kUnanswered unless all comes to rest within `ticks_max` more
  // ticks. Returns what its steps have shown.
  std::uint32_t heal(std::uint32_t ticks_max);
  // How often an acquire was granted, refused and lost.
  std::array<std::uint32_t, 3> notices() const { return notices_; }

 private:
  enum class Stage : std::uint8_t { kFresh, kWaiting, kHolding, kDone, kLost };
  // What one owner wants of one lock.
  struct Wish {
    core::TxnId owner;
    LockId lock;
    std::uint32_t client{};
    Stage stage{};
    std::uint32_t asked{};  // acquires without an answer
    std::uint32_t depth{};
    bool believes = false;
    std::uint32_t granted{};  // the number of the last grant to it, among all of this lock
    std::uint32_t believed{};  // `granted` when it began to believe
    auto fields() const { return std::tie(stage, asked, depth, believes, granted, believed); }
  };
  struct Held {
    core::TxnId owner;
    Token token;
    auto fields() const { return std::tie(owner, token); }
  };
  struct Resource {
    std::uint32_t grants{};
    std::uint32_t written{};  // the latest grant under which a write was admitted
    Token newest{};           // of an ensemble: under which the lock was last taken
    auto fields() const { return std::tie(grants, written, newest); }
  };
  struct Armed {
    TimerKey key;
    Clock clock{};
    std::int32_t earliest{};  // ticks from now
    std::int32_t latest{};
    auto fields() const { return std::tie(key.kind, key.lock, key.owner, earliest, latest); }
  };
  struct Process {
    bool runs = true;
    std::uint32_t stood{};  // ticks for which it has not run, as far as away_ticks_min counts them
    std::vector<Armed> timers;  // by key
    std::uint32_t suspected{};  // servers of the same ensemble, one bit each
    auto fields() const { return std::tie(runs, stood, timers, suspected); }
  };
  struct Packet {
    std::uint32_t from{};
    std::uint32_t to{};
    Letter letter;
    auto fields() const {
      return std::tie(from, to, letter.kind, letter.lock, letter.owner, letter.round, letter.token, letter.is_yours, letter.queue,
                      letter.operation, letter.epoch, letter.since);
    }
    bool operator==(const Packet& other) const { return fields() == other.fields(); }
    bool operator<(const Packet& other) const { return fields() < other.fields(); }
  };
  // For kLongBelief; it judges walks, and is no part of what makes two states the same.
  struct Round {
    core::TxnId owner;
    LockId lock;
    std::uint32_t number{};
    std::uint32_t sent_at{};
    bool answered = false;
  };

  bool is_client(std::uint32_t process) const { return process < clients_.size(); }
  std::optional<Held>& held(std::uint32_t process, LockId lock) {
    return held_[(is_ensemble() ? 0 : process - clients_.size()) * setting_->locks + lock.value];
  }
  // Its servers hold a lock together; else each for itself.
  bool is_ensemble() const {
    const Manners manners = setting_->service->manners;
    return is_queueing(manners) || (manners == Manners::kCompare && setting_->servers > 1);
  }
  ServerConfig config_of(std::uint32_t server, const std::vector<core::NodeId>& servers) const;

  void add_wish_steps(std::vector<Step>& steps) const;
  void add_packet_steps(std::vector<Step>& steps) const;
  void add_time_steps(std::vector<Step>& steps) const;
  void add_fault_steps(std::vector<Step>& steps) const;
  void add_suspicion_steps(std::vector<Step>& steps) const;

  void acquire(Wish& wish, Patience patience);
  void release(Wish& wish);
  void write(const Wish& wish);
  void deliver(Packet packet);
  void fire(std::uint32_t process, std::size_t timer);
  void pass_time(std::uint32_t process);
  void crash(std::uint32_t process);
  void bring_back(std::uint32_t process);
  void set_clock_forward(std::uint32_t process);
  void suspect(std::uint32_t process, std::uint32_t other);
  void trust(std::uint32_t process, std::uint32_t other);

  Server& server(std::uint32_t process);
  void apply(std::uint32_t process, const Effects& effects);
  void apply_flaw(const Effects& in, Effects& out) const;
  void send(std::uint32_t from, std::uint32_t to, const Letter& letter);
  void arm(std::uint32_t process, const SetTimer& set);
  void disarm(std::uint32_t process, TimerKey key);
  void hear(std::uint32_t process, const Fact& fact);
  void hear(const Notice& notice);
  void hear_taken(std::uint32_t process, const Fact& fact);
  void hear_freed(std::uint32_t process, const Fact& fact);
  void judge();
  void judge_rests();
  const Round* round_of(const Letter& letter) const;
  void note_sending(const Letter& letter);
  void note_answer(const Letter& letter);
  void judge_lease(const Wish& wish);

  Wish& wish_of(LockId lock, core::TxnId owner);
  bool owns(const Wish& wish) const;  // at a majority of the servers, or by all as one ensemble
  bool is_told_before(std::uint32_t process, const Fact& fact);
  bool settled() const;
  std::optional<Step> healing_step() const;
  void show(Violation violation) { violations_ |= 1u << static_cast<unsigned>(violation); }

  const Setting* setting_;
  std::vector<Recipe> clients_;
  std::vector<std::shared_ptr<const Server>> servers_;  // shared between worlds until one of them changes it
  std::vector<Process> processes_;                      // the clients, then the servers
  std::vector<Packet> packets_;           // a set, ascending
  std::vector<Wish> wishes_;
  std::vector<std::optional<Held>> held_;  // what the servers say: by server and lock
  std::vector<Resource> resources_;        // by lock
  core::Fence fence_;
  Faults faults_;
  std::uint32_t ticks_left_;
  bool assumptions_hold_ = true;
  std::uint32_t violations_ = 0;

  std::uint32_t now_ = 0;
  std::vector<Round> rounds_;
  std::array<std::uint32_t, 3> notices_{};
};

}  // namespace paygrid::lock::tests
