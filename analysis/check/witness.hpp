// Words for people: times, money, processes, and the history of a transaction with the ids of its events.
#pragma once

#include <string>
#include <string_view>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/run_info.hpp"

namespace paygrid::check {

std::string seconds_text(TimeNs at_ns);                                     // "20.000125 s"
std::string money_text(core::Money money, const history::RunInfo& info);    // "EUR -12.05"
std::string count_text(std::uint64_t count, std::string_view noun);         // "1 recovery", "2 recoveries"
std::string_view words_of(Decision decision);                               // "commit", "abort", "nothing"
std::string_view name_of(core::PaymentKind kind);                           // "transfer", ...
std::string stamp_text(Stamp stamp);                                        // "at 20.000125 s (event 4711)"

// "payment 7 (transfer of EUR 20.00), attempt 0: begun by a at 1.000000 s (event 2); b voted yes at ...; b decided commit at
// ..."
std::string history_text(const PaymentView& payment, const AttemptView& attempt, const history::RunInfo& info);

// What happened, who, when, which event, and the history of the transaction behind it.
std::string explain(const Touch& touch, std::string_view what, const history::RunInfo& info);

}  // namespace paygrid::check
