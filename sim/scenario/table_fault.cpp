// faults: what x where x when x how long. Exactly one key of a fault says what, and one says when. What each kind says is in the
// file of its room (table_fault_kinds.hpp).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/table_fault_kinds.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::int64_t kRestartNs = 1'000'000'000;

struct PoissonForm {
  double per_s = 0;
  std::int64_t stable_ns = 0;
};

const std::vector<std::string> kWhat(kFaultKinds.begin(), kFaultKinds.end());
const std::vector<std::string> kWhen{"at", "poisson", "on", "during"};

// Keys that belong to one kind.
struct OwnKey {
  std::string_view key;
  FaultKind kind;
  std::string_view accepted;
};
constexpr std::array kOwnKeys{
    OwnKey{"restarts", FaultKind::kCrash, "restarts and every with crash"},
    OwnKey{"every", FaultKind::kCrash, "restarts and every with crash"},
    OwnKey{"disk", FaultKind::kCrash, "disk with crash"},
    OwnKey{"restart", FaultKind::kFsyncFailure, "restart with fsync_failure"},
};

Codec<PoissonForm> poisson() {
  return Section<PoissonForm>()
      .field("rate", &PoissonForm::per_s, rate("0.05/s", Zero::kRefused, 1000), required(), "occurrences per time, while none acts")
      .field("stable", &PoissonForm::stable_ns, duration(kFromZero), otherwise("0s"),
             "at least this long between an end and the next begin")
      .codec();
}

// `rule`: oneOf, anyOf.
nlohmann::json keys_required(const char* rule, const std::vector<std::string>& keys) {
  nlohmann::json choices = nlohmann::json::array();
  for (const std::string& key : keys) choices.push_back({{"required", nlohmann::json::array({key})}});
  return {{rule, std::move(choices)}};
}

// Exactly one key of `keys` may be there; its name.
std::string only_key(const Tree& tree, const std::vector<std::string>& keys, const std::string& question) {
  std::string found;
  for (const Tree::Key& key : tree.keys) {
    if (std::find(keys.begin(), keys.end(), key.text) == keys.end()) continue;
    if (!found.empty()) fail(key.place, fmt::format("{} beside {}", key.text, found), "one of " + joined(keys));
    found = key.text;
  }
  if (found.empty()) fail(tree.place, "a fault that does not say " + question, "one of " + joined(keys));
  return found;
}

const Place& place_of_key(const Tree& tree, std::string_view key) {
  const auto found = std::find_if(tree.keys.begin(), tree.keys.end(), [&](const Tree::Key& k) { return k.text == key; });
  return found == tree.keys.end() ? tree.place : found->place;
}

void refuse_where(const Tree& tree, const FaultTraits& kind) {
  const std::string what(kind.key);
  const Tree* value = tree.find(what);
  const bool beside = kind.aim != Aim::kValue && (kind.aim != Aim::kValueOrWhere || value->kind != Tree::Kind::kMapping);
  if (!beside && tree.find("where") != nullptr)
    fail(place_of_key(tree, "where"), "where beside " + what, fmt::format("the place as the value of {}", what));
  if ((!beside || kind.aim == Aim::kWhere) && tree.find("to") != nullptr)
    fail(place_of_key(tree, "to"), "to beside " + what,
         what == "partition" ? "partition: {from: SELECTOR, to: SELECTOR}" : "where");
}

void refuse_foreign_keys(const Tree& tree, const FaultTraits& kind) {
  for (const OwnKey& own : kOwnKeys)
    if (own.kind != kind.kind && tree.find(own.key) != nullptr)
      fail(place_of_key(tree, own.key), fmt::format("{} beside {}", own.key, kind.key), own.accepted);
}

// `restarts` and `every` belong together, and to a crash that happens once.
void check_restarts(const Fault& fault, const Tree& tree) {
  const Tree* restarts = tree.find("restarts");
  const Tree* every = tree.find("every");
  if (restarts == nullptr && every == nullptr) return;
  const char* key = restarts != nullptr ? "restarts" : "every";
  const auto refuse = [&](const std::string& beside, const char* accepted) {
    fail(place_of_key(tree, key), fmt::format("{} {}", key, beside), accepted);
  };
  if (restarts == nullptr || every == nullptr) refuse("alone", "restarts and every together");
  if (tree.find("poisson") != nullptr) refuse("beside poisson", "restarts with at or on; poisson crashes again by itself");
  if (fault.during) refuse("beside during", "restarts with at or on");
  if (fault.for_ns < 0 || fault.every_ns <= fault.for_ns)
    fail(place_of_key(tree, "every"), "every " + print_duration(fault.every_ns) + " of a crash that lasts longer",
         "a duration longer than `for`");
}

