#include "analysis/report/result_folder.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "analysis/report/output_file.hpp"

namespace paygrid::report {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPart = ".part-";
constexpr std::string_view kOld = ".old-";

[[noreturn]] void fail(std::string_view what, const fs::path& path, const std::error_code& error) {
  throw std::runtime_error(fmt::format("cannot {} {}: {}", what, path.string(), error.message()));
}

fs::path sibling(const fs::path& path, std::string_view mark) {
  return path.parent_path() / fmt::format("{}{}{}", path.filename().string(), mark, getpid());
}

// True for "<name><mark><process id>" of a process that no longer lives.
bool is_stale(std::string_view file, std::string_view name, std::string_view mark) {
  if (!file.starts_with(name) || !file.substr(name.size()).starts_with(mark)) return false;
  const std::string_view digits = file.substr(name.size() + mark.size());
  pid_t process = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), process);
  if (error != std::errc{} || end != digits.data() + digits.size() || process <= 0) return false;
  return kill(process, 0) != 0 && errno == ESRCH;
}

// An old folder that its process had set aside but not replaced is given its name back; half-written ones are removed.
void clean_up_after_the_dead(const fs::path& final_path) {
  std::error_code error;
  const std::string name = final_path.filename().string();
  std::vector<fs::path> halves;
  std::vector<fs::path> set_aside;
  for (const fs::directory_entry& entry : fs::directory_iterator(final_path.parent_path(), error)) {
    const std::string file = entry.path().filename().string();
    if (is_stale(file, name, kPart)) halves.push_back(entry.path());
    if (is_stale(file, name, kOld)) set_aside.push_back(entry.path());
  }
  for (const fs::path& path : set_aside) {
    if (!fs::exists(final_path, error)) fs::rename(path, final_path, error);
    else fs::remove_all(path, error);
  }
  for (const fs::path& path : halves) fs::remove_all(path, error);
}

// The link changes in one step: a new one is made aside and renamed over the old.
void point_latest_to(const fs::path& final_path) {
  std::error_code error;
  const fs::path link = final_path.parent_path() / "latest";
  if (fs::exists(fs::symlink_status(link, error)) && !fs::is_symlink(fs::symlink_status(link, error))) return;
  const fs::path fresh = sibling(link, kPart);
  fs::remove(fresh, error);
  fs::create_directory_symlink(final_path.filename(), fresh, error);
  if (error) fail("create", fresh, error);
  fs::rename(fresh, link, error);
  if (error) fail("replace", link, error);
}

}  // namespace

ResultFolder::ResultFolder(fs::path final_path) {
  std::error_code error;
  fs::path absolute = fs::absolute(final_path, error).lexically_normal();
  if (error) fail("resolve", final_path, error);
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  final_ = absolute;
  temporary_ = sibling(final_, kPart);
  if (fs::exists(final_, error) && !fs::is_directory(final_, error))
    throw std::runtime_error(fmt::format("cannot write results to {}: it is a file", final_.string()));
  fs::create_directories(final_.parent_path(), error);
  if (error) fail("create", final_.parent_path(), error);
  clean_up_after_the_dead(final_);
  fs::remove_all(temporary_, error);
  fs::create_directory(temporary_, error);
  if (error) fail("create", temporary_, error);
}

ResultFolder::~ResultFolder() {
  if (committed_) return;
  std::error_code error;
  fs::remove_all(temporary_, error);
}

void ResultFolder::write(std::string_view file, std::string_view text) const {
  OutputFile out(path_of(file));
  out.print("{}", text);
  out.close();
}

void ResultFolder::commit() {
  std::error_code error;
  const fs::path old = sibling(final_, kOld);
  const bool replaces = fs::exists(final_, error);
  if (replaces) {
    fs::remove_all(old, error);
    fs::rename(final_, old, error);
    if (error) fail("set aside", final_, error);
  }
  fs::rename(temporary_, final_, error);
  if (error) {
    std::error_code ignored;
    if (replaces) fs::rename(old, final_, ignored);
    fail("rename to", final_, error);
  }
  committed_ = true;
  if (replaces) fs::remove_all(old, error);
  point_latest_to(final_);
}

}  // namespace paygrid::report
