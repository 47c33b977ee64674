#include "sim/scenario/data_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>

#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

namespace fs = std::filesystem;

constexpr int kParentsMax = 4;
constexpr std::size_t kPlacesMax = 2000;
constexpr std::int64_t kRoundTripMaxNs = 3'600'000'000'000;

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

// <prefix>/share/paygrid/scenarios of an installed program.
fs::path installed_scenarios() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path() : program.parent_path().parent_path() / "share" / "paygrid" / "scenarios";
}

struct Line {
  std::string_view text;
  int number;
};

// Lines that are neither empty nor comments, without their ends.
std::vector<Line> content_lines(std::string_view text) {
  std::vector<Line> lines;
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) lines.push_back({line, number});
  }
  return lines;
}

struct Cell {
  std::string_view text;
  int column;
};

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::size_t first = begin;
    std::size_t last = end;
    while (first < last && line[first] == ' ') ++first;
    while (last > first && line[last - 1] == ' ') --last;
    cells.push_back({line.substr(first, last - first), static_cast<int>(first) + 1});
    if (end == line.size()) return cells;
    begin = end + 1;
  }
}

class MatrixReader {
 public:
  explicit MatrixReader(const std::string& file_name) : origin_(std::make_shared<const std::string>(file_name)) {}

  RoundTripMatrix read(std::string_view text) {
    const std::vector<Line> lines = content_lines(text);
    if (lines.empty()) fail({origin_, 1, 1}, "an empty file", "a matrix: from,<names>, then a row for each name");
    read_head(lines.front());
    matrix_.round_trip_ns.assign(matrix_.names.size() * matrix_.names.size(), -1);
    for (std::size_t i = 1; i < lines.size(); ++i) read_row(lines[i]);
    for (std::size_t i = 0; i < matrix_.names.size(); ++i)
      if (matrix_.round_trip_ns[i * matrix_.names.size()] < 0)
        fail({origin_, lines.front().number, head_columns_[i]}, fmt::format("no row for {}", shown(matrix_.names[i])),
             "a square matrix: a row for each name of the head line");
    return std::move(matrix_);
  }

 private:
  void read_head(const Line& line) {
    const std::vector<Cell> cells = cells_of(line.text);
    if (cells.front().text != "from") fail({origin_, line.number, 1}, shown(cells.front().text), "the head line: from,<names>");
    if (cells.size() > kPlacesMax) fail({origin_, line.number, 1}, fmt::format("{} names", cells.size() - 1), "up to 2000");
    for (std::size_t i = 1; i < cells.size(); ++i) {
      const std::string name(cells[i].text);
      if (name.empty()) fail({origin_, line.number, cells[i].column}, "an empty name", "a name");
      if (std::find(matrix_.names.begin(), matrix_.names.end(), name) != matrix_.names.end())
        fail({origin_, line.number, cells[i].column}, "the name " + shown(name) + " again", "each name once");
      matrix_.names.push_back(name);
      head_columns_.push_back(cells[i].column);
    }
  }

  void read_row(const Line& line) {
    const std::vector<Cell> cells = cells_of(line.text);
    const std::size_t size = matrix_.names.size();
    const auto name = std::find(matrix_.names.begin(), matrix_.names.end(), cells.front().text);
    if (name == matrix_.names.end())
      fail({origin_, line.number, cells.front().column}, "a row for " + shown(cells.front().text),
           "rows for the names of the head line", nearest(cells.front().text, matrix_.names));
    const auto row = static_cast<std::size_t>(name - matrix_.names.begin()) * size;
    if (matrix_.round_trip_ns[row] >= 0)
      fail({origin_, line.number, cells.front().column}, "a second row for " + shown(*name), "one row a name");
    if (cells.size() != size + 1)
      fail({origin_, line.number, cells.back().column}, counted(cells.size() - 1, "value"),
           counted(size, "value") + ", one for each name of the head line");
    for (std::size_t i = 0; i < size; ++i) matrix_.round_trip_ns[row + i] = read_cell(cells[i + 1], line.number);
  }

  std::int64_t read_cell(const Cell& cell, int line) const {
    const Place place{origin_, line, cell.column};
    if (cell.text.empty()) fail(place, "an empty value", "a round-trip time in milliseconds");
    const Reading<std::int64_t> reading = read_duration(std::string(cell.text) + "ms");
    if (!reading.ok())
      fail(place, fmt::format("{} ({})", shown(cell.text), reading.problem), "a round-trip time in milliseconds");
    if (reading.value < 0 || reading.value > kRoundTripMaxNs) fail(place, shown(cell.text), "0 to 3600000 milliseconds");
    return reading.value;
  }

  std::shared_ptr<const std::string> origin_;
  RoundTripMatrix matrix_;
  std::vector<int> head_columns_;
};

}  // namespace

std::string find_data_file(const std::string& name, const std::string& directory, const Place& place) {
  if (fs::path(name).is_absolute()) {
    if (is_file(name)) return name;
    fail(place, "no file " + shown(name), "a file that exists");
  }
  fs::path folder = directory;
  for (int level = 0; level <= kParentsMax; ++level, folder /= "..") {
    for (const fs::path& candidate : {folder / name, folder / "data" / name})
      if (is_file(candidate)) return candidate.lexically_normal().string();
  }
  if (const fs::path installed = installed_scenarios(); !installed.empty()) {
    for (const fs::path& candidate : {installed / name, installed / "data" / name})
      if (is_file(candidate)) return candidate.string();
  }
  fail(place, "no file " + shown(name),
       "a file in the folder of the scenario, in the data folder of a parent, or among the installed scenarios");
}

std::string read_file(const std::string& path, const Place* place) {
  const Place start{std::make_shared<const std::string>(path), 1, 1};
  const Place& at = place != nullptr ? *place : start;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_directory(status)) fail(at, "a folder", "a file");
  if (!fs::is_regular_file(status)) fail(at, "no such file", "a file that can be read");
  const auto size = fs::file_size(path, error);
  if (error) fail(at, "no such file", "a file that can be read");
  if (size > kTextSizeMax) fail(at, fmt::format("{} bytes", size), fmt::format("at most {} bytes", kTextSizeMax));
  std::ifstream stream(path, std::ios::binary);
  if (!stream) fail(at, "a file without read permission", "a file that can be read");
  std::string text(size, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(size));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

RoundTripMatrix parse_matrix_csv(std::string_view text, const std::string& file_name) {
  return MatrixReader(file_name).read(text);
}

std::vector<std::int64_t> parse_samples(std::string_view text, const std::string& file_name, const Quantity& quantity) {
  const auto origin = std::make_shared<const std::string>(file_name);
  std::vector<std::int64_t> samples;
  const std::string accepted = fmt::format("one sample a line, such as {}", quantity.example);
  for (const Line& line : content_lines(text)) {
    const Place place{origin, line.number, 1};
    const Reading<std::int64_t> reading = quantity.read(line.text);
    if (!reading.ok()) fail(place, fmt::format("{} ({})", shown(line.text), reading.problem), accepted);
    if (reading.value < quantity.lowest) fail(place, shown(line.text), "values from " + quantity.print(quantity.lowest));
    if (reading.value > kExactMax) fail(place, shown(line.text), "values up to " + quantity.print(kExactMax));
    if (samples.size() == kSamplesMax) fail(place, fmt::format("more than {} samples", kSamplesMax), "fewer samples");
    samples.push_back(reading.value);
  }
  if (samples.empty()) fail({origin, 1, 1}, "no samples", accepted);
  return samples;
}

}  // namespace paygrid::scenario
