#include "sim/explore/search.hpp"

#include "sim/explore/breadth_first.hpp"
#include "sim/explore/depth_first.hpp"
#include "sim/explore/liveness.hpp"

namespace paygrid::explore {

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kHolds: return "holds";
    case Verdict::kViolated: return "violated";
    case Verdict::kUnknown: return "unknown";
  }
  return "?";
}

std::string_view name_of(Ending ending) {
  switch (ending) {
    case Ending::kComplete: return "complete";
    case Ending::kViolation: return "stopped at a violation";
    case Ending::kStatesMax: return "limit of states reached";
    case Ending::kBytesMax: return "limit of memory reached";
    case Ending::kDepthMax: return "limit of depth reached";
    case Ending::kStopped: return "stopped";
    case Ending::kTooLarge: return "beyond a bound of the encoding";
  }
  return "?";
}

namespace {

Result search_once(const Model& model, const Options& options) {
  switch (options.strategy) {
    case Strategy::kBreadthFirst: {
      Result result = BreadthFirst(model, options).run();
      // Which of several shortest counterexamples two threads find is chance: one thread says it.
      if (result.ending != Ending::kViolation || options.threads <= 1) return result;
      Options alone = options;
      alone.threads = 1;
      return BreadthFirst(model, alone).run();
    }
    case Strategy::kDepthFirst: return depth_first(model, options);
    case Strategy::kRandomWalk: return random_walk(model, options);
  }
  return {};
}

}  // namespace

Result search(const Model& model, const Options& options) {
  try {
    Result result;
    try {
      result = search_once(model, options);
    } catch (const SymmetryBroken& broken) {
      Options plain = options;
      plain.symmetry = false;
      result = search_once(model, plain);
      result.symmetry_note = broken.what;
    }
    if (options.eventually) result.findings.push_back(eventually_decided(model, options));
    return result;
  } catch (const SpaceFull& full) {
    Result result;
    result.ending = Ending::kTooLarge;
    result.findings.push_back({"encoding", Verdict::kUnknown, full.what, 0, {}, {}});
    return result;
  }
}

}  // namespace paygrid::explore
