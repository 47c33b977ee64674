// explore: a small world, its budgets of faults, and how it is searched.
#include <fmt/format.h>

#include <algorithm>

#include "models/registry.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::uint32_t kPaymentsMax = 4;
constexpr std::size_t kProtocolsMax = 100;
constexpr std::uint32_t kLockedAccountsMax = 4;
const std::vector<std::string> kVerdictWords(kExploredVerdicts.begin(), kExploredVerdicts.end());

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  for (const core::ProtocolSpec* spec : models::commit_protocols()) names.emplace_back(spec->name);
  return names;
}

std::vector<std::string> lock_service_names() {
  std::vector<std::string> names{"local"};
  for (const lock::LockServiceSpec* spec : models::lock_services()) names.emplace_back(spec->name);
  return names;
}

// One protocol, or a list of different ones.
Codec<std::vector<std::string>> protocols() {
  const Codec<std::string> one = one_of(protocol_names(), "protocol");
  const Codec<std::vector<std::string>> several = list_of(one, 1, kProtocolsMax);
  return {"one, or a list, of " + one.accepted,
          {{"anyOf", {one.schema, several.schema}}},
          nullptr,
          [one, several](const Tree& tree, Context& context) {
            if (tree.kind != Tree::Kind::kSequence) return std::vector<std::string>{one.decode(tree, context)};
            const std::vector<std::string> names = several.decode(tree, context);
            for (std::size_t i = 0; i < names.size(); ++i)
              if (std::count(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) > 0)
                fail(tree.items[i].place, names[i] + " again", "each protocol once");
            return names;
          },
          [one, several](const std::vector<std::string>& names, const Context& context) {
            return names.size() == 1 ? one.encode(names.front(), context) : several.encode(names, context);
          }};
}

Codec<std::uint32_t> budget() { return count({0, kBudgetMax}); }
Codec<std::uint32_t> unlimited_budget() { return or_word<std::uint32_t>("unlimited", kUnlimitedBudget, budget()); }

// expect: a verdict for each property that matters.
std::shared_ptr<const SectionDoc> documented() {
  auto doc = std::make_shared<SectionDoc>();
  const auto add = [&doc](std::string name, std::string meaning) {
    const auto same = [&name](const FieldDoc& field) { return field.key == name; };
    if (std::ranges::any_of(doc->fields, same)) return;
    doc->fields.push_back({std::move(name), joined(kVerdictWords), {}, FieldDoc::Presence::kOptional, std::move(meaning),
                           {{"enum", kVerdictWords}}, nullptr});
  };
  for (const Named& property : kProperties) add(std::string(property.name), std::string(property.meaning));
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    for (const core::Exclusion& exclusion : spec->exclusions)
      add(fmt::format("{}{}", kInvariantPrefix, exclusion.name), fmt::format("of {}", spec->name));
  return doc;
}

void check_property(const Tree::Key& key, const SectionDoc& doc) {
  std::vector<std::string> names;
  for (const FieldDoc& field : doc.fields) names.push_back(field.key);
  if (std::ranges::find(names, key.text) != names.end()) return;
  std::vector<std::string> fixed;
  for (const Named& property : kProperties) fixed.emplace_back(property.name);
  fail(key.place, "unknown property " + shown(key.text),
       fmt::format("{}, or {}NAME of a protocol", joined(fixed), kInvariantPrefix), nearest(key.text, names));
}

