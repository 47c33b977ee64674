#include "analysis/report/diagram/run_diagram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <utility>

#include "analysis/report/diagram/lock_waits.hpp"
#include "analysis/report/output_file.hpp"
#include "analysis/report/diagram/repetition.hpp"
#include "analysis/report/diagram/trace_words.hpp"

namespace paygrid::report {

namespace {

using core::FactKind;
using history::DiskChange;
using history::PacketFate;
using history::ProcessChange;
using history::TimeNs;
using history::TraceLine;
using Date = SpaceTime::Date;

// Rounds that follow one another faster are no retries, and are shown.
constexpr Date kRoundMin = 50'000'000;

// Names of the coordinator's records are long, and its column tells who it is.
std::string record_label(core::RecordKind record) {
  const std::string_view name = core::name_of(record);
  constexpr std::string_view kCoordinator = "COORDINATOR_";
  return name.starts_with(kCoordinator) ? fmt::format("C:{}", name.substr(kCoordinator.size())) : std::string(name);
}

std::string_view outcome_of(const TraceLine& line) {
  return static_cast<core::Outcome>(line.argument) == core::Outcome::kCommitted ? "commit" : "abort";
}

class Sketch {
 public:
  explicit Sketch(const RunDiagramInput& input) : input_(input) {
    choose_columns();
    choose_window();
    for (const TraceLine& line : input.lines) waits_.add(line);
  }

  SpaceTime draw() {
    head();
    for (const TraceLine& line : input_.lines) {
      if (line.at_ns > last_ns_) break;
      draw(line);
    }
    close_all();
    sketch_.folds = folds();
    return std::move(sketch_);
  }

 private:
  bool is_own(const TraceLine& line) const { return line.is_of_payment() && line.txn.payment == input_.payment; }
  bool is_chosen(const TraceLine& line) const {
    return line.is_of_payment() && std::ranges::find(input_.past, line.txn.payment) != input_.past.end();
  }
  // What another payment and its payer say to one another delays nobody.
  bool is_drawn(const TraceLine& line) const {
    if (is_own(line)) return true;
    if (!is_chosen(line) || line.at_ns > last_ns_) return false;
    if (line.what != TraceLine::What::kPacket) return columns_.contains(line.process);
    const std::string& message = input_.names.messages().at(line.message);
    return message != "submit" && message != "answer";
  }
  Date date(TimeNs at_ns) const { return std::max(at_ns, first_ns_) - origin_ns_; }

  // The payer, the coordinator, then the others as they appear.
  void choose_columns() {
    const auto add = [this](std::uint32_t process) {
      if (process == TraceLine::kNobody || !columns_.try_emplace(process, columns_.size()).second) return;
      sketch_.columns.emplace_back(process_name(input_.names, process));
    };
    for (const FactKind first : {FactKind::kSubmitted, FactKind::kBegun})
      for (const TraceLine& line : input_.lines)
        if (is_own(line) && line.what == TraceLine::What::kFact && line.fact == first) add(line.process);
    for (const bool own : {true, false}) {
      for (const TraceLine& line : input_.lines) {
        if (!(own ? is_own(line) : line.what == TraceLine::What::kPacket && is_chosen(line) && is_drawn(line))) continue;
        add(line.process);
        add(line.what == TraceLine::What::kPacket ? line.peer : TraceLine::kNobody);
        if (own) last_ns_ = std::max(last_ns_, line.at_ns);
      }
    }
  }

  void choose_window() {
    const auto own = std::ranges::find_if(input_.lines, [this](const TraceLine& line) { return is_own(line); });
    origin_ns_ = own->at_ns;
    last_ns_ = origin_ns_;
    for (const TraceLine& line : input_.lines) {
      const bool is_forced =
          line.what != TraceLine::What::kDisk || line.disk_change == DiskChange::kForced || is_being_written(line);
      if (is_own(line) && is_forced) last_ns_ = std::max(last_ns_, line.at_ns);
      if (is_own(line) && line.what == TraceLine::What::kDisk && line.disk_change == DiskChange::kForced)
        written_.push_back(key_of(line));
    }
    first_ns_ = origin_ns_;
    for (const TraceLine& line : input_.lines)
      if (is_drawn(line)) first_ns_ = std::min(first_ns_, line.at_ns);
  }

