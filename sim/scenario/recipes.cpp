#include "sim/scenario/recipes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "sim/scenario/quantity.hpp"

namespace paygrid::scenario {

namespace {

using Lines = std::vector<std::string>;

constexpr std::int64_t kMillisecondNs = 1'000'000;
constexpr std::int64_t kSecondNs = 1'000 * kMillisecondNs;
constexpr std::int64_t kFlaps = 5;

std::string at_for(std::int64_t at_ns, std::int64_t for_ns, const std::string& what) {
  return fmt::format("{{at: {}, {}, for: {}}}", print_duration(at_ns), what, print_duration(for_ns));
}

// A fault in the middle of a step, or right after it.
std::string on_step(const RecipeUse& use, const std::string& event, const std::string& when, const std::string& what) {
  return fmt::format("{{on: {{event: {}, nth: {}, when: {}}}, {}, for: {}}}", event, use.nth, when, what,
                     print_duration(use.for_ns));
}

// A factor without a common divisor with the number of nodes, about its golden section: neighbours heal far apart.
std::int64_t stride_of(std::int64_t nodes) {
  std::int64_t stride = std::max<std::int64_t>(1, nodes * 618 / 1000);
  while (std::gcd(stride, nodes) != 1) ++stride;
  return stride;
}

// Source: Zhou et al., "FoundationDB: A Distributed Unbundled Transactional Key Value Store", SIGMOD 2021, section 4.
Lines swizzle(const RecipeUse& use) {
  Lines lines;
  const auto nodes = static_cast<std::int64_t>(use.nodes.size());
  const std::int64_t stride = stride_of(nodes);
  for (std::int64_t i = 0; i < nodes; ++i) {
    const std::int64_t begin = use.at_ns + i * use.for_ns / (2 * nodes);
    const std::int64_t turn = (i * stride + 1) % nodes;
    const std::int64_t end = use.at_ns + use.for_ns / 2 + (turn + 1) * use.for_ns / (2 * nodes);
    lines.push_back(at_for(begin, end - begin, fmt::format("isolate: {}", use.nodes[static_cast<std::size_t>(i)])));
  }
  return lines;
}

Lines flap(const RecipeUse& use) {
  Lines lines;
  const std::int64_t span = use.for_ns / (2 * kFlaps);
  for (std::int64_t i = 0; i < kFlaps; ++i)
    lines.push_back(at_for(use.at_ns + 2 * i * span, span, fmt::format("isolate: \"{}\"", use.where)));
  return lines;
}

Lines rolling_restart(const RecipeUse& use) {
  Lines lines;
  const auto nodes = static_cast<std::int64_t>(use.nodes.size());
  for (std::int64_t i = 0; i < nodes; ++i)
    lines.push_back(at_for(use.at_ns + i * use.for_ns / nodes, use.for_ns / (2 * nodes),
                           fmt::format("crash: {}", use.nodes[static_cast<std::size_t>(i)])));
  return lines;
}

constexpr std::array kRecipes{
    Recipe{.name = "swizzle",
           .meaning = "every node is cut off, one after the other, and they come back in another order",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .needs_nodes = true,
           .faults = swizzle},
    Recipe{.name = "majorities-ring",
           .meaning = "every node hears a majority, each another one",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .where = "all",
           .faults = [](const RecipeUse& use) -> Lines {
             return {at_for(use.at_ns, use.for_ns, fmt::format("ring: \"{}\"", use.where))};
           }},
    Recipe{.name = "bridge",
           .meaning = "two halves that hear each other through one node alone",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .where = "one",
           .faults = [](const RecipeUse& use) -> Lines {
             return {at_for(use.at_ns, use.for_ns, fmt::format("bridge: \"{}\"", use.where))};
           }},
    Recipe{.name = "isolate-coordinator",
           .meaning = "the coordinator of the payment begun last hears nobody",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .where = "role(coordinator)",
           .faults = [](const RecipeUse& use) -> Lines {
             return {at_for(use.at_ns, use.for_ns, fmt::format("isolate: \"{}\"", use.where))};
           }},
    Recipe{.name = "flap",
           .meaning = "a node is cut off and back, five times",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .where = "role(participant)",
           .faults = flap},
    Recipe{.name = "rolling-restart",
           .meaning = "every node crashes and recovers, one after the other",
           .when = RecipeWhen::kAt,
           .for_ns = 20 * kSecondNs,
           .needs_nodes = true,
           .faults = rolling_restart},
    Recipe{.name = "strobe-clock",
           .meaning = "the wall clock of every node jumps forth and back",
           .when = RecipeWhen::kAt,
           .for_ns = 10 * kSecondNs,
           .where = "all",
           .faults = [](const RecipeUse& use) -> Lines {
             return {at_for(use.at_ns, use.for_ns,
                            fmt::format("clock_strobe: {{by: 500ms, every: 50ms}}, where: \"{}\"", use.where))};
           }},
    Recipe{.name = "pause-longer-than-lease",
           .meaning = "a node stands still for longer than any lease or timeout by default, and goes on as if nothing had been",
           .when = RecipeWhen::kAt,
           .for_ns = 30 * kSecondNs,
           .where = "role(participant)",
           .faults = [](const RecipeUse& use) -> Lines {
             return {at_for(use.at_ns, use.for_ns, fmt::format("pause: \"{}\"", use.where))};
           }},
    Recipe{.name = "crash-before-fsync",
           .meaning = "a node crashes when a forced record is written but not durable",
           .when = RecipeWhen::kStep,
           .for_ns = 5 * kSecondNs,
           .faults = [](const RecipeUse& use) -> Lines { return {on_step(use, "persisted", "before", "crash: here")}; }},
    Recipe{.name = "crash-mid-broadcast",
           .meaning = "the coordinator crashes between two messages of its decision to commit",
           .when = RecipeWhen::kStep,
           .for_ns = 5 * kSecondNs,
           .nth = 2,
           .needs = [](const RecipeUse& use) { return use.commit; },
           .faults = [](const RecipeUse& use) -> Lines {
             return {on_step(use, "sent, message: " + use.commit, "before", "crash: here")};
           }},
    Recipe{.name = "crash-in-window",
           .meaning = "the coordinator crashes when votes have arrived and nobody knows the decision: the window of doubt",
           .when = RecipeWhen::kStep,
           .for_ns = 5 * kSecondNs,
           .faults = [](const RecipeUse& use) -> Lines {
             return {on_step(use, "delivered, message: YES", "after", "crash: here")};
           }},
    Recipe{.name = "slow-disk-tail",
           .meaning = "now and then a disk is fifty times slower for a moment",
           .when = RecipeWhen::kSelf,
           .for_ns = 200 * kMillisecondNs,
           .where = "one",
           .faults = [](const RecipeUse& use) -> Lines {
             return {fmt::format("{{poisson: {{rate: 1/s, stable: 500ms}}, slow_disk: 50x, where: \"{}\", for: {}}}", use.where,
                                 print_duration(use.for_ns))};
           }},
    Recipe{.name = "split-precommit",
           .meaning = "one participant is cut off between two messages of a PRECOMMIT broadcast",
           .when = RecipeWhen::kStep,
           .for_ns = 5 * kSecondNs,
           .nth = 2,
           .needs = [](const RecipeUse& use) { return use.precommit; },
           .faults = [](const RecipeUse& use) -> Lines {
             return {on_step(use, "sent, message: " + use.precommit, "before", "isolate: there")};
           }},
};

}  // namespace

std::span<const Recipe> recipes() { return kRecipes; }

}  // namespace paygrid::scenario
