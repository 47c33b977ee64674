// A record of the write-ahead log. The same kinds serve all commit protocols; which of them are forced is the protocol's choice.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/core/id.hpp"
#include "models/core/payment.hpp"

namespace paygrid::core {

enum class RecordKind : std::uint8_t {
  kPrepared,               // participant: voted yes, with the payment
  kPrecommitted,           // participant
  kCommitted,              // participant: the legs are posted
  kAborted,                // participant
  kCoordinatorPrecommitted,  // coordinator, with the payment
  kCoordinatorCommitted,     // coordinator, with the payment
  kCoordinatorAborted,       // coordinator, with the payment
  kEnd,                    // coordinator: nobody will ask any more
  kForgetOldest,           // both: the older generation of remembered outcomes is dropped
};
std::string_view name_of(RecordKind kind);

struct Record {
  RecordKind kind{};
  TxnId txn;
  std::uint32_t epoch{};
  PaymentRef payment;
  bool operator==(const Record&) const = default;
};

}  // namespace paygrid::core
