#include "analysis/history/trace_line.hpp"

#include <algorithm>

namespace paygrid::history {

std::uint32_t TraceNames::number_of(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return names.emplace_back(name), static_cast<std::uint32_t>(names.size() - 1);
  return static_cast<std::uint32_t>(found - names.begin());
}

bool TraceLine::is_of_payment() const {
  switch (what) {
    case What::kFact:
      return fact != core::FactKind::kRecovered;
    case What::kPacket:
      return true;
    case What::kDisk:
      return record != core::RecordKind::kForgetOldest;
    case What::kProcess:
    case What::kFault:
      return false;
  }
  return false;
}

std::string_view name_of(TraceLine::What what) {
  switch (what) {
    case TraceLine::What::kFact:
      return "fact";
    case TraceLine::What::kPacket:
      return "packet";
    case TraceLine::What::kProcess:
      return "process";
    case TraceLine::What::kFault:
      return "fault";
    case TraceLine::What::kDisk:
      return "disk";
  }
  return "?";
}

}  // namespace paygrid::history
