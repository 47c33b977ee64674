// faults: what x where x when x how long. Exactly one key of a fault says what, and one says when.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

struct PoissonForm {
  double per_s = 0;
  std::int64_t stable_ns = 0;
};

struct PartitionForm {
  std::string from;
  std::string to;
  bool one_way = false;
};

struct ReorderForm {
  double share = 0;
  Distribution by;
};

// A fault as it is written.
struct FaultForm {
  std::optional<std::int64_t> at;
  std::optional<PoissonForm> poisson;
  std::optional<Anchor> anchor;
  std::optional<std::string> crash;
  std::optional<PartitionForm> partition;
  std::optional<std::string> isolate;
  std::optional<std::string> bridge;
  std::optional<std::string> ring;
  std::optional<double> loss;
  std::optional<double> duplicate;
  std::optional<Distribution> delay;
  std::optional<ReorderForm> reorder;
  std::optional<double> slow_disk;
  std::optional<std::string> disk_stall;
  std::optional<double> slow_cpu;
  std::optional<std::string> pause;
  std::optional<Outsider> outsider;
  std::optional<std::string> where;
  std::optional<std::string> to;
  std::int64_t for_ns = -1;
  std::optional<std::uint32_t> restarts;
  std::optional<std::int64_t> every;
};

const std::vector<std::string> kWhat(kFaultKinds.begin(), kFaultKinds.end());
const std::vector<std::string> kWhen{"at", "poisson", "on"};

