// The live line of a long verb: rewritten in place on a terminal, one line at growing intervals elsewhere. Goes to stderr.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/cli/runner.hpp"
#include "sim/explore/search.hpp"

namespace paygrid::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line on a terminal
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // `wall_s`: since the line was made. The text is asked for when a line is due.
  void show(double wall_s, const std::function<std::string()>& text);

 private:
  bool terminal_;
  bool shown_ = false;
  double next_at_s_;
  double interval_s_;
};

std::string text_of(const RunProgress& progress);
// `wall_s`: of this search; `what`: is searched.
std::string text_of(const explore::Progress& progress, double wall_s, std::string_view what);

}  // namespace paygrid::cli
