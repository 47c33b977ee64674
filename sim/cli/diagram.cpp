#include "sim/cli/diagram.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/replay/player.hpp"
#include "sim/replay/wording.hpp"

namespace paygrid::cli {

namespace {

using report::SpaceTime;
using world::StepKind;

// The narrative up to its first stop or colon.
std::string title_of(const replay::Script& script) {
  std::string title;
  for (const std::string& line : script.header) {
    if (!line.starts_with("# ")) break;
    title += (title.empty() ? "" : " ") + line.substr(2);
    const std::size_t stop = std::min(title.find(". "), title.find(": "));
    if (stop != std::string::npos) return title.substr(0, stop);
    if (title.ends_with('.') || title.ends_with(':')) return title.substr(0, title.size() - 1);
  }
  return title;
}

class Sketch {
 public:
  Sketch(const world::World& world, const replay::Script& script)
      : description_(world.description()), wording_(world.description(), world.protocol()) {
    for (std::uint32_t id = 0; id < description_.processes(); ++id) sketch_.columns.push_back(wording_.name({id}));
    sketch_.title = title_of(script);
    for (const world::Packet& packet : world.setup().packets) way_.push_back({packet, 0, false});
  }

  SpaceTime draw(const replay::Played& played) {
    for (const replay::PlayedStep& step : played.steps) {
      ++now_;
      sketch_.rows.push_back({now_, wording_.step(step.step)});
      draw_step(step.step);
      for (const replay::Effect& effect : step.effects) draw_effect(effect, step);
    }
    sketch_.end = now_ + 1;
    for (const Traveller& traveller : way_) arrow(traveller, sketch_.end, SpaceTime::Fate::kOnTheWay);
    for (const auto& [process, since] : down_) span(process, since, sketch_.end + 1, SpaceTime::SpanKind::kDown);
    for (const auto& [who, since] : in_doubt_) span(who.first, since, sketch_.end, SpaceTime::SpanKind::kInDoubt);
    if (cut_since_ > 0) sketch_.cuts.push_back({cut_since_, sketch_.end, {}});
    return std::move(sketch_);
  }

 private:
  struct Traveller {
    world::Packet packet;
    SpaceTime::Date sent_at = 0;
    bool repeated = false;
  };

  void arrow(const Traveller& traveller, SpaceTime::Date ended_at, SpaceTime::Fate fate) {
    const world::Packet& packet = traveller.packet;
    sketch_.arrows.push_back({packet.from.value, packet.to.value, traveller.sent_at, ended_at, fate, traveller.repeated,
                              wording_.message_name(packet.message)});
  }
  void mark(core::NodeId process, SpaceTime::MarkKind kind, std::string text) {
    sketch_.marks.push_back({process.value, now_, kind, std::move(text)});
  }
  void span(core::NodeId process, SpaceTime::Date from, SpaceTime::Date to, SpaceTime::SpanKind kind) {
    sketch_.spans.push_back({process.value, from, to, kind});
  }

  std::vector<Traveller>::iterator find(const world::Packet& packet) {
    return std::ranges::find(way_, packet, &Traveller::packet);
  }

  // What a member sent when it started is on the way before the first step.
  std::vector<Traveller>::iterator on_the_way(const world::Packet& packet) {
    const auto sent = find(packet);
    return sent != way_.end() ? sent : way_.insert(sent, {packet, 0, false});
  }

  void draw_step(const world::Step& step) {
    switch (step.kind) {
      case StepKind::kDeliver:
      case StepKind::kDrop: {
        const auto traveller = on_the_way({step.peer, step.process, step.message});
        const bool heard = step.kind == StepKind::kDeliver && !down_.contains(step.process);
        arrow(*traveller, now_, heard ? SpaceTime::Fate::kDelivered : SpaceTime::Fate::kLost);
        way_.erase(traveller);
        return;
      }
      case StepKind::kDuplicate: {
        const auto traveller = on_the_way({step.peer, step.process, step.message});
        traveller->repeated = true;
        return arrow(*traveller, now_, SpaceTime::Fate::kDelivered);
      }
      case StepKind::kForge:
        return mark(step.process, SpaceTime::MarkKind::kNote,
                    wording_.message_name(step.message) + " forged from " + wording_.name(step.peer));
      case StepKind::kFire: return mark(step.process, SpaceTime::MarkKind::kTimer, wording_.timer_name(step.timer));
      case StepKind::kCrash: return crash(step.process);
      case StepKind::kPause: return mark(step.process, SpaceTime::MarkKind::kNote, "stands still");
      case StepKind::kResume: return mark(step.process, SpaceTime::MarkKind::kNote, "goes on");
      case StepKind::kWipe: return mark(step.process, SpaceTime::MarkKind::kNote, "loses its disk");
      case StepKind::kRecover:
        span(step.process, down_[step.process], now_, SpaceTime::SpanKind::kDown);
        down_.erase(step.process);
        return mark(step.process, SpaceTime::MarkKind::kNote, "recovers");
      case StepKind::kSuspect:
        return mark(step.process, SpaceTime::MarkKind::kSuspicion, "suspects " + wording_.name(step.peer));
      case StepKind::kTrust: return mark(step.process, SpaceTime::MarkKind::kSuspicion, "trusts " + wording_.name(step.peer));
      case StepKind::kPartition:
        side_ = step.side;
        cut_since_ = now_;
        return;
      case StepKind::kHeal:
        sketch_.cuts.push_back({cut_since_, now_, {}});
        side_ = 0;
        cut_since_ = 0;
        return;
      case StepKind::kSubmit:
      case StepKind::kPersist: return;
    }
  }

