#include "sim/scenario/distribution_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace paygrid::scenario {
namespace {

using Kind = Distribution::Kind;

constexpr auto kQuantity = ParameterType::kQuantity;
constexpr std::array<Parameter, 1> kConstant{{{"value", kQuantity}}};
constexpr std::array<Parameter, 2> kUniform{{{"low", kQuantity}, {"high", kQuantity}}};
constexpr std::array<Parameter, 2> kExponential{{{"min", kQuantity}, {"mean", kQuantity}}};
constexpr std::array<Parameter, 2> kLognormal{{{"median", kQuantity}, {"p99", kQuantity}}};
constexpr std::array<Parameter, 2> kPareto{{{"min", kQuantity}, {"shape", ParameterType::kNumber}}};
constexpr std::array<Parameter, 3> kBimodal{{{"fast", kQuantity}, {"slow", kQuantity}, {"p", ParameterType::kShare}}};

constexpr std::array<Family, 7> kFamilies{{
    {Kind::kConstant, "constant", kConstant, "always this value"},
    {Kind::kUniform, "uniform", kUniform, "every value from low to high alike"},
    {Kind::kExponential, "exponential", kExponential, "min plus an exponential part of this mean"},
    {Kind::kLognormal, "lognormal", kLognormal, "given by its median and its 99th percentile"},
    {Kind::kPareto, "pareto", kPareto, "heavy tail: P(X > x) = (min / x)^shape"},
    {Kind::kBimodal, "bimodal", kBimodal, "slow with probability p, else fast"},
    {Kind::kEmpirical, "empirical", {}, "drawn from samples: a file of one sample a line, or the samples themselves"},
}};

constexpr double kShapeMax = 1000;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> result;
  while (true) {
    const std::size_t comma = text.find(',');
    result.push_back(trimmed(text.substr(0, comma)));
    if (comma == std::string_view::npos) return result;
    text.remove_prefix(comma + 1);
  }
}

std::string form_of(const Family& family, const Quantity& quantity) {
  if (family.kind == Kind::kEmpirical) return "empirical(FILE)";
  if (family.kind == Kind::kConstant) return fmt::format("constant({})", quantity.example);
  std::string arguments;
  for (const Parameter& parameter : family.parameters)
    arguments += fmt::format("{}{}=", arguments.empty() ? "" : ", ", parameter.name);
  return fmt::format("{}({})", family.name, arguments);
}

std::string accepted_forms(const Quantity& quantity) {
  std::vector<std::string> forms;
  for (const Family& family : kFamilies) forms.push_back(form_of(family, quantity));
  return "a distribution: " + joined(forms);
}

class Reader {
 public:
  Reader(std::string_view text, const Quantity& quantity, const Place& place)
      : text_(text), quantity_(quantity), place_(place) {}

  Distribution read(const SampleReader& samples) {
    const std::size_t open = text_.find('(');
    if (open == std::string_view::npos || !text_.ends_with(')')) refuse_form();
    const std::string_view name = text_.substr(0, open);
    const std::string_view inside = text_.substr(open + 1, text_.size() - open - 2);
    const auto family = std::find_if(kFamilies.begin(), kFamilies.end(), [&](const Family& f) { return f.name == name; });
    if (family == kFamilies.end()) refuse_name(name);
    Distribution result;
    result.kind = family->kind;
    if (family->kind == Kind::kEmpirical)
      read_samples(inside, samples, result);
    else
      read_parameters(*family, inside, result);
    result.text = print_distribution(result, quantity_);
    return result;
  }

 private:
  [[noreturn]] void refuse(std::string_view why, std::string_view accepted) const {
    fail(place_, fmt::format("{} ({})", shown(text_), why), accepted);
  }
  [[noreturn]] void refuse_form() const {
    const bool bare = quantity_.read(text_).ok();
    fail(place_, shown(text_), accepted_forms(quantity_), bare ? fmt::format("constant({})", text_) : std::string());
  }
  [[noreturn]] void refuse_name(std::string_view name) const {
    std::vector<std::string> names;
    for (const Family& family : kFamilies) names.emplace_back(family.name);
    fail(place_, "distribution " + shown(name), accepted_forms(quantity_), nearest(name, names));
  }

  double read_value(std::string_view text, ParameterType type) const {
    switch (type) {
      case ParameterType::kQuantity: {
        const Reading<std::int64_t> reading = quantity_.read(text);
        check(reading.problem, text, "a value such as " + quantity_.example);
        if (reading.value < quantity_.lowest)
          refuse(fmt::format("{} is too small", shown(text)), "values from " + quantity_.print(quantity_.lowest));
        if (reading.value > kExactMax || reading.value < -kExactMax)
          refuse(fmt::format("{} is too large", shown(text)), "values up to " + quantity_.print(kExactMax));
        return static_cast<double>(reading.value);
      }
      case ParameterType::kShare: {
        const Reading<double> reading = read_share(text);
        check(reading.problem, text, "a share such as 1%");
        if (reading.value < 0 || reading.value > 1) refuse(shown(text) + " is no probability", "0% to 100%");
        return reading.value;
      }
      case ParameterType::kNumber: {
        const Reading<double> reading = read_number(text, "");
        check(reading.problem, text, "a number such as 1.5");
        if (!(reading.value > 0) || reading.value > kShapeMax)
          refuse(shown(text) + " is out of range", "more than 0, at most 1000");
        return reading.value;
      }
    }
    return 0;
  }