// `before`, `here` and `there` need a step; `before` needs a fault that can come in the middle of one, `there` a message.
void check_anchored(const Tree& tree, const FaultTraits& kind) {
  const std::string what(kind.key);
  const Tree* on = tree.find("on");
  const Tree* moment = on == nullptr ? nullptr : on->find("when");
  if (moment != nullptr && moment->scalar == "before" && !kind.within_step)
    fail(moment->place, "before beside " + what, "when: after; before: with crash and with faults of messages");
  const Tree* event = on == nullptr ? nullptr : on->find("event");
  const bool of_message = event != nullptr && (event->scalar == "sent" || event->scalar == "delivered");
  const auto check_selector = [&](const Tree* selector) {
    if (selector == nullptr) return;
    if (on == nullptr && selector->scalar == "here")
      fail(selector->place, "here without a step", "here beside on: {event: ...}");
    if (!of_message && selector->scalar == "there")
      fail(selector->place, "there without a message", "there beside on: {event: sent} or {event: delivered}");
  };
  for (const char* key : {what.c_str(), "where", "to"}) check_selector(tree.find(key));
  if (const Tree* sides = tree.find(what); sides->kind == Tree::Kind::kMapping)
    for (const char* key : {"from", "to", "between", "and"}) check_selector(sides->find(key));
}

Codec<std::int64_t> lasting() { return or_word<std::int64_t>("forever", -1, duration(kPositive)); }

void check_lasting(const Tree& tree, const FaultTraits& kind) {
  const Tree* until = tree.find("for");
  if (until == nullptr && tree.find("during") == nullptr) fail(tree.place, "no key for", "for: " + lasting().accepted);
  if (until == nullptr || until->scalar != "forever") return;
  const auto refuse = [&](std::string_view beside) {
    fail(until->place, fmt::format("forever beside {}", beside), "a duration such as 5s");
  };
  for (const char* when : {"poisson", "during"})
    if (tree.find(when) != nullptr) refuse(when);
  if (kind.kind == FaultKind::kClog) refuse(kind.key);
}

void finish(Fault& fault, const Tree& tree) {
  only_key(tree, kWhat, "what");
  only_key(tree, kWhen, "when");
  const FaultTraits& kind = traits_of(fault.kind);
  refuse_where(tree, kind);
  refuse_foreign_keys(tree, kind);
  check_lasting(tree, kind);
  check_restarts(fault, tree);
  check_anchored(tree, kind);
  if (tree.find("for") == nullptr) fault.for_ns = 0;
  if (fault.where.empty()) fault.where = "all";
  if (fault.kind == FaultKind::kFsyncFailure && fault.restart_ns == 0) fault.restart_ns = kRestartNs;
  fault.line = tree.place.line;
}

std::vector<KindForm> kinds_in_order() {
  std::vector<KindForm> kinds;
  for (const auto& room : {node_kinds(), message_kinds(), disk_kinds(), clock_kinds()})
    std::ranges::copy(room, std::back_inserter(kinds));
  std::ranges::sort(kinds, {}, &KindForm::kind);
  return kinds;
}

template <class T>
std::optional<T> when(bool is_written, T value) {
  return is_written ? std::optional(std::move(value)) : std::nullopt;
}

