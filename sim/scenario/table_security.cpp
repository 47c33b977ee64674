// security, and faults[].outsider: what a receiver believes, and who else speaks.
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

constexpr double kForgedMost = 100'000;

Codec<double> forging_rate() {
  const std::string accepted = "a rate such as 20/s, units /s, /min, /h";
  return {accepted,
          {{"type", "string"}, {"pattern", "^[0-9]+(\\.[0-9]+)?/(s|min|h)$"}},
          nullptr,
          [accepted](const Tree& tree, Context&) {
            const Reading<double> reading = read_rate(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            if (!(reading.value >= 0) || reading.value > kForgedMost)
              fail(tree.place, shown(tree.scalar), "a rate from 0/s to 100000/s");
            return reading.value;
          },
          [](const double& value, const Context&) { return Tree::of_scalar(print_rate(value), true); }};
}

}  // namespace

Codec<Security> security_table() {
  return Section<Security>()
      .field("auth", &Security::authentication,
             choice<Authentication>({{"none", Authentication::kNone}, {"mac", Authentication::kMac}}, "authentication"),
             otherwise("none"),
             "none: every message is believed; mac: a message that its sender did not send, or that came before, is dropped")
      .field("verify", &Security::verify, time_distribution(0), otherwise("constant(0s)"),
             "mac: processor time of each received message, besides cluster.cpu.per_message")
      .codec();
}

Codec<Outsider> outsider_table() {
  return Section<Outsider>()
      .field("replay", &Outsider::replay, share(), otherwise("0%"), "share of the messages that are sent again after they arrived")
      .field("forge", &Outsider::forge_per_s, forging_rate(), otherwise("0/s"),
             "messages that nobody sent, about payments that were seen on these ways")
      .field("alter", &Outsider::alter, share(), otherwise("0%"), "share of the messages whose kind or argument is changed")
      .field("after", &Outsider::after, time_distribution(0), otherwise("exponential(min=0s, mean=1s)"),
             "replay: from the arrival until the message is sent again, cluster.network.packet_lifetime at most")
      .then([](Outsider& outsider, const Tree& tree, Context&) {
        if (outsider.replay > 0 || outsider.forge_per_s > 0 || outsider.alter > 0) return;
        fail(tree.place, "an outsider that does nothing", "at least one of replay, forge, alter above 0");
      })
      .codec();
}

}  // namespace paygrid::scenario
