// faults: kinds that act on messages and on what carries them.
#include "sim/scenario/table.hpp"
#include "sim/scenario/table_fault_kinds.hpp"

namespace paygrid::scenario {
namespace {

struct SidesForm {
  std::string from;
  std::string to;
  bool one_way = false;
};

struct ReorderForm {
  double share = 0;
  Distribution by;
};

Codec<SidesForm> partition() {
  const Codec<SidesForm> sides =
      Section<SidesForm>()
          .field("from", &SidesForm::from, selector(), required(), "one side")
          .field("to", &SidesForm::to, other_side(), otherwise("others"), "the other side; others: everybody else")
          .field("one_way", &SidesForm::one_way, flag(), otherwise("false"), "only messages of `from` to `to` are cut")
          .codec();
  const Codec<std::string> side = selector();
  return {"a selector, or {from: SELECTOR, to: SELECTOR, one_way: false}",
          {{"anyOf", {side.schema, sides.schema}}},
          sides.keys,
          [side, sides](const Tree& tree, Context& context) {
            return tree.kind == Tree::Kind::kMapping ? sides.decode(tree, context)
                                                     : SidesForm{side.decode(tree, context), "", false};
          },
          sides.encode};
}

// `true` leaves the sides to `where` and `to`; both are printed as a mapping.
Codec<SidesForm> clog() {
  const Codec<SidesForm> sides =
      Section<SidesForm>()
          .field("between", &SidesForm::from, selector(), required(), "one side")
          .field("and", &SidesForm::to, other_side(), otherwise("others"),
                 "the other side; others: everybody, one another included")
          .codec();
  return {"{between: SELECTOR, and: SELECTOR}, or true with where and to",
          {{"anyOf", {{{"const", true}}, sides.schema}}},
          sides.keys,
          [sides](const Tree& tree, Context& context) {
            if (tree.kind == Tree::Kind::kMapping) return sides.decode(tree, context);
            if (tree.kind != Tree::Kind::kScalar || tree.quoted || tree.scalar != "true")
              fail_value(tree, "{between: SELECTOR, and: SELECTOR}, or true with where and to");
            return SidesForm{};
          },
          sides.encode};
}

// A way that carries nothing at all is a partition.
Codec<double> share_left() {
  Codec<double> left = share();
  left.accepted = "a share above 0%, up to 100%";
  left.decode = [any = left.decode, accepted = left.accepted](const Tree& tree, Context& context) {
    const double value = any(tree, context);
    if (value == 0) fail(tree.place, tree.scalar, accepted);
    return value;
  };
  return left;
}

Codec<ReorderForm> reorder() {
  return Section<ReorderForm>()
      .field("share", &ReorderForm::share, share(), required(), "share of the messages that are held up")
      .field("by", &ReorderForm::by, time_distribution(0), required(), "how long; later messages overtake them")
      .codec();
}

KindForm delay_kind() {
  return kind_form(
      FaultKind::kDelay, time_distribution(0), [](const Fault& fault) { return *fault.delay; },
      [](Fault& fault, Distribution delay) { fault.delay = std::move(delay); }, "added to the delay of every message");
}

KindForm reorder_kind() {
  return kind_form(
      FaultKind::kReorder, reorder(), [](const Fault& fault) { return ReorderForm{fault.amount, *fault.delay}; },
      [](Fault& fault, ReorderForm form) { fault.amount = form.share, fault.delay = std::move(form.by); },
      "a share of the messages is overtaken by later ones");
}

KindForm outsider_kind() {
  return kind_form(
      FaultKind::kOutsider, outsider_table(), [](const Fault& fault) { return *fault.outsider; },
      [](Fault& fault, Outsider outsider) { fault.outsider = std::move(outsider); },
      "somebody who is no process speaks; replayed messages may come after the end");
}

KindForm sides_kind(FaultKind kind, Codec<SidesForm> codec, std::string meaning) {
  return kind_form(
      kind, std::move(codec), [](const Fault& fault) { return SidesForm{fault.where, fault.to, fault.one_way}; },
      [](Fault& fault, SidesForm form) {
        fault.where = std::move(form.from);
        fault.to = std::move(form.to);
        fault.one_way = form.one_way;
      },
      std::move(meaning));
}

}  // namespace

std::vector<KindForm> message_kinds() {
  return {
      sides_kind(FaultKind::kPartition, partition(), "messages between two sides are cut"),
      at_nodes(FaultKind::kIsolate, "each of these nodes is cut off from everybody, one another included"),
      at_nodes(FaultKind::kBridge,
               "all other nodes fall into two halves, in their order, that are cut off from each other; these hear both"),
      at_nodes(FaultKind::kRing,
               "each of these nodes, at least 4, hears only those next to it in a ring: a majority of them, each another one"),
      by_amount(FaultKind::kLoss, share(), "share of messages lost, besides the network's own"),
      by_amount(FaultKind::kDuplicate, share(), "share of messages delivered twice, besides the network's own"),
      delay_kind(),
      reorder_kind(),
      by_amount(FaultKind::kCorrupt, share(), "share of messages that arrive with a wrong checksum and are dropped there"),
      sides_kind(FaultKind::kClog, clog(), "messages are held, and all arrive at the end, in their order"),
      by_amount(FaultKind::kBandwidth, share_left(),
                "share of the bandwidth of these interfaces that is left; model: flow only"),
      outsider_kind(),
  };
}

}  // namespace paygrid::scenario
