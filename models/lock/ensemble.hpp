// A replicated log: a leader, a quorum, and an election when the leader is suspected.
//
// Source: Junqueira, Reed, Serafini (2011), "Zab: High-performance broadcast for primary-backup systems". A zxid is a place in
// the log, without gaps. A server votes once in an epoch, and only for a history that is not older than its own: of a newer epoch,
// or of the same and at least as long. The elected brings followers to its own history before it commits anything; only what was
// adopted is acknowledged. Nothing is elected at the start: the first server leads epoch 1.
//
// What is written to the log is durable at once; who leads is not. The log is cut off where every server has it: there is no
// snapshot, so a server that is down keeps the log of the others growing.
//
// Invariants:
//  1. what is committed is in the log of a majority, and of every later leader, at the same place.
//  2. the histories of one epoch are prefixes of each other.
//  3. base <= committed <= last; all servers have the same entries up to `base`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/id.hpp"
#include "models/lock/effects.hpp"
#include "models/lock/letter.hpp"
#include "models/lock/server.hpp"

namespace paygrid::lock {

struct Entry {
  Operation operation{};
  LockId lock;
  core::TxnId owner;
  std::uint32_t round{};
  auto fields() const { return std::tie(operation, lock, owner, round); }
  bool operator==(const Entry& other) const { return fields() == other.fields(); }
};

class Ensemble {
 public:
  explicit Ensemble(const ServerConfig& config);

  // Requires: a letter between servers. `from` may be no longer what it was when it wrote.
  void deliver(core::NodeId from, const Letter& letter, Effects& effects);
  // Requires: one of kElection and kLagging.
  void fire(LockTimer timer, Effects& effects);
  void suspect(core::NodeId node, Effects& effects);
  void trust(core::NodeId node, Effects& effects);
  void recover(Effects& effects);

  // Appends to the log. Requires: serves().
  Token propose(const Entry& entry, Effects& effects);
  // Asks all followers whether this is still their leader.
  void confirm(Letter question, Effects& effects) const;
  // Forgets what all servers have. Call when all that is committed was applied.
  void trim();

  // Leads, and a majority has its history.
  bool serves() const { return standing_ == Standing::kServing; }
  bool leads_epoch(std::uint32_t epoch) const { return serves() && epoch == promised_; }
  // The place of the leader among the servers plus one; 0: not known.
  Token leader_hint() const { return Token{leader_ == kNobody ? 0 : leader_ + 1}; }
  Token committed() const { return committed_; }
  // Requires: base < `zxid` <= last.
  const Entry& at(Token zxid) const { return log_[zxid.value - base_.value - 1]; }
  // Of what is logged and not committed, the zxid of the newest that is wanted; 0: none.
  template <class Wanted>
  Token find_pending(Wanted&& wanted) const {
    for (Token zxid = last(); zxid > committed_; --zxid.value)
      if (wanted(at(zxid))) return zxid;
    return {};
  }
  std::size_t quorum() const { return peers_.size() / 2 + 1; }

  auto fields() const {
    return std::tie(promised_, voted_for_, current_, base_, log_, committed_, standing_, leader_, peers_, has_led_, since_,
                    target_, ahead_, everywhere_);
  }
  bool operator==(const Ensemble& other) const { return fields() == other.fields(); }

 private:
  using Place = std::uint32_t;  // in the ensemble
  static constexpr Place kNobody = ~Place{0};

  enum class Standing : std::uint8_t { kFollowing, kStanding, kLeading, kServing };
  struct Peer {
    bool suspected = false;
    bool promised = false;  // voted for this candidate
    bool adopted = false;   // has this leader's history
    Token since;            // where that begins to be sent
    Token acked;            // meaningless unless adopted
    auto fields() const { return std::tie(suspected, promised, adopted, since, acked); }
    bool operator==(const Peer& other) const { return fields() == other.fields(); }
  };

  void on_looking(Place from, const Letter& letter, Effects& effects);
  void on_elect(Place from, const Letter& letter, Effects& effects);
  void on_promise(Place from, const Letter& letter, Effects& effects);
  void on_lead(Place from, const Letter& letter, Effects& effects);
  void on_propose(Place from, const Letter& letter, Effects& effects);
  void on_ack(Place from, const Letter& letter, Effects& effects);
  void on_commit(Place from, const Letter& letter, Effects& effects);
  void on_confirm(Place from, const Letter& letter, Effects& effects);

  bool heeds(Place from, const Letter& letter, Effects& effects);
  void enter(std::uint32_t epoch, Effects& effects);
  void stand(Effects& effects);
  void win(Effects& effects);
  void lead(Place place, Effects& effects);
  void adopt(Effects& effects);
  void append_ahead();
  void advance(Effects& effects);
  void catch_up(Place place, Effects& effects) const;
  void arm_lagging(Effects& effects) const;
  bool misses_leader() const;  // then kElection is armed
  void wait_for_leader(Effects& effects) const;

  Letter letter(QueueMessage kind, Token token, Token since = {}) const;
  Letter proposal(Token zxid) const;
  void send(Place place, const Letter& letter, Effects& effects) const;
  void send_to_all(const Letter& letter, Effects& effects) const;
  Token last() const { return Token{base_.value + static_cast<std::uint32_t>(log_.size())}; }
  bool leads() const { return standing_ == Standing::kLeading || standing_ == Standing::kServing; }
  bool lags(Place place) const;

  std::vector<core::NodeId> servers_;
  Place self_{};
  core::Duration resend_every_;
  core::Duration election_min_;
  core::Duration election_max_;
  // what outlives a crash
  std::uint32_t promised_ = 1;  // no letter of an older epoch is heeded
  Place voted_for_ = 0;         // in epoch promised_
  std::uint32_t current_ = 1;   // the history is that of this epoch
  Token base_;                  // the log begins after it
  std::vector<Entry> log_;
  Token committed_;  // and known to be
  // what does not
  Standing standing_{};
  Place leader_ = 0;
  std::vector<Peer> peers_;  // by place; of a candidate and a leader, but for `suspected`
  bool has_led_ = false;     // the leader of promised_ has told since_ and target_
  Token since_;
  Token target_;     // the end of a leader's history at its election
  core::FlatMap<Token, Entry> ahead_;  // proposals of epoch promised_ that cannot be appended yet
  Token everywhere_;
};

}  // namespace paygrid::lock
