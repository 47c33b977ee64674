// Rows of a comma-separated file that this program wrote: no cell holds a comma, a quote or a line break. Reads in blocks and
// keeps one block; cells are valid until the next row.
#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace paygrid::report {

class CsvReader {
 public:
  // Reads the head line. Throws std::runtime_error.
  explicit CsvReader(std::filesystem::path path);

  const std::vector<std::string>& names() const { return names_; }
  // The number of a column. Throws std::runtime_error when there is none of this name.
  std::size_t column(std::string_view name) const;

  // The next row: as many cells as there are names. False at the end. Throws std::runtime_error, file:line:column.
  bool next();
  std::string_view cell(std::size_t column) const { return cells_[column]; }

  // Numbers of the present row. Throw std::runtime_error, file:line:column.
  std::int64_t integer(std::size_t column) const;
  double number(std::size_t column) const;  // NaN for an empty cell
  [[noreturn]] void refuse(std::size_t column, std::string_view accepted) const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  bool read_line(std::string_view& line);
  void split(std::string_view line);

  std::filesystem::path path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::string block_;
  std::size_t at_ = 0;   // of block_
  std::uint64_t line_ = 0;
  std::vector<std::string> names_;
  std::vector<std::string_view> cells_;
  const char* line_begin_ = nullptr;
};

}  // namespace paygrid::report
