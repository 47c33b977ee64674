// The report page of a run: one HTML file that holds everything it shows, so that it opens from a disk, without a network.
// Its template, style and scripts are analysis/report/page/*, and dygraphs (Debian: libjs-dygraphs); the build embeds them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "analysis/report/recorded_run.hpp"

namespace paygrid::report {

// `data`: as report_data makes it.
std::string page_html(const nlohmann::ordered_json& data);

// The page of a run, with the diagrams of its exemplars. Throws std::runtime_error, one line.
void write_run_page(const RecordedRun& run, const std::filesystem::path& file);

// Writes the page under a temporary name in the same folder and renames it. Throws std::runtime_error naming the path.
void write_page(const std::filesystem::path& file, const nlohmann::ordered_json& data);

}  // namespace paygrid::report
