#include "sim/explore/liveness.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "sim/explore/state_graph.hpp"

namespace paygrid::explore {

namespace {

using world::StepKind;

constexpr std::uint32_t kUnseen = ~0u;

// A fair step, wherever it is enabled: the same packet, disk, timer, or suspicion.
using FairStep = std::uint64_t;

class Liveness {
 public:
  Liveness(const Model& model, StateGraph& graph) : model_(model), graph_(graph) {}

  // A violation, if there is one: fills in the finding.
  bool find(Finding& finding) {
    for (slot_ = 0; slot_ < graph_.space().members(); ++slot_)
      for (txn_ = 0; txn_ < check::kTxnsMax; ++txn_)
        if (search_components(finding)) return true;
    return false;
  }

 private:
  // One frame of Tarjan's algorithm (1972), iterative.
  struct Frame {
    StateId id;
    std::vector<StateId> targets;
    std::size_t next = 0;
  };

  bool in_doubt(StateId id) {
    graph_.load(id, state_);
    const Local& local = graph_.space().local(state_.locals[slot_]);
    return local.up && (local.in_doubt >> txn_ & 1u) != 0;
  }

  bool is_fair(StateId from, const Successor& successor) {
    switch (successor.kind) {
      case StepKind::kDeliver:
      case StepKind::kPersist:
      case StepKind::kResume:
      case StepKind::kFire:
      case StepKind::kTrust:
      case StepKind::kHeal: return true;
      case StepKind::kSuspect: {
        const core::NodeId peer = graph_.step_of(from, successor).peer;
        graph_.load(from, state_);
        return !graph_.space().local(state_.locals[peer.value]).up;
      }
      case StepKind::kSubmit:
      case StepKind::kDuplicate:
      case StepKind::kDrop:
      case StepKind::kCrash:
      case StepKind::kPause:
      case StepKind::kRecover:
      case StepKind::kWipe:
      case StepKind::kPartition:
      case StepKind::kForge: return false;
    }
    return false;
  }

  static FairStep name_of(const Successor& successor) {
    const bool about_packet = successor.kind == StepKind::kDeliver;
    const FairStep slot = about_packet ? 0 : successor.slot;
    return static_cast<FairStep>(successor.kind) << 40 | slot << 32 | successor.argument;
  }

  static bool is_timer(FairStep step) { return step >> 40 == static_cast<FairStep>(StepKind::kFire); }

  std::set<FairStep> fair_steps(StateId id) {
    const std::vector<StateGraph::Edge> edges = graph_.edges(id);
    std::set<FairStep> steps;
    for (const StateGraph::Edge& edge : edges)
      if (is_fair(id, edge.successor)) steps.insert(name_of(edge.successor));
    return steps;
  }

  void push(StateId id) {
    index_[id] = low_[id] = counter_++;
    stack_.push_back(id);
    on_stack_[id] = true;
    Frame& frame = frames_.emplace_back();
    frame.id = id;
    for (const StateGraph::Edge& edge : graph_.edges(id)) frame.targets.push_back(edge.target);
    std::erase_if(frame.targets, [this](StateId target) { return !doubtful_[target]; });
  }

  bool search_components(Finding& finding) {
    std::vector<StateId> states;
    for (StateId id = 0; id < graph_.size(); ++id)
      if (in_doubt(id)) states.push_back(id);
    return search_within(states, finding);
  }

  // A violation among runs that stay in `states`.
  bool search_within(const std::vector<StateId>& states, Finding& finding) {
    for (const std::vector<StateId>& component : components_of(states)) {
      std::vector<StateId> rest;
      switch (judge(component, rest)) {
        case Trap::kFair: explain(component, finding); return true;
        case Trap::kUnfair: break;
        case Trap::kPerhaps:
          if (search_within(rest, finding)) return true;
          break;
      }
    }
    return false;
  }

