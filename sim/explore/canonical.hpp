// Canonical: the fingerprint of a state's orbit under the exchanges that a model allows.
//
// Groups of interchangeable members are sorted by colour: a colour of position i sums, over the parts of the state, what each
// part is to i up to exchanges, so equal states up to exchanges have equal colours. Positions of equal colour are either truly
// alike (exchanging two of them changes nothing) or all their orders are tried and the least fingerprint wins. Payments are too
// few for colours: all their orders are tried. The result is the same for every state of an orbit, and for no other: a true
// canonical form (in the manner of McKay, "Practical graph isomorphism", 1981: refine, then branch on what is left).
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/context.hpp"
#include "sim/explore/memo.hpp"
#include "sim/explore/state.hpp"

namespace paygrid::explore {

class Canonical {
 public:
  Canonical(Memo& memo, ContextTable& contexts);

  Fingerprint of(const State& state);
  // The initial state is its own image under every exchange. Throws SymmetryBroken otherwise.
  void verify_initial(const State& state);

 private:
  using Signature = std::vector<std::uint64_t>;     // by position: what a part of the state is to it
  using Signatures = std::vector<Signature>;        // by part; empty: not known yet
  // Consecutive exchanges: exchange `first` + k swaps positions k and k + 1.
  struct Group {
    std::uint32_t first_exchange = 0;
    std::uint32_t size = 0;          // positions
    std::uint32_t first_member = 0;  // of position 0; kMembersMax: payments
  };

  void exchange(State& state, std::uint32_t which);
  Fingerprint print_of(const State& state) const;
  // From `group` on, all orders that colours leave open; the least fingerprint goes to best_.
  void try_groups(State& state, std::size_t group);
  void try_orders(State& state, const Group& group, std::size_t next_group, std::uint32_t from, std::uint32_t to,
                  const std::vector<std::uint64_t>& colours);
  bool alike(const State& state, const Group& group, std::uint32_t from, std::uint32_t to);
  void colour(const State& state, std::size_t group, std::vector<std::uint64_t>& colours);
  const Signature& local_signature(std::size_t group, LocalId local);
  const Signature& packet_signature(std::size_t group, PacketId packet);
  template <class Image>
  void sign_orbit(const Group& group, std::uint32_t id, Signatures& known, Image&& image);

  Memo& memo_;
  LocalSpace& space_;
  ContextTable& contexts_;
  std::vector<Group> groups_;
  std::vector<Signatures> local_signatures_;  // by group
  std::vector<Signatures> packet_signatures_;
  std::vector<std::vector<std::uint64_t>> colours_;                         // scratch, by group
  Fingerprint best_;
  bool has_best_ = false;
};

}  // namespace paygrid::explore
