#include "tests/specs/published/catalogue.hpp"

#include <algorithm>
#include <stdexcept>

#include "tests/specs/published/acp.hpp"
#include "tests/specs/published/paxos_commit.hpp"
#include "tests/specs/published/tcommit.hpp"
#include "tests/specs/published/two_phase.hpp"

namespace paygrid::specs {

namespace {

using Sizes = std::span<const std::uint32_t>;

template <Broadcast broadcast>
std::unique_ptr<Spec> make_atomic_commitment(Sizes sizes) {
  return atomic_commitment(broadcast, sizes[0]);
}

std::string usage_of(const Entry& entry) {
  std::string text(entry.name);
  for (const SizeRange& size : entry.sizes)
    text += " <" + std::string(size.what) + ", " + std::to_string(size.min) + " to " + std::to_string(size.max) + ">";
  return text;
}

}  // namespace

const std::vector<Entry>& catalogue() {
  // A whole state is one value of one member, of which the explorer holds 8 million; it has at most 16 members.
  static const std::vector<Entry> kCatalogue{
      {"tcommit", {{"resource managers", 1, 12}}, [](Sizes sizes) { return tcommit(sizes[0]); }},
      {"twophase", {{"resource managers", 1, 15}}, [](Sizes sizes) { return two_phase(sizes[0]); }},
      {"paxos-commit",
       {{"resource managers", 1, 4}, {"acceptors", 1, 5}, {"highest ballot", 0, 3}},
       [](Sizes sizes) { return paxos_commit(sizes[0], sizes[1], sizes[2]); }},
      {"acp-sb", {{"participants", 1, 4}}, make_atomic_commitment<Broadcast::kSimple>},
      {"acp-nb", {{"participants", 1, 4}}, make_atomic_commitment<Broadcast::kUniform>},
      {"acp-nb-wrong", {{"participants", 1, 4}}, make_atomic_commitment<Broadcast::kHasty>},
  };
  return kCatalogue;
}

std::unique_ptr<Spec> make_spec(std::string_view name, Sizes sizes) {
  const auto entry = std::ranges::find(catalogue(), name, &Entry::name);
  if (entry == catalogue().end())
    throw std::invalid_argument("no specification is named '" + std::string(name) + "'; there are " + usage_of_catalogue());
  bool fits = sizes.size() == entry->sizes.size();
  for (std::size_t at = 0; fits && at < sizes.size(); ++at)
    fits = sizes[at] >= entry->sizes[at].min && sizes[at] <= entry->sizes[at].max;
  if (!fits) {
    std::string given;
    for (const std::uint32_t size : sizes) given += " " + std::to_string(size);
    throw std::invalid_argument("sizes '" + given.substr(given.empty() ? 0 : 1) + "' do not fit; expected " + usage_of(*entry));
  }
  return entry->make(sizes);
}

std::string usage_of_catalogue() {
  std::string text;
  for (const Entry& entry : catalogue()) text += (text.empty() ? "" : ", ") + usage_of(entry);
  return text;
}

}  // namespace paygrid::specs
