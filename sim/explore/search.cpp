#include "sim/explore/search.hpp"

#include <algorithm>
#include <cstddef>

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

Result breadth_first(const Model& model, const Options& options) {
  Result result = BreadthFirst(model, options).run();
  // Which of several shortest counterexamples two threads find is chance: one thread says it.
  if (result.ending != Ending::kViolation || options.threads <= 1) return result;
  Options alone = options;
  alone.threads = 1;
  return BreadthFirst(model, alone).run();
}

// The reduction keeps verdicts, not lengths: the step that it takes alone may be one that a shortest path leaves out. A search of
// everything, no deeper than the counterexamples found, replaces those that are longer than need be.
void shorten(const Model& model, const Options& options, Result& result) {
  std::size_t longest = 0;
  for (const Finding& finding : result.findings) longest = std::max(longest, finding.counterexample.size());
  if (longest == 0) return;
  Options everything = options;
  everything.reduction = false;
  everything.depth_max = std::min<std::uint32_t>(options.depth_max, static_cast<std::uint32_t>(longest));
  const Result full = breadth_first(model, everything);
  for (Finding& finding : result.findings)
    for (const Finding& other : full.findings)
      if (other.name == finding.name && !other.counterexample.empty()) finding.counterexample = other.counterexample;
}

Result search_once(const Model& model, const Options& options) {
  switch (options.strategy) {
    case Strategy::kBreadthFirst: {
      Result result = breadth_first(model, options);
      if (options.reduction) shorten(model, options, result);
      return result;
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
