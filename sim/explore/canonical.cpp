#include "sim/explore/canonical.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>
#include <utility>

namespace paygrid::explore {

Canonical::Canonical(Memo& memo, ContextTable& contexts) : memo_(memo), space_(memo.space()), contexts_(contexts) {
  const Model& model = space_.model();
  std::uint32_t exchange = 0;
  for (const auto& [first, last] : model.interchangeable) {
    if (last <= first) continue;
    groups_.push_back({exchange, last - first + 1, first});
    exchange += last - first;
  }
  if (exchange < space_.exchanges().size())
    groups_.insert(groups_.begin(), {exchange, static_cast<std::uint32_t>(model.payments.size()), kMembersMax});
  local_signatures_.resize(groups_.size());
  packet_signatures_.resize(groups_.size());
  colours_.resize(groups_.size());
}

Fingerprint Canonical::print_of(const State& state) const {
  Fingerprint print = contexts_[state.context].word;
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) print ^= space_.local(state.locals[slot]).word;
  state.for_each_packet([&](PacketId packet) { print ^= space_.packet(packet).word; });
  return print;
}

void Canonical::exchange(State& state, std::uint32_t which) {
  const Exchange& swap = space_.exchanges()[which];
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot)
    state.locals[slot] = memo_.image_of_local(which, state.locals[slot]);
  std::array<std::uint64_t, kPacketWordsMax> before;
  const std::uint32_t words = state.words;
  std::copy_n(state.packets.begin(), words, before.begin());
  std::fill_n(state.packets.begin(), words, 0);
  state.words = 0;
  for (std::uint32_t word = 0; word < words; ++word)
    for (std::uint64_t bits = before[word]; bits != 0; bits &= bits - 1)
      state.add(memo_.image_of_packet(which, word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits))));
  if (swap.of != Exchange::Of::kMembers) return;
  std::swap(state.locals[swap.a], state.locals[swap.b]);
  const std::uint32_t side = contexts_[state.context].side;
  if (((side >> swap.a ^ side >> swap.b) & 1u) == 0) return;
  std::uint32_t image = side ^ (1u << swap.a | 1u << swap.b);
  // The last process is never on the far side.
  const std::uint32_t all = (1u << space_.members()) - 1;
  if ((image >> (space_.members() - 1) & 1u) != 0) image = ~image & all;
  state.context = contexts_.with_side(state.context, image);
}

void Canonical::verify_initial(const State& state) {
  for (std::uint32_t which = 0; which < space_.exchanges().size(); ++which) {
    State image = state;
    exchange(image, which);
    if (print_of(image) != print_of(state)) throw SymmetryBroken{"the initial state is not its own mirror image"};
  }
}

Fingerprint Canonical::of(const State& state) {
  State scratch;
  scratch.copy_from(state, space_.members());
  has_best_ = false;
  try_groups(scratch, 0);
  return best_;
}

void Canonical::try_groups(State& state, std::size_t at) {
  if (at == groups_.size()) {
    const Fingerprint print = print_of(state);
    if (!has_best_ || print < best_) best_ = print;
    has_best_ = true;
    return;
  }
  const Group& group = groups_[at];
  std::vector<std::uint64_t>& colours = colours_[at];
  colour(state, at, colours);
  // Exchanges of neighbours sort the positions by colour.
  for (std::uint32_t end = group.size; end > 1; --end)
    for (std::uint32_t k = 0; k + 1 < end; ++k)
      if (colours[k] > colours[k + 1]) {
        std::swap(colours[k], colours[k + 1]);
        exchange(state, group.first_exchange + k);
      }
  try_orders(state, group, at + 1, 0, group.size, colours);
}

// All orders of the positions from `from` on that keep the colours sorted.
void Canonical::try_orders(State& state, const Group& group, std::size_t next_group, std::uint32_t from, std::uint32_t to,
                           const std::vector<std::uint64_t>& colours) {
  while (from + 1 < to && (colours[from] != colours[from + 1])) ++from;
  if (from + 1 >= to) return try_groups(state, next_group);
  std::uint32_t end = from + 1;
  while (end < to && colours[end] == colours[from]) ++end;
  if (alike(state, group, from, end)) return try_orders(state, group, next_group, end, to, colours);
  // Each of the alike-coloured takes position `from` in turn.
  State turned;
  turned.copy_from(state, space_.members());
  const std::vector<std::uint64_t> kept = colours;
  for (std::uint32_t k = from; k < end; ++k) {
    State next;
    next.copy_from(turned, space_.members());
    try_orders(next, group, next_group, from + 1, to, kept);
    if (k + 1 == end) break;
    // Bring the one at k + 1 to `from`: undo the last turn, then turn one further.
    turned.copy_from(state, space_.members());
    for (std::uint32_t step = k + 1; step > from; --step) exchange(turned, group.first_exchange + step - 1);
  }
}

