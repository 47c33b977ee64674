#include "analysis/report/page/page_diagrams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "analysis/history/trace_reader.hpp"
#include "analysis/report/diagram/lock_waits.hpp"
#include "analysis/report/diagram/run_diagram.hpp"
#include "analysis/report/diagram/wait_circle.hpp"

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

std::string circle_diagram(const nlohmann::ordered_json& result) {
  if (!result.contains("circular_waits") || !result.at("circular_waits").contains("told")) return {};
  const nlohmann::ordered_json& told = result.at("circular_waits").at("told");
  WaitCircle circle;
  circle.title = fmt::format("A circle of waits, closed at {:.6f} s", told.at("closed_s").get<double>());
  circle.note = told.at("stood_ms").is_null() ? "It stands at the end of the run."
                                              : fmt::format("It stood for {:.3f} ms and was {}.", told.at("stood_ms").get<double>(),
                                                            told.at("end").get<std::string>());
  for (const nlohmann::ordered_json& wait : told.at("waits")) {
    const bool is_held = wait.at("held");
    std::vector<std::string> lines{
        fmt::format("account {}", wait.at("account").get<std::uint32_t>()),
        wait.at("of_service").get<bool>() ? "at the lock service" : fmt::format("at {}", wait.at("at").get<std::string>()),
        fmt::format("since {:.6f} s", wait.at("since_s").get<double>())};
    if (!is_held) lines.emplace_back("behind it in the queue");
    circle.waits.push_back({fmt::format("payment {}.{}", wait.at("payment").get<std::uint32_t>(), wait.at("attempt").get<std::uint32_t>()),
                            std::move(lines), is_held, fmt::format("event {}", wait.at("event").get<std::uint64_t>())});
  }
  return wait_circle_svg(circle);
}

}  // namespace paygrid::report
