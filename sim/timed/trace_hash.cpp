#include "sim/timed/trace_hash.hpp"

#include <fmt/format.h>

namespace paygrid::timed {

namespace {

enum Stream : std::uint8_t { kFact = 1, kPacket, kProcess, kFault, kDisk };

template <class... Bytes>
std::uint64_t pack(Bytes... bytes) {
  std::uint64_t word = 0;
  ((word = word << 8 | static_cast<std::uint8_t>(bytes)), ...);
  return word;
}

// The first that is heard of a content.
bool is_new(history::PacketFate fate) {
  using history::PacketFate;
  return fate == PacketFate::kSent || fate == PacketFate::kLocal || fate == PacketFate::kForged || fate == PacketFate::kAltered;
}

}  // namespace

void TraceHash::on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  add(when(at_ns), std::uint64_t{process.value} << 32 | pack(kFact, fact.kind, fact.argument), core::word_of(fact.txn));
  if (fact.account.value != 0 || fact.amount != core::Money{} || fact.word != 0)
    add(fact.account.value, static_cast<std::uint64_t>(fact.amount.minor), fact.word);
}

void TraceHash::on_packet(const history::PacketEvent& event) {
  const core::Message& message = event.message;
  add(when(event.at_ns), event.packet << 8 | static_cast<std::uint64_t>(event.fate), core::word_of(message.txn));
  if (!is_new(event.fate)) return;  // the content is known
  add(std::uint64_t{event.from.value} << 32 | event.to.value,
      std::uint64_t{message.epoch} << 32 | pack(kPacket, message.family, message.kind, message.argument),
      message.has_learned ? ~core::word_of(message.learned) : 0);
}

void TraceHash::on_process(const history::ProcessEvent& event) {
  add(when(event.at_ns), std::uint64_t{event.process.value} << 32 | event.peer.value,
      std::uint64_t{event.fault} << 16 | pack(kProcess, event.change));
}

void TraceHash::on_fault(const history::FaultEvent& event) {
  add(when(event.at_ns), event.fault, pack(kFault, event.begins));
  for (const char letter : event.description) add(static_cast<unsigned char>(letter), 0, 0);
}

void TraceHash::on_disk(const history::DiskEvent& event) {
  add(when(event.at_ns), std::uint64_t{event.process.value} << 32 | pack(kDisk, event.change, event.record.kind),
      core::word_of(event.record.txn) + (std::uint64_t{event.record.epoch} << 48));
}

std::string TraceHash::hex() const { return fmt::format("{:016x}", state_); }

}  // namespace paygrid::timed
