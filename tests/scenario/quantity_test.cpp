// Quantities: every unit, exactness, and that printing and reading are inverse.
#include "sim/scenario/quantity.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

namespace paygrid::scenario {
namespace {

TEST(Quantity, ReadsEveryUnitOfTime) {
  EXPECT_EQ(read_duration("7ns").value, 7);
  EXPECT_EQ(read_duration("7us").value, 7'000);
  EXPECT_EQ(read_duration("7ms").value, 7'000'000);
  EXPECT_EQ(read_duration("7s").value, 7'000'000'000);
  EXPECT_EQ(read_duration("7min").value, 420'000'000'000);
  EXPECT_EQ(read_duration("7h").value, 25'200'000'000'000);
  EXPECT_EQ(read_duration("-0.2ms").value, -200'000);
  EXPECT_EQ(read_duration("1.500000000s").value, 1'500'000'000);
  EXPECT_EQ(read_duration("0.000000001s").value, 1);
}

TEST(Quantity, RefusesDurationsWithTheirReason) {
  EXPECT_EQ(read_duration("7").problem, "no unit");
  EXPECT_EQ(read_duration("7 s").problem, "unknown unit \" s\"");
  EXPECT_EQ(read_duration("7S").problem, "unknown unit \"S\"");
  EXPECT_EQ(read_duration("s").problem, "not a number");
  EXPECT_EQ(read_duration("").problem, "not a number");
  EXPECT_EQ(read_duration("+7s").problem, "not a number");
  EXPECT_EQ(read_duration("inf").problem, "not a number");
  EXPECT_EQ(read_duration("0.1ns").problem, "finer than 1ns");
  EXPECT_EQ(read_duration("0.0000000001s").problem, "finer than 1ns");
  EXPECT_EQ(read_duration("9223372037s").problem, "too large");
  EXPECT_EQ(read_duration("9999999999999999999999ns").problem, "too large");
  EXPECT_FALSE(read_duration("1.s").ok());
  EXPECT_FALSE(read_duration(".5s").ok());
  EXPECT_FALSE(read_duration("1e3s").ok());
}

TEST(Quantity, PrintsDurationsInTheLargestUnitUpToSeconds) {
  EXPECT_EQ(print_duration(0), "0s");
  EXPECT_EQ(print_duration(999), "999ns");
  EXPECT_EQ(print_duration(20'000), "20us");
  EXPECT_EQ(print_duration(1'500'000), "1.5ms");
  EXPECT_EQ(print_duration(-5'000'000), "-5ms");
  EXPECT_EQ(print_duration(90'000'000'000), "90s");
  EXPECT_EQ(print_duration(1'000'000'001), "1.000000001s");
}

RC_GTEST_PROP(Quantity, EveryDurationSurvivesPrinting, (std::int64_t ns)) {
  const std::int64_t value = ns == std::numeric_limits<std::int64_t>::min() ? 0 : ns;
  const Reading<std::int64_t> reading = read_duration(print_duration(value));
  RC_ASSERT(reading.ok());
  RC_ASSERT(reading.value == value);
}

TEST(Quantity, ReadsEveryUnitOfBandwidth) {
  EXPECT_EQ(read_bandwidth("3B/s").value, 3);
  EXPECT_EQ(read_bandwidth("3kB/s").value, 3'000);
  EXPECT_EQ(read_bandwidth("3MB/s").value, 3'000'000);
  EXPECT_EQ(read_bandwidth("3GB/s").value, 3'000'000'000);
  EXPECT_EQ(read_bandwidth("8kbps").value, 1'000);
  EXPECT_EQ(read_bandwidth("1Mbps").value, 125'000);
  EXPECT_EQ(read_bandwidth("1Gbps").value, 125'000'000);
  EXPECT_EQ(read_bandwidth("0.1kbps").problem, "finer than 1B/s");
  EXPECT_EQ(print_bandwidth(125'000'000), "125MB/s");
  EXPECT_EQ(print_bandwidth(1'234), "1.234kB/s");
}

TEST(Quantity, ReadsEveryUnitOfRates) {
  EXPECT_DOUBLE_EQ(read_rate("200/s").value, 200);
  EXPECT_DOUBLE_EQ(read_rate("30/min").value, 0.5);
  EXPECT_DOUBLE_EQ(read_rate("1800/h").value, 0.5);
  EXPECT_EQ(read_rate("200").problem, "no unit");
  EXPECT_EQ(read_rate("200Hz").problem, "unknown unit \"Hz\"");
  EXPECT_EQ(print_rate(0.05), "0.05/s");
}

TEST(Quantity, ReadsSharesAsTheNearestDoubleOfTheirValue) {
  EXPECT_EQ(read_share("5%").value, 0.05);
  EXPECT_EQ(read_share("100%").value, 1.0);
  EXPECT_EQ(read_share("0.1%").value, 0.001);
  EXPECT_EQ(read_share("33.3%").value, 0.333);
  EXPECT_EQ(read_share("-7%").value, -0.07);
  EXPECT_EQ(read_share("5").problem, "no % sign");
  EXPECT_EQ(print_share(0.05), "5%");
  EXPECT_EQ(print_share(0.29), "29%");
  EXPECT_EQ(print_share(0), "0%");
  EXPECT_EQ(print_share(1), "100%");
  EXPECT_EQ(print_share(0.12345), "12.345%");
}

RC_GTEST_PROP(Quantity, EveryShareAndNumberSurvivesPrinting, (double any)) {
  const double value = std::isfinite(any) ? std::abs(any) : 0.0;
  RC_ASSERT(read_share(print_share(value)).value == value);
  RC_ASSERT(read_number(print_number(value, "ppm"), "ppm").value == value);
  RC_ASSERT(read_rate(print_rate(value)).value == value);
}

TEST(Quantity, NumbersNeedTheirSuffix) {
  EXPECT_DOUBLE_EQ(read_number("20ppm", "ppm").value, 20);
  EXPECT_DOUBLE_EQ(read_number("2.5x", "x").value, 2.5);
  EXPECT_EQ(read_number("20", "ppm").problem, "no unit");
  EXPECT_EQ(read_number("20%", "ppm").problem, "unknown unit \"%\"");
}

TEST(Quantity, MoneyHasTheDecimalsOfItsCurrency) {
  EXPECT_EQ(read_money("EUR 1000.00").value.money.minor, 100'000);
  EXPECT_EQ(read_money("EUR 1000").value.money.minor, 100'000);
  EXPECT_EQ(read_money("USD 0.5").value.money.minor, 50);
  EXPECT_EQ(read_money("JPY 1000").value.money.minor, 1000);
  EXPECT_EQ(read_money("KWD 1.234").value.money.minor, 1234);
  EXPECT_EQ(read_money("GBP -3.07").value.money.minor, -307);
  EXPECT_EQ(print_currency(read_money("JPY 1").value.currency), "JPY");
  EXPECT_EQ(read_money("JPY 1.5").problem, "JPY has 0 decimals");
  EXPECT_EQ(read_money("EUR 1.005").problem, "EUR has 2 decimals");
  EXPECT_EQ(read_money("XAU 1").problem, "unknown currency XAU");
  EXPECT_EQ(read_money("1000.00").problem, "no currency");
  EXPECT_EQ(read_money("EUR 1.00 ").problem, "not a number");
  EXPECT_EQ(read_money("EUR 99999999999999999.00").problem, "too large");
}

RC_GTEST_PROP(Quantity, EveryAmountSurvivesPrinting, (std::int64_t any)) {
  // Text has at most 18 digits before the point.
  const std::int64_t minor = any % 1'000'000'000'000'000'000;
  for (const CurrencyDecimals& known : currencies()) {
    const core::Currency currency{{known.code[0], known.code[1], known.code[2]}};
    const Reading<Amount> reading = read_money(print_money(core::Money{minor}, currency));
    RC_ASSERT(reading.ok());
    RC_ASSERT(reading.value.money.minor == minor);
    RC_ASSERT(reading.value.currency == currency);
  }
}

}  // namespace
}  // namespace paygrid::scenario
