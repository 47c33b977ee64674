#include "analysis/report/diagram/space_time_axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "analysis/report/diagram/space_time.hpp"

namespace paygrid::report {

namespace {

constexpr double kGapHeight = 40;
constexpr double kStretchMax = 150;    // pixels that one silence may take
constexpr double kBrokenMin = 110;     // pixels that a break must be worth
constexpr double kPixelsPerDate = 24;  // what the page grows by
constexpr double kLinearMin = 420;
constexpr double kLinearMax = 1700;
constexpr double kLegible = 9;  // pixels between neighbours, for most of them
constexpr double kTickDistance = 46;

std::vector<TimeAxis::Date> sorted(std::vector<TimeAxis::Date> dates) {
  std::ranges::sort(dates);
  const auto copies = std::ranges::unique(dates);
  dates.erase(copies.begin(), copies.end());
  return dates;
}

// 1, 2 or 5 times a power of ten, at least `least` and at least 1.
TimeAxis::Date round_step(double least) {
  TimeAxis::Date power = 1;
  while (static_cast<double>(power) * 10 <= least) power *= 10;
  for (const TimeAxis::Date factor : {1, 2, 5})
    if (static_cast<double>(power * factor) >= least) return power * factor;
  return power * 10;
}

}  // namespace

std::string duration_text(std::int64_t ns) {
  const std::int64_t size = ns < 0 ? -ns : ns;
  if (ns == 0) return "0";
  const auto in = [ns](double unit, std::string_view name) {
    std::string text = fmt::format("{:.3f}", static_cast<double>(ns) / unit);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return fmt::format("{} {}", text, name);
  };
  if (size >= 1'000'000'000) return in(1e9, "s");
  if (size >= 1'000'000) return in(1e6, "ms");
  if (size >= 1'000) return in(1e3, "us");
  return fmt::format("{} ns", ns);
}

TimeAxis::TimeAxis(std::vector<Date> dates, const std::vector<Fold>& folds, double top) {
  for (const Fold& fold : folds) {
    std::erase_if(dates, [&](Date date) { return fold.from < date && date < fold.to; });
    dates.push_back(fold.from);
    dates.push_back(fold.to);
  }
  dates = sorted(std::move(dates));
  first_ = dates.front();
  for (std::size_t at = 1; at < dates.size(); ++at) {
    const auto is_here = [&](const Fold& fold) { return fold.from == dates[at - 1] && fold.to == dates[at]; };
    const bool folded = std::ranges::any_of(folds, is_here);
    stretches_.push_back({dates[at - 1], dates[at], folded, folded, 0});
  }
  choose_scale();
  lay_out(top);
}

// Breaks as few silences as leave most neighbours legibly apart.
void TimeAxis::choose_scale() {
  std::vector<double> lengths;
  for (const Stretch& stretch : stretches_)
    if (!stretch.folded) lengths.push_back(static_cast<double>(stretch.length()));
  if (lengths.empty()) {
    pixels_per_ns_ = 1;
    return;
  }
  std::ranges::sort(lengths);
  const double page = std::clamp(kPixelsPerDate * static_cast<double>(lengths.size()), kLinearMin, kLinearMax);
  std::vector<double> sums(lengths.size() + 1, 0);
  for (std::size_t at = 0; at < lengths.size(); ++at) sums[at + 1] = sums[at] + lengths[at];
  double best = -1;
  double longest = 0;
  for (std::size_t kept = lengths.size(); kept > 0 && best < kLegible; --kept) {
    const double scale = std::min(page / sums[kept], kStretchMax / lengths[kept - 1]);
    const double spacing = scale * lengths[kept * 3 / 5];
    if (spacing < best * 1.5) continue;  // a break more must be worth it
    best = spacing;
    pixels_per_ns_ = scale;
    longest = lengths[kept - 1];
  }
  for (Stretch& stretch : stretches_) {
    const auto length = static_cast<double>(stretch.length());
    stretch.broken = stretch.folded || (length > longest && length * pixels_per_ns_ > kBrokenMin);
  }
}

void TimeAxis::lay_out(double top) {
  top_ = top;
  double y = top;
  for (Stretch& stretch : stretches_) {
    stretch.top = y;
    y += stretch.broken ? kGapHeight : pixels_per_ns_ * static_cast<double>(stretch.length());
    if (stretch.broken) gaps_.push_back({stretch.from, stretch.to, stretch.top, y, stretch.folded});
  }
  bottom_ = y;
}

double TimeAxis::y(Date date) const {
  const auto after = std::ranges::upper_bound(stretches_, date, {}, &Stretch::from);
  if (after == stretches_.begin()) return top_;
  const Stretch& stretch = *std::prev(after);
  const double share = std::min(1.0, static_cast<double>(date - stretch.from) / static_cast<double>(stretch.length()));
  const double height = stretch.broken ? kGapHeight : pixels_per_ns_ * static_cast<double>(stretch.length());
  return stretch.top + share * height;
}

std::vector<TimeAxis::Tick> TimeAxis::ticks() const {
  std::vector<Tick> ticks;
  for (std::size_t at = 0; at < stretches_.size();) {
    if (stretches_[at].broken) {
      ++at;
      continue;
    }
    std::size_t last = at;
    while (last + 1 < stretches_.size() && !stretches_[last + 1].broken) ++last;
    add_ticks(stretches_[at].from, stretches_[last].to, stretches_[at].top, ticks);
    at = last + 1;
  }
  if (stretches_.empty()) ticks.push_back({top_, duration_text(first_)});
  // After a gap, the date at which time goes on.
  for (const Gap& gap : gaps_) {
    const auto near = [&](const Tick& tick) { return std::abs(tick.y - gap.bottom) < kTickDistance / 3; };
    if (std::ranges::none_of(ticks, near)) ticks.push_back({gap.bottom, duration_text(gap.to)});
  }
  return ticks;
}

void TimeAxis::add_ticks(Date from, Date to, double top, std::vector<Tick>& ticks) const {
  const Date step = round_step(kTickDistance / pixels_per_ns_);
  Date date = from / step * step;
  while (date < from) date += step;
  for (; date <= to; date += step)
    ticks.push_back({top + pixels_per_ns_ * static_cast<double>(date - from), duration_text(date)});
}

}  // namespace paygrid::report
