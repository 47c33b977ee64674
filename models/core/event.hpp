// Events: all that can happen to a process. One event in, effects out, atomically.
#pragma once

#include <cstdint>
#include <functional>
#include <variant>

#include "models/core/durable_state.hpp"
#include "models/core/id.hpp"
#include "models/core/message.hpp"
#include "models/core/payment.hpp"
#include "models/core/record.hpp"

namespace paygrid::core {

// A timer is known by what it is for, never by a counter: setting it again replaces it.
struct TimerKey {
  std::uint8_t kind{};  // an enumerator of the role's closed enum of timers
  TxnId txn;
  LockId lock{};        // of those timers that are about one lock of the transaction
  auto operator<=>(const TimerKey&) const = default;
};
// The timers of one kind lie in the order of their payments; the kinds and the locks lie apart.
constexpr std::uint64_t hash_of(TimerKey key) {
  return hash_of(key.txn) + key.kind * 0x5555555555555555ull + key.lock.value * 0xd1342543de82ef95ull;
}

struct Start {};                                  // first life of the process
struct Recover {                                  // a later life: what the disk kept, and how many crashes came before
  std::reference_wrapper<const DurableState> durable;
  std::uint32_t incarnation;
};
struct Submit { PaymentRef payment; };            // payers only: the workload wants this payment made
struct Deliver { NodeId from; std::reference_wrapper<const Message> message; };
struct TimerFired { TimerKey key; };
struct Persisted { RecordKind kind; TxnId txn; };  // the forced record of this kind and transaction is durable
struct Suspect { NodeId node; };                   // the failure detector holds `node` for crashed
struct Trust { NodeId node; };                     // ... no longer
struct Deny { PaymentRef payment; };               // coordinators only: who guards its payments does not let this one pass

using Event = std::variant<Start, Recover, Submit, Deliver, TimerFired, Persisted, Suspect, Trust, Deny>;

}  // namespace paygrid::core
