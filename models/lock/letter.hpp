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
};
std::string_view name_of(LockMessage kind);

struct Letter {
  LockMessage kind{};
  LockId lock;
  core::TxnId owner;
  std::uint32_t round{};
  Token token;
  bool is_yours = false;
  bool operator==(const Letter&) const = default;
};

core::Message pack(const Letter& letter);
// Requires: `message` is of MessageFamily::kLock and its kind is one of LockMessage.
Letter unpack(const core::Message& message);

}  // namespace paygrid::lock
