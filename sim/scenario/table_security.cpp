// security, and faults[].outsider: what a receiver believes, and who else speaks.
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
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
      .field("forge", &Outsider::forge_per_s, rate("20/s", Zero::kAccepted, 100'000), otherwise("0/s"),
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
