#include "sim/cli/event_words.hpp"

#include <fmt/format.h>

namespace paygrid::cli {

namespace {

std::string at(history::TimeNs at_ns) { return fmt::format("{}.{:09} s", at_ns / 1'000'000'000, at_ns % 1'000'000'000); }

std::string txn_of(core::TxnId txn) { return fmt::format("payment {} attempt {}", txn.payment.value, txn.attempt); }

}  // namespace

std::string words_of(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) {
  return fmt::format("{} process {} {} (argument {}) of {}, account {}, amount {}, word {}", at(at_ns), process.value,
                     core::name_of(fact.kind), fact.argument, txn_of(fact.txn), fact.account.value, fact.amount.minor,
                     fact.word);
}

std::string words_of(const history::PacketEvent& event) {
  return fmt::format("{} packet {} {} from process {} to {}: message {}.{} (argument {}) of {}", at(event.at_ns), event.packet,
                     history::name_of(event.fate), event.from.value, event.to.value, static_cast<int>(event.message.family),
                     event.message.kind, event.message.argument, txn_of(event.message.txn));
}

std::string words_of(const history::ProcessEvent& event) {
  std::string text = fmt::format("{} process {} {}", at(event.at_ns), event.process.value, history::name_of(event.change));
  if (event.peer != core::kNoNode) text += fmt::format(" process {}", event.peer.value);
  return event.fault == 0 ? text : text + fmt::format(" by fault {}", event.fault);
}

std::string words_of(const history::FaultEvent& event) {
  return fmt::format("{} fault {} {}: {}", at(event.at_ns), event.fault, event.begins ? "begins" : "ends", event.description);
}

std::string words_of(const history::DiskEvent& event) {
  return fmt::format("{} disk of process {}: {} {} of {}", at(event.at_ns), event.process.value,
                     core::name_of(event.record.kind), history::name_of(event.change), txn_of(event.record.txn));
}

}  // namespace paygrid::cli
