#include "sim/scenario/values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/scenario/data_file.hpp"
#include "sim/scenario/quantity.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::string_view kNumberPattern = "-?[0-9]+(\\.[0-9]+)?";
constexpr std::size_t kNameLengthMax = 64;
constexpr double kBandwidthMax = 1e13;
constexpr Range<std::int64_t> kMemory{std::int64_t{1} << 20, std::int64_t{1} << 50};
// So that the resolved text, which has all samples in it, stays below the limit of a file.
constexpr std::size_t kSamplesOfScenarioMax = 30'000;

nlohmann::json pattern(std::string_view regex) { return {{"type", "string"}, {"pattern", fmt::format("^{}$", regex)}}; }

std::string unit_alternatives(std::span<const UnitName> units) {
  std::string result;
  for (const UnitName& unit : units) result += (result.empty() ? "" : "|") + std::string(unit.name);
  return "(" + result + ")";
}

std::string unit_list(std::span<const UnitName> units) {
  std::vector<std::string> names;
  for (const UnitName& unit : units) names.emplace_back(unit.name);
  return joined(names);
}

std::string duration_pattern() { return std::string(kNumberPattern) + unit_alternatives(duration_units()); }
std::string money_pattern() { return "[A-Z]{3} " + std::string(kNumberPattern); }

std::string distribution_pattern(const std::string& quantity) {
  std::string families;
  for (const Family& family : distribution_families()) {
    std::string arguments;
    for (const Parameter& parameter : family.parameters) {
      // Named arguments may stand in any order, so every place takes every name.
      std::string alternatives;
      for (const Parameter& any : family.parameters) {
        const std::string value = any.type == ParameterType::kQuantity ? quantity
                                  : any.type == ParameterType::kShare  ? std::string(kNumberPattern) + "%"
                                                                       : std::string(kNumberPattern);
        alternatives += fmt::format("{}{} *= *{}", alternatives.empty() ? "" : "|", any.name, value);
        if (any.name == parameter.name) alternatives += "|" + value;
      }
      arguments += fmt::format("{} *({}) *", arguments.empty() ? "" : ",", alternatives);
    }
    if (family.parameters.empty()) arguments = "[^()]+";
    families += fmt::format("{}{}\\({}\\)", families.empty() ? "" : "|", family.name, arguments);
  }
  return "(" + families + ")";
}

template <class T, class Print>
void check_range(const Tree& tree, T value, Range<T> range, Print print) {
  if (value < range.low || value > range.high || value != value)
    fail(tree.place, shown(tree.scalar), fmt::format("{} to {}", print(range.low), print(range.high)));
}

Quantity time_quantity(std::int64_t lowest_ns) { return {read_duration, print_duration, lowest_ns, "10ms"}; }

Quantity money_quantity(core::Currency currency) {
  const auto read = [currency](std::string_view text) -> Reading<std::int64_t> {
    const Reading<Amount> amount = read_money(text);
    if (amount.ok() && amount.value.currency != currency)
      return {0, fmt::format("the ledger is in {}", print_currency(currency))};
    return {amount.value.money.minor, amount.problem};
  };
  const auto print = [currency](std::int64_t minor) { return print_money(core::Money{minor}, currency); };
  return {read, print, 1, print_money(core::Money{1000}, currency)};
}

Distribution decode_distribution(const Tree& tree, Context& context, const Quantity& quantity) {
  const SampleReader samples = [&](const std::string& file) {
    const std::string path = find_data_file(file, context.directory, tree.place);
    return parse_samples(read_file(path, &tree.place), path, quantity);
  };
  const std::string& text = scalar_text(tree, "a distribution such as constant(" + quantity.example + ")");
  Distribution result = read_distribution(text, quantity, tree.place, samples);
  context.samples += result.samples.size();
  if (context.samples > kSamplesOfScenarioMax)
    fail(tree.place, fmt::format("{} samples in all", context.samples),
         fmt::format("at most {} in a scenario", kSamplesOfScenarioMax));
  return result;
}

template <class Integer>
Integer decode_integer(const Tree& tree, Range<Integer> range) {
  const std::string accepted = fmt::format("a whole number, {} to {}", range.low, range.high);
  if (tree.kind != Tree::Kind::kScalar || tree.quoted) fail_value(tree, accepted);
  Integer value = 0;
  const std::string& text = tree.scalar;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error == std::errc::invalid_argument || end != text.data() + text.size()) {
    fail(tree.place, text.empty() ? "an empty text" : shown(text), accepted);
  }
  if (error != std::errc() || value < range.low || value > range.high) fail(tree.place, shown(text), accepted);
  return value;
}