  using WriteKey = std::tuple<std::uint32_t, core::RecordKind, core::TxnId>;
  static WriteKey key_of(const TraceLine& line) { return {line.process, line.record, line.txn}; }
  bool is_being_written(const TraceLine& line) const { return std::ranges::find(written_, key_of(line)) != written_.end(); }

  void head() {
    sketch_.title = input_.title;
    sketch_.to_scale = true;
    sketch_.origin_ns = origin_ns_;
    sketch_.end = last_ns_ - origin_ns_;
    sketch_.notes.push_back(fmt::format("0 is {} ms of the run", milliseconds_text(origin_ns_)));
    if (input_.past.size() < 2) return;
    std::vector<std::uint32_t> others;
    for (auto payment = input_.past.begin() + 1; payment != input_.past.end(); ++payment) others.push_back(payment->value);
    sketch_.notes.push_back(
        fmt::format("pale: payments whose locks it waited for: {}{}", fmt::join(others, ", "),
                    input_.left_out > 0 ? fmt::format(", and {} more that are not drawn", input_.left_out) : ""));
  }

  void draw(const TraceLine& line) {
    if (line.what == TraceLine::What::kProcess) return draw_process(line);
    if (line.what == TraceLine::What::kFault) return draw_fault(line);
    if (!is_drawn(line)) return;
    if (line.what == TraceLine::What::kPacket) return draw_packet(line);
    if (line.what == TraceLine::What::kDisk) return draw_disk(line);
    draw_fact(line);
  }

  std::string suffix(const TraceLine& line) const { return is_own(line) ? "" : fmt::format(" #{}", line.txn.payment.value); }
  std::string hover(const TraceLine& line) const {
    const std::string of =
        line.is_of_payment() ? fmt::format("\npayment {}, attempt {}", line.txn.payment.value, line.txn.attempt) : "";
    return fmt::format("{} {}{}\nat {} ms", process_name(input_.names, line.process), deed(line, input_.names), of,
                       milliseconds_text(line.at_ns));
  }

  void mark(const TraceLine& line, SpaceTime::MarkKind kind, std::string text) {
    const bool aside = line.is_of_payment() && !is_own(line);
    if (aside && kind == SpaceTime::MarkKind::kDot) return;
    sketch_.marks.push_back({static_cast<std::uint32_t>(columns_.at(line.process)), date(line.at_ns), kind,
                             text.empty() ? text : text + (aside ? suffix(line) : ""), hover(line), aside, line.id});
  }

  void draw_packet(const TraceLine& line) {
    switch (line.fate) {
      case PacketFate::kSent:
        return leave(line, input_.names.messages().at(line.message), "sent");
      case PacketFate::kForged:
      case PacketFate::kReplayed:
        return leave(line, fmt::format("{} {}", history::name_of(line.fate), input_.names.messages().at(line.message)),
                     history::name_of(line.fate));
      case PacketFate::kAltered:
        return alter(line);
      case PacketFate::kDuplicated:
        return copy(line);
      case PacketFate::kDelivered:
        return arrive(line, SpaceTime::Fate::kDelivered);
      case PacketFate::kLost:
      case PacketFate::kCut:
      case PacketFate::kReceiverDown:
      case PacketFate::kExpired:
      case PacketFate::kCorrupted:
      case PacketFate::kRejected:
        return arrive(line, SpaceTime::Fate::kLost);
      case PacketFate::kLocal:
        return mark(line, SpaceTime::MarkKind::kDot, {});
    }
  }

  // An arrow begins at whom the message names as its sender.
  void leave(const TraceLine& line, std::string label, std::string_view deed_of_it) {
    travellers_[line.packet] = {sketch_.arrows.size(), 1};
    sketch_.arrows.push_back({column(line.process), column(line.peer), date(line.at_ns), sketch_.end, SpaceTime::Fate::kOnTheWay,
                              false, std::move(label) + suffix(line),
                              fmt::format("{}\n{} at {} ms", message_words(line, input_.names), deed_of_it,
                                          milliseconds_text(line.at_ns)),
                              !is_own(line), line.id, 0});
  }

  void alter(const TraceLine& line) {
    const auto traveller = travellers_.find(line.packet);
    if (traveller == travellers_.end()) return;
    SpaceTime::Arrow& arrow = sketch_.arrows[traveller->second.arrow];
    arrow.text += fmt::format(" altered to {}", input_.names.messages().at(line.message));
    arrow.hover += fmt::format("\naltered at {} ms to {}", milliseconds_text(line.at_ns), message_words(line, input_.names));
  }

