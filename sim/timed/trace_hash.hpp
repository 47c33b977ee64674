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

 private:
  // One multiply a word: enough to tell two runs apart, cheap enough to be always on.
  void add(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9e3779b97f4a7c15ull;
    state_ ^= state_ >> 29;
  }
  void add(std::uint8_t tag, history::TimeNs at_ns, core::NodeId process) {
    add(static_cast<std::uint64_t>(at_ns));
    add(std::uint64_t{process.value} << 8 | tag);
  }
  void add(core::TxnId txn) { add(std::uint64_t{txn.attempt} << 32 | txn.payment.value); }

  std::uint64_t state_ = 0x70617967726964ull;
};

}  // namespace paygrid::timed
