// Digest: equal values have equal digests, and what differs anywhere differs in the digest.
#include "models/core/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <tuple>
#include <vector>

namespace paygrid::core {
namespace {

struct Inner {
  std::vector<int> items;
  bool flag{};
  auto fields() const { return std::tie(items, flag); }
};
struct Outer {
  TxnId txn;
  Money money;
  std::vector<Inner> inner;
  FlatMap<AccountId, Inner> map;
  auto fields() const { return std::tie(txn, money, inner, map); }
};

template <class T>
std::uint64_t digest_of(const T& value) {
  Digest digest;
  digest.add(value);
  return digest.value();
}

Outer example() {
  Outer outer{{PaymentId{3}, 1}, Money{-5}, {{{1, 2}, true}, {{}, false}}, {}};
  outer.map[AccountId{9}] = {{4}, true};
  return outer;
}

TEST(Digest, EqualValuesHaveEqualDigests) { EXPECT_EQ(digest_of(example()), digest_of(example())); }

TEST(Digest, EveryFieldAtEveryDepthCounts) {
  std::vector<Outer> variants(7, example());
  variants[1].txn.payment.value = 4;
  variants[2].txn.attempt = 2;
  variants[3].money.minor = 5;
  variants[4].inner[0].items[1] = 3;
  variants[5].inner[1].flag = true;
  variants[6].map[AccountId{9}].items.push_back(0);
  std::set<std::uint64_t> digests;
  for (const Outer& variant : variants) digests.insert(digest_of(variant));
  EXPECT_EQ(digests.size(), variants.size());
}

struct Neighbours {
  std::vector<int> left;
  std::vector<int> right;
  auto fields() const { return std::tie(left, right); }
};

TEST(Digest, TheBoundaryBetweenTwoContainersCounts) {
  EXPECT_NE(digest_of(Neighbours{{1}, {2}}), digest_of(Neighbours{{1, 2}, {}}));
}

RC_GTEST_PROP(Digest, OrderCounts, (std::vector<int> items)) {
  RC_PRE(!items.empty());
  std::vector<int> rotated(items.begin() + 1, items.end());
  rotated.push_back(items.front());
  RC_ASSERT((digest_of(items) == digest_of(rotated)) == (items == rotated));
}

}  // namespace
}  // namespace paygrid::core