  struct Traveller {
    std::size_t arrow = 0;  // of the copy that ends next
    std::uint32_t copies = 0;
  };

  void copy(const TraceLine& line) {
    const auto traveller = travellers_.find(line.packet);
    if (traveller == travellers_.end()) return;
    ++traveller->second.copies;
    SpaceTime::Arrow twin = sketch_.arrows[traveller->second.arrow];
    twin.repeated = true;
    sketch_.arrows.push_back(std::move(twin));
    copies_.emplace(line.packet, sketch_.arrows.size() - 1);
  }

  void arrive(const TraceLine& line, SpaceTime::Fate fate) {
    const auto traveller = travellers_.find(line.packet);
    if (traveller == travellers_.end()) return;
    SpaceTime::Arrow& arrow = sketch_.arrows[traveller->second.arrow];
    arrow.ended_at = date(line.at_ns);
    arrow.ended_event = line.id;
    arrow.fate = fate;
    arrow.hover += fmt::format("\n{} at {} ms", fate == SpaceTime::Fate::kDelivered ? "arrived" : history::name_of(line.fate),
                               milliseconds_text(line.at_ns));
    const auto twin = copies_.find(line.packet);
    if (twin == copies_.end()) {
      travellers_.erase(traveller);
      return;
    }
    traveller->second.arrow = twin->second;
    copies_.erase(twin);
  }

  void draw_disk(const TraceLine& line) {
    switch (line.disk_change) {
      case DiskChange::kForced:
        writes_[key_of(line)] = line;
        return;
      case DiskChange::kAppended:
        return mark(line, SpaceTime::MarkKind::kDot, {});
      case DiskChange::kDurable:
      case DiskChange::kLost:
      case DiskChange::kTorn:
      case DiskChange::kReported: {
        const auto write = writes_.find(key_of(line));
        if (write == writes_.end()) return mark(line, SpaceTime::MarkKind::kDot, {});
        written(write->second, moment(line), std::string(history::name_of(line.disk_change)));
        writes_.erase(write);
        return;
      }
    }
  }

  struct Moment {
    TimeNs at_ns = 0;
    std::uint64_t event = 0;
  };
  static Moment moment(const TraceLine& line) { return {line.at_ns, line.id}; }
  Moment end() const { return {last_ns_, input_.lines.back().id}; }

  void written(const TraceLine& forced, Moment until, std::string_view end) {
    const std::string text = record_label(forced.record) + (end == "lost" ? " (lost)" : "") + suffix(forced);
    span(forced, until, SpaceTime::SpanKind::kWriting, text,
         fmt::format("{}\n{} at {} ms", hover(forced), end, milliseconds_text(until.at_ns)));
  }

  void span(const TraceLine& begin, Moment until, SpaceTime::SpanKind kind, std::string text, std::string hover_text) {
    if (until.at_ns < first_ns_) return;
    sketch_.spans.push_back({column(begin.process), date(begin.at_ns), date(until.at_ns), kind, std::move(text),
                             std::move(hover_text), begin.is_of_payment() && !is_own(begin), begin.id, until.event});
  }
  std::uint32_t column(std::uint32_t process) const { return static_cast<std::uint32_t>(columns_.at(process)); }

  using Waiting = std::map<std::pair<std::uint32_t, core::TxnId>, TraceLine>;

  void close(Waiting& open, const TraceLine& line, SpaceTime::SpanKind kind) {
    const auto found = open.find({line.process, line.txn});
    if (found == open.end()) return;
    close(found->second, moment(line), kind);
    open.erase(found);
  }
  void close(const TraceLine& begin, Moment until, SpaceTime::SpanKind kind) {
    std::string text;
    if (kind == SpaceTime::SpanKind::kLockWait) {
      std::vector<std::string> others;
      for (const core::PaymentId before : waits_.waited_for(begin.txn.payment))
        others.push_back(fmt::format("#{}", before.value));
      text = others.empty() ? "waits for a lock" : fmt::format("waits for {}", fmt::join(others, ", "));
      if (others.size() > 3)
        text = fmt::format("waits for {} and {} more", fmt::join(others.begin(), others.begin() + 2, ", "), others.size() - 2);
      text += suffix(begin);
    }
    span(begin, until, kind, text, fmt::format("{}\nuntil {} ms", hover(begin), milliseconds_text(until.at_ns)));
  }

