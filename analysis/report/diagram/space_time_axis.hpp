// True time to pixels: linear where something happens, with one scale for the whole drawing; a silence that would take more
// than its share of the page is broken to a gap of fixed height.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace paygrid::report {

class TimeAxis {
 public:
  using Date = std::int64_t;  // nanoseconds

  struct Tick {
    double y = 0;
    std::string text;
  };
  struct Gap {
    Date from = 0;
    Date to = 0;
    double top = 0;
    double bottom = 0;
    bool folded = false;
  };
  struct Fold {
    Date from = 0;
    Date to = 0;
  };

  // `dates`: all that is drawn, in any order, at least one. Folds are always gaps; they do not overlap.
  TimeAxis(std::vector<Date> dates, const std::vector<Fold>& folds, double top);

  double y(Date date) const;  // monotone; dates beyond the ends lie at the ends
  double top() const { return top_; }
  double bottom() const { return bottom_; }
  const std::vector<Gap>& gaps() const { return gaps_; }
  std::vector<Tick> ticks() const;

 private:
  struct Stretch {  // between two neighbouring dates
    Date from = 0;
    Date to = 0;
    bool broken = false;
    bool folded = false;
    double top = 0;
    Date length() const { return to - from; }
  };
  void choose_scale();
  void lay_out(double top);
  void add_ticks(Date from, Date to, double top, std::vector<Tick>& ticks) const;

  std::vector<Stretch> stretches_;
  std::vector<Gap> gaps_;
  Date first_ = 0;
  double pixels_per_ns_ = 0;
  double top_ = 0;
  double bottom_ = 0;
};

}  // namespace paygrid::report
