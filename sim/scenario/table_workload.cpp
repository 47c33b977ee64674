// workload: streams of payments.
#include <fmt/format.h>

#include "sim/scenario/quantity.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

constexpr double kRateMax = 1e7;
constexpr double kExponentMax = 10;

// The text between "name(" and ")"; null when `text` has another form.
std::optional<std::string_view> argument_of(std::string_view text, std::string_view name) {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  if (text.size() < 2 || text.front() != '(' || text.back() != ')') return std::nullopt;
  return text.substr(1, text.size() - 2);
}

Arrivals decode_arrivals(const Tree& tree) {
  const std::string accepted = "poisson(RATE) or constant(RATE), e.g. poisson(200/s)";
  const std::string& text = scalar_text(tree, accepted);
  Arrivals arrivals;
  std::optional<std::string_view> argument = argument_of(text, "poisson");
  if (!argument) {
    arrivals.kind = ArrivalKind::kConstant;
    argument = argument_of(text, "constant");
  }
  if (!argument) fail_value(tree, accepted, {}, read_rate(text).ok() ? fmt::format("poisson({})", text) : std::string());
  const Reading<double> rate = read_rate(*argument);
  if (!rate.ok()) fail_value(tree, "a rate such as 200/s, units /s, /min, /h", rate.problem);
  if (!(rate.value > 0) || rate.value > kRateMax) fail(tree.place, shown(text), "a rate above 0/s, up to 10000000/s");
  arrivals.rate_per_s = rate.value;
  return arrivals;
}

Codec<Arrivals> arrivals() {
  return {"poisson(RATE) or constant(RATE)",
          {{"type", "string"}, {"pattern", "^(poisson|constant)\\([0-9]+(\\.[0-9]+)?/(s|min|h)\\)$"}},
          nullptr,
          [](const Tree& tree, Context&) { return decode_arrivals(tree); },
          [](const Arrivals& value, const Context&) {
            const std::string_view kind = value.kind == ArrivalKind::kPoisson ? "poisson" : "constant";
            return Tree::of_scalar(fmt::format("{}({})", kind, print_rate(value.rate_per_s)), true);
          }};
}

AccountChoice decode_accounts(const Tree& tree) {
  const std::string accepted = "uniform, or zipf(EXPONENT), e.g. zipf(0.9)";
  const std::string& text = scalar_text(tree, accepted);
  if (text == "uniform") return {};
  const std::optional<std::string_view> argument = argument_of(text, "zipf");
  if (!argument) fail_value(tree, accepted);
  const Reading<double> exponent = read_number(*argument, "");
  if (!exponent.ok()) fail_value(tree, accepted, exponent.problem);
  if (!(exponent.value > 0) || exponent.value > kExponentMax) fail(tree.place, shown(text), "an exponent above 0, up to 10");
  return {true, exponent.value};
}

Codec<AccountChoice> accounts() {
  return {"uniform or zipf(EXPONENT)",
          {{"type", "string"}, {"pattern", "^(uniform|zipf\\([0-9]+(\\.[0-9]+)?\\))$"}},
          nullptr,
          [](const Tree& tree, Context&) { return decode_accounts(tree); },
          [](const AccountChoice& value, const Context&) {
            return value.zipf ? Tree::of_scalar(fmt::format("zipf({})", print_number(value.exponent)), true)
                              : Tree::of_scalar("uniform");
          }};
}

}  // namespace

Codec<Workload> workload_table() {
  return Section<Workload>()
      .field("kind", &Workload::kind,
             choice<WorkloadKind>({{"transfer", WorkloadKind::kTransfer},
                                   {"purchase", WorkloadKind::kPurchase},
                                   {"payroll", WorkloadKind::kPayroll},
                                   {"refund", WorkloadKind::kRefund}},
                                  "payment kind"),
             otherwise("transfer"), "payroll pays from one account to many; the others from one to one")
      .field("arrivals", &Workload::arrivals, arrivals(), required(),
             "when payments are submitted, whatever became of earlier ones")
      .field("accounts", &Workload::accounts, accounts(), otherwise("uniform"), "how accounts are chosen")
      .field("amount", &Workload::amount, money_distribution(), required(), "paid to each receiver")
      .field("shards", &Workload::shards, count({1, 65'536}), otherwise("2"), "shards that a multi-shard payment touches")
      .field("multi_shard", &Workload::multi_shard, share(), otherwise("100%"),
             "share of payments that touch `shards` shards; the others touch one")
      .field("legs", &Workload::legs, count({1, 65'536}), otherwise("2"), "payroll: receivers of each payment")
      .field("merchants", &Workload::merchants, share(), otherwise("1%"),
             "purchase: share of the accounts that are merchants, at least one: those with the lowest numbers")
      .field("from", &Workload::from_ns, duration(kFromZero), otherwise("0s"), "begin of this stream")
      .field("to", &Workload::to_ns, or_word<std::int64_t>("end", -1, duration(kPositive)), otherwise("end"),
             "end of this stream; end: when payments end, before the run settles")
      .field("count", &Workload::count_max, or_word<std::uint64_t>("unlimited", 0, whole_number()), otherwise("unlimited"),
             "payments at most")
      .codec();
}

}  // namespace paygrid::scenario
