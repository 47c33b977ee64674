// faults: kinds that act on the clocks of nodes.
#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table_fault_kinds.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::int64_t kJumpMaxNs = std::int64_t{24} * 3'600'000'000'000;
constexpr double kDriftMaxPpm = 500'000;

struct StrobeForm {
  std::int64_t by_ns = 0;
  std::int64_t every_ns = 0;
};

// A value of another codec that is not zero, and that may begin with "+"; printed with its sign.
template <class T>
Codec<T> with_sign(Codec<T> codec, const std::string& example) {
  const std::string accepted = fmt::format("{}, with its sign and not 0", example);
  nlohmann::json schema{{"anyOf", {codec.schema, {{"type", "string"}, {"pattern", "^\\+[0-9]"}}}}};
  return {accepted, std::move(schema), nullptr,
          [codec, accepted](const Tree& tree, Context& context) {
            Tree plain = tree;
            if (plain.scalar.starts_with("+") && !plain.scalar.starts_with("+-")) plain.scalar.erase(0, 1);
            const T value = codec.decode(plain, context);
            if (value == T{}) fail(tree.place, tree.scalar, accepted);
            return value;
          },
          [codec](const T& value, const Context& context) {
            Tree tree = codec.encode(value, context);
            if (value > T{}) tree.scalar.insert(0, "+");
            return tree;
          }};
}

Codec<std::int64_t> jump() { return with_sign(duration({-kJumpMaxNs, kJumpMaxNs}), "a duration such as +500ms"); }

Codec<StrobeForm> strobe() {
  return Section<StrobeForm>()
      .field("by", &StrobeForm::by_ns, jump(), required(), "how far it jumps forth, and back again")
      .field("every", &StrobeForm::every_ns, duration(kPositive), required(), "from one jump to the next")
      .codec();
}

}  // namespace

std::vector<KindForm> clock_kinds() {
  return {
      kind_form(
          FaultKind::kClockStep, jump(), [](const Fault& fault) { return fault.by_ns; },
          [](Fault& fault, std::int64_t by_ns) { fault.by_ns = by_ns; },
          "the wall clock jumps by so much, and back at the end; for: forever: it stays so"),
      by_amount(FaultKind::kClockDrift,
                with_sign(number_with("ppm", {-kDriftMaxPpm, kDriftMaxPpm}, "300ppm"), "a rate such as +300ppm"),
                "the clock runs so much faster or slower, and timers with it"),
      kind_form(
          FaultKind::kClockStrobe, strobe(),
          [](const Fault& fault) { return StrobeForm{fault.by_ns, fault.every_ns}; },
          [](Fault& fault, StrobeForm form) { fault.by_ns = form.by_ns, fault.every_ns = form.every_ns; },
          "the wall clock jumps forth and back"),
  };
}

}  // namespace paygrid::scenario