template <class Integer>
Codec<Integer> integer(Range<Integer> range) {
  return {fmt::format("a whole number, {} to {}", range.low, range.high),
          {{"type", "integer"}, {"minimum", range.low}, {"maximum", range.high}},
          nullptr,
          [range](const Tree& tree, Context&) { return decode_integer(tree, range); },
          [](const Integer& value, const Context&) { return Tree::of_scalar(fmt::format("{}", value)); }};
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameLengthMax && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), [](char letter) {
           return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
                  letter == '.' || letter == '_' || letter == '-';
         });
}

// A number or a truth value, which must be quoted where a text is due.
bool is_no_text(const Tree& tree) {
  return tree.is_bare_number() || (!tree.quoted && (tree.scalar == "true" || tree.scalar == "false"));
}

Tree text_tree(const std::string& value) {
  Tree plain = Tree::of_scalar(value);
  plain.quoted = is_no_text(plain);
  return plain;
}

}  // namespace

const std::string& scalar_text(const Tree& tree, std::string_view accepted) {
  if (tree.kind != Tree::Kind::kScalar || tree.scalar.empty()) fail_value(tree, accepted);
  return tree.scalar;
}

Codec<std::string> checked_text(std::string accepted, nlohmann::json schema,
                                std::function<void(const Tree&, const std::string&, const Context&)> check) {
  return {accepted, std::move(schema), nullptr,
          [accepted, check](const Tree& tree, Context& context) {
            const std::string& text = scalar_text(tree, accepted);
            if (is_no_text(tree)) fail_value(tree, accepted);
            check(tree, text, context);
            return text;
          },
          [](const std::string& value, const Context&) { return text_tree(value); }};
}

