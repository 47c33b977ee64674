#include "sim/scenario/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "models/registry.hpp"
#include "sim/scenario/quantity.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::uint32_t kListMax = 1000;

Codec<std::uint64_t> version() {
  return {"1",
          {{"const", kVersion}},
          nullptr,
          [](const Tree& tree, Context&) -> std::uint64_t {
            if (tree.kind != Tree::Kind::kScalar || tree.quoted || tree.scalar != "1")
              fail(tree.place, tree.kind == Tree::Kind::kScalar ? shown(tree.scalar) : described(tree),
                   "1, the version of the language");
            return 1;
          },
          [](const std::uint64_t&, const Context&) { return Tree::of_scalar("1"); }};
}

Codec<Amount> opening_balance() {
  std::vector<std::string> codes;
  for (const CurrencyDecimals& currency : currencies()) codes.emplace_back(currency.code);
  const std::string accepted = "money such as EUR 1000.00, currencies " + joined(codes);
  return {
      accepted,
      {{"type", "string"}, {"pattern", "^[A-Z]{3} [0-9]+(\\.[0-9]+)?$"}},
      nullptr,
      [accepted](const Tree& tree, Context& context) {
        const Reading<Amount> reading = read_money(scalar_text(tree, accepted));
        if (!reading.ok()) fail_value(tree, accepted, reading.problem);
        if (reading.value.money.minor < 0) fail_value(tree, accepted, "negative");
        context.currency = reading.value.currency;
        return reading.value;
      },
      [](const Amount& amount, const Context&) { return Tree::of_scalar(print_money(amount.money, amount.currency), true); }};
}

