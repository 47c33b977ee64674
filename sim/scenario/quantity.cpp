#include "sim/scenario/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "models/core/assert.hpp"
#include "sim/scenario/error.hpp"

namespace paygrid::scenario {
namespace {

// Wide enough for every product of a 64-bit count and a unit; a language extension of both compilers that build this.
__extension__ using Wide = __int128;

constexpr std::size_t kDigitsMax = 18;  // of the whole part, and of the fraction
constexpr std::string_view kDigits = "0123456789";

constexpr std::array<UnitName, 6> kDurationUnits{
    {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"min", 60'000'000'000}, {"h", 3'600'000'000'000}}};
constexpr std::array<UnitName, 7> kBandwidthUnits{{{"B/s", 1},
                                                   {"kB/s", 1'000},
                                                   {"MB/s", 1'000'000},
                                                   {"GB/s", 1'000'000'000},
                                                   {"kbps", 125},
                                                   {"Mbps", 125'000},
                                                   {"Gbps", 125'000'000}}};
constexpr std::array<UnitName, 4> kSizeUnits{{{"B", 1}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}}};
constexpr std::array<UnitName, 3> kRateUnits{{{"/s", 1}, {"/min", 60}, {"/h", 3600}}};
constexpr std::array<CurrencyDecimals, 10> kCurrencies{
    {{"EUR", 2}, {"USD", 2}, {"GBP", 2}, {"JPY", 0}, {"CHF", 2}, {"CNY", 2}, {"INR", 2}, {"BRL", 2}, {"SEK", 2}, {"KWD", 3}}};

// A decimal number taken apart, with the text that follows it.
struct Decimal {
  bool negative = false;
  std::string_view whole;     // at least one digit
  std::string_view fraction;  // without the point
  std::string_view rest;
  std::string_view digits;  // the number itself, with its sign
};

Reading<Decimal> read_decimal(std::string_view text) {
  Decimal decimal;
  std::string_view rest = text;
  decimal.negative = rest.starts_with('-');
  if (decimal.negative) rest.remove_prefix(1);
  const auto take_digits = [&rest] {
    const std::string_view run = rest.substr(0, std::min(rest.find_first_not_of(kDigits), rest.size()));
    rest.remove_prefix(run.size());
    return run;
  };
  decimal.whole = take_digits();
  if (decimal.whole.empty()) return {{}, "not a number"};
  if (rest.size() > 1 && rest[0] == '.' && kDigits.find(rest[1]) != std::string_view::npos) {
    rest.remove_prefix(1);
    decimal.fraction = take_digits();
  }
  decimal.rest = rest;
  decimal.digits = text.substr(0, text.size() - rest.size());
  return {decimal, {}};
}

std::string unknown_unit(std::string_view rest) { return fmt::format("unknown unit \"{}\"", shown(rest.substr(0, 16))); }

// decimal * unit, exactly.
Reading<std::int64_t> scaled(const Decimal& decimal, std::int64_t unit, std::string_view unit_name) {
  std::string_view fraction = decimal.fraction;
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (decimal.whole.size() > kDigitsMax) return {0, "too large"};
  if (fraction.size() > kDigitsMax) return {0, fmt::format("finer than 1{}", unit_name)};
  Wide numerator = 0;
  Wide denominator = 1;
  for (const char digit : decimal.whole) numerator = numerator * 10 + (digit - '0');
  for (const char digit : fraction) numerator = numerator * 10 + (digit - '0'), denominator *= 10;
  // whole < 10^18 and fraction < 10^18 digits: split so that no product leaves 128 bits.
  const Wide whole = numerator / denominator * unit;
  const Wide part = numerator % denominator * unit;
  if (part % denominator != 0) return {0, fmt::format("finer than 1{}", unit_name)};
  const Wide value = whole + part / denominator;
  if (value > std::numeric_limits<std::int64_t>::max()) return {0, "too large"};
  const auto result = static_cast<std::int64_t>(value);
  return {decimal.negative ? -result : result, {}};
}

Reading<std::int64_t> read_with_unit(std::string_view text, std::span<const UnitName> units) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.ok()) return {0, decimal.problem};
  if (decimal.value.rest.empty()) return {0, "no unit"};
  for (const UnitName& unit : units)
    if (unit.name == decimal.value.rest) return scaled(decimal.value, unit.size, units.front().name);
  return {0, unknown_unit(decimal.value.rest)};
}

Reading<double> to_double(std::string_view digits) {
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return {0, "too large"};
  return {value, {}};
}

// The shortest decimal without exponent that reads back as `value`.
std::string shortest(double value) {
  std::array<char, 1100> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  PAYGRID_ASSERT(error == std::errc(), "every double fits its shortest fixed form");
  return {buffer.data(), end};
}

// Moves the decimal point of an unsigned decimal text by two places, to the right (percent) or to the left (share): exact,
// where a multiplication by 100 would not be.
std::string shifted(std::string_view whole, std::string_view fraction, bool right) {
  std::string left(whole);
  std::string behind(fraction);
  if (right) {
    behind.append(behind.size() < 2 ? 2 - behind.size() : 0, '0');
    left += behind.substr(0, 2);
    behind.erase(0, 2);
  } else {
    left.insert(0, left.size() < 3 ? 3 - left.size() : 0, '0');
    behind.insert(0, left.substr(left.size() - 2));
    left.erase(left.size() - 2);
  }
  while (left.size() > 1 && left.front() == '0') left.erase(0, 1);
  while (!behind.empty() && behind.back() == '0') behind.pop_back();
  return behind.empty() ? left : left + "." + behind;
}

std::string print_scaled(std::int64_t value, std::span<const UnitName> ascending) {
  const bool negative = value < 0;
  const auto magnitude = negative ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  UnitName unit = ascending.front();
  for (const UnitName& candidate : ascending)
    if (magnitude >= static_cast<std::uint64_t>(candidate.size)) unit = candidate;
  const auto size = static_cast<std::uint64_t>(unit.size);
  std::string text = fmt::format("{}{}", negative ? "-" : "", magnitude / size);
  if (magnitude % size != 0) {
    std::string fraction = fmt::format("{:0{}}", magnitude % size, fmt::formatted_size("{}", size) - 1);
    while (fraction.ends_with('0')) fraction.pop_back();
    text += "." + fraction;
  }
  return text + std::string(unit.name);
}

}  // namespace

std::span<const UnitName> duration_units() { return kDurationUnits; }
std::span<const UnitName> bandwidth_units() { return kBandwidthUnits; }
std::span<const UnitName> size_units() { return kSizeUnits; }
std::span<const UnitName> rate_units() { return kRateUnits; }
std::span<const CurrencyDecimals> currencies() { return kCurrencies; }

Reading<std::int64_t> read_duration(std::string_view text) { return read_with_unit(text, kDurationUnits); }

// Seconds are the largest unit printed: 90s reads better than 1.5min, and minutes do not divide decimally.
std::string print_duration(std::int64_t ns) { return ns == 0 ? "0s" : print_scaled(ns, std::span(kDurationUnits).first(4)); }

Reading<std::int64_t> read_bandwidth(std::string_view text) { return read_with_unit(text, kBandwidthUnits); }

std::string print_bandwidth(std::int64_t bytes_per_s) { return print_scaled(bytes_per_s, std::span(kBandwidthUnits).first(4)); }

Reading<std::int64_t> read_size(std::string_view text) { return read_with_unit(text, kSizeUnits); }

// In the largest unit of which it is a whole number.
std::string print_size(std::int64_t bytes) {
  const auto unit = std::find_if(kSizeUnits.rbegin(), kSizeUnits.rend(),
                                 [bytes](const UnitName& candidate) { return bytes != 0 && bytes % candidate.size == 0; });
  return unit == kSizeUnits.rend() ? "0B" : fmt::format("{}{}", bytes / unit->size, unit->name);
}

Reading<double> read_rate(std::string_view text) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.ok()) return {0, decimal.problem};
  if (decimal.value.rest.empty()) return {0, "no unit"};
  for (const UnitName& unit : kRateUnits) {
    if (unit.name != decimal.value.rest) continue;
    Reading<double> count = to_double(decimal.value.digits);
    count.value /= static_cast<double>(unit.size);
    return count;
  }
  return {0, unknown_unit(decimal.value.rest)};
}

std::string print_rate(double per_s) { return shortest(per_s) + "/s"; }

Reading<double> read_share(std::string_view text) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.ok()) return {0, decimal.problem};
  if (decimal.value.rest.empty()) return {0, "no % sign"};
  if (decimal.value.rest != "%") return {0, unknown_unit(decimal.value.rest)};
  const std::string share = shifted(decimal.value.whole, decimal.value.fraction, false);
  return to_double(decimal.value.negative ? "-" + share : share);
}

