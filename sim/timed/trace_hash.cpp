#include "sim/timed/trace_hash.hpp"

#include <fmt/format.h>

namespace paygrid::timed {

namespace {

template <class... Bytes>
std::uint64_t pack(Bytes... bytes) {
  std::uint64_t word = 0;
  ((word = word << 8 | static_cast<std::uint8_t>(bytes)), ...);
  return word;
}

}  // namespace

void TraceHash::on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  add(1, at_ns, process);
  add(fact.txn);
  add(pack(fact.kind, fact.argument) << 32 | fact.account.value);
  add(static_cast<std::uint64_t>(fact.amount.minor));
  add(fact.word);
}

void TraceHash::on_packet(const history::PacketEvent& event) {
  add(2, event.at_ns, event.from);
  add(event.packet);
  add(std::uint64_t{event.to.value} << 32 |
      pack(event.fate, event.message.family, event.message.kind, event.message.argument));
  add(event.message.txn);
  add(std::uint64_t{event.message.epoch} << 1 | (event.message.has_learned ? 1 : 0));
  add(event.message.learned);
}

void TraceHash::on_process(const history::ProcessEvent& event) {
  add(3, event.at_ns, event.process);
  add(std::uint64_t{event.peer.value} << 8 | static_cast<std::uint8_t>(event.change));
  add(event.fault);
}

void TraceHash::on_fault(const history::FaultEvent& event) {
  add(4, event.at_ns, core::NodeId{event.fault});
  add(event.begins ? 1 : 0);
  for (const char letter : event.description) add(static_cast<unsigned char>(letter));
}

void TraceHash::on_disk(const history::DiskEvent& event) {
  add(5, event.at_ns, event.process);
  add(event.record.txn);
  add(pack(event.change, event.record.kind) << 32 | event.record.epoch);
}

std::string TraceHash::hex() const { return fmt::format("{:016x}", state_); }

}  // namespace paygrid::timed