Codec<std::vector<ExploredVerdict>> expected_verdicts() {
  const std::shared_ptr<const SectionDoc> doc = documented();
  const Codec<std::string> verdict = one_of(kVerdictWords, "verdict");
  return {"verdicts of properties", section_schema(*doc), doc,
          [doc, verdict](const Tree& tree, Context& context) {
            if (tree.kind != Tree::Kind::kMapping) fail_value(tree, "a mapping such as {AC1: holds}");
            for (const Tree::Key& key : tree.keys) check_property(key, *doc);
            std::vector<ExploredVerdict> result;
            for (std::size_t i = 0; i < tree.keys.size(); ++i) {
              const PathScope scope(context, tree.keys[i].text);
              if (tree.keys[i].place.origin) context.places.note(context.path, tree.keys[i].place);
              result.push_back({tree.keys[i].text, verdict.decode(tree.items[i], context)});
            }
            return result;
          },
          [](const std::vector<ExploredVerdict>& verdicts, const Context&) {
            Tree tree = Tree::of_mapping();
            for (const ExploredVerdict& expected : verdicts) tree.add(expected.property, Tree::of_scalar(expected.verdict));
            return tree;
          }};
}

template <class Place>
void check_lock_service(const Exploration& exploration, const Place& place) {
  if (!exploration.has_lock_service()) {
    if (exploration.fencing) fail(place("fencing"), "fencing without a lock service", "off, or a lock_service");
    return;
  }
  const lock::LockServiceSpec& service = *models::find_lock_service(exploration.lock_service);
  for (const std::string& protocol : exploration.protocols)
    if (!models::find_commit_protocol(protocol)->hears_the_end)
      fail(place("protocol"), fmt::format("{}, whose coordinator does not hear when a payment is over, beside a lock service", protocol),
           "another protocol, or lock_service: local");
  if (exploration.lock_servers > service.servers_max)
    fail(place("lock_servers"), fmt::format("{} of {}", counted(exploration.lock_servers, "server"), exploration.lock_service),
         service.servers_max == 1 ? "1" : fmt::format("1 to {}", service.servers_max));
  if (lock::is_queueing(service.manners) && exploration.lock_servers % 2 == 0)
    fail(place("lock_servers"), fmt::format("{} of {}", counted(exploration.lock_servers, "server"), exploration.lock_service),
         "an odd number");
  if (exploration.fencing && !service.gives_tokens)
    fail(place("fencing"), fmt::format("fencing beside {}, which gives no token that tells an owner from the next",
                                       exploration.lock_service), "off");
  const std::uint32_t accounts = exploration.accounts * exploration.participants * (exploration.contended ? 1 : exploration.payments);
  if (accounts > kLockedAccountsMax)
    fail(place("participants"), fmt::format("{} under a lock service", counted(accounts, "account")),
         fmt::format("at most {}: accounts for each participant, and for each payment unless they are contended", kLockedAccountsMax));
  if (exploration.forgeries > 0) fail(place("forgeries"), "forgeries beside a lock service", "0, or lock_service: local");
}

void check_exploration(const Exploration& exploration, const Context& context) {
  const auto place = [&context](const char* key) { return context.places.of({fmt::format("{}.{}", context.path, key)}); };
  if (process_count(exploration) > kProcessesMax)
    fail(place("participants"), fmt::format("{} processes, coordinator and payer among them", process_count(exploration)),
         fmt::format("at most {}", kProcessesMax));
  if (exploration.refusals > exploration.participants)
    fail(place("refusals"), counted(exploration.refusals, "refusal") + " of " + counted(exploration.participants, "participant"),
         fmt::format("0 to {}", exploration.participants));
  if (exploration.coordinators > 1 && exploration.coordinator == ExploredCoordinator::kParticipant)
    fail(place("coordinators"), fmt::format("{} beside coordinator: participant", exploration.coordinators), "1, or coordinator: dedicated");
  check_lock_service(exploration, place);
  const bool breadth_first = exploration.strategy == Strategy::kBreadthFirst;
  if (!breadth_first && exploration.depth == kUnlimitedDepth)
    fail(place("strategy"), "a search without a depth", "depth: how many steps a path may have, or strategy: breadth-first");
  if (exploration.timing == Timing::kSynchronous && exploration.suspicions > 0)
    fail(place("suspicions"), "false suspicions in a synchronous world", "0, or timing: asynchronous");
  if (exploration.eventually && exploration.timers != kUnlimitedBudget)
    fail(place("timers"), fmt::format("{} beside eventually", exploration.timers), "unlimited: whoever waits for a timer must see it fire");
  const auto about_termination = [](const ExploredVerdict& expected) { return expected.property == kTermination; };
  if (!exploration.eventually && std::ranges::any_of(exploration.expect, about_termination))
    fail(place("expect.AC5"), "AC5 without eventually", "eventually: true");
}

