// Events of a run in words, for a reader who compares two of them.
#pragma once

#include <string>

#include "analysis/history/observer.hpp"

namespace paygrid::cli {

std::string words_of(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact);
std::string words_of(const history::PacketEvent& event);
std::string words_of(const history::ProcessEvent& event);
std::string words_of(const history::FaultEvent& event);
std::string words_of(const history::DiskEvent& event);

}  // namespace paygrid::cli