Section<Fault> with_times(Section<Fault>&& section) {
  return std::move(section)
      .maybe(
          "id", name(), [](const Fault& fault) { return when(!fault.id.empty(), fault.id); },
          [](Fault& fault, std::string id) { fault.id = std::move(id); },
          "of its random streams; kind and number, such as crash-1, when absent")
      .maybe(
          "at", duration(kFromZero), [](const Fault& fault) { return when(fault.at_ns >= 0, fault.at_ns); },
          [](Fault& fault, std::int64_t at_ns) { fault.at_ns = at_ns; }, "when it begins")
      .maybe(
          "poisson", poisson(),
          [](const Fault& fault) { return when(fault.poisson_per_s > 0, PoissonForm{fault.poisson_per_s, fault.stable_ns}); },
          [](Fault& fault, PoissonForm form) { fault.poisson_per_s = form.per_s, fault.stable_ns = form.stable_ns; },
          "begins at random instead, again and again")
      .optional("on", &Fault::anchor, anchor_table(), "begins once, at a step of the protocol, before the healing")
      .optional("during", &Fault::during,
                choice<Phase>({{"warmup", Phase::kWarmup}, {"fault", Phase::kFault}, {"settle", Phase::kSettle}}, "phase"),
                "begins with this phase, and lasts to its end unless `for` is shorter; fault: from the warm-up to the healing");
}

Section<Fault> with_places(Section<Fault>&& section) {
  const auto stands_beside = [](const Fault& fault, Aim least) {
    const Aim aim = traits_of(fault.kind).aim;
    return aim == Aim::kWhereTo || aim == least;
  };
  return std::move(section)
      .maybe(
          "where", selector(), [=](const Fault& fault) { return when(stands_beside(fault, Aim::kWhere), fault.where); },
          [](Fault& fault, std::string where) { fault.where = std::move(where); },
          "kinds without a place in their value: the nodes concerned; all when absent")
      .maybe(
          "to", other_side(), [=](const Fault& fault) { return when(stands_beside(fault, Aim::kWhereTo), fault.to); },
          [](Fault& fault, std::string to) { fault.to = std::move(to); },
          "loss, duplicate, delay, reorder, corrupt, clog, outsider: messages between `where` and these, both ways; others: "
          "everybody, one another included");
}

Section<Fault> with_extents(Section<Fault>&& section) {
  return std::move(section)
      .maybe(
          "for", lasting(), [](const Fault& fault) { return when(fault.for_ns != 0, fault.for_ns); },
          [](Fault& fault, std::int64_t for_ns) { fault.for_ns = for_ns; },
          "how long; forever: also past phases.heal_at")
      .maybe(
          "restarts", count({1, 10'000}), [](const Fault& fault) { return when(fault.restarts > 0, fault.restarts); },
          [](Fault& fault, std::uint32_t restarts) { fault.restarts = restarts; },
          "crash: the same nodes crash again so many times")
      .maybe(
          "every", duration(kPositive), [](const Fault& fault) { return when(fault.restarts > 0, fault.every_ns); },
          [](Fault& fault, std::int64_t every_ns) { fault.every_ns = every_ns; },
          "crash: from one of these crashes to the next, longer than `for`")
      .maybe(
          "disk", choice<DiskFate>({{"kept", DiskFate::kKept}, {"lost", DiskFate::kLost}, {"torn", DiskFate::kTorn}}, "fate"),
          [](const Fault& fault) { return when(fault.kind == FaultKind::kCrash, fault.disk); },
          [](Fault& fault, DiskFate disk) { fault.disk = disk; },
          "crash: what is durable is kept, or lost with all else; torn: some of what is not durable is kept, too, and the record "
          "after it is torn; kept when absent")
      .maybe(
          "restart", duration(kPositive),
          [](const Fault& fault) { return when(fault.kind == FaultKind::kFsyncFailure, fault.restart_ns); },
          [](Fault& fault, std::int64_t restart_ns) { fault.restart_ns = restart_ns; },
          "fsync_failure: how long the node stays down; 1s when absent");
}

nlohmann::json schema() {
  return {{"allOf", {keys_required("oneOf", kWhat), keys_required("oneOf", kWhen), keys_required("anyOf", {"for", "during"})}}};
}

}  // namespace

Codec<Fault> fault_table() {
  Section<Fault> section = with_times(Section<Fault>());
  for (const KindForm& kind : kinds_in_order()) section = kind.add(std::move(section));
  Codec<Fault> table = with_extents(with_places(std::move(section)))
                           .then([](Fault& fault, const Tree& tree, Context&) { finish(fault, tree); })
                           .with_schema(schema())
                           .codec();
  table.accepted = "a mapping such as {at: 20s, crash: \"role(coordinator)\", for: 5s}";
  return table;
}

}  // namespace paygrid::scenario
