// The section `detector`, and what it must agree with.
#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

// Each of n nodes watches all others, and remembers `window` heartbeats of each.
constexpr std::uint64_t kListenersMax = 200;

Codec<DetectorKind> kind() {
  return choice<DetectorKind>({{"timeout", DetectorKind::kTimeout},
                               {"chen", DetectorKind::kChen},
                               {"phi", DetectorKind::kPhi},
                               {"bayes", DetectorKind::kBayes},
                               {"perfect", DetectorKind::kPerfect}},
                              "detector");
}

Codec<IntervalLaw> law() {
  return choice<IntervalLaw>({{"normal", IntervalLaw::kNormal}, {"exponential", IntervalLaw::kExponential}},
                             "law of intervals");
}

bool needs_heartbeats(DetectorKind kind) {
  switch (kind) {
    case DetectorKind::kPerfect:
    case DetectorKind::kTimeout: return false;
    case DetectorKind::kChen:
    case DetectorKind::kPhi:
    case DetectorKind::kBayes: return true;
  }
  return false;
}

}  // namespace

Codec<Detector> detector_table() {
  return Section<Detector>()
      .field("kind", &Detector::kind, kind(), otherwise("timeout"),
             "timeout: suspects whatever is out of reach, for whatever reason, or whom it has not heard for `delay`; chen: "
             "whose next heartbeat is `margin` later than the last ones let expect; phi: whose silence is as unlikely as "
             "`threshold` says; bayes: whose silence is better explained by a crash than by losses, delays and pauses; "
             "perfect: crashed nodes only")
      .field("heartbeat", &Detector::heartbeat_ns,
             or_word<std::int64_t>("none", Detector::kNoHeartbeats, duration({1'000'000, kDurationMaxNs})), otherwise("none"),
             "every node sends a heartbeat to every other one each time this has passed on its clock; none: timeout and "
             "perfect know the truth, and tell it `delay` late")
      .field("delay", &Detector::delay_ns, duration(kFromZero), otherwise("500ms"),
             "until a node is suspected, and without heartbeats also until it is trusted again; timeout, perfect")
      .field("margin", &Detector::margin_ns, duration(kFromZero), otherwise("500ms"),
             "chen: from the expected arrival of the next heartbeat to the suspicion")
      .field("window", &Detector::window, count({1, 100'000}), otherwise("1000"),
             "chen, phi: so many heartbeats are remembered")
      .field("threshold", &Detector::threshold, number({0.01, 300}), otherwise("8"),
             "phi: suspicion begins where a silence has the probability 10^-threshold")
      .field("law", &Detector::law, law(), otherwise("normal"), "phi: of the times between heartbeats")
      .field("deviation_min", &Detector::deviation_min_ns, duration(kPositive), otherwise("100ms"),
             "phi, normal law: the deviation of those times is taken for no less")
      .field("acceptable_pause", &Detector::acceptable_pause_ns, duration(kFromZero), otherwise("3s"),
             "phi, normal law: added to their mean")
      .field("odds", &Detector::odds, number({1e-9, 1e9}), otherwise("1"),
             "bayes: suspicion begins where a crash is so many times as likely as no crash")
      .field("mtbf", &Detector::mtbf_ns, duration(kPositive), otherwise("1000000s"),
             "bayes: mean time between crashes of a node, a priori")
      .field("memory", &Detector::memory, number({10, 1e6}), otherwise("1000"),
             "bayes: the past fades over so many heartbeats")
      .field("deviation_guess", &Detector::deviation_guess_ns, duration(kPositive), otherwise("100ms"),
             "bayes: deviation of arrivals, before any is known; worth two heartbeats")
      .field("pause_guess", &Detector::pause_guess_ns, duration(kPositive), otherwise("1s"),
             "bayes: mean length of a pause, before any is known; worth three pauses")
      .codec();
}

void check_detector(const Scenario& scenario, const Places& places) {
  const Detector& detector = scenario.detector;
  const Place place = places.of({"detector.heartbeat", "detector.kind"});
  if (!detector.hears_heartbeats()) {
    if (needs_heartbeats(detector.kind))
      fail(place, "chen, phi or bayes without heartbeats", "heartbeat: an interval such as 100ms");
    return;
  }
  if (detector.kind == DetectorKind::kPerfect) fail(place, "heartbeats beside a perfect detector", "heartbeat: none");
  if (detector.kind == DetectorKind::kTimeout && detector.delay_ns == 0)
    fail(places.of({"detector.delay", "detector.heartbeat"}), "a timeout of 0s", "more than 0s where heartbeats are sent");
  if (node_count(scenario.cluster) > kListenersMax)
    fail(place, fmt::format("heartbeats between {} nodes", node_count(scenario.cluster)),
         fmt::format("at most {}", kListenersMax));
}

}  // namespace paygrid::scenario
