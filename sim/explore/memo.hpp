// Memo: what one thread has looked up in a LocalSpace, in tables that need no lock.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/explore/local_space.hpp"

namespace paygrid::explore {

class Memo {
 public:
  explicit Memo(LocalSpace& space)
      : space_(space), local_images_(space.exchanges().size()), packet_images_(space.exchanges().size()) {}

  const Transition& transition(LocalId local, ActionId action) {
    if (local >= rows_.size()) rows_.resize(local + 1 + local / 2);
    std::vector<std::uint32_t>& row = rows_[local];
    if (action >= row.size()) {
      bytes_ += (action + 1 - row.size()) * sizeof(row[0]);
      row.resize(action + 1, kNone);
    }
    if (row[action] == kNone) row[action] = space_.transition(local, action);
    return space_.transition_at(row[action]);
  }
  LocalId image_of_local(std::uint32_t exchange, LocalId local) {
    std::uint32_t& image = at(local_images_[exchange], local);
    if (image == kNone) image = space_.image_of_local(exchange, local);
    return image;
  }
  PacketId image_of_packet(std::uint32_t exchange, PacketId packet) {
    std::uint32_t& image = at(packet_images_[exchange], packet);
    if (image == kNone) image = space_.image_of_packet(exchange, packet);
    return image;
  }

  LocalSpace& space() { return space_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  static std::uint32_t& at(std::vector<std::uint32_t>& table, std::uint32_t index) {
    if (index >= table.size()) table.resize(index + 1 + index / 2, kNone);
    return table[index];
  }

  LocalSpace& space_;
  std::vector<std::vector<std::uint32_t>> rows_;
  std::uint64_t bytes_ = 0;  // of the rows
  std::vector<std::vector<std::uint32_t>> local_images_;  // by exchange
  std::vector<std::vector<std::uint32_t>> packet_images_;
};

}  // namespace paygrid::explore