Section<Exploration> world() {
  return Section<Exploration>()
      .field("protocol", &Exploration::protocols, protocols(), required(), "the commit protocols, explored one after the other")
      .field("participants", &Exploration::participants, count({1, kProcessesMax}), otherwise("2"),
             "each holds one account to debit and one to credit of each payment")
      .field("payments", &Exploration::payments, count({1, kPaymentsMax}), otherwise("1"),
             "submitted at the start; each has every participant")
      .field("refusals", &Exploration::refusals, count({0, kProcessesMax}), otherwise("0"),
             "participants that lack the funds and vote no")
      .field("locking", &Exploration::lock_policy, lock_policy(), otherwise("wait"), "who may wait for a lock, as in locking.policy")
      .field("contended", &Exploration::contended, flag(), otherwise("false"),
             "payments debit the same accounts, which hold enough for one of them")
      .field("retries", &Exploration::retries, count({0, kBudgetMax}), otherwise("0"),
             "above 0 the payer is a process of its own and asks again so many times at most")
      .field("coordinator", &Exploration::coordinator,
             choice<ExploredCoordinator>(
                 {{"dedicated", ExploredCoordinator::kDedicated}, {"participant", ExploredCoordinator::kParticipant}},
                 "coordinator"),
             otherwise("dedicated"), "a process of its own, or the first participant")
      .field("accounts", &Exploration::accounts, count({1, 2}), otherwise("2"),
             "of each participant, for a payment: 1 moves money from an account to itself, under one lock")
      .field("coordinators", &Exploration::coordinators, count({1, kPaymentsMax}), otherwise("1"),
             "dedicated ones: payments take turns with them")
      .field("lock_service", &Exploration::lock_service, one_of(lock_service_names(), "lock service"), otherwise("local"),
             "coordinators take the locks of a payment's accounts from it, as in locking.service; leases are not renewed")
      .field("lock_servers", &Exploration::lock_servers, count({1, kProcessesMax}), otherwise("1"), "of the lock service")
      .field("lock_memory", &Exploration::lock_memory,
             choice<LockMemory>({{"kept", LockMemory::kKept}, {"lost", LockMemory::kLost}}, "memory of a lock server"),
             otherwise("kept"), "redis, redlock: what a crash leaves of a server's locks")
      .field("lock_order", &Exploration::lock_order,
             choice<LockOrder>({{"sorted", LockOrder::kSorted}, {"as_given", LockOrder::kAsGiven}}, "order"), otherwise("sorted"),
             "of the locks of a lock service")
      .field("fencing", &Exploration::fencing, choice<bool>({{"off", false}, {"on", true}}, "fencing"), otherwise("off"),
             "as in locking.fencing")
      .field("leases", &Exploration::leases_honoured, choice<bool>({{"honoured", true}, {"any", false}}, "leases"),
             otherwise("honoured"),
             "honoured: the lease at a server runs out after the belief of its client, unless that is crashed or paused; any: timers "
             "fire in any order")
      .field("timing", &Exploration::timing,
             choice<Timing>({{"synchronous", Timing::kSynchronous}, {"asynchronous", Timing::kAsynchronous}}, "timing"),
             otherwise("asynchronous"),
             "synchronous: a timer fires only when nothing is on the way that could pre-empt it, and only crashed processes are "
             "suspected; asynchronous: any armed timer may fire at any moment")
      .field("disk", &Exploration::disk,
             choice<ExploredDisk>({{"instant", ExploredDisk::kInstant}, {"async", ExploredDisk::kAsync}}, "disk"),
             otherwise("async"), "when a record becomes durable: with the step that wrote it, or by a step of its own");
}

