// What a campaign has exercised, and how that steers what it draws next. Marks: every kind of fault fired, every check
// exercised, every kind of fact and every message of the protocol seen, every transition of the protocol taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/core/spec.hpp"
#include "sim/campaign/draw.hpp"

namespace paygrid::campaign {

// "fault crash", "check AC1", "fact voted", "message PREPARE", "transition coordinator: collects > forces commit"; in the order of
// reports. `lock_service`: a world has one, or else what is about it is left out.
std::vector<std::string> mark_names(const core::ProtocolSpec& protocol, bool lock_service);

class Coverage {
 public:
  explicit Coverage(std::vector<std::string> names) : names_(std::move(names)), hits_(names_.size(), 0) {}

  // A run with faults of these rows (bit i: row i of fault_rows()) reached these marks. A mark of another name is nothing.
  void add(std::uint64_t fault_rows, const std::vector<std::string>& marks);

  const std::vector<std::string>& names() const { return names_; }
  const std::vector<std::uint64_t>& hits() const { return hits_; }  // runs, by mark
  std::uint64_t reached() const;

  // A kind that never fired is drawn nearly always; of the others, those more often whose runs reached rare marks.
  Weights weights() const;

 private:
  static constexpr std::size_t kRecentRuns = 1024;
  struct Run {
    std::uint64_t fault_rows = 0;
    std::vector<std::uint16_t> marks;
  };
  double reward(const Run& run) const;

  std::vector<std::string> names_;
  std::vector<std::uint64_t> hits_;
  std::deque<Run> recent_;  // the last kRecentRuns: what steers stays as new as it is cheap
};

}  // namespace paygrid::campaign
