#include "analysis/report/diagram/shiviz.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "analysis/report/output_file.hpp"
#include "analysis/report/diagram/trace_words.hpp"

namespace paygrid::report {

using history::PacketFate;
using history::TraceLine;

namespace {

// Hosts are told apart by blanks.
std::string host(std::string_view name) {
  std::string word(name);
  std::ranges::replace(word, ' ', '_');
  return word;
}

}  // namespace

Shiviz::Shiviz(Sink sink) : sink_(std::move(sink)) { sink_(fmt::format("{}\n\n", kRegex)); }

void Shiviz::add(const TraceLine& line, const history::TraceNames& names) {
  if (line.what == TraceLine::What::kFault) return;
  if (line.what != TraceLine::What::kPacket) {
    ++clocks_[line.process][line.process];
    return write(line.process, line, names);
  }
  switch (line.fate) {
    case PacketFate::kSent:
    case PacketFate::kLocal:
    case PacketFate::kLost:
    case PacketFate::kCut: {
      Clock& own = clocks_[line.process];
      ++own[line.process];
      if (line.fate == PacketFate::kSent)
        sent_[line.packet] = {own, 1};
      else if (line.fate != PacketFate::kLocal)
        forget_copy(line.packet);
      return write(line.process, line, names);
    }
    case PacketFate::kDelivered:
      receive(line, clocks_[line.peer]);
      return write(line.peer, line, names);
    case PacketFate::kDuplicated:
      if (const auto sent = sent_.find(line.packet); sent != sent_.end()) ++sent->second.copies;
      return;
    case PacketFate::kReceiverDown:
    case PacketFate::kExpired:
    case PacketFate::kCorrupted:
    case PacketFate::kRejected:
      return forget_copy(line.packet);
    case PacketFate::kForged:
    case PacketFate::kAltered:
    case PacketFate::kReplayed:  // no process did it
      return;
  }
}

void Shiviz::receive(const TraceLine& line, Clock& own) {
  if (const auto sent = sent_.find(line.packet); sent != sent_.end())
    for (const auto& [process, time] : sent->second.clock) own[process] = std::max(own[process], time);
  ++own[line.peer];
  forget_copy(line.packet);
}

void Shiviz::forget_copy(std::uint64_t packet) {
  const auto sent = sent_.find(packet);
  if (sent != sent_.end() && --sent->second.copies == 0) sent_.erase(sent);
}

void Shiviz::write(std::uint32_t process, const TraceLine& line, const history::TraceNames& names) {
  std::vector<std::string> entries;
  for (const auto& [other, time] : clocks_[process])
    entries.push_back(fmt::format("{}: {}", nlohmann::json(host(process_name(names, other))).dump(), time));
  const std::string of = line.is_of_payment() ? fmt::format(", payment {}", line.txn.payment.value) : "";
  sink_(fmt::format("{} {{{}}}\n{}{} at {} ms\n", host(process_name(names, process)), fmt::join(entries, ", "),
                    deed(line, names), of, milliseconds_text(line.at_ns)));
}

}  // namespace paygrid::report
