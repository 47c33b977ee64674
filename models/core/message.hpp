// A message between two processes. Every family of messages is a closed enum of its own protocol; the envelope is common, small
// and free of heap memory, so that a packet costs an engine nothing but its delay.
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "models/core/id.hpp"
#include "models/core/payment.hpp"

namespace paygrid::core {

// Whose vocabulary `Message::kind` belongs to. Costs are counted per family: only kCommit counts as commit-protocol traffic.
enum class MessageFamily : std::uint8_t { kClient, kCommit, kLock, kDeadlock };

enum class ClientMessage : std::uint8_t {
  kSubmit,  // payer -> coordinator, with the payment; the same payment on every retry
  kAnswer,  // coordinator -> payer, argument = Outcome
};

// Between nodes, whatever their commit protocol.
enum class DeadlockMessage : std::uint8_t {
  kWound,  // participant -> coordinator: txn, which voted yes, is in an older one's way
  kProbe,  // participant -> participant: `learned` waits for txn, perhaps over others; epoch = the account whose lock it began to wait for
};
std::string_view name_of(DeadlockMessage kind);

enum class Outcome : std::uint8_t { kAborted, kCommitted };

struct Message {
  MessageFamily family{};
  std::uint8_t kind{};      // an enumerator of the family's closed enum
  std::uint8_t argument{};  // meaning fixed by the kind: a vote's reason, a reported state, an outcome
  bool has_learned = false;
  std::uint32_t epoch{};    // round of a termination protocol; 0 = the original coordinator
  TxnId txn;
  TxnId learned;            // a piggybacked transaction id; meaning fixed by the protocol. {0,0} with has_learned false: none
  PaymentRef payment;       // set when the legs travel with the message

  bool operator==(const Message&) const = default;
  // Of the payment, whose id stands for its content but for the tokens of its locks.
  std::uint64_t payment_word() const { return payment ? payment->id.value + 1ull : 0ull; }
};

// Bytes on the wire, for bandwidth: a header of 96 bytes and 32 for each leg that travels along.
std::uint32_t wire_bytes(const Message& message);

}  // namespace paygrid::core
