// The trace hash: 64 bits over everything that happened in a run, in order. Two runs are the same run when it is equal.
#pragma once

#include <cstdint>
#include <string>

#include "analysis/history/observer.hpp"

namespace paygrid::timed {

class TraceHash final : public history::Observer {
 public:
  void on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) override;
  void on_packet(const history::PacketEvent& event) override;
  void on_process(const history::ProcessEvent& event) override;
  void on_fault(const history::FaultEvent& event) override;
  void on_disk(const history::DiskEvent& event) override;

  std::string hex() const;  // 16 digits
  std::uint64_t state() const { return state_; }

 private:
  // A record of three words: independent multiplies, then one dependent step. Cheap enough to be always on.
  void add(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    state_ ^= a * 0x9e3779b97f4a7c15ull + (b ^ 0x2545f4914f6cdd1dull) * 0xd6e8feb86659fd93ull + (c ^ a >> 32) * 0xa0761d6478bd642full;
    state_ = (state_ ^ state_ >> 29) * 0xbf58476d1ce4e5b9ull;
  }
  static std::uint64_t when(history::TimeNs at_ns) { return static_cast<std::uint64_t>(at_ns); }

  std::uint64_t state_ = 0x70617967726964ull;
};

}  // namespace paygrid::timed
