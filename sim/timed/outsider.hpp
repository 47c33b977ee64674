// The misbehaving outsider: somebody in the network who is no process. On the ways that a fault gives him he reads everything,
// changes messages in flight, sends arrived ones again, and makes up new ones about payments that he saw. He has no keys: what
// he makes carries no tag that verifies, what he repeats carries the tag that it had.
//
// Every draw is his own: a message's fate depends on the fault, its ends and its number on their way, on no other way and no other
// fault.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "models/core/flat_map.hpp"
#include "models/core/message.hpp"
#include "models/core/spec.hpp"
#include "models/core/utterance.hpp"
#include "sim/timed/layout.hpp"
#include "sim/timed/network.hpp"
#include "sim/timed/pair.hpp"
#include "sim/timed/random_stream.hpp"

namespace paygrid::timed {

class Outsider {
 public:
  // The layout outlives him. No message is sent again later than `packet_lifetime_ns` after it arrived.
  Outsider(std::uint64_t seed, TimeNs packet_lifetime_ns, const core::ProtocolSpec& protocol, const Layout& layout);

  // A fault begins and ends; `ways.outsider` outlives it.
  void begin(const Disturbance& ways);
  void end(std::uint32_t fault);

  // A message is on the way: he remembers it; what he changes it into, if he does.
  std::optional<core::Message> pass(core::NodeId from, core::NodeId to, const core::Message& message);

  // A genuine message reached its receiver: how long until he sends it again; nothing: never.
  std::optional<TimeNs> replay_after_ns(core::NodeId from, core::NodeId to);

  struct Forgery {
    core::NodeId from;  // whom he pretends to be
    core::NodeId to;
    core::Message message;
  };
  // The next message that he makes up under a fault; nothing while he has seen no message on its ways.
  std::optional<Forgery> forge(std::uint32_t fault);
  // From one forgery to the next; nothing when he makes up none under this fault, or the fault is over.
  std::optional<TimeNs> next_forgery_ns(std::uint32_t fault);

  void count_draws(const DrawCounter& count) const;

 private:
  struct Acting {
    Disturbance ways;
    Sampler after;
    RandomStream forging;
  };
  struct Seen {
    std::uint32_t fault = 0;
    core::NodeId from;
    core::NodeId to;
    core::Message message;
  };
  // What is drawn about one message.
  enum Purpose : std::uint64_t { kAltered, kInto, kReplayed, kAfter };

  // Messages of one way so far.
  struct Way {
    std::uint64_t key = 0;
    std::uint64_t passed = 0;
    std::uint64_t arrived = 0;
  };

  static double open01(const Way& way, std::uint64_t number, const Disturbance& ways, Purpose purpose);
  Way& way(core::NodeId from, core::NodeId to);
  Acting* find(std::uint32_t fault);
  std::optional<core::Message> changed(const core::Message& message, double u) const;
  core::PaymentRef payment_of(core::PaymentId payment) const;
  void say(core::Message& message, bool to_payer, RandomStream& dice) const;
  void choose_ends(Forgery& forgery, const Disturbance& ways, RandomStream& dice) const;

  // Few, so that what he makes up is about payments under way.
  static constexpr std::size_t kRemembered = 16;

  std::uint64_t seed_;
  TimeNs packet_lifetime_ns_;
  const Layout& layout_;
  std::vector<core::Utterance> utterances_;
  std::vector<Acting> faults_;
  core::FlatMap<Pair, Way> ways_;
  std::deque<Seen> seen_;  // the latest kRemembered
  std::uint64_t forged_draws_ = 0;  // by faults that are over
};

}  // namespace paygrid::timed
