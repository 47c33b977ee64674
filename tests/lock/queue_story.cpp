#include "tests/lock/queue_story.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <variant>

namespace paygrid::lock::tests {

QueueStory::QueueStory(const LockServiceSpec& spec, std::uint32_t servers, std::uint32_t clients) : notices_(clients) {
  ServerConfig config;
  config.ensemble_size = servers;
  std::vector<core::NodeId> names;
  for (std::uint32_t server = 0; server < servers; ++server) {
    config.ensemble[server] = core::NodeId{server};
    names.push_back(core::NodeId{server});
  }
  for (const core::NodeId name : names) {
    config.self = name;
    servers_.push_back(spec.make_server(config));
  }
  for (std::uint32_t client = 0; client < clients; ++client) clients_.emplace_back(names, spec, ClientTiming{});
}

void QueueStory::acquire(std::uint32_t client, Patience patience) {
  Effects effects;
  clients_[client].acquire(kQueueLock, owner(client), patience, effects);
  apply(static_cast<std::uint32_t>(servers_.size()) + client, effects);
  settle();
}

void QueueStory::release(std::uint32_t client) {
  Effects effects;
  clients_[client].release(kQueueLock, owner(client), effects);
  apply(static_cast<std::uint32_t>(servers_.size()) + client, effects);
  settle();
}

void QueueStory::interrupt(std::uint32_t client) {
  Effects effects;
  clients_[client].interrupt(kQueueLock, owner(client), effects);
  apply(static_cast<std::uint32_t>(servers_.size()) + client, effects);
  settle();
}

void QueueStory::fire(LockTimer kind) {
  const auto armed = armed_;
  for (const auto& [process, key] : armed)
    if (key.kind == kind && runs(process) && armed_.contains({process, key})) fire_at(process, key);
}

void QueueStory::fire_at(std::uint32_t process, TimerKey key) {
  armed_.erase({process, key});
  Effects effects;
  if (is_client(process))
    client(process).fire(key, effects);
  else
    servers_[process]->fire(key, effects);
  apply(process, effects);
  settle();
}

void QueueStory::crash(std::uint32_t server) {
  down_.insert(server);
  std::erase_if(armed_, [&](const auto& timer) { return timer.first == server; });
}

void QueueStory::come_back(std::uint32_t server) {
  down_.erase(server);
  Effects effects;
  servers_[server]->recover(effects);
  apply(server, effects);
  for (std::uint32_t other = 0; other < servers_.size(); ++other) {
    if (other == server || !runs(other)) continue;
    Effects trusting;
    servers_[other]->trust(core::NodeId{server}, trusting);
    apply(other, trusting);
  }
  settle();
}

void QueueStory::suspect(std::uint32_t server, std::uint32_t other) {
  Effects effects;
  servers_[server]->suspect(core::NodeId{other}, effects);
  apply(server, effects);
  settle();
}

void QueueStory::suspect_who_is_down() {
  for (std::uint32_t server = 0; server < servers_.size(); ++server)
    for (const std::uint32_t silent : down_)
      if (runs(server)) suspect(server, silent);
}

void QueueStory::settle() {
  while (!packets_.empty()) {
    const Packet packet = packets_.front();
    packets_.pop_front();
    if (!runs(packet.to) || (lost_ && lost_(packet.from, packet.to, packet.letter))) continue;
    Effects effects;
    if (is_client(packet.to))
      client(packet.to).deliver(core::NodeId{packet.from}, packet.letter, effects);
    else
      servers_[packet.to]->deliver(core::NodeId{packet.from}, packet.letter, effects);
    apply(packet.to, effects);
  }
}

void QueueStory::apply(std::uint32_t process, const Effects& effects) {
  for (const Effect& effect : effects.items()) {
    if (const auto* sent = std::get_if<core::Send>(&effect)) {
      const Letter letter = unpack(sent->message);
      ++sent_[static_cast<std::size_t>(letter.queue)];
      packets_.push_back({process, sent->to.value, letter});
    }
    if (const auto* set = std::get_if<SetTimer>(&effect)) armed_.insert({process, set->key});
    if (const auto* cancelled = std::get_if<CancelTimer>(&effect)) armed_.erase({process, cancelled->key});
    if (const auto* observed = std::get_if<Observe>(&effect)) facts_.push_back(observed->fact);
    if (const auto* told = std::get_if<Notify>(&effect)) notices_[process - servers_.size()].push_back(told->notice.kind);
  }
}

std::uint32_t QueueStory::letters() const { return std::accumulate(sent_.begin(), sent_.end(), 0u); }

std::vector<Fact> QueueStory::facts(FactKind kind) const {
  std::vector<Fact> facts;
  std::ranges::copy_if(facts_, std::back_inserter(facts), [&](const Fact& fact) { return fact.kind == kind; });
  return facts;
}

}  // namespace paygrid::lock::tests
