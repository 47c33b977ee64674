#include "sim/timed/event_queue.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <utility>
#include <vector>

namespace paygrid::timed {
namespace {

using Key = std::pair<TimeNs, std::uint64_t>;

struct Popped {
  TimeNs at_ns = 0;
  std::uint64_t sequence = 0;
  int payload = 0;
};

Popped pop(EventQueue<int>& queue) {
  Popped popped;
  const auto take = [&popped](TimeNs at_ns, std::uint64_t sequence, int& payload) { popped = {at_ns, sequence, payload}; };
  queue.pop_until(kNever, take, [](const int&) {});
  return popped;
}

TEST(EventQueue, GivesEventsByTimeThenBySequence) {
  EventQueue<int> queue;
  queue.push(50, 3, 1);
  queue.push(10, 2, 2);
  queue.push(10, 1, 3);
  queue.push(TimeNs{1} << 50, 4, 4);
  EXPECT_EQ(pop(queue).payload, 3);
  EXPECT_EQ(pop(queue).payload, 2);
  EXPECT_EQ(pop(queue).payload, 1);
  EXPECT_EQ(queue.next_time(), TimeNs{1} << 50);
  EXPECT_EQ(pop(queue).payload, 4);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next_time(), kNever);
}

TEST(EventQueue, IgnoresAStaleHandle) {
  EventQueue<int> queue;
  const EventHandle first = queue.push(5, 1, 1);
  pop(queue);
  const EventHandle second = queue.push(6, 2, 2);
  EXPECT_FALSE(queue.cancel(first));
  EXPECT_EQ(queue.size(), 1u);
  EXPECT_TRUE(queue.cancel(second));
  EXPECT_FALSE(queue.cancel(second));
  EXPECT_FALSE(queue.cancel(EventHandle{}));
  EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, TakesAnEventEarlierThanTheOneThatWasPeekedAt) {
  EventQueue<int> queue;
  queue.push(10'000'000'000, 1, 1);
  EXPECT_EQ(queue.next_time(), 10'000'000'000);
  queue.push(3, 2, 2);
  EXPECT_EQ(pop(queue).payload, 2);
}

TEST(EventQueue, AnEventIsHandledWhereItLiesWhileOthersComeAndGo) {
  EventQueue<int> queue;
  const EventHandle handled = queue.push(1, 0, 7);
  const auto busy = [&](TimeNs, std::uint64_t, int& payload) {
    for (int i = 0; i < 5000; ++i) queue.push(2 + i, static_cast<std::uint64_t>(i), int{i});
    EXPECT_FALSE(queue.cancel(handled));
    EXPECT_EQ(payload, 7);
  };
  queue.pop_until(1, busy, [](const int&) {});
  EXPECT_EQ(queue.size(), 5000u);
  EXPECT_EQ(pop(queue).payload, 0);
}

TEST(EventQueue, HandsOutNothingThatIsNotDue) {
  EventQueue<int> queue;
  queue.push(20, 1, 1);
  const auto never = [](TimeNs, std::uint64_t, int&) { FAIL(); };
  EXPECT_FALSE(queue.pop_until(19, never, [](const int&) {}));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(EventQueue, TellsWhatComesNextWhenThatIsNear) {
  constexpr TimeNs kTick = TimeNs{1} << 14;
  EventQueue<int> queue;
  queue.push(10, 1, 1);
  queue.push(20, 2, 2);            // in the same tick
  queue.push(20 + 3 * kTick, 3, 3);
  queue.push(20 + 3000 * kTick, 4, 4);  // far: the queue does not go there early
  std::vector<int> told;
  const auto listen = [&told](const int& next) { told.push_back(next); };
  const auto ignore = [](TimeNs, std::uint64_t, int&) {};
  while (queue.pop_until(kNever, ignore, listen)) {
  }
  EXPECT_EQ(told, (std::vector<int>{2, 3}));
}

TEST(EventQueue, APayloadIsFilledInFromADefaultOneUnlessItMayBeOverwritten) {
  EventQueue<int> queue;
  int found = -1;
  queue.cancel(queue.push(5, 1, 7));
  queue.emplace_over(6, 2, [&found](int& payload) { found = std::exchange(payload, 8); });
  EXPECT_EQ(found, 7) << "the slot of the cancelled event is used again as it is";
  queue.cancel(queue.push(7, 3, 9));
  queue.emplace(8, 4, [&found](int& payload) { found = payload; });
  EXPECT_EQ(found, 0);
  EXPECT_EQ(pop(queue).payload, 8);
}

// The distances that matter: inside a tick, across ticks, across every level of the wheel.
rc::Gen<TimeNs> distance() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 60), rc::gen::inRange<TimeNs>(0, 1000)),
                      [](const std::pair<int, TimeNs>& draw) { return (TimeNs{1} << draw.first) - 1 + draw.second; });
}

RC_GTEST_PROP(EventQueueProperty, AgreesWithAnOrderedMapUnderPushPopAndCancel, ()) {
  EventQueue<int> queue;
  std::map<Key, int> oracle;
  std::vector<std::pair<EventHandle, Key>> handles;
  TimeNs now = 0;
  std::uint64_t sequence = 0;
  const int operations = *rc::gen::inRange(1, 300);
  for (int i = 0; i < operations; ++i) {
    const int choice = *rc::gen::inRange(0, 10);
    if (choice < 5) {
      const TimeNs gap = *distance();
      if (gap > (TimeNs{1} << 61) - now) continue;
      const Key key{now + gap, sequence++};
      const auto over = [i](int& payload) { payload = i; };
      handles.emplace_back(choice < 2 ? queue.emplace_over(key.first, key.second, over)
                                      : queue.push(key.first, key.second, int{i}), key);
      oracle[key] = i;
    } else if (choice < 7 && !handles.empty()) {
      const auto& [handle, key] = handles[*rc::gen::inRange<std::size_t>(0, handles.size())];
      RC_ASSERT(queue.cancel(handle) == (oracle.erase(key) == 1));
    } else if (!oracle.empty()) {
      RC_ASSERT(queue.next_time() == oracle.begin()->first.first);
      const Popped popped = pop(queue);
      RC_ASSERT(popped.at_ns == oracle.begin()->first.first);
      RC_ASSERT(popped.sequence == oracle.begin()->first.second);
      RC_ASSERT(popped.payload == oracle.begin()->second);
      now = popped.at_ns;
      oracle.erase(oracle.begin());
    }
    RC_ASSERT(queue.size() == oracle.size());
  }
}

}  // namespace
}  // namespace paygrid::timed
