#include "sim/cli/text_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>

namespace paygrid::cli {

TextOutput::TextOutput(std::filesystem::path path) : path_(std::move(path)) {
  if (path_ == "-") return;
  part_ = fmt::format("{}.part-{}", path_.string(), getpid());
  try {
    file_.emplace(part_);
  } catch (const std::runtime_error& error) {
    throw std::invalid_argument(fmt::format("--out {}: {}", path_.string(), error.what()));
  }
}

TextOutput::~TextOutput() {
  file_.reset();
  std::error_code ignored;
  if (!part_.empty()) std::filesystem::remove(part_, ignored);
}

void TextOutput::write(std::string_view text) {
  if (file_)
    file_->print("{}", text);
  else if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw std::runtime_error("cannot write to stdout");
}

void TextOutput::commit() {
  if (!file_) return;
  file_->close();
  std::filesystem::rename(part_, path_);
  part_.clear();
}

}  // namespace paygrid::cli
