// What processes of a lock service say to each other, and how it travels in the common envelope.
//
// A round is a request that begins a lease: an acquire or a renewal. It is numbered within its claim, its replies repeat the
// number, and a repetition is the same packet: so a client knows from which sending to count, however replies are delayed.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/core/id.hpp"
#include "models/core/message.hpp"

namespace paygrid::lock {

using core::LockId;
using core::Token;

enum class LockMessage : std::uint8_t {
  // client -> server
  kAcquire,    // take the lock if nobody has it
  kRenew,      // begin the lease again if the token is that of the lock
  kRelease,    // free the lock if it was taken by this owner in this round
  kOverwrite,  // take the lock from whoever has it
  kRead,       // whose is it?
  kDelete,     // free the lock of whoever has it
  // server -> client; `round` is that of the request
  kGranted,    // with the token
  kTaken,      // somebody else has it
  kRenewed,
  kNotHeld,    // answers kRenew and kRelease
  kReleased,
  kStored,     // answers kOverwrite
  kValue,      // answers kRead: is_yours, and then the token
  kDeleted,
  kNotMaster,  // answers anything: ask the other server
  // between a master and its replica; `epoch` is the sender's
  kSync,       // this is the master, and gave `token` last; its keys follow
  kReplicate,  // a key that the master has
  kRetract,    // ... no longer has
  kHad,        // a key that the sender had while it was a master, and gave up to follow
  // a word of an ensemble, which QueueMessage says
  kQueue = 64,
};

// What an ensemble, its clients and its servers say. A zxid is a Token. Of a client's letters, those that begin a lease name a
// round; `token` is the creation zxid of the client's znode, as far as it knows it.
enum class QueueMessage : std::uint8_t {
  // client -> server
  kCreate,        // ephemeral and sequential, under the GUID (owner, round)
  kCreatePlain,   // ephemeral, and only if the lock has no child
  kList,          // is mine the lowest? Without a token: what is there?
  kListAndWatch,  // ... and tell when a child comes or goes
  kWatch,         // tell when the znode of zxid `token` goes
  kPing,          // begin the lease again, if my znode is there
  kDelete,        // my znode
  kDeleteAny,     // the lowest znode, in whatever version, whoever made it
  // server -> client
  kCreated,   // the token, under the round that made it
  kExists,    // answers kCreatePlain
  kChildren,  // is_yours: the lowest, under the token; else the token of the znode just before
  kWatching,  // token: of what is watched
  kGone,      // answers kWatch: no such znode
  kPong,      // the round
  kNotThere,  // no such znode of yours
  kDeleted,   // token: the zxid of the deletion
  kEvent,     // what was watched has changed
  kRedirect,  // not the leader, who is at place token - 1 of the ensemble; 0: not known
  // between servers; `epoch` is that of the sender, or of the leader that it follows
  kLooking,    // who leads? `token` is committed here
  kElect,      // let me lead `epoch`: my history is that of epoch `since`, and ends at `token`
  kPromise,    // answers kElect; `token` is committed here
  kLead,       // mine goes on after `since`, and ended at `token` when I was elected
  kPropose,    // `operation` at `token`
  kAck,        // all up to `token` is logged; of a newer epoch: you lead no more
  kCommit,     // all up to `token`; all servers have logged up to `since`
  kConfirm,    // do I still lead? `token` is the round of the ping that asks
  kConfirmed,
};

// What the log of an ensemble is made of.
enum class Operation : std::uint8_t { kCreate, kCreatePlain, kDelete, kDeleteAny, kClose };

// Of either vocabulary.
std::string_view name_of(LockMessage kind);
std::string_view name_of(QueueMessage kind);

struct Letter {
  LockMessage kind{};
  LockId lock;
  core::TxnId owner;
  std::uint32_t round{};
  Token token;
  bool is_yours = false;
  std::uint32_t epoch{};  // between servers
  // of kQueue only
  QueueMessage queue{};
  Operation operation{};
  Token since{};
  bool operator==(const Letter&) const = default;
};

// Requires: of a letter between servers, epoch and round are below 2^16.
core::Message pack(const Letter& letter);
// Requires: `message` is of MessageFamily::kLock and its kind is one of LockMessage or, from kQueue on, of QueueMessage.
Letter unpack(const core::Message& message);

}  // namespace paygrid::lock
