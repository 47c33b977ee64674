// A role: what one process does, as a plain value. Copyable, comparable, digestible; no clock, no dice, no I/O.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "models/core/digest.hpp"
#include "models/core/effects.hpp"
#include "models/core/event.hpp"

namespace paygrid::core {

// What a coordinator tells the role that guards its payments, in the same process. No effect: the world hears nothing of it.
enum class NoticeKind : std::uint8_t {
  kEnded,  // every participant has carried out the outcome, or never heard of the transaction
};
struct Notice {
  NoticeKind kind{};
  TxnId txn;
  bool operator==(const Notice&) const = default;
};

class Role {
 public:
  virtual ~Role() = default;
  // Handles one event atomically. An impossible event is an assertion; a stale, late or repeated one is ignored.
  virtual void step(const Event& event, Effects& effects) = 0;
  // A hint that an event of this transaction is near: fetch what it will touch. Changes nothing.
  virtual void expect(TxnId) const {}
  virtual std::unique_ptr<Role> clone() const = 0;
  virtual bool equals(const Role& other) const = 0;
  virtual std::uint64_t digest() const = 0;
  // One line a transaction, for transcripts and witnesses, e.g. "payment 7.0: coordinator waits for 2 votes".
  virtual std::string describe() const = 0;
  // Where this process stands in `txn`, as bits that its protocol defines (see Exclusion); 0: it knows nothing of it.
  virtual std::uint32_t standing(TxnId) const { return 0; }
  // How much it may still do before it comes to rest (see ProtocolSpec::message_weight).
  virtual std::uint64_t rank() const { return 0; }
  // Of a coordinator made to be guarded (NodeConfig::guarded): true when a submission of the payment would begin a transaction.
  virtual bool would_begin(PaymentId) const { return false; }
  // ... what it has to say after its last step. Valid until the next.
  virtual std::span<const Notice> notices() const { return {}; }
  // What a crash leaves of the process besides its disk: what a role stands for may be more than one machine. Null: nothing.
  virtual std::unique_ptr<Role> remains() const { return nullptr; }

 protected:
  Role() = default;
  Role(const Role&) = default;
  Role& operator=(const Role&) = default;
};

// Derives the value operations of a role from its `fields()` and its copy constructor. `Base` is an abstract role that several
// roles share.
template <class Derived, class Base = Role>
class ValueRole : public Base {
 public:
  using Base::Base;
  std::unique_ptr<Role> clone() const final { return std::make_unique<Derived>(self()); }
  bool equals(const Role& other) const final {
    const auto* same = dynamic_cast<const Derived*>(&other);
    return same != nullptr && same->fields() == self().fields();
  }
  std::uint64_t digest() const final {
    Digest digest;
    digest.add(self());
    return digest.value();
  }

 private:
  const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace paygrid::core
