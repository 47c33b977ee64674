// FlatMap behaves as std::map does, under every order of operations and whatever the collisions.
#include "models/core/flat_map.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "models/core/digest.hpp"
#include "models/core/id.hpp"

namespace paygrid::core {
namespace {

// A key whose home slot the test chooses: equal homes collide, high homes make runs wrap around the end of the table.
struct Placed {
  std::uint32_t name{};
  std::uint32_t home{};
  auto operator<=>(const Placed&) const = default;
};
std::uint64_t hash_of(Placed key) { return key.home; }

// A key that is its own hash, as transaction ids nearly are, and that counts how often it is looked at.
std::uint64_t looks = 0;
struct Counted {
  std::uint32_t name{};
  auto operator<=>(const Counted&) const = default;
  bool operator==(const Counted& other) const {
    ++looks;
    return name == other.name;
  }
};
std::uint64_t hash_of(Counted key) {
  ++looks;
  return key.name;
}

template <class Key, class Value>
void assert_same(const FlatMap<Key, Value>& map, const std::map<Key, Value>& oracle) {
  RC_ASSERT(map.size() == oracle.size());
  RC_ASSERT(map.empty() == oracle.empty());
  for (const auto& [key, value] : oracle) {
    RC_ASSERT(map.find(key) != nullptr);
    RC_ASSERT(*map.find(key) == value);
  }
  std::vector<std::pair<Key, Value>> seen;
  map.for_each_sorted([&](const Key& key, const Value& value) { seen.emplace_back(key, value); });
  RC_ASSERT(std::equal(seen.begin(), seen.end(), oracle.begin(), oracle.end(), [](const auto& a, const auto& b) {
    return a.first == b.first && a.second == b.second;
  }));
}

struct Operation {
  enum class What : std::uint8_t { kAssign, kErase, kClear };
  What what{};
  std::uint32_t name{};
  int value{};
};
std::ostream& operator<<(std::ostream& out, const Operation& operation) {
  return out << static_cast<int>(operation.what) << '/' << operation.name << '/' << operation.value;
}

rc::Gen<std::vector<Operation>> operations() {
  return rc::gen::container<std::vector<Operation>>(rc::gen::construct<Operation>(
      rc::gen::weightedElement<Operation::What>(
          {{20, Operation::What::kAssign}, {14, Operation::What::kErase}, {1, Operation::What::kClear}}),
      rc::gen::inRange<std::uint32_t>(0, 40), rc::gen::arbitrary<int>()));
}

template <class Key, class KeyOf>
void compare_with_std_map(const std::vector<Operation>& steps, KeyOf key_of) {
  FlatMap<Key, int> map;
  std::map<Key, int> oracle;
  for (const Operation& step : steps) {
    const Key key = key_of(step.name);
    switch (step.what) {
      case Operation::What::kAssign: oracle[key] = map[key] = step.value; break;
      case Operation::What::kErase:
        RC_ASSERT(map.erase(key) == (oracle.erase(key) == 1));
        RC_ASSERT(!map.contains(key));
        break;
      case Operation::What::kClear:
        map.clear();
        oracle.clear();
        break;
    }
    assert_same(map, oracle);
  }
}

RC_GTEST_PROP(FlatMap, AgreesWithStdMap, ()) {
  compare_with_std_map<AccountId>(*operations(), [](std::uint32_t name) { return AccountId{name}; });
}

RC_GTEST_PROP(FlatMap, AgreesWithStdMapWhenRunsCollideAndWrapAround, ()) {
  const auto homes = *rc::gen::container<std::vector<std::uint32_t>>(40, rc::gen::element(0u, 1u, 5u, 6u, 7u, 14u, 15u, 63u));
  compare_with_std_map<Placed>(*operations(), [&](std::uint32_t name) { return Placed{name, homes[name]}; });
}

RC_GTEST_PROP(FlatMap, EqualityAndDigestDependOnContentAlone,
              (std::map<std::uint32_t, int> content, std::vector<std::uint32_t> passing)) {
  FlatMap<AccountId, int> ascending;
  for (const auto& [key, value] : content) ascending[AccountId{key}] = value;
  FlatMap<AccountId, int> detoured;
  for (const std::uint32_t key : passing) detoured[AccountId{key}] = 7;
  for (auto entry = content.rbegin(); entry != content.rend(); ++entry) detoured[AccountId{entry->first}] = entry->second;
  for (const std::uint32_t key : passing)
    if (!content.contains(key)) detoured.erase(AccountId{key});
  RC_ASSERT(ascending == detoured);
  Digest first, second;
  first.add(ascending);
  second.add(detoured);
  RC_ASSERT(first.value() == second.value());

  if (content.empty()) return;
  detoured[AccountId{content.begin()->first}] ^= 1;
  RC_ASSERT(!(ascending == detoured));
  Digest third;
  third.add(detoured);
  RC_ASSERT(first.value() != third.value());
}

TEST(FlatMap, EqualSizesWithDifferentKeysAreUnequal) {
  FlatMap<AccountId, int> a, b;
  a[AccountId{1}] = 5;
  b[AccountId{2}] = 5;
  EXPECT_FALSE(a == b);
}

TEST(FlatMap, EraseClosesAHoleAcrossTheEndOfTheTable) {
  FlatMap<Placed, std::string> map;  // capacity 8: homes 6, 6, 6, 7, 0 occupy slots 6, 7, 0, 1, 2
  const std::vector<Placed> keys{{1, 6}, {2, 6}, {3, 6}, {4, 7}, {5, 0}};
  for (const Placed key : keys) map[key] = std::to_string(key.name);
  EXPECT_TRUE(map.erase(keys[0]));
  for (std::size_t at = 1; at < keys.size(); ++at) {
    ASSERT_NE(map.find(keys[at]), nullptr) << "key " << keys[at].name << " was cut off by the hole";
    EXPECT_EQ(*map.find(keys[at]), std::to_string(keys[at].name));
  }
}

TEST(FlatMap, ARunOfConsecutiveKeysIsNotWalked) {
  FlatMap<Counted, int> map;
  constexpr std::uint32_t kAlive = 1000;
  for (std::uint32_t name = 0; name < kAlive; ++name) map[{name}] = 1;
  looks = 0;
  constexpr std::uint32_t kSteps = 10'000;
  for (std::uint32_t name = kAlive; name < kAlive + kSteps; ++name) {
    map[{name}] = 1;
    ASSERT_TRUE(map.contains({name - kAlive / 2}));
    ASSERT_FALSE(map.contains({name + 2048 - kAlive / 2})) << "absent, with its home inside the run";
    ASSERT_TRUE(map.erase({name - kAlive}));
  }
  EXPECT_LT(looks, 16u * kSteps);
}

TEST(FlatMap, AMovedFromMapIsEmptyAndUsable) {
  FlatMap<AccountId, int> source;
  source[AccountId{1}] = 1;
  const FlatMap<AccountId, int> target = std::move(source);
  EXPECT_EQ(target.size(), 1u);
  EXPECT_EQ(source.find(AccountId{1}), nullptr);  // NOLINT(bugprone-use-after-move): that is the claim
  source[AccountId{2}] = 2;
  EXPECT_EQ(source.size(), 1u);
}

TEST(FlatMap, AnErasedValueIsReleasedAtOnce) {
  FlatMap<AccountId, std::shared_ptr<int>> map;
  const auto value = std::make_shared<int>(1);
  map[AccountId{1}] = value;
  map[AccountId{2}] = value;
  map.erase(AccountId{1});
  EXPECT_EQ(value.use_count(), 2);
  map.clear();
  EXPECT_EQ(value.use_count(), 1);
}

}  // namespace
}  // namespace paygrid::core
