#include <algorithm>
#include <random>
#include <vector>

#include "tests/bench/workbench.hpp"

namespace paygrid::bench {

namespace {

struct Event {
  std::int64_t at_ns;
  std::uint64_t sequence;
  std::uint32_t exchange;
  std::uint32_t place;   // 0: coordinator, 1..3: participants
  std::uint32_t stage;   // what just happened
  std::uint32_t unused;
};

bool later(const Event& a, const Event& b) { return a.at_ns != b.at_ns ? a.at_ns > b.at_ns : a.sequence > b.sequence; }

// Stages of one exchange; the order in which a commit takes them.
enum Stage : std::uint32_t { kPrepareArrives, kPreparedWritten, kYesArrives, kCommitWritten, kCommitArrives, kCommittedWritten, kAckArrives };

class BareHeap {
 public:
  std::uint64_t run(std::uint64_t exchanges) {
    left_ = exchanges;
    waiting_.assign(kInFlight, 0);
    for (std::uint32_t exchange = 0; exchange < kInFlight; ++exchange) begin(exchange);
    while (!heap_.empty()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const Event event = heap_.back();
      heap_.pop_back();
      now_ns_ = event.at_ns;
      handle(event);
    }
    return messages_;
  }

 private:
  void begin(std::uint32_t exchange) {
    if (left_ == 0) return;
    --left_;
    waiting_[exchange] = 0;
    for (std::uint32_t place = 1; place <= kParticipants; ++place) push(exchange, place, kPrepareArrives);
  }

  void push(std::uint32_t exchange, std::uint32_t place, Stage stage) {
    const bool write = stage == kPreparedWritten || stage == kCommitWritten || stage == kCommittedWritten;
    const std::int64_t delay = write ? write_(random_) : delay_(random_);
    heap_.push_back({now_ns_ + delay, sequence_++, exchange, place, stage, 0});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  void handle(const Event& event) {
    switch (event.stage) {
      case kPrepareArrives: ++messages_; return push(event.exchange, event.place, kPreparedWritten);
      case kPreparedWritten: return push(event.exchange, event.place, kYesArrives);
      case kYesArrives:
        ++messages_;
        if (++waiting_[event.exchange] == kParticipants) push(event.exchange, 0, kCommitWritten);
        return;
      case kCommitWritten:
        for (std::uint32_t place = 1; place <= kParticipants; ++place) push(event.exchange, place, kCommitArrives);
        return;
      case kCommitArrives: ++messages_; return push(event.exchange, event.place, kCommittedWritten);
      case kCommittedWritten: return push(event.exchange, event.place, kAckArrives);
      case kAckArrives:
        ++messages_;
        if (++waiting_[event.exchange] == 2 * kParticipants) begin(event.exchange);
        return;
    }
  }

  std::vector<Event> heap_;
  std::vector<std::uint32_t> waiting_;
  std::int64_t now_ns_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t left_ = 0;
  std::mt19937_64 random_{1};
  std::uniform_int_distribution<std::int64_t> delay_{kDelayMinNs, kDelayMaxNs};
  std::uniform_int_distribution<std::int64_t> write_{kWriteMinNs, kWriteMaxNs};
};

}  // namespace

Measurement run_bare_heap(std::uint64_t exchanges) {
  BareHeap heap;
  const double start_s = processor_time_s();
  const std::uint64_t messages = heap.run(exchanges);
  return {processor_time_s() - start_s, static_cast<double>(messages), 0};
}

}  // namespace paygrid::bench
