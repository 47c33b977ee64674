// A line of a trace in words, for diagrams, logs and tracks.
#pragma once

#include <string>

#include "analysis/history/trace_line.hpp"

namespace paygrid::report {

// "here/1", or "?" for nobody.
std::string_view process_name(const history::TraceNames& names, std::uint32_t process);

// What happened without saying where: "sends PREPARE to here/2", "forces PREPARED", "suspects here/3", "decides commit".
std::string deed(const history::TraceLine& line, const history::TraceNames& names);

// "PREPARE of payment 5, attempt 0, argument 0, epoch 0; here/1 to here/2".
std::string message_words(const history::TraceLine& packet, const history::TraceNames& names);

}  // namespace paygrid::report