Codec<double> rate() {
  const std::string accepted = "a rate such as 0.05/s, units /s, /min, /h";
  return {accepted,
          {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?/(s|min|h)$"}},
          nullptr,
          [accepted](const Tree& tree, Context&) {
            const Reading<double> reading = read_rate(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            if (!(reading.value > 0) || reading.value > 1000)
              fail(tree.place, shown(tree.scalar), "a rate above 0/s, up to 1000/s");
            return reading.value;
          },
          [](const double& value, const Context&) { return Tree::of_scalar(print_rate(value), true); }};
}

Codec<PoissonForm> poisson() {
  return Section<PoissonForm>()
      .field("rate", &PoissonForm::per_s, rate(), required(), "occurrences per time, while none acts")
      .field("stable", &PoissonForm::stable_ns, duration(kFromZero), otherwise("0s"),
             "at least this long between an end and the next begin")
      .codec();
}

Codec<std::string> other_side() { return or_word<std::string>("others", "", selector()); }

Codec<PartitionForm> partition() {
  const Codec<PartitionForm> sides =
      Section<PartitionForm>()
          .field("from", &PartitionForm::from, selector(), required(), "one side")
          .field("to", &PartitionForm::to, other_side(), otherwise("others"), "the other side; others: everybody else")
          .field("one_way", &PartitionForm::one_way, flag(), otherwise("false"), "only messages of `from` to `to` are cut")
          .codec();
  const Codec<std::string> side = selector();
  return {"a selector, or {from: SELECTOR, to: SELECTOR, one_way: false}",
          {{"anyOf", {side.schema, sides.schema}}},
          sides.keys,
          [side, sides](const Tree& tree, Context& context) {
            return tree.kind == Tree::Kind::kMapping ? sides.decode(tree, context)
                                                     : PartitionForm{side.decode(tree, context), "", false};
          },
          sides.encode};
}

Codec<ReorderForm> reorder() {
  return Section<ReorderForm>()
      .field("share", &ReorderForm::share, share(), required(), "share of the messages that are held up")
      .field("by", &ReorderForm::by, time_distribution(0), required(), "how long; later messages overtake them")
      .codec();
}

Codec<double> slow_factor() { return number_with("x", {1, 1'000'000}, "20x"); }

nlohmann::json exactly_one_of(const std::vector<std::string>& keys) {
  nlohmann::json choices = nlohmann::json::array();
  for (const std::string& key : keys) choices.push_back({{"required", nlohmann::json::array({key})}});
  return {{"oneOf", std::move(choices)}};
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

void refuse_keys(const Tree& tree, const std::string& what, bool where, bool to) {
  if (!where && tree.find("where") != nullptr)
    fail(place_of_key(tree, "where"), "where beside " + what, fmt::format("the place as the value of {}", what));
  if (!to && tree.find("to") != nullptr)
    fail(place_of_key(tree, "to"), "to beside " + what,
         what == "partition" ? "partition: {from: SELECTOR, to: SELECTOR}" : "where");
}

bool strikes_within_a_step(const std::string& what) {
  return what != "pause" && what != "slow_disk" && what != "disk_stall" && what != "slow_cpu";
}

// `restarts` and `every` belong together, and to a crash that happens once.
void check_restarts(const Tree& tree, const std::string& what) {
  const Tree* restarts = tree.find("restarts");
  const Tree* every = tree.find("every");
  if (restarts == nullptr && every == nullptr) return;
  const char* key = restarts != nullptr ? "restarts" : "every";
  const auto refuse = [&](const std::string& beside, const char* accepted) {
    fail(place_of_key(tree, key), fmt::format("{} {}", key, beside), accepted);
  };
  if (what != "crash") refuse("beside " + what, "restarts and every with crash");
  if (restarts == nullptr || every == nullptr) refuse("alone", "restarts and every together");
  if (tree.find("poisson") != nullptr) refuse("beside poisson", "restarts with at or on; poisson crashes again by itself");
}

// `before` and `here` need a step; `before` needs a fault that can come in the middle of one.
void check_anchored(const Tree& tree, const std::string& what) {
  const Tree* on = tree.find("on");
  const Tree* moment = on == nullptr ? nullptr : on->find("when");
  if (moment != nullptr && moment->scalar == "before" && !strikes_within_a_step(what))
    fail(moment->place, "before beside " + what, "when: after; before: with crash and with faults of messages");
  const auto refuse_here = [&](const Tree* selector) {
    if (on == nullptr && selector != nullptr && selector->scalar == "here")
      fail(selector->place, "here without a step", "here beside on: {event: ...}");
  };
  for (const char* key : {what.c_str(), "where", "to"}) refuse_here(tree.find(key));
  if (const Tree* sides = tree.find("partition"); sides != nullptr)
    for (const char* key : {"from", "to"}) refuse_here(sides->find(key));
}

void check_form(const Tree& tree) {
  const std::string what = only_key(tree, kWhat, "what");
  only_key(tree, kWhen, "when");
  const bool of_messages = what == "loss" || what == "duplicate" || what == "delay" || what == "reorder" ||
                           what == "outsider";
  refuse_keys(tree, what, of_messages || what == "slow_disk" || what == "slow_cpu", of_messages);
  check_restarts(tree, what);
  check_anchored(tree, what);
  const Tree* until = tree.find("for");
  if (tree.find("poisson") != nullptr && until != nullptr && until->scalar == "forever")
    fail(until->place, "forever beside poisson", "a duration such as 5s");
}

Codec<FaultForm> form() {
  nlohmann::json schema{{"allOf", {exactly_one_of(kWhat), exactly_one_of(kWhen)}}};
  return Section<FaultForm>()
      .optional("at", &FaultForm::at, duration(kFromZero), "when it begins")
      .optional("poisson", &FaultForm::poisson, poisson(), "begins at random instead, again and again")
      .optional("on", &FaultForm::anchor, anchor_table(), "begins once, at a step of the protocol, before the healing")
      .optional("crash", &FaultForm::crash, selector(),
                "these nodes stop and lose what is not durable; they recover at the end")
      .optional("partition", &FaultForm::partition, partition(), "messages between two sides are cut")
      .optional("isolate", &FaultForm::isolate, selector(), "each of these nodes is cut off from everybody, one another included")
      .optional("bridge", &FaultForm::bridge, selector(),
                "all other nodes fall into two halves, in their order, that are cut off from each other; these hear both")
      .optional("ring", &FaultForm::ring, selector(),
                "each of these nodes, at least 4, hears only those next to it in a ring: a majority of them, each another one")
      .optional("loss", &FaultForm::loss, share(), "share of messages lost, besides the network's own")
      .optional("duplicate", &FaultForm::duplicate, share(), "share of messages delivered twice, besides the network's own")
      .optional("delay", &FaultForm::delay, time_distribution(0), "added to the delay of every message")
      .optional("reorder", &FaultForm::reorder, reorder(), "a share of the messages is overtaken by later ones")
      .optional("slow_disk", &FaultForm::slow_disk, slow_factor(), "fsync takes so many times longer")
      .optional("disk_stall", &FaultForm::disk_stall, selector(),
                "no write of these nodes ends; what waits becomes durable at the end")
      .optional("slow_cpu", &FaultForm::slow_cpu, slow_factor(), "the service of a message takes so many times longer")
      .optional("pause", &FaultForm::pause, selector(), "these nodes stand still and lose nothing; they go on at the end")
      .optional("outsider", &FaultForm::outsider, outsider_table(),
                "somebody who is no process speaks; replayed messages may come after the end")
      .optional("where", &FaultForm::where, selector(),
                "loss, duplicate, delay, reorder, outsider, slow_disk, slow_cpu: the nodes concerned; all when absent")
      .optional("to", &FaultForm::to, other_side(),
                "loss, duplicate, delay, reorder, outsider: messages between `where` and these, both ways; others: everybody, one another included")
      .field("for", &FaultForm::for_ns, or_word<std::int64_t>("forever", -1, duration(kPositive)), required(),
             "how long; forever: also past phases.heal_at")
      .optional("restarts", &FaultForm::restarts, count({1, 10'000}), "crash: the same nodes crash again so many times")
      .optional("every", &FaultForm::every, duration(kPositive), "crash: from one of these crashes to the next, longer than `for`")
      .with_schema(std::move(schema))
      .then([](FaultForm& read, const Tree& tree, Context&) {
        check_form(tree);
        if (read.every && (read.for_ns < 0 || *read.every <= read.for_ns))
          fail(place_of_key(tree, "every"), "every " + print_duration(*read.every) + " of a crash that lasts longer",
               "a duration longer than `for`");
      })
      .codec();
}

Fault to_fault(const FaultForm& form, const Tree& tree) {
  Fault fault;
  fault.at_ns = form.at.value_or(-1);
  if (form.poisson) fault.poisson_per_s = form.poisson->per_s, fault.stable_ns = form.poisson->stable_ns;
  fault.anchor = form.anchor;
  fault.for_ns = form.for_ns;
  fault.where = form.where.value_or("all");
  fault.to = form.to.value_or("");
  fault.line = tree.place.line;
  fault.restarts = form.restarts.value_or(0);
  fault.every_ns = form.every.value_or(0);
  if (form.crash) fault.kind = FaultKind::kCrash, fault.where = *form.crash;
  if (form.isolate) fault.kind = FaultKind::kIsolate, fault.where = *form.isolate;
  if (form.bridge) fault.kind = FaultKind::kBridge, fault.where = *form.bridge;
  if (form.ring) fault.kind = FaultKind::kRing, fault.where = *form.ring;
  if (form.disk_stall) fault.kind = FaultKind::kDiskStall, fault.where = *form.disk_stall;
  if (form.slow_cpu) fault.kind = FaultKind::kSlowCpu, fault.amount = *form.slow_cpu;
  if (form.reorder) fault.kind = FaultKind::kReorder, fault.amount = form.reorder->share, fault.delay = form.reorder->by;
  if (form.pause) fault.kind = FaultKind::kPause, fault.where = *form.pause;
  if (form.outsider) fault.kind = FaultKind::kOutsider, fault.outsider = form.outsider;
  if (form.loss) fault.kind = FaultKind::kLoss, fault.amount = *form.loss;
  if (form.duplicate) fault.kind = FaultKind::kDuplicate, fault.amount = *form.duplicate;
  if (form.delay) fault.kind = FaultKind::kDelay, fault.delay = form.delay;
  if (form.slow_disk) fault.kind = FaultKind::kSlowDisk, fault.amount = *form.slow_disk;
  if (form.partition) {
    fault.kind = FaultKind::kPartition;
    fault.where = form.partition->from;
    fault.to = form.partition->to;
    fault.one_way = form.partition->one_way;
  }
  return fault;
}

// The key of the fault's kind, and `where` and `to` beside the kinds that have them.
void write_kind(const Fault& fault, FaultForm& form) {
  switch (fault.kind) {
    case FaultKind::kCrash: form.crash = fault.where; return;
    case FaultKind::kIsolate: form.isolate = fault.where; return;
    case FaultKind::kBridge: form.bridge = fault.where; return;
    case FaultKind::kRing: form.ring = fault.where; return;
    case FaultKind::kDiskStall: form.disk_stall = fault.where; return;
    case FaultKind::kPause: form.pause = fault.where; return;
    case FaultKind::kPartition: form.partition = PartitionForm{fault.where, fault.to, fault.one_way}; return;
    case FaultKind::kSlowDisk:
      form.slow_disk = fault.amount;
      form.where = fault.where;
      return;
    case FaultKind::kSlowCpu:
      form.slow_cpu = fault.amount;
      form.where = fault.where;
      return;
    case FaultKind::kLoss: form.loss = fault.amount; break;
    case FaultKind::kDuplicate: form.duplicate = fault.amount; break;
    case FaultKind::kDelay: form.delay = fault.delay; break;
    case FaultKind::kReorder: form.reorder = ReorderForm{fault.amount, *fault.delay}; break;
    case FaultKind::kOutsider: form.outsider = fault.outsider; break;
  }
  form.where = fault.where;
  form.to = fault.to;
}

FaultForm to_form(const Fault& fault) {
  FaultForm form;
  if (fault.at_ns >= 0)
    form.at = fault.at_ns;
  else if (fault.anchor)
    form.anchor = fault.anchor;
  else
    form.poisson = PoissonForm{fault.poisson_per_s, fault.stable_ns};
  form.for_ns = fault.for_ns;
  if (fault.restarts > 0) form.restarts = fault.restarts, form.every = fault.every_ns;
  write_kind(fault, form);
  return form;
}

}  // namespace

Codec<Fault> fault_table() {
  const Codec<FaultForm> written = form();
  return {"a mapping such as {at: 20s, crash: \"role(coordinator)\", for: 5s}", written.schema, written.keys,
          [written](const Tree& tree, Context& context) { return to_fault(written.decode(tree, context), tree); },
          [written](const Fault& fault, const Context& context) { return written.encode(to_form(fault), context); }};
}

}  // namespace paygrid::scenario
