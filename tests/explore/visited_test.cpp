// The set of fingerprints: what it knows, while it grows, and whatever the keys look like.
#include "sim/explore/visited.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/core/id.hpp"

namespace paygrid::explore_test {
namespace {

using explore::Fingerprint;
using explore::Visited;

constexpr std::uint64_t kKeys = 600'000;  // the table grows twice

Fingerprint random_key(std::uint64_t number) { return {core::mix64(2 * number + 1), core::mix64(2 * number + 2)}; }

// As canonical fingerprints are: the least of an orbit of many, so that first words crowd at the low end.
Fingerprint crowded_key(std::uint64_t number) {
  Fingerprint key = random_key(number);
  key.high >>= 20;
  return key;
}

bool always() { return true; }

template <class KeyOf>
void expect_each_to_be_new_once(KeyOf&& key_of) {
  Visited visited;
  for (std::uint64_t number = 0; number < kKeys; ++number) {
    if (number % 10'000 == 0) { ASSERT_TRUE(visited.make_room(number, always)); }
    ASSERT_TRUE(visited.insert(key_of(number))) << number;
  }
  for (std::uint64_t number = 0; number < kKeys; ++number) ASSERT_FALSE(visited.insert(key_of(number))) << number;
}

TEST(Visited, EveryKeyIsNewOnce) { expect_each_to_be_new_once(random_key); }

// Probing from the first word would walk over nearly all keys at each insertion: minutes instead of milliseconds.
TEST(Visited, KeysWhoseFirstWordsCrowdAreSpreadAllTheSame) { expect_each_to_be_new_once(crowded_key); }

TEST(Visited, SaysWhatItWillGrowBy) {
  Visited visited;
  const std::uint64_t before = visited.bytes();
  EXPECT_EQ(visited.growth_for(1000), 0u);
  EXPECT_EQ(visited.growth_for(before / 16), before);
  ASSERT_TRUE(visited.make_room(before / 16, always));
  EXPECT_EQ(visited.bytes(), 2 * before);
}

TEST(Visited, GrowingStopsWhenToldTo) {
  Visited visited;
  EXPECT_FALSE(visited.make_room(visited.bytes() / 16, [] { return false; }));
}

}  // namespace
}  // namespace paygrid::explore_test
