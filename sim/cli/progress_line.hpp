// The live line of a long run: rewritten in place on a terminal, one line at growing intervals elsewhere. Goes to stderr.
#pragma once

#include <string>

#include "sim/cli/runner.hpp"

namespace paygrid::cli {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  // clears the line on a terminal
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const RunProgress& progress);

 private:
  std::string text_of(const RunProgress& progress) const;

  bool terminal_;
  bool shown_ = false;
  double next_at_s_;
  double interval_s_;
};

}  // namespace paygrid::cli
