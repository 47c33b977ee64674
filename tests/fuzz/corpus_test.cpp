// The fuzzer's entry point in every build: the scenarios that ship, the malformed ones and the fuzzer's own corpus, as they are
// and mutated. The same mutants in every run.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <vector>

#include "tests/fuzz/loader_promise.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace paygrid::fuzz {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr int kMutantsOfEach = 200;

struct Seed {
  std::string name;
  std::string text;
};

const std::vector<Seed>& corpus() {
  static const std::vector<Seed> kCorpus = [] {
    std::vector<Seed> seeds;
    for (const char* folder : {"/scenarios", "/tests/scenario/malformed", "/tests/fuzz/corpus"}) {
      for (const auto& entry : fs::recursive_directory_iterator(std::string(PAYGRID_SOURCE_DIR) + folder)) {
        if (entry.path().extension() != ".yaml") continue;
        std::ostringstream text;
        text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        seeds.push_back({entry.path().string(), text.str()});
      }
    }
    std::ranges::sort(seeds, {}, &Seed::name);
    return seeds;
  }();
  return kCorpus;
}

// Words that matter to the grammar and that chance would take long to spell.
constexpr std::array kWords{
    "\n"sv, "  "sv, ": "sv, "- "sv, "{"sv, "}"sv, "["sv, "]"sv, "\""sv, "~"sv, "\t"sv, "\0\xff"sv, "&a "sv, "*a"sv, "<<: "sv,
    "!!str "sv, "#--set "sv, "0"sv, "-1"sv, "1e400"sv, "99999999999999999999"sv, "100%"sv, "1.5ms"sv, "EUR 0.001"sv,
    "constant("sv, "empirical(1ms, "sv, "forever"sv, "role(coordinator)"sv};

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : dice_(seed) {}

  std::string mutant_of(std::string text) {
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) change(text);
    return text;
  }

 private:
  // In [0, end), or 0. The bias of the remainder is of no concern; the same figures on every platform are.
  std::size_t below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(dice_() % end); }
  std::string_view part_of(std::string_view text) { return text.substr(below(text.size()), 1 + below(40)); }

  // What stays well-formed reaches deepest: other figures, and keys that come and go.
  void change_figure(std::string& text) {
    const std::size_t digit = text.find_first_of("0123456789", below(text.size()));
    if (digit != std::string::npos) text[digit] = static_cast<char>('0' + below(10));
  }
  void drop_line(std::string& text) {
    const std::size_t end = text.find('\n', below(text.size()));
    if (end == std::string::npos) return;
    const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    text.erase(begin, end + 1 - begin);
  }

  void change(std::string& text) {
    const std::size_t at = below(text.size());
    const std::string& other = corpus()[below(corpus().size())].text;
    switch (below(10)) {
      case 0: if (!text.empty()) text[at] = static_cast<char>(dice_() & 0xff); break;
      case 1: text.erase(at, 1 + below(20)); break;
      case 2: text.insert(at, std::string(part_of(text))); break;
      case 3: text.insert(at, kWords[below(kWords.size())]); break;
      case 4: text.replace(at, 1 + below(20), part_of(other)); break;
      case 5: text.resize(at); text += std::string_view(other).substr(below(other.size())); break;
      case 6: drop_line(text); break;
      case 7:
      case 8:
      case 9: change_figure(text); break;
    }
  }

  std::mt19937_64 dice_;
};

TEST(LoaderPromise, HoldsForTheWholeCorpus) {
  ASSERT_GE(corpus().size(), 60u);
  for (const Seed& seed : corpus()) EXPECT_EQ(ask_loader(seed.text).broken, "") << seed.name;
}

TEST(LoaderPromiseSlow, HoldsForMutantsOfTheCorpus) {
  int accepted = 0;
  int refused = 0;
  for (const Seed& seed : corpus()) {
    Mutator mutator(static_cast<std::uint64_t>(&seed - corpus().data()));
    for (int i = 0; i < kMutantsOfEach; ++i) {
      const std::string mutant = mutator.mutant_of(seed.text);
      const LoaderAnswer answer = ask_loader(mutant);
      ASSERT_EQ(answer.broken, "") << "mutant " << i << " of " << seed.name << ":\n" << mutant;
      ++(answer.accepted ? accepted : refused);
    }
  }
  EXPECT_GT(accepted, kMutantsOfEach) << "some mutants must get through to the resolved text";
  EXPECT_GT(refused, kMutantsOfEach);
}

TEST(FuzzerEntry, ReturnsForAcceptedAndForRefusedTexts) {
  for (const Seed& seed : corpus())
    EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(seed.text.data()), seed.text.size()), 0)
        << seed.name;
}

}  // namespace
}  // namespace paygrid::fuzz