Section<Exploration> with_budgets(Section<Exploration> section) {
  return std::move(section)
      .field("crashes", &Exploration::crashes, budget(), otherwise("0"), "at most so many")
      .field("recoveries", &Exploration::recoveries, budget(), otherwise("0"), "of crashed processes")
      .field("disk_losses", &Exploration::disk_losses, budget(), otherwise("0"),
             "disks of crashed processes that lose all that was durable")
      .field("pauses", &Exploration::pauses, budget(), otherwise("0"),
             "processes that stand still, and go on at any later moment; whoever is synchronous does not wait for them")
      .field("losses", &Exploration::losses, unlimited_budget(), otherwise("0"),
             "messages lost, besides those that a crash takes along")
      .field("duplicates", &Exploration::duplicates, unlimited_budget(), otherwise("0"), "messages delivered once more")
      .field("timers", &Exploration::timers, unlimited_budget(), otherwise("unlimited"), "firings of timers")
      .field("suspicions", &Exploration::suspicions, unlimited_budget(), otherwise("0"),
             "live processes held for crashed; asynchronous only")
      .field("partitions", &Exploration::partitions, unlimited_budget(), otherwise("0"), "every cut, one at a time; each may heal")
      .field("forgeries", &Exploration::forgeries, budget(), otherwise("0"),
             "messages that nobody sent: any kind and argument, in anybody's name, about the first attempt of a payment")
      .field("auth", &Exploration::authentication,
             choice<Authentication>({{"none", Authentication::kNone}, {"mac", Authentication::kMac}}, "authentication"),
             otherwise("none"), "mac: nobody believes a forged message, so there are none");
}

Section<Exploration> with_search(Section<Exploration> section) {
  return std::move(section)
      .field("strategy", &Exploration::strategy,
             choice<Strategy>({{"breadth-first", Strategy::kBreadthFirst},
                               {"depth-first", Strategy::kDepthFirst},
                               {"random-walk", Strategy::kRandomWalk}},
                              "strategy"),
             otherwise("breadth-first"), "breadth-first finds shortest counterexamples; random walks cover nothing for certain")
      .field("symmetry", &Exploration::symmetry, flag(), otherwise("true"),
             "states that differ only by an exchange of participants or payments that are alike count as one")
      .field("reduction", &Exploration::reduction, flag(), otherwise("true"),
             "a step that no property sees and that commutes with all others is taken alone")
      .field("eventually", &Exploration::eventually, flag(), otherwise("false"),
             "also judges AC5, by a second search without symmetry and reduction; timers must be unlimited")
      .field("after_violation", &Exploration::after_violation,
             choice<AfterViolation>({{"stop", AfterViolation::kStop}, {"go_on", AfterViolation::kGoOn}}, "word"), otherwise("stop"),
             "go_on: every property gets its verdict, and violations are counted")
      .field("depth", &Exploration::depth,
             or_word<std::uint32_t>("unlimited", kUnlimitedDepth, count({1, 1'000'000})), otherwise("unlimited"),
             "levels at most, the initial state being the first; the length of a walk")
      .field("states", &Exploration::states, or_word<std::uint64_t>("unlimited", kUnlimitedStates, whole_number()),
             otherwise("unlimited"), "distinct states at most; beyond, what is not yet known stays unknown")
      .field("memory", &Exploration::memory_bytes, memory_size(), otherwise("4GiB"), "of the search at most; beyond, likewise")
      .field("walks", &Exploration::walks, whole_number(), otherwise("1000"), "random-walk: how many")
      .field("expect", &Exploration::expect, expected_verdicts(), empty_section(), "verdicts that make the search a success");
}

}  // namespace

Codec<Exploration> exploration_table() {
  return with_search(with_budgets(world()))
      .then([](Exploration& exploration, const Tree&, Context& context) { check_exploration(exploration, context); })
      .codec();
}

}  // namespace paygrid::scenario
