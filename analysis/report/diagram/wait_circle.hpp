// The picture of a circle of waits: payments round a circle, an arrow from each to the one that it waits for, and on it the account
// whose lock it waits for. Standalone SVG, in the style of the space-time diagrams.
#pragma once

#include <string>
#include <vector>

namespace paygrid::report {

struct WaitCircle {
  struct Wait {
    std::string payment;              // who waits: "payment 12.0"
    std::vector<std::string> lines;   // what stands beside its arrow: "account 3 at here/2", "since 1.250 s"
    bool is_held = true;              // false, and dashed: the next has no such lock, and stands ahead in the queue
    std::string hover;
  };
  std::string title;
  std::string note;         // below it; may be empty
  std::vector<Wait> waits;  // each for the next one's payment, the last for the first's
};

// Requires: two waits at least.
std::string wait_circle_svg(const WaitCircle& circle);

}  // namespace paygrid::report
