// The pictures of a page: the circle of waits that the run tells (result.json, "circular_waits"), and the space-time diagrams of the
// payments that stand for it ("exemplars").
#pragma once

#include <vector>

#include "analysis/report/recorded_run.hpp"
#include "analysis/report/page/report_data.hpp"

namespace paygrid::report {

// One for each exemplar that exemplars.jsonl tells of, in the order of result.json; none when the folder has no such file.
// Throws std::invalid_argument, file:line:column.
std::vector<PaymentDiagram> exemplar_diagrams(const RecordedRun& run);

// SVG; empty: no circle closed.
std::string circle_diagram(const nlohmann::ordered_json& result);

}  // namespace paygrid::report