std::string print_share(double share) {
  const std::string text = shortest(share);
  const Decimal decimal = read_decimal(text).value;
  return (decimal.negative ? "-" : "") + shifted(decimal.whole, decimal.fraction, true) + "%";
}

Reading<double> read_number(std::string_view text, std::string_view suffix) {
  const Reading<Decimal> decimal = read_decimal(text);
  if (!decimal.ok()) return {0, decimal.problem};
  if (decimal.value.rest.empty() && !suffix.empty()) return {0, "no unit"};
  if (decimal.value.rest != suffix) return {0, unknown_unit(decimal.value.rest)};
  return to_double(decimal.value.digits);
}

std::string print_number(double value, std::string_view suffix) { return shortest(value) + std::string(suffix); }

Reading<Amount> read_money(std::string_view text) {
  if (text.size() < 5 || text[3] != ' ') return {{}, "no currency"};
  const auto known = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                  [&](const CurrencyDecimals& currency) { return currency.code == text.substr(0, 3); });
  if (known == kCurrencies.end()) return {{}, fmt::format("unknown currency {}", text.substr(0, 3))};
  const Reading<Decimal> decimal = read_decimal(text.substr(4));
  if (!decimal.ok() || !decimal.value.rest.empty()) return {{}, "not a number"};
  if (decimal.value.fraction.size() > static_cast<std::size_t>(known->decimals))
    return {{}, fmt::format("{} has {} decimals", known->code, known->decimals)};
  std::int64_t unit = 1;
  for (int i = 0; i < known->decimals; ++i) unit *= 10;
  const Reading<std::int64_t> minor = scaled(decimal.value, unit, " minor unit");
  return {{core::Money{minor.value}, core::Currency{{text[0], text[1], text[2]}}}, minor.problem};
}

std::string print_currency(core::Currency currency) { return {currency.code.begin(), currency.code.end()}; }

std::string print_money(core::Money money, core::Currency currency) {
  const std::string code = print_currency(currency);
  const auto known = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                  [&](const CurrencyDecimals& candidate) { return candidate.code == code; });
  PAYGRID_ASSERT(known != kCurrencies.end(), "a currency of the table");
  const bool negative = money.minor < 0;
  const auto minor = negative ? ~static_cast<std::uint64_t>(money.minor) + 1 : static_cast<std::uint64_t>(money.minor);
  std::string digits = fmt::format("{:0{}}", minor, known->decimals + 1);
  if (known->decimals > 0) digits.insert(digits.size() - static_cast<std::size_t>(known->decimals), ".");
  return fmt::format("{} {}{}", code, negative ? "-" : "", digits);
}

}  // namespace paygrid::scenario