  void draw_fact(const TraceLine& line) {
    using Kind = SpaceTime::MarkKind;
    switch (line.fact) {
      case FactKind::kDecided:
        close(doubts_, line, SpaceTime::SpanKind::kInDoubt);
        close(lock_waits_, line, SpaceTime::SpanKind::kLockWait);
        return mark(line, outcome_of(line) == "commit" ? Kind::kCommitted : Kind::kAborted, std::string(outcome_of(line)));
      case FactKind::kInDoubt:
        doubts_.try_emplace({line.process, line.txn}, line);
        return;
      case FactKind::kLockAsked:
      case FactKind::kLockWait:
        lock_waits_.try_emplace({line.process, line.txn}, line);
        return;
      case FactKind::kLockUnwanted:
        return close(lock_waits_, line, SpaceTime::SpanKind::kLockWait);
      case FactKind::kLocked:
        close(lock_waits_, line, SpaceTime::SpanKind::kLockWait);
        return mark(line, Kind::kDot, {});
      case FactKind::kVoted:
        close(lock_waits_, line, SpaceTime::SpanKind::kLockWait);
        return mark(line, Kind::kDot,
                    static_cast<core::Vote>(line.argument) == core::Vote::kYes ? "" : deed(line, input_.names));
      case FactKind::kLockAcquired:
      case FactKind::kDenied:
        close(lock_waits_, line, SpaceTime::SpanKind::kLockWait);
        return mark(line, Kind::kDot, deed(line, input_.names));
      case FactKind::kVoteTimeout:
      case FactKind::kInquired:
      case FactKind::kTerminationStarted:
      case FactKind::kRetried:
        return mark(line, Kind::kTimer, deed(line, input_.names));
      case FactKind::kSubmitted:
      case FactKind::kAnswered:
      case FactKind::kGaveUp:
      case FactKind::kRecoveredOpen:
      case FactKind::kLockDenied:
      case FactKind::kFenced:
      case FactKind::kLockLost:
        return mark(line, Kind::kDot, deed(line, input_.names));
      case FactKind::kBegun:
      case FactKind::kPrecommitDecided:
      case FactKind::kReplied:
      case FactKind::kEnded:
      case FactKind::kPrecommitted:
      case FactKind::kHeld:
      case FactKind::kReleased:
      case FactKind::kPosted:
      case FactKind::kRecovered:
      case FactKind::kLockTaken:
      case FactKind::kLockFreed:
      case FactKind::kLockReleased:
        return mark(line, Kind::kDot, {});
    }
  }

  void draw_process(const TraceLine& line) {
    if (!columns_.contains(line.process)) return;
    switch (line.process_change) {
      case ProcessChange::kStarted:
        return;
      case ProcessChange::kCrashed:
        return crash(line);
      case ProcessChange::kPaused:
        paused_[line.process] = line;
        return;
      case ProcessChange::kRecovered:
        return end_state(down_, line, SpaceTime::SpanKind::kDown, "crashes");
      case ProcessChange::kResumed:
        return end_state(paused_, line, SpaceTime::SpanKind::kPaused, "paused");
      case ProcessChange::kSuspects:
      case ProcessChange::kTrusts:
        if (line.at_ns >= first_ns_ && columns_.contains(line.peer))
          mark(line, SpaceTime::MarkKind::kSuspicion, deed(line, input_.names));
        return;
    }
  }

  void crash(const TraceLine& line) {
    down_[line.process] = line;
    for (auto* open : {&doubts_, &lock_waits_}) {
      const auto kind = open == &doubts_ ? SpaceTime::SpanKind::kInDoubt : SpaceTime::SpanKind::kLockWait;
      for (auto at = open->begin(); at != open->end();) {
        const bool here = at->first.first == line.process;
        if (here) close(at->second, moment(line), kind);
        at = here ? open->erase(at) : std::next(at);
      }
    }
  }