  void check(const std::string& problem, std::string_view text, const std::string& accepted) const {
    if (!problem.empty()) refuse(fmt::format("\"{}\": {}", shown(text), problem), accepted);
  }

  void read_parameters(const Family& family, std::string_view inside, Distribution& result) const {
    std::array<std::optional<double>, 3> values;
    const std::vector<std::string_view> arguments = split_arguments(inside);
    const std::string form = form_of(family, quantity_);
    const std::size_t given = trimmed(inside).empty() ? 0 : arguments.size();
    if (given != family.parameters.size()) refuse(counted(given, "argument"), form);
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      const std::size_t equals = arguments[i].find('=');
      std::size_t at = i;
      if (equals != std::string_view::npos) {
        const std::string_view name = trimmed(arguments[i].substr(0, equals));
        for (at = 0; at < family.parameters.size() && family.parameters[at].name != name;) ++at;
        if (at == family.parameters.size()) refuse(fmt::format("argument {}", shown(name)), form);
      }
      if (values[at]) refuse(fmt::format("{} twice", family.parameters[at].name), form);
      const std::string_view value = equals == std::string_view::npos ? arguments[i] : trimmed(arguments[i].substr(equals + 1));
      values[at] = read_value(value, family.parameters[at].type);
    }
    result.first = values[0].value_or(0);
    result.second = values[1].value_or(0);
    result.third = values[2].value_or(0);
    check_order(result);
  }

  void check_order(const Distribution& d) const {
    switch (d.kind) {
      case Kind::kUniform:
        if (d.first > d.second) refuse("low is more than high", "low <= high");
        return;
      case Kind::kLognormal:
        if (d.first <= 0) refuse("median is not positive", "0 < median <= p99");
        if (d.first > d.second) refuse("median is more than p99", "0 < median <= p99");
        return;
      case Kind::kPareto:
        if (d.first <= 0) refuse("min is not positive", "a min above 0");
        return;
      case Kind::kExponential:
        if (d.second < 0) refuse("mean is negative", "a mean from 0");
        return;
      case Kind::kBimodal:
        if (d.first > d.second) refuse("fast is more than slow", "fast <= slow");
        return;
      case Kind::kConstant:
      case Kind::kEmpirical:
        return;
    }
  }

  void read_samples(std::string_view inside, const SampleReader& samples, Distribution& result) const {
    const std::vector<std::string_view> arguments = split_arguments(inside);
    const bool file = arguments.size() == 1 && !quantity_.read(arguments[0]).ok();
    if (trimmed(inside).empty()) refuse("no samples", "empirical(FILE) or empirical(SAMPLE, SAMPLE, ...)");
    if (arguments.size() > kSamplesMax)
      refuse(fmt::format("{} samples", arguments.size()), fmt::format("up to {}", kSamplesMax));
    if (file) {
      for (const std::int64_t sample : samples(std::string(arguments[0])))
        result.samples.push_back(static_cast<double>(sample));
    } else {
      for (const std::string_view argument : arguments) result.samples.push_back(read_value(argument, kQuantity));
    }
    std::sort(result.samples.begin(), result.samples.end());
  }

  std::string_view text_;
  const Quantity& quantity_;
  const Place& place_;
};

}  // namespace

std::span<const Family> distribution_families() { return kFamilies; }

Distribution read_distribution(std::string_view text, const Quantity& quantity, const Place& place,
                               const SampleReader& samples) {
  return Reader(text, quantity, place).read(samples);
}

std::string print_distribution(const Distribution& distribution, const Quantity& quantity) {
  const auto print = [&](double value) { return quantity.print(static_cast<std::int64_t>(value)); };
  switch (distribution.kind) {
    case Kind::kConstant:
      return fmt::format("constant({})", print(distribution.first));
    case Kind::kUniform:
      return fmt::format("uniform({}, {})", print(distribution.first), print(distribution.second));
    case Kind::kExponential:
      return fmt::format("exponential(min={}, mean={})", print(distribution.first), print(distribution.second));
    case Kind::kLognormal:
      return fmt::format("lognormal(median={}, p99={})", print(distribution.first), print(distribution.second));
    case Kind::kPareto:
      return fmt::format("pareto(min={}, shape={})", print(distribution.first), print_number(distribution.second));
    case Kind::kBimodal:
      return fmt::format("bimodal(fast={}, slow={}, p={})", print(distribution.first), print(distribution.second),
                         print_share(distribution.third));
    case Kind::kEmpirical: {
      std::string samples;
      for (const double sample : distribution.samples) samples += (samples.empty() ? "" : ", ") + print(sample);
      return fmt::format("empirical({})", samples);
    }
  }
  return {};
}

}  // namespace paygrid::scenario