  // Strongly connected components of the graph restricted to `states`.
  std::vector<std::vector<StateId>> components_of(const std::vector<StateId>& states) {
    doubtful_.assign(graph_.size(), false);
    for (const StateId id : states) doubtful_[id] = true;
    index_.assign(graph_.size(), kUnseen);
    low_.assign(graph_.size(), 0);
    on_stack_.assign(graph_.size(), false);
    counter_ = 0;
    std::vector<std::vector<StateId>> components;
    for (const StateId root : states) {
      if (index_[root] != kUnseen) continue;
      push(root);
      while (!frames_.empty()) advance(components);
    }
    return components;
  }

  // One move of the depth-first search.
  void advance(std::vector<std::vector<StateId>>& components) {
    Frame& frame = frames_.back();
    if (frame.next < frame.targets.size()) {
      const StateId target = frame.targets[frame.next++];
      if (index_[target] == kUnseen) push(target);
      else if (on_stack_[target]) low_[frame.id] = std::min(low_[frame.id], index_[target]);
      return;
    }
    const StateId id = frame.id;
    frames_.pop_back();
    if (!frames_.empty()) low_[frames_.back().id] = std::min(low_[frames_.back().id], low_[id]);
    if (low_[id] != index_[id]) return;
    std::vector<StateId>& component = components.emplace_back();
    do {
      component.push_back(stack_.back());
      on_stack_[stack_.back()] = false;
      stack_.pop_back();
    } while (component.back() != id);
  }

  enum class Trap : std::uint8_t { kFair, kUnfair, kPerhaps };

  // Whether a fair run can stay in `component` for ever. kPerhaps: only where no timer is left out, in `rest`. A single state is a
  // run that has stopped, or a step that leads back to it.
  Trap judge(const std::vector<StateId>& component, std::vector<StateId>& rest) {
    const std::set<StateId> members(component.begin(), component.end());
    std::set<FairStep> always = fair_steps(component.front());  // enabled all along
    std::set<FairStep> sometimes;                               // timers enabled somewhere
    std::set<FairStep> taken;
    bool moves = false;
    for (const StateId id : component) {
      const std::set<FairStep> here = fair_steps(id);
      std::erase_if(always, [&](FairStep step) { return !here.contains(step); });
      for (const FairStep step : here)
        if (is_timer(step)) sometimes.insert(step);
      for (const StateGraph::Edge& edge : graph_.edges(id)) {
        if (!members.contains(edge.target)) continue;
        moves = true;
        taken.insert(name_of(edge.successor));
      }
    }
    const auto not_taken = [&](FairStep step) { return !taken.contains(step); };
    if (std::ranges::any_of(always, not_taken)) return Trap::kUnfair;
    if (!moves) return always.empty() ? Trap::kFair : Trap::kUnfair;
    std::set<FairStep> owed;
    std::ranges::copy_if(sometimes, std::inserter(owed, owed.end()), not_taken);
    if (owed.empty()) return Trap::kFair;
    for (const StateId id : component) {
      const std::set<FairStep> here = fair_steps(id);
      if (std::ranges::none_of(owed, [&](FairStep step) { return here.contains(step); })) rest.push_back(id);
    }
    return Trap::kPerhaps;
  }

  void explain(const std::vector<StateId>& component, Finding& finding) {
    const StateId entry = *std::ranges::min_element(component);
    finding.verdict = Verdict::kViolated;
    finding.violations = 1;
    finding.counterexample = graph_.path_to(entry);
    finding.loop = component.size() == 1 && fair_steps(entry).empty() ? std::vector<world::Step>{} : loop(component, entry);
    finding.reason = model_.process_names[slot_] + " is in doubt and never learns the outcome: " +
                     (finding.loop.empty() ? "nothing more can happen"
                                           : "the last " + std::to_string(finding.loop.size()) + " steps repeat for ever");
  }