  using States = std::map<std::uint32_t, TraceLine>;
  void end_state(States& states, const TraceLine& line, SpaceTime::SpanKind kind, std::string_view name) {
    const auto state = states.find(line.process);
    if (state == states.end()) return;
    span(state->second, moment(line), kind, std::string(name),
         hover(state->second) + fmt::format("\nuntil {} ms", milliseconds_text(line.at_ns)));
    states.erase(state);
    if (kind == SpaceTime::SpanKind::kDown && line.at_ns >= first_ns_) mark(line, SpaceTime::MarkKind::kDot, "recovers");
  }

  // Crashes and pauses show at their processes. A fault that names processes, none of them here, is no matter of this payment.
  bool concerns(const TraceLine& fault) const {
    if (fault.description.starts_with("crash") || fault.description.starts_with("pause")) return false;
    if (fault.description.find("other") != std::string::npos) return true;
    bool names_any = false;
    for (std::uint32_t process = 0; process < input_.names.processes().size(); ++process) {
      if (fault.description.find(input_.names.processes()[process]) == std::string::npos) continue;
      if (columns_.contains(process)) return true;
      names_any = true;
    }
    return !names_any;
  }

  void draw_fault(const TraceLine& line) {
    if (!concerns(line)) return;
    if (line.begins) {
      faults_[line.fault] = line;
      return;
    }
    const auto begun = faults_.find(line.fault);
    if (begun == faults_.end()) return;
    cut(begun->second, moment(line));
    faults_.erase(begun);
  }

  void cut(const TraceLine& fault, Moment until) {
    if (until.at_ns < first_ns_) return;
    const std::string name = fmt::format("fault {}", fault.fault);
    const std::string words = fmt::format("{}: {}, from {} to {} ms", name, fault.description, milliseconds_text(fault.at_ns),
                                          milliseconds_text(until.at_ns));
    sketch_.cuts.push_back({date(fault.at_ns), date(until.at_ns), name, words, fault.id, until.event});
    sketch_.notes.push_back(words);
  }

  void close_all() {
    for (const auto& [key, line] : writes_) written(line, end(), "not durable");
    for (const auto& [key, line] : doubts_) close(line, end(), SpaceTime::SpanKind::kInDoubt);
    for (const auto& [key, line] : lock_waits_) close(line, end(), SpaceTime::SpanKind::kLockWait);
    for (const auto& [process, line] : down_) span(line, end(), SpaceTime::SpanKind::kDown, "crashes", hover(line));
    for (const auto& [process, line] : paused_) span(line, end(), SpaceTime::SpanKind::kPaused, "paused", hover(line));
    for (const auto& [id, line] : faults_) cut(line, end());
  }

  // What is the same at every round but for the time.
  std::vector<SpaceTime::Fold> folds() const {
    std::vector<Occasion> occasions;
    for (const TraceLine& line : input_.lines) {
      const bool shows = is_own(line) || (line.what == TraceLine::What::kProcess && columns_.contains(line.process)) ||
                         (line.what == TraceLine::What::kFault && concerns(line));
      if (!shows || line.at_ns < first_ns_ || line.at_ns > last_ns_) continue;
      occasions.push_back(
          {date(line.at_ns), fmt::format("{} {} {}", line.process, line.txn.attempt, deed(line, input_.names))});
    }
    std::vector<SpaceTime::Fold> result;
    for (const Repetition& repetition : repetitions(occasions))
      if (repetition.to - repetition.from >= static_cast<Date>(repetition.rounds) * kRoundMin)
        result.push_back({repetition.from, repetition.to, fmt::format("{} more like it", repetition.rounds)});
    return result;
  }

  const RunDiagramInput& input_;
  SpaceTime sketch_;
  LockWaits waits_;
  std::map<std::uint32_t, std::size_t> columns_;  // by process
  TimeNs origin_ns_ = 0;                          // the payment's first occurrence
  TimeNs first_ns_ = 0;                           // the window
  TimeNs last_ns_ = 0;
  std::vector<WriteKey> written_;
  std::map<std::uint64_t, Traveller> travellers_;     // by packet
  std::multimap<std::uint64_t, std::size_t> copies_;  // arrows of further copies, by packet
  std::map<WriteKey, TraceLine> writes_;
  Waiting doubts_;
  Waiting lock_waits_;
  States down_;
  States paused_;
  std::map<std::uint32_t, TraceLine> faults_;
};

}  // namespace

SpaceTime run_diagram(const RunDiagramInput& input) { return Sketch(input).draw(); }

}  // namespace paygrid::report