bool Canonical::alike(const State& state, const Group& group, std::uint32_t from, std::uint32_t to) {
  const Fingerprint print = print_of(state);
  for (std::uint32_t k = from; k + 1 < to; ++k) {
    State image;
    image.copy_from(state, space_.members());
    exchange(image, group.first_exchange + k);
    if (print_of(image) != print) return false;
  }
  return true;
}

void Canonical::colour(const State& state, std::size_t at, std::vector<std::uint64_t>& colours) {
  const Group& group = groups_[at];
  colours.assign(group.size, 0);
  if (group.first_member == kMembersMax) return;
  const auto mix_in = [&](const Signature& part) {
    for (std::uint32_t k = 0; k < group.size; ++k) colours[k] += part[k];
  };
  for (std::uint32_t slot = 0; slot < space_.members(); ++slot) mix_in(local_signature(at, state.locals[slot]));
  state.for_each_packet([&](PacketId packet) { mix_in(packet_signature(at, packet)); });
  // The far side is named after the last process; where that one is interchangeable too, its name says nothing.
  const bool named = group.first_member + group.size < space_.members();
  const std::uint32_t side = contexts_[state.context].side;
  for (std::uint32_t k = 0; named && k < group.size; ++k) colours[k] += (side >> (group.first_member + k) & 1u) * 0x5bd1e995u;
}

namespace {

// Union-find with path halving.
std::uint32_t root_of(std::vector<std::uint32_t>& parent, std::uint32_t at) {
  while (parent[at] != at) at = parent[at] = parent[parent[at]];
  return at;
}

}  // namespace

// Signatures of all parts of the orbit of `id`: what a part is to a position is the least id among the images of the part under
// exchanges that bring the position to the front.
template <class Image>
void Canonical::sign_orbit(const Group& group, std::uint32_t id, Signatures& known, Image&& image) {
  std::vector<std::uint32_t> orbit{id};
  std::unordered_map<std::uint32_t, std::uint32_t> index{{id, 0}};
  std::vector<std::uint32_t> images;  // by part of the orbit, then exchange: index of the image
  for (std::uint32_t at = 0; at < orbit.size(); ++at)
    for (std::uint32_t k = 0; k + 1 < group.size; ++k) {
      const std::uint32_t next = image(group.first_exchange + k, orbit[at]);
      const auto [place, fresh] = index.emplace(next, static_cast<std::uint32_t>(orbit.size()));
      if (fresh) orbit.push_back(next);
      images.push_back(place->second);
    }
  // Nodes are (part, position); exchanges join nodes that are images of each other.
  std::vector<std::uint32_t> parent(orbit.size() * group.size);
  std::iota(parent.begin(), parent.end(), 0);
  for (std::uint32_t at = 0; at < orbit.size(); ++at)
    for (std::uint32_t k = 0; k + 1 < group.size; ++k)
      for (std::uint32_t position = 0; position < group.size; ++position) {
        const std::uint32_t moved = position == k ? k + 1 : position == k + 1 ? k : position;
        const std::uint32_t other = images[at * (group.size - 1) + k] * group.size + moved;
        parent[root_of(parent, at * group.size + position)] = root_of(parent, other);
      }
  std::vector<std::uint32_t> least(parent.size(), ~0u);
  for (std::uint32_t at = 0; at < orbit.size(); ++at) {
    std::uint32_t& front = least[root_of(parent, at * group.size)];
    front = std::min(front, orbit[at]);
  }
  for (std::uint32_t at = 0; at < orbit.size(); ++at) {
    if (orbit[at] >= known.size()) known.resize(orbit[at] + 1 + orbit[at] / 2);
    auto& signature = known[orbit[at]];
    signature.resize(group.size);
    for (std::uint32_t position = 0; position < group.size; ++position)
      signature[position] = core::mix64(least[root_of(parent, at * group.size + position)] + 0x9e3779b97f4a7c15ull);
  }
}

const Canonical::Signature& Canonical::local_signature(std::size_t group, LocalId local) {
  Signatures& known = local_signatures_[group];
  if (local >= known.size() || known[local].empty())
    sign_orbit(groups_[group], local, known, [this](std::uint32_t k, LocalId id) { return memo_.image_of_local(k, id); });
  return known[local];
}

const Canonical::Signature& Canonical::packet_signature(std::size_t group, PacketId packet) {
  Signatures& known = packet_signatures_[group];
  if (packet >= known.size() || known[packet].empty())
    sign_orbit(groups_[group], packet, known, [this](std::uint32_t k, PacketId id) { return memo_.image_of_packet(k, id); });
  return known[packet];
}

}  // namespace paygrid::explore
