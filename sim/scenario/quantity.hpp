// Quantities as text with their unit, exact in both directions: what a formatter prints, its reader turns into the same value
// on any platform and in any locale. Numbers are decimal, without exponent.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/core/money.hpp"

namespace paygrid::scenario {

// A value, or why the text has none ("no unit", "finer than 1ns", ...), to be printed behind the text.
template <class T>
struct Reading {
  T value{};
  std::string problem;
  bool ok() const { return problem.empty(); }
};

struct UnitName {
  std::string_view name;
  std::int64_t size;  // in base units
};
std::span<const UnitName> duration_units();   // base: nanoseconds
std::span<const UnitName> bandwidth_units();  // base: bytes per second
std::span<const UnitName> rate_units();       // "/s", "/min", "/h"; size: the period in seconds

// "50ms" -> nanoseconds; a sign is allowed, a fraction of a nanosecond is not.
Reading<std::int64_t> read_duration(std::string_view text);
std::string print_duration(std::int64_t ns);

// "1Gbps" -> bytes per second.
Reading<std::int64_t> read_bandwidth(std::string_view text);
std::string print_bandwidth(std::int64_t bytes_per_s);

std::span<const UnitName> size_units();       // base: bytes

// "8GiB" -> bytes.
Reading<std::int64_t> read_size(std::string_view text);
std::string print_size(std::int64_t bytes);

// "200/s" -> events per second.
Reading<double> read_rate(std::string_view text);
std::string print_rate(double per_s);

// "5%" -> 0.05.
Reading<double> read_share(std::string_view text);
std::string print_share(double share);

// A number behind which `suffix` stands ("20ppm", "20x"), or a bare one (suffix "").
Reading<double> read_number(std::string_view text, std::string_view suffix);
std::string print_number(double value, std::string_view suffix = "");

struct CurrencyDecimals {
  std::string_view code;  // ISO 4217
  int decimals;
};
std::span<const CurrencyDecimals> currencies();

struct Amount {
  core::Money money;
  core::Currency currency;
};
// "EUR 1000.00". The currency must be one of currencies(), with at most its number of decimals.
Reading<Amount> read_money(std::string_view text);
// Always with all decimals of the currency. Requires: the currency is one of currencies().
std::string print_money(core::Money money, core::Currency currency);
std::string print_currency(core::Currency currency);

}  // namespace paygrid::scenario