Codec<std::int64_t> duration(Range<std::int64_t> range) {
  const std::string accepted = "a duration such as 50ms, units " + unit_list(duration_units());
  return {accepted, pattern(duration_pattern()), nullptr,
          [range, accepted](const Tree& tree, Context&) {
            const Reading<std::int64_t> reading = read_duration(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            check_range(tree, reading.value, range, print_duration);
            return reading.value;
          },
          [](const std::int64_t& value, const Context&) { return Tree::of_scalar(print_duration(value)); }};
}

Codec<std::uint32_t> count(Range<std::uint32_t> range) { return integer<std::uint32_t>(range); }

Codec<std::uint64_t> whole_number() { return integer<std::uint64_t>({0, std::numeric_limits<std::uint64_t>::max()}); }

Codec<double> share() {
  const std::string accepted = "a share, 0% to 100%";
  return {accepted, pattern(std::string(kNumberPattern) + "%"), nullptr,
          [accepted](const Tree& tree, Context&) {
            const Reading<double> reading = read_share(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            check_range<double>(tree, reading.value, {0, 1}, print_share);
            return reading.value;
          },
          [](const double& value, const Context&) { return Tree::of_scalar(print_share(value)); }};
}

Codec<double> bandwidth() {
  const std::string accepted = "a bandwidth such as 1Gbps, units " + unit_list(bandwidth_units());
  return {
      accepted, pattern(std::string(kNumberPattern) + unit_alternatives(bandwidth_units())), nullptr,
      [accepted](const Tree& tree, Context&) {
        const Reading<std::int64_t> reading = read_bandwidth(scalar_text(tree, accepted));
        if (!reading.ok()) fail_value(tree, accepted, reading.problem);
        const auto value = static_cast<double>(reading.value);
        check_range<double>(tree, value, {1, kBandwidthMax},
                            [](double limit) { return print_bandwidth(static_cast<std::int64_t>(limit)); });
        return value;
      },
      [](const double& value, const Context&) { return Tree::of_scalar(print_bandwidth(static_cast<std::int64_t>(value))); }};
}

Codec<std::uint64_t> memory_size() {
  const std::string accepted = "a size such as 8GiB, units " + unit_list(size_units());
  return {accepted, pattern(std::string(kNumberPattern) + unit_alternatives(size_units())), nullptr,
          [accepted](const Tree& tree, Context&) {
            const Reading<std::int64_t> reading = read_size(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            check_range(tree, reading.value, kMemory, print_size);
            return static_cast<std::uint64_t>(reading.value);
          },
          [](const std::uint64_t& bytes, const Context&) {
            return Tree::of_scalar(print_size(static_cast<std::int64_t>(bytes)));
          }};
}

Codec<double> number(Range<double> range) {
  const auto print = [](double value) { return print_number(value); };
  const std::string accepted = fmt::format("a number, {} to {}", print(range.low), print(range.high));
  return {accepted,
          {{"type", "number"}, {"minimum", range.low}, {"maximum", range.high}},
          nullptr,
          [range, accepted, print](const Tree& tree, Context&) {
            const Reading<double> reading = read_number(scalar_text(tree, accepted), "");
            if (!reading.ok() || tree.quoted) fail_value(tree, accepted, reading.problem);
            check_range(tree, reading.value, range, print);
            return reading.value;
          },
          [print](const double& value, const Context&) { return Tree::of_scalar(print(value)); }};
}

Codec<double> number_with(std::string suffix, Range<double> range, std::string example) {
  const auto print = [suffix](double value) { return print_number(value, suffix); };
  const std::string accepted = fmt::format("a number such as {}, {} to {}", example, print(range.low), print(range.high));
  return {accepted, pattern(std::string(kNumberPattern) + suffix), nullptr,
          [suffix, range, accepted, print](const Tree& tree, Context&) {
            const Reading<double> reading = read_number(scalar_text(tree, accepted), suffix);
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            check_range(tree, reading.value, range, print);
            return reading.value;
          },
          [print](const double& value, const Context&) { return Tree::of_scalar(print(value)); }};
}

Codec<bool> flag() {
  const std::string accepted = "true or false";
  return {accepted,
          {{"type", "boolean"}},
          nullptr,
          [accepted](const Tree& tree, Context&) {
            const bool plain = tree.kind == Tree::Kind::kScalar && !tree.quoted;
            if (!plain || (tree.scalar != "true" && tree.scalar != "false")) fail_value(tree, accepted);
            return tree.scalar == "true";
          },
          [](const bool& value, const Context&) { return Tree::of_scalar(value ? "true" : "false"); }};
}

Codec<Distribution> time_distribution(std::int64_t lowest_ns) {
  const Quantity quantity = time_quantity(lowest_ns);
  return {"a distribution of durations", pattern(distribution_pattern(duration_pattern())), nullptr,
          [quantity](const Tree& tree, Context& context) { return decode_distribution(tree, context, quantity); },
          [quantity](const Distribution& value, const Context&) {
            return Tree::of_scalar(print_distribution(value, quantity), true);
          }};
}

Codec<double> rate(const std::string& example, Zero zero, std::uint32_t most_per_s) {
  const std::string accepted = fmt::format("a rate such as {}, units /s, /min, /h", example);
  const std::string range = fmt::format("a rate {}{}/s", zero == Zero::kRefused ? "above 0/s, up to " : "from 0/s to ", most_per_s);
  return {accepted, pattern("[0-9]+(\\.[0-9]+)?/(s|min|h)"), nullptr,
          [=](const Tree& tree, Context&) {
            const Reading<double> reading = read_rate(scalar_text(tree, accepted));
            if (!reading.ok()) fail_value(tree, accepted, reading.problem);
            const bool too_low = reading.value < 0 || (zero == Zero::kRefused && reading.value == 0);
            if (too_low || reading.value > most_per_s) fail(tree.place, shown(tree.scalar), range);
            return reading.value;
          },
          [](const double& value, const Context&) { return Tree::of_scalar(print_rate(value), true); }};
}

Codec<core::LockPolicy> lock_policy() {
  std::vector<std::pair<std::string, core::LockPolicy>> words;
  for (std::size_t i = 0; i < core::kLockPolicyNames.size(); ++i)
    words.emplace_back(core::kLockPolicyNames[i], static_cast<core::LockPolicy>(i));
  return choice<core::LockPolicy>(std::move(words), "lock policy");
}

Codec<core::Victim> victim() {
  std::vector<std::pair<std::string, core::Victim>> words;
  for (std::size_t i = 0; i < core::kVictimNames.size(); ++i)
    words.emplace_back(core::kVictimNames[i], static_cast<core::Victim>(i));
  return choice<core::Victim>(std::move(words), "victim");
}

Codec<Distribution> money_distribution() {
  return {
      "a distribution of money", pattern(distribution_pattern(money_pattern())), nullptr,
      [](const Tree& tree, Context& context) { return decode_distribution(tree, context, money_quantity(context.currency)); },
      [](const Distribution& value, const Context& context) {
        return Tree::of_scalar(print_distribution(value, money_quantity(context.currency)), true);
      }};
}

Codec<std::string> name() {
  const std::string accepted = "a name of at most 64 letters, digits, '.', '_' and '-'";
  return checked_text(accepted, pattern("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}"),
                      [accepted](const Tree& tree, const std::string& text, const Context&) {
                        if (!is_name(text)) fail_value(tree, accepted);
                      });
}

Codec<std::string> text(std::string accepted) {
  return checked_text(std::move(accepted), {{"type", "string"}}, [](const Tree&, const std::string&, const Context&) {});
}

Codec<std::string> one_of(std::vector<std::string> words, std::string what) {
  const std::string accepted = joined(words);
  nlohmann::json schema{{"enum", words}};
  return checked_text(accepted, std::move(schema), [=](const Tree& tree, const std::string& text, const Context&) {
    if (std::find(words.begin(), words.end(), text) == words.end())
      fail(tree.place, fmt::format("{} {}", what, shown(text)), accepted, nearest(text, words));
  });
}

}  // namespace paygrid::scenario
