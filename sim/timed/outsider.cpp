#include "sim/timed/outsider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace paygrid::timed {

namespace {

std::uint8_t word(core::ClientMessage kind) { return static_cast<std::uint8_t>(kind); }

}  // namespace

Outsider::Outsider(std::uint64_t seed, TimeNs packet_lifetime_ns, const core::ProtocolSpec& protocol, const Layout& layout)
    : seed_(seed),
      packet_lifetime_ns_(packet_lifetime_ns),
      layout_(layout),
      utterances_(core::utterances(protocol)) {}

void Outsider::begin(const Disturbance& ways) {
  faults_.push_back({ways, Sampler(ways.outsider->after), RandomStream(ways.key, "forging")});
}

void Outsider::end(std::uint32_t fault) {
  if (const Acting* acting = find(fault)) forged_draws_ += acting->forging.drawn();
  std::erase_if(faults_, [fault](const Acting& acting) { return acting.ways.fault == fault; });
  std::erase_if(seen_, [fault](const Seen& seen) { return seen.fault == fault; });
}

Outsider::Acting* Outsider::find(std::uint32_t fault) {
  const auto found = std::ranges::find(faults_, fault, [](const Acting& acting) { return acting.ways.fault; });
  return found == faults_.end() ? nullptr : &*found;
}

double Outsider::open01(const Way& way, std::uint64_t number, const Disturbance& ways, Purpose purpose) {
  return to_open01(random_word(way.key ^ ways.key, number, purpose));
}

Outsider::Way& Outsider::way(core::NodeId from, core::NodeId to) {
  const Pair pair{from.value, to.value};
  if (Way* known = ways_.find(pair)) return *known;
  Way& fresh = ways_[pair];
  fresh.key = random_key(seed_, fmt::format("outsider {} > {}", layout_.names[from.value], layout_.names[to.value]));
  return fresh;
}

std::optional<core::Message> Outsider::pass(core::NodeId from, core::NodeId to, const core::Message& message) {
  std::optional<core::Message> instead;
  Way& taken = way(from, to);
  const std::uint64_t number = taken.passed++;
  for (const Acting& acting : faults_) {
    if (!acting.ways.acts_on(from.value, to.value)) continue;
    seen_.push_back({acting.ways.fault, from, to, message});
    if (seen_.size() > kRemembered) seen_.pop_front();
    const double share = acting.ways.outsider->alter;
    if (instead || share <= 0 || open01(taken, number, acting.ways, kAltered) >= share) continue;
    instead = changed(message, open01(taken, number, acting.ways, kInto));
  }
  return instead;
}

// Another utterance of the protocol, or the other answer; a submission says nothing that could be changed, and he does not know
// the words of lock services, nor those about deadlocks.
std::optional<core::Message> Outsider::changed(const core::Message& message, double u) const {
  if (message.family == core::MessageFamily::kLock || message.family == core::MessageFamily::kDeadlock) return std::nullopt;
  core::Message other = message;
  if (message.family == core::MessageFamily::kClient) {
    if (message.kind == word(core::ClientMessage::kSubmit)) return std::nullopt;
    other.argument = message.argument == 0 ? 1 : 0;
    return other;
  }
  const auto is_said = [&](const core::Utterance& said) { return said == core::Utterance{message.kind, message.argument}; };
  const auto own = static_cast<std::size_t>(std::ranges::find_if(utterances_, is_said) - utterances_.begin());
  const std::size_t others = utterances_.size() - (own < utterances_.size() ? 1 : 0);
  auto at = static_cast<std::size_t>(u * static_cast<double>(others));
  if (at >= own) ++at;
  other.kind = utterances_[at].kind;
  other.argument = utterances_[at].argument;
  return other;
}

std::optional<TimeNs> Outsider::replay_after_ns(core::NodeId from, core::NodeId to) {
  Way& taken = way(from, to);
  const std::uint64_t number = taken.arrived++;
  for (const Acting& acting : faults_) {
    const double share = acting.ways.outsider->replay;
    if (share <= 0 || !acting.ways.acts_on(from.value, to.value)) continue;
    if (open01(taken, number, acting.ways, kReplayed) >= share) continue;
    return std::clamp<TimeNs>(acting.after.value_at(open01(taken, number, acting.ways, kAfter)), 0, packet_lifetime_ns_);
  }
  return std::nullopt;
}

std::optional<TimeNs> Outsider::next_forgery_ns(std::uint32_t fault) {
  Acting* acting = find(fault);
  if (acting == nullptr || acting->ways.outsider->forge_per_s <= 0) return std::nullopt;
  return std::llround(-1e9 / acting->ways.outsider->forge_per_s * std::log1p(-acting->forging.next_open01()));
}

core::PaymentRef Outsider::payment_of(core::PaymentId payment) const {
  for (const Seen& seen : seen_)
    if (seen.message.payment && seen.message.payment->id == payment) return seen.message.payment;
  return {};
}

std::optional<Outsider::Forgery> Outsider::forge(std::uint32_t fault) {
  Acting* acting = find(fault);
  if (acting == nullptr) return std::nullopt;
  std::vector<const Seen*> models;
  for (const Seen& seen : seen_)
    if (seen.fault == fault) models.push_back(&seen);
  if (models.empty()) return std::nullopt;
  RandomStream& dice = acting->forging;
  const Seen& model = *models[dice.next_below(models.size())];
  Forgery forgery{model.from, model.to, model.message};
  forgery.message.payment = payment_of(model.message.txn.payment);
  choose_ends(forgery, acting->ways, dice);
  say(forgery.message, layout_.is_payer(forgery.to), dice);
  return forgery;
}

// Somebody who takes part in the payment tells another, where the fault gives that way; else the ends of the message that was seen.
void Outsider::choose_ends(Forgery& forgery, const Disturbance& ways, RandomStream& dice) const {
  if (!forgery.message.payment) return;
  std::vector<core::NodeId> parts = forgery.message.payment->participants;
  const core::NodeId coordinator = forgery.message.payment->coordinator;
  if (std::ranges::find(parts, coordinator) == parts.end()) parts.push_back(coordinator);
  const core::NodeId from = parts[dice.next_below(parts.size())];
  const core::NodeId to = parts[dice.next_below(parts.size())];
  if (from == to || !ways.acts_on(from.value, to.value)) return;
  forgery.from = from;
  forgery.to = to;
}

void Outsider::say(core::Message& message, bool to_payer, RandomStream& dice) const {
  message.has_learned = false;
  message.learned = {};
  if (to_payer) {
    message.family = core::MessageFamily::kClient;
    message.kind = word(core::ClientMessage::kAnswer);
    message.argument = static_cast<std::uint8_t>(dice.next_below(2));
    return;
  }
  const core::Utterance said = utterances_[dice.next_below(utterances_.size())];
  message.family = core::MessageFamily::kCommit;
  message.kind = said.kind;
  message.argument = said.argument;
}

void Outsider::count_draws(const DrawCounter& count) const {
  std::uint64_t drawn = forged_draws_;
  for (const Acting& acting : faults_) drawn += acting.forging.drawn();
  count("outsider forging", drawn);
}

}  // namespace paygrid::timed