  // A closed walk through `entry` that takes every fair step that is possible all along it.
  std::vector<world::Step> loop(const std::vector<StateId>& component, StateId entry) {
    const std::set<StateId> members(component.begin(), component.end());
    std::vector<world::Step> steps;
    StateId here = entry;
    std::set<FairStep> owed_steps = fair_steps(entry);
    for (const StateId id : component)
      for (const FairStep step : fair_steps(id))
        if (is_timer(step)) owed_steps.insert(step);
    for (const FairStep owed : owed_steps) {
      const auto pays = [&](StateId id, const Successor* taken) {
        return taken != nullptr ? name_of(*taken) == owed : !is_timer(owed) && !fair_steps(id).contains(owed);
      };
      here = walk(members, here, pays, steps);
    }
    walk(members, here, [&](StateId id, const Successor* taken) { return taken == nullptr && id == entry; }, steps);
    return steps;
  }

  // The shortest way, within `members`, to a state or by a step that `ends` accepts; returns where it ends.
  StateId walk(const std::set<StateId>& members, StateId from, const std::function<bool(StateId, const Successor*)>& ends,
               std::vector<world::Step>& steps) {
    struct Came {
      StateId from;
      Successor by;
    };
    std::map<StateId, Came> came;
    std::deque<StateId> queue{from};
    std::optional<Came> last_step;
    StateId end = from;
    bool found = ends(from, nullptr);
    while (!found && !queue.empty()) {
      const StateId at = queue.front();
      queue.pop_front();
      for (const StateGraph::Edge& edge : std::vector<StateGraph::Edge>(graph_.edges(at))) {
        if (!members.contains(edge.target)) continue;
        if (ends(at, &edge.successor)) {
          last_step = Came{at, edge.successor};
          end = at;
          found = true;
          break;
        }
        if (edge.target == from || !came.emplace(edge.target, Came{at, edge.successor}).second) continue;
        if (ends(edge.target, nullptr)) {
          end = edge.target;
          found = true;
          break;
        }
        queue.push_back(edge.target);
      }
    }
    std::vector<world::Step> way;
    for (StateId at = end; at != from; at = came.at(at).from) way.push_back(graph_.step_of(came.at(at).from, came.at(at).by));
    std::ranges::reverse(way);
    steps.insert(steps.end(), way.begin(), way.end());
    if (!last_step) return end;
    steps.push_back(graph_.step_of(last_step->from, last_step->by));
    for (const StateGraph::Edge& edge : graph_.edges(end))
      if (edge.successor.print == last_step->by.print) return edge.target;
    return end;
  }

  const Model& model_;
  StateGraph& graph_;
  std::uint32_t slot_ = 0;
  std::uint32_t txn_ = 0;
  State state_;
  std::vector<bool> doubtful_;
  std::vector<bool> on_stack_;
  std::vector<std::uint32_t> index_;
  std::vector<std::uint32_t> low_;
  std::uint32_t counter_ = 0;
  std::vector<StateId> stack_;
  std::vector<Frame> frames_;
};

}  // namespace

Finding eventually_decided(const Model& model, const Options& options) {
  Finding finding;
  finding.name = "AC5";
  if (model.rules.limit(world::Fault::kTimer) != world::kUnlimited) {
    finding.reason = "the timers are limited: a run that stops for want of a timer says nothing";
    return finding;
  }
  StateGraph graph(model, options);
  if (const auto cut = graph.build()) {
    finding.reason = "the search did not cover every state: " + std::string(name_of(*cut));
    return finding;
  }
  if (Liveness(model, graph).find(finding)) return finding;
  if (!graph.space().marked(Mark::kInDoubt)) {
    finding.reason = "nobody was ever in doubt";
    return finding;
  }
  finding.verdict = Verdict::kHolds;
  finding.reason = "in all " + std::to_string(graph.size()) + " states, on every fair run";
  return finding;
}

}  // namespace paygrid::explore
