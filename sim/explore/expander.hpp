// Expander: the successors of a state, as the parts in which they differ from it. It enumerates the same steps as
// world::enabled, kind by kind; a test compares the two on whole spaces.
//
// With reduction it may return one step alone: one that commutes with every other step that is or will be possible, that
// disables none of them, and whose effect no property sees. Those are
//  1. the arrival (or loss) of a packet at a process that is down and cannot recover any more: nobody will ever read it, and
//     whatever else happens, it can still arrive unread afterwards;
//  2. the writing of an unforced record when no crash can come any more: only a recovery reads the disk.
// Each of them happens at most once to its packet or record, so no cycle of the reduced graph puts off a step for ever
// (conditions C0 to C3 of Clarke, Grumberg, Peled, "Model Checking", 1999, 10.5).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/context.hpp"
#include "sim/explore/memo.hpp"
#include "sim/explore/state.hpp"

namespace paygrid::explore {

struct Successor {
  Fingerprint print;
  world::StepKind kind{};
  std::uint8_t slot = kMembersMax;        // the member whose value changes; kMembersMax: none
  LocalId target = 0;                     // its new value
  std::uint32_t sent_first = 0;           // what it sent
  std::uint32_t sent_count = 0;
  PacketId removed = kNone;               // taken off the way
  ContextId context = 0;
  check::ClaimSet posted = 0;             // see Transition
  std::uint32_t broken_rule = 0;          // the step met an impossible input: it leads nowhere
  std::uint32_t argument = 0;             // packet, action of the member, or side of a partition: see Expander::step_of
};

class Expander {
 public:
  Expander(Memo& memo, ContextTable& contexts, bool reduction)
      : memo_(memo), space_(memo.space()), contexts_(contexts), rules_(space_.model().rules), reduction_(reduction) {}

  State initial() const;
  Fingerprint print_of(const State& state) const;
  // Replaces `out` by the successors of `state`, whose fingerprint is `print`.
  void expand(const State& state, const Fingerprint& print, std::vector<Successor>& out);
  // `to` becomes the state that `successor` of `from` stands for.
  void materialise(const State& from, const Successor& successor, State& to) const;
  // The step that leads to `successor`, in the words of the world.
  world::Step step_of(const State& from, const Successor& successor) const;

 private:
  bool up(const State& state, std::uint32_t slot) const { return slot < space_.members() && space_.local(state.locals[slot]).up; }
  bool runs(const State& state, std::uint32_t slot) const {
    return slot < space_.members() && space_.local(state.locals[slot]).runs();
  }
  bool must_wait(const State& state, std::uint32_t slot, core::TimerKey key) const;
  bool quiet(const State& state) const;
  bool sends_from_to(const State& state, std::uint32_t from, std::uint32_t to) const;
  bool died_with_sender(const State& state, const PacketInfo& packet) const {
    return packet.from < space_.members() && !up(state, packet.from);
  }
  bool expand_alone(const State& state);
  bool expand_trusts(const State& state);
  void expand_packets(const State& state);
  void expand_members(const State& state);
  void expand_fates(const State& state, std::uint32_t slot);
  void expand_suspicions(const State& state);
  void expand_network(const State& state);
  void expand_forgeries(const State& state);
  Successor& add(world::StepKind kind, ContextId context, std::uint32_t argument);
  void act(const State& state, Successor& successor, std::uint32_t slot, ActionId action);
  void deliver(const State& state, PacketId packet, bool keep, ContextId context);
  void member_step(const State& state, world::StepKind kind, std::uint32_t slot, ActionId action, ContextId context);

  Memo& memo_;
  LocalSpace& space_;
  ContextTable& contexts_;
  const world::Rules& rules_;
  bool reduction_;
  Fingerprint base_;
  std::vector<Successor>* out_ = nullptr;
};

}  // namespace paygrid::explore
