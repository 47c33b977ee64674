#include "analysis/report/page/page.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <utility>

#include "analysis/report/output_file.hpp"
#include "analysis/report/page/page_assets.hpp"
#include "analysis/report/page/page_diagrams.hpp"
#include "analysis/report/page/report_data.hpp"

namespace paygrid::report {

namespace fs = std::filesystem;

namespace {

std::string escaped_text(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
  }
  return escaped;
}

// JSON inside <script>: neither "</script" nor "<!--" may appear in it.
std::string escaped_json(const std::string& json) {
  std::string escaped;
  escaped.reserve(json.size() + json.size() / 64);
  for (const char c : json) {
    if (c == '<')
      escaped += "\\u003c";
    else
      escaped += c;
  }
  return escaped;
}

}  // namespace

std::string page_html(const nlohmann::ordered_json& data) {
  const nlohmann::ordered_json& result = data.at("result");
  const std::string title = fmt::format("{}, seed {}", result.at("scenario").get<std::string>(), result.at("seed").dump());
  const std::string json = escaped_json(data.dump());
  const std::array<std::pair<std::string_view, std::string>, 6> parts{{
      {"{{title}}", escaped_text(title)},
      {"{{dygraphs-style}}", std::string(page_assets::kDygraphsStyle)},
      {"{{style}}", std::string(page_assets::kStyle)},
      {"{{data}}", json},
      {"{{dygraphs-script}}", std::string(page_assets::kDygraphsScript)},
      {"{{scripts}}", std::string(page_assets::kScripts)},
  }};
  // Left to right, so that no text that was put in is searched in turn.
  std::string html;
  std::string_view rest = page_assets::kTemplate;
  for (const auto& [name, text] : parts) {
    const std::size_t at = rest.find(name);
    if (at == std::string_view::npos) throw std::logic_error(fmt::format("page.html has no {} in its place", name));
    html.append(rest.substr(0, at)).append(text);
    rest.remove_prefix(at + name.size());
  }
  return html.append(rest);
}

void write_run_page(const RecordedRun& run, const fs::path& file) {
  write_page(file, report_data(run, exemplar_diagrams(run)));
}

void write_page(const fs::path& file, const nlohmann::ordered_json& data) {
  const fs::path temporary = file.parent_path() / fmt::format("{}.part-{}", file.filename().string(), getpid());
  std::error_code error;
  try {
    OutputFile out(temporary);
    out.print("{}", page_html(data));
    out.close();
  } catch (...) {
    fs::remove(temporary, error);
    throw;
  }
  fs::rename(temporary, file, error);
  if (!error) return;
  std::error_code ignored;
  fs::remove(temporary, ignored);
  throw std::runtime_error(fmt::format("cannot write {}: {}", file.string(), error.message()));
}

}  // namespace paygrid::report
