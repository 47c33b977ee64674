// A result folder that is complete or absent. Files are written into a temporary sibling "<name>.part-<process id>", and
// commit() renames it to its final name.
//
// Invariants:
//  1. the final name never shows a folder that was not committed; an older result stays until the new one is complete.
//  2. without commit, destruction removes the temporary folder; those of processes that died are removed by the next writer
//     of the same name.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace paygrid::report {

class ResultFolder {
 public:
  // Creates the temporary folder, and the parents of `final_path`. Throws std::runtime_error naming the path.
  explicit ResultFolder(std::filesystem::path final_path);
  ~ResultFolder();
  ResultFolder(const ResultFolder&) = delete;
  ResultFolder& operator=(const ResultFolder&) = delete;

  // Where a file stands until commit().
  std::filesystem::path path_of(std::string_view file) const { return temporary_ / file; }
  const std::filesystem::path& final_path() const { return final_; }

  // Writes a whole file. Throws std::runtime_error naming the path.
  void write(std::string_view file, std::string_view text) const;

  // Gives the folder its final name, replacing an older result, and points the sibling link "latest" to it. All files must be
  // closed. Throws std::runtime_error naming the path; the older result is then still in place.
  void commit();

 private:
  std::filesystem::path final_;
  std::filesystem::path temporary_;
  bool committed_ = false;
};

}  // namespace paygrid::report
