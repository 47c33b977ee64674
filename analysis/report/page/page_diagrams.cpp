#include "analysis/report/page/page_diagrams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "analysis/history/trace_reader.hpp"
#include "analysis/report/diagram/lock_waits.hpp"
#include "analysis/report/diagram/run_diagram.hpp"

namespace paygrid::report {

std::vector<PaymentDiagram> exemplar_diagrams(const RecordedRun& run) {
  std::vector<PaymentDiagram> diagrams;
  const std::filesystem::path file = run.folder() / "exemplars.jsonl";
  if (!run.result().contains("exemplars") || !std::filesystem::exists(file)) return diagrams;
  RunDiagramInput input;
  LockWaits waits;
  history::TraceReader reader(file);
  for (history::TraceLine line; reader.next(line);) {
    waits.add(line);
    input.lines.push_back(line);
  }
  input.names = reader.names();
  for (const nlohmann::ordered_json& exemplar : run.result().at("exemplars")) {
    const core::PaymentId payment{exemplar.at("payment").get<std::uint32_t>()};
    const auto is_of_it = [&](const history::TraceLine& line) { return line.is_of_payment() && line.txn.payment == payment; };
    if (std::ranges::none_of(input.lines, is_of_it)) continue;
    input.payment = payment;
    input.past = waits.past_of(payment, kPastMax, input.left_out);
    const std::string why = exemplar.at("why");
    input.title = fmt::format("payment {}: {}", payment.value, why);
    const SpaceTime diagram = run_diagram(input);
    const auto messages = std::ranges::count_if(diagram.arrows, [](const SpaceTime::Arrow& arrow) { return !arrow.aside; });
    diagrams.push_back({payment.value, why, static_cast<std::size_t>(messages), space_time_svg(diagram)});
  }
  return diagrams;
}

}  // namespace paygrid::report