Codec<Ledger> ledger() {
  return Section<Ledger>()
      .field("shards", &Ledger::shards, count({1, 65'536}), otherwise("1"), "shards, dealt round robin to the nodes")
      .field("accounts", &Ledger::accounts, count({2, 1'000'000'000}), otherwise("1000"),
             "accounts, dealt round robin to the shards")
      .derived(
          "opening_balance", opening_balance(),
          [](const Ledger& ledger) {
            return Amount{ledger.opening_balance, ledger.currency};
          },
          [](Ledger& ledger, Amount amount, Context&) {
            ledger.opening_balance = amount.money;
            ledger.currency = amount.currency;
          },
          otherwise("EUR 1000.00"), "of each account; its currency is that of the ledger")
      .codec();
}

Codec<Commit> commit() {
  std::vector<std::string> protocols;
  for (const core::ProtocolSpec* spec : models::commit_protocols()) protocols.emplace_back(spec->name);
  return Section<Commit>()
      .field("protocol", &Commit::protocol, one_of(protocols, "protocol"), otherwise("2pc"), "the commit protocol")
      .field("coordinator", &Commit::coordinator, word_or_node({"nearest", "dedicated"}), otherwise("nearest"),
             "who coordinates a payment: the node nearest to the payer; dedicated: the first node, which then holds no shards; "
             "or the named node")
      .field("vote_timeout", &Commit::vote_timeout_ns, duration(kPositive), otherwise("1s"),
             "the coordinator waits for votes at most this long")
      .field("resend_every", &Commit::resend_every_ns, duration(kPositive), otherwise("1s"),
             "the coordinator repeats a decision that is not acknowledged")
      .field("inquire_after", &Commit::inquire_after_ns, duration(kPositive), otherwise("1s"),
             "a participant in doubt asks for the outcome after this, and again")
      .field("outcome_retention", &Commit::outcome_retention_ns, or_word<std::int64_t>("forever", 0, duration(kPositive)),
             otherwise("120s"), "outcomes are remembered at least this long, so that late retries find them")
      .then([](Commit& commit, const Tree&, Context& context) { context.protocol = commit.protocol; })
      .codec();
}

Codec<Payers> payers() {
  return Section<Payers>()
      .field("answer_timeout", &Payers::answer_timeout_ns, duration(kPositive), otherwise("5s"),
             "a payer waits for an answer, per try")
      .field("retries", &Payers::retries, count({0, 1000}), otherwise("3"),
             "tries after the first, with the same idempotency key")
      .field("access", &Payers::access, time_distribution(0), otherwise("constant(0s)"),
             "one-way delay between a payer and its region's network")
      .field("deadline", &Payers::deadline_ns, duration(kPositive), otherwise("10s"),
             "an answer later than this after the intended start counts as unavailable")
      .codec();
}

Codec<Phases> phases() {
  return Section<Phases>()
      .field("warmup", &Phases::warmup_ns, duration(kFromZero), otherwise("0s"),
             "payments submitted earlier are run and checked but not measured")
      .field("heal_at", &Phases::heal_at_ns, or_word<std::int64_t>("never", -1, duration(kPositive)), otherwise("never"),
             "every fault that still acts ends here, except those `for: forever`")
      .field("settle", &Phases::settle_ns, duration(kFromZero), otherwise("10s"), "no new payments in the last part of the run")
      .codec();
}

Codec<Output> output() {
  return Section<Output>()
      .field("timeline_every", &Output::timeline_every_ns, duration({1'000'000, kDurationMaxNs}), otherwise("1s"),
             "interval of timeline.csv")
      .codec();
}

constexpr const char* kExploreMeaning =
    "every order of events of a small world, for `paygrid explore`; beside a timed run, or alone: then the scenario has no other "
    "keys than paygrid, scenario, seed and explore";

Section<Scenario> head() {
  return Section<Scenario>()
      .derived(
          "paygrid", version(), [](const Scenario&) { return std::uint64_t{1}; }, [](Scenario&, std::uint64_t, Context&) {},
          required(), "version of the scenario language")
      .field("scenario", &Scenario::name, name(), required(), "name of the scenario, also of its result folder")
      .field("seed", &Scenario::seed, whole_number(), otherwise("1"), "the root of every random stream");
}

Section<Scenario> timed() {
  return head()
      .field("duration", &Scenario::duration_ns, duration(kPositive), required(),
             "simulated time of the run, all phases together")
      .field("cluster", &Scenario::cluster, cluster_table(), required(), "nodes and what they run on")
      .field("ledger", &Scenario::ledger, ledger(), empty_section(), "accounts and where they live")
      .field("commit", &Scenario::commit, commit(), empty_section(), "how a payment becomes final")
      .field("locking", &Scenario::locking, locking_table(), empty_section(), "how concurrent payments are kept apart")
      .field("payers", &Scenario::payers, payers(), empty_section(), "those who submit payments")
      .field("detector", &Scenario::detector, detector_table(), empty_section(), "how nodes come to suspect each other")
      .field("security", &Scenario::security, security_table(), empty_section(), "what a receiver believes")
      .field("workload", &Scenario::workload, list_of(workload_table(), 1, kListMax), required(), "streams of payments")
      .field("phases", &Scenario::phases, phases(), empty_section(),
             "the run: warm-up, faults, healing, settling, final checks")
      .field("faults", &Scenario::faults, faults_table(), otherwise("[]"), "what goes wrong")
      .field("fault_budget", &Scenario::fault_budget, fault_budget_table(), empty_section(),
             "what faults may do together: an occurrence that would go beyond it is left out, and counted in the result")
      .field("expect", &Scenario::expect, expectation_table(), empty_section(),
             "verdicts and figures that make the run a success")
      .maybe(
          "estimators", estimators_table(),
          [](const Scenario& scenario) {
            return scenario.estimators.empty() ? std::nullopt : std::optional(scenario.estimators);
          },
          [](Scenario& scenario, std::vector<Estimator> estimators) { scenario.estimators = std::move(estimators); },
          "estimators that watch the run through a sample, and are graded against the truth at its end")
      .field("output", &Scenario::output, output(), empty_section(), "result files")
      .optional("explore", &Scenario::exploration, exploration_table(), kExploreMeaning)
      .then([](Scenario& scenario, const Tree&, Context& context) {
        scenario.directory = context.directory;
        check_consistency(scenario, context);
      });
}

Section<Scenario> explored_alone() {
  return head()
      .optional("explore", &Scenario::exploration, exploration_table(), kExploreMeaning)
      .then([](Scenario& scenario, const Tree&, Context& context) {
        scenario.directory = context.directory;
        scenario.timed = false;
      });
}

// Only the keys of an exploration, and that one.
bool is_explored_alone(const Tree& tree) {
  const auto belongs = [](const Tree::Key& key) {
    return key.text == "paygrid" || key.text == "scenario" || key.text == "seed" || key.text == "explore";
  };
  return tree.kind == Tree::Kind::kMapping && tree.find("explore") != nullptr && std::ranges::all_of(tree.keys, belongs);
}

Codec<Scenario> build() {
  const Codec<Scenario> whole = timed().codec();
  const Codec<Scenario> alone = explored_alone().codec();
  // A timed run needs its keys unless there is none.
  nlohmann::json schema = whole.schema;
  nlohmann::json needed = schema["required"];
  schema["required"] = alone.schema["required"];
  schema["anyOf"] = {{{"required", needed}},
                     {{"required", {"explore"}}, {"propertyNames", {{"enum", {"paygrid", "scenario", "seed", "explore"}}}}}};
  return {whole.accepted, std::move(schema), whole.keys,
          [whole, alone](const Tree& tree, Context& context) {
            return is_explored_alone(tree) ? alone.decode(tree, context) : whole.decode(tree, context);
          },
          [whole, alone](const Scenario& scenario, const Context& context) {
            return scenario.timed ? whole.encode(scenario, context) : alone.encode(scenario, context);
          }};
}

}  // namespace

const Codec<Scenario>& scenario_table() {
  static const Codec<Scenario> table = build();
  return table;
}

}  // namespace paygrid::scenario