  void crash(core::NodeId process) {
    down_[process] = now_;
    for (auto window = in_doubt_.begin(); window != in_doubt_.end();) {
      const bool own = window->first.first == process;
      if (own) span(process, window->second, now_, SpaceTime::SpanKind::kInDoubt);
      window = own ? in_doubt_.erase(window) : std::next(window);
    }
  }

  void draw_effect(const replay::Effect& effect, const replay::PlayedStep& step) {
    const std::string record(core::name_of(effect.record.kind));
    switch (effect.kind) {
      case replay::EffectKind::kSent: return send(effect);
      case replay::EffectKind::kWritten:
        if (effect.forced && !has(step, replay::EffectKind::kDurable, effect.record))
          mark(effect.process, SpaceTime::MarkKind::kForced, record);
        return;
      case replay::EffectKind::kDurable:
        // Named where it was forced, unless that is here.
        if (effect.forced) {
          const bool named_before = !has(step, replay::EffectKind::kWritten, effect.record);
          mark(effect.process, SpaceTime::MarkKind::kDurable, named_before ? std::string() : record);
        }
        return;
      case replay::EffectKind::kFact: return fact(effect.process, effect.fact);
      case replay::EffectKind::kSentToSelf:
      case replay::EffectKind::kTimerSet:
      case replay::EffectKind::kTimerCancelled: return;
    }
  }

  static bool has(const replay::PlayedStep& step, replay::EffectKind kind, const core::Record& record) {
    return std::ranges::any_of(step.effects, [&](const replay::Effect& effect) {
      return effect.kind == kind && effect.record == record;
    });
  }

  void send(const replay::Effect& effect) {
    const Traveller traveller{{effect.process, effect.peer, effect.message}, now_, false};
    const bool outside = !description_.retries && effect.peer.value >= description_.servers_end();
    if (outside) return arrow(traveller, now_, SpaceTime::Fate::kDelivered);
    const bool cut = ((side_ >> effect.process.value ^ side_ >> effect.peer.value) & 1u) != 0;
    if (cut) return arrow(traveller, now_, SpaceTime::Fate::kLost);
    if (find(traveller.packet) == way_.end()) way_.push_back(traveller);
  }

  void fact(core::NodeId process, const core::Fact& fact) {
    if (fact.kind == core::FactKind::kInDoubt) in_doubt_[{process, fact.txn}] = now_;
    if (fact.kind != core::FactKind::kDecided) return;
    const bool committed = static_cast<core::Outcome>(fact.argument) == core::Outcome::kCommitted;
    mark(process, committed ? SpaceTime::MarkKind::kCommitted : SpaceTime::MarkKind::kAborted, committed ? "commit" : "abort");
    const auto window = in_doubt_.find({process, fact.txn});
    if (window == in_doubt_.end()) return;
    span(process, window->second, now_, SpaceTime::SpanKind::kInDoubt);
    in_doubt_.erase(window);
  }

  const world::Description& description_;
  replay::Wording wording_;
  SpaceTime sketch_;
  SpaceTime::Date now_ = 0;
  std::uint32_t side_ = 0;
  SpaceTime::Date cut_since_ = 0;  // 0: the network is whole
  std::vector<Traveller> way_;
  std::map<core::NodeId, SpaceTime::Date> down_;
  std::map<std::pair<core::NodeId, core::TxnId>, SpaceTime::Date> in_doubt_;
};

}  // namespace

report::SpaceTime diagram_of(const replay::Script& script) {
  const auto world = replay::world_of(script);
  return Sketch(*world, script).draw(replay::play_steps(script, *world));
}

}  // namespace paygrid::cli
