#include "sim/cli/progress_line.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

namespace paygrid::cli {

namespace {

constexpr double kTerminalIntervalS = 0.1;
constexpr double kFirstLineS = 2;
constexpr double kGrowth = 2;

std::string with_unit(double value) {
  if (value >= 1e6) return fmt::format("{:.2f}M", value / 1e6);
  if (value >= 1e3) return fmt::format("{:.1f}k", value / 1e3);
  return fmt::format("{:.0f}", value);
}

}  // namespace

ProgressLine::ProgressLine()
    : terminal_(isatty(STDERR_FILENO) != 0),
      next_at_s_(terminal_ ? kTerminalIntervalS : kFirstLineS),
      interval_s_(terminal_ ? kTerminalIntervalS : kFirstLineS) {}

ProgressLine::~ProgressLine() {
  if (terminal_ && shown_) std::fputs("\r\033[K", stderr);
}

std::string text_of(const RunProgress& progress) {
  const double done = static_cast<double>(progress.now_ns) / static_cast<double>(progress.duration_ns);
  const double left_s = done > 0 ? progress.wall_s * (1 - done) / done : 0;
  const auto settled = static_cast<double>(progress.live.committed + progress.live.aborted);
  return fmt::format("{:5.1f} s of {:.0f} s simulated, {:.1f} s wall, {} events/s, {} payments/s, {} in doubt, {:.0f} s left",
                     static_cast<double>(progress.now_ns) * 1e-9, static_cast<double>(progress.duration_ns) * 1e-9,
                     progress.wall_s, with_unit(static_cast<double>(progress.events) / progress.wall_s),
                     with_unit(settled / progress.wall_s), progress.live.in_doubt_now, left_s);
}

std::string text_of(const explore::Progress& progress, double wall_s, std::string_view what) {
  const double per_s = wall_s > 0 ? static_cast<double>(progress.distinct) / wall_s : 0;
  return fmt::format("{}: {} distinct, {} generated, depth {}, queue {}, {} states/s, {:.0f} MiB, {:.1f} s", what,
                     with_unit(static_cast<double>(progress.distinct)), with_unit(static_cast<double>(progress.generated)),
                     progress.depth, with_unit(static_cast<double>(progress.queue)), with_unit(per_s),
                     static_cast<double>(progress.bytes) / (1 << 20), wall_s);
}

void ProgressLine::show(double wall_s, const std::function<std::string()>& text) {
  if (wall_s < next_at_s_) return;
  if (!terminal_) interval_s_ *= kGrowth;
  next_at_s_ = wall_s + interval_s_;
  shown_ = true;
  if (terminal_) fmt::print(stderr, "\r\033[K{}", text());
  else fmt::print(stderr, "{}\n", text());
  std::fflush(stderr);
}

}  // namespace paygrid::cli
