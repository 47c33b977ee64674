// A text file that is written front to back, in blocks. Every error names the path.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>
#include <utility>

namespace paygrid::report {

class OutputFile {
 public:
  // Creates or empties the file. Throws std::runtime_error.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(buffer_), format, std::forward<Args>(args)...);
    if (buffer_.size() >= kBlock) flush();
  }

  // Writes what is buffered and closes. Throws std::runtime_error. Without it, the destructor closes and tells nobody of
  // errors.
  void close();

 private:
  static constexpr std::size_t kBlock = 1 << 16;
  void flush();

  std::filesystem::path path_;
  std::FILE* file_ = nullptr;
  fmt::memory_buffer buffer_;
};

// "12.000345": nanoseconds as milliseconds, exact.
std::string milliseconds_text(std::int64_t ns);

}  // namespace paygrid::report
