#include "analysis/report/csv_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>

namespace paygrid::report {

namespace {

constexpr std::size_t kBlock = 1 << 20;

template <class Number>
bool parse(std::string_view cell, Number& value) {
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return error == std::errc{} && end == cell.data() + cell.size();
}

}  // namespace

CsvReader::CsvReader(std::filesystem::path path) : path_(std::move(path)), file_(std::fopen(path_.c_str(), "rb")) {
  if (!file_) throw std::runtime_error(fmt::format("cannot read {}", path_.string()));
  std::string_view head;
  if (!read_line(head)) throw std::runtime_error(fmt::format("{}:1:1: found an empty file; accepted: a table", path_.string()));
  split(head);
  names_.assign(cells_.begin(), cells_.end());
}

std::size_t CsvReader::column(std::string_view name) const {
  const auto found = std::ranges::find(names_, name);
  if (found != names_.end()) return static_cast<std::size_t>(found - names_.begin());
  throw std::runtime_error(fmt::format("{}:1:1: found no column {}; accepted: a table of this version", path_.string(), name));
}

bool CsvReader::next() {
  std::string_view line;
  if (!read_line(line)) return false;
  split(line);
  if (cells_.size() == names_.size()) return true;
  throw std::runtime_error(
      fmt::format("{}:{}:1: found {} cells; accepted: {}", path_.string(), line_, cells_.size(), names_.size()));
}

bool CsvReader::read_line(std::string_view& line) {
  std::size_t end = block_.find('\n', at_);
  while (end == std::string::npos) {
    block_.erase(0, at_);
    at_ = 0;
    const std::size_t held = block_.size();
    block_.resize(held + kBlock);
    block_.resize(held + std::fread(block_.data() + held, 1, kBlock, file_.get()));
    if (block_.size() == held) {
      if (held == 0) return false;
      end = held;
      break;
    }
    end = block_.find('\n', held);
  }
  line = std::string_view(block_).substr(at_, end - at_);
  at_ = std::min(end + 1, block_.size());
  ++line_;
  return true;
}

void CsvReader::split(std::string_view line) {
  line_begin_ = line.data();
  cells_.clear();
  for (std::size_t comma; (comma = line.find(',')) != std::string_view::npos; line.remove_prefix(comma + 1))
    cells_.push_back(line.substr(0, comma));
  cells_.push_back(line);
}

std::int64_t CsvReader::integer(std::size_t column) const {
  std::int64_t value = 0;
  if (!parse(cell(column), value)) refuse(column, "a whole number");
  return value;
}

double CsvReader::number(std::size_t column) const {
  if (cell(column).empty()) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  if (!parse(cell(column), value)) refuse(column, "a number");
  return value;
}

void CsvReader::refuse(std::size_t column, std::string_view accepted) const {
  throw std::runtime_error(fmt::format("{}:{}:{}: found {} in column {}; accepted: {}", path_.string(), line_,
                                       cell(column).data() - line_begin_ + 1, cell(column), names_[column], accepted));
}

}  // namespace paygrid::report
