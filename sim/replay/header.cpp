#include "sim/replay/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "models/lock/join.hpp"
#include "sim/replay/words.hpp"

namespace paygrid::replay {

using core::NodeId;

namespace {

constexpr std::array<std::string_view, 13> kKeys{"protocol", "nodes",   "payers", "shards", "accounts", "account",
                                                 "payment",  "locking", "timing", "disk",   "budget", "service",  "leases"};

// One line after its key. A word is consumed or the line is refused.
class Reader {
 public:
  Reader(const std::string& file, const HeaderLine& line) : file_(file), line_(line), words_(words_of(line.text)) {}

  [[noreturn]] void refuse(const std::string& accepted) const {
    const bool ended = next_ >= words_.size();
    const auto column = ended ? static_cast<std::uint32_t>(line_.text.size() + 1) : words_[next_].column;
    const std::string found = ended ? "the end of the line" : std::string(words_[next_].text);
    fail_at(file_, line_.number, column, fmt::format("found {}; accepted: {}", found, accepted));
  }
  bool done() const { return next_ == words_.size(); }
  void end() const {
    if (!done()) refuse("the end of the line");
  }
  std::string_view word(const std::string& accepted) {
    if (done()) refuse(accepted);
    return words_[next_++].text;
  }
  void literal(std::string_view text) {
    if (done() || words_[next_].text != text) refuse(std::string(text));
    ++next_;
  }
  // Without its separators at the end; `last` says whether one is missing.
  std::string_view item(const std::string& accepted, char separator, bool& last) {
    std::string_view text = word(accepted);
    last = !text.ends_with(separator);
    if (!last) text.remove_suffix(1);
    return text;
  }
  std::int64_t number(std::string_view text, std::int64_t min, std::int64_t max) {
    std::int64_t value = 0;
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= min && value <= max) return value;
    --next_;
    refuse(fmt::format("a whole number from {} to {}", min, max));
  }
  std::uint32_t count(std::string_view text) { return static_cast<std::uint32_t>(number(text, 0, 0xfffffffe)); }
  std::uint32_t count() { return count(word("a whole number")); }
  std::int64_t amount(std::string_view text) {
    constexpr std::int64_t kAmountMax = std::int64_t{1} << 53;
    return number(text, -kAmountMax, kAmountMax);
  }
  [[noreturn]] void refuse_last(const std::string& accepted) {
    --next_;
    refuse(accepted);
  }

 private:
  const std::string& file_;
  const HeaderLine& line_;
  std::vector<Word> words_;
  std::size_t next_ = 1;
};

class Header {
 public:
  Header(world::Description& description, world::Rules& rules) : description_(description), rules_(rules) {}

  void read(std::string_view key, Reader& reader) {
    const bool repeats = key == "account" || key == "payment";
    if (!seen_.insert(key).second && !repeats) reader.refuse(fmt::format("one line `{}`", key));
    if (key == "protocol") description_.protocol = reader.word("the name of a protocol");
    if (key == "nodes") names(reader, description_.nodes);
    if (key == "payers") payers(reader);
    if (key == "shards") shards(reader);
    if (key == "accounts") accounts(reader);
    if (key == "account") account(reader);
    if (key == "payment") payment(reader);
    if (key == "locking") locking(reader);
    if (key == "service") service(reader);
    if (key == "leases") leases(reader);
    if (key == "timing") timing(reader);
    if (key == "disk") disk(reader);
    if (key == "budget") budget(reader);
    reader.end();
  }
  bool has(std::string_view key) const { return seen_.contains(key); }

 private:
  static void names(Reader& reader, std::vector<std::string>& into) {
    constexpr std::string_view kReserved = ">{}|,:#";
    while (!reader.done()) {
      const std::string_view name = reader.word("names");
      if (name.find_first_of(kReserved) != std::string_view::npos)
        reader.refuse_last(fmt::format("a name without {}", kReserved));
      into.emplace_back(name);
    }
    if (into.empty()) reader.refuse("names");
  }

  void payers(Reader& reader) {
    const std::string accepted = "`outside: NAMES` or `with N retries: NAMES`";
    const std::string_view how = reader.word(accepted);
    if (how == "with") {
      description_.retries = reader.count();
      reader.literal("retries:");
    } else if (how != "outside:") {
      reader.refuse_last(accepted);
    }
    names(reader, description_.payers);
  }

  NodeId node(Reader& reader, std::string_view name) {
    const NodeId id = description_.find(name);
    if (id == core::kNoNode) reader.refuse_last("a name from `nodes` or `payers`, which come first");
    return id;
  }

  void shards(Reader& reader) {
    core::Placement& placement = description_.placement;
    placement.shards = reader.count();
    reader.literal("on");
    std::vector<std::string> holders;
    names(reader, holders);
    for (const std::string& name : holders) {
      if (description_.find(name) == core::kNoNode) description_.elsewhere.push_back(name);
      placement.shard_nodes.push_back(description_.find(name));
    }
  }

  void accounts(Reader& reader) {
    description_.placement.accounts = reader.count();
    reader.literal("opening");
    reader.literal("with");
    description_.placement.opening_balance.minor = reader.amount(reader.word("an amount in minor units"));
  }

  void account(Reader& reader) {
    const core::AccountId id{reader.count()};
    if (id.value >= description_.placement.accounts)
      reader.refuse_last("an account below the number in `accounts`, which comes first");
    reader.literal("opens");
    reader.literal("with");
    description_.placement.opened_otherwise.push_back({id, {reader.amount(reader.word("an amount in minor units"))}});
  }

  void payment(Reader& reader) {
    world::PaymentDescription payment;
    payment.id = {reader.count()};
    reader.literal("by");
    payment.payer = node(reader, reader.word("a payer"));
    reader.literal("at");
    bool no_legs = false;
    payment.coordinator = node(reader, reader.item("the coordinator", ':', no_legs));
    payment.sent = !description_.retries;
    if (no_legs) {
      reader.literal("sent:");
      payment.sent = true;
    }
    for (bool last = false; !last;) {
      const core::AccountId account{reader.count(reader.word("an account and an amount"))};
      payment.legs.push_back({account, {reader.amount(reader.item("an amount in minor units", ',', last))}});
    }
    description_.payments.push_back(std::move(payment));
  }

  void locking(Reader& reader) {
    const std::string accepted = fmt::format("{}", fmt::join(core::kLockPolicyNames, ", "));
    const auto found = std::ranges::find(core::kLockPolicyNames, reader.word(accepted));
    if (found == core::kLockPolicyNames.end()) reader.refuse_last(accepted);
    description_.lock_policy = static_cast<core::LockPolicy>(found - core::kLockPolicyNames.begin());
    if (!core::finds_circles(description_.lock_policy) || reader.done()) return;
    const std::string victims = fmt::format("{}", fmt::join(core::kVictimNames, ", "));
    const auto victim = std::ranges::find(core::kVictimNames, reader.word(victims));
    if (victim == core::kVictimNames.end()) reader.refuse_last(victims);
    description_.victim = static_cast<core::Victim>(victim - core::kVictimNames.begin());
  }

  // `service redis fencing: L`
  void service(Reader& reader) {
    world::LockServiceDescription& service = description_.lock_service.emplace();
    bool last = false;
    const auto next = [&](const std::string& accepted) {
      const std::string_view word = reader.item(accepted, ':', last);
      last = !last;
      return word;
    };
    const std::string ways = "fencing, as_given, memory_lost, or `:` after the word before";
    service.name = next("the name of a lock service");
    while (!last) {
      const std::string_view word = next(ways);
      if (word == "fencing") service.fencing = true;
      else if (word == "as_given") service.ascending = false;
      else if (word == "memory_lost") service.keeps_memory = false;
      else reader.refuse_last(ways);
    }
    names(reader, description_.lock_servers);
  }

  void leases(Reader& reader) {
    if (reader.word("honoured") != "honoured") reader.refuse_last("honoured");
    rules_.outlasts = lock::outlasts;
  }

  void timing(Reader& reader) {
    const std::string_view word = reader.word("synchronous, asynchronous");
    if (word != "synchronous" && word != "asynchronous") reader.refuse_last("synchronous, asynchronous");
    rules_.timing = word == "synchronous" ? world::Timing::kSynchronous : world::Timing::kAsynchronous;
  }

  void disk(Reader& reader) {
    const std::string_view word = reader.word("instant, async");
    if (word != "instant" && word != "async") reader.refuse_last("instant, async");
    rules_.disk = word == "instant" ? world::DiskModel::kInstant : world::DiskModel::kAsync;
  }

  void budget(Reader& reader) {
    for (bool last = false; !last;) {
      const std::string_view what = reader.word("a kind of fault and a number");
      const auto fault = fault_called(what);
      if (!fault) reader.refuse_last(fault_names());
      const std::string_view times = reader.item("a number or `unlimited`", ',', last);
      const std::int64_t limit = times == "unlimited" ? world::kUnlimited : reader.number(times, 0, world::kUnlimited - 1);
      rules_.allow(*fault, static_cast<std::uint8_t>(limit));
    }
  }

  static std::optional<world::Fault> fault_called(std::string_view name) {
    for (std::uint32_t at = 0; at < world::kFaults; ++at)
      if (world::name_of(static_cast<world::Fault>(at)) == name) return static_cast<world::Fault>(at);
    return std::nullopt;
  }
  static std::string fault_names() {
    std::string names;
    for (std::uint32_t at = 0; at < world::kFaults; ++at)
      names += fmt::format("{}{}", at == 0 ? "" : ", ", world::name_of(static_cast<world::Fault>(at)));
    return names;
  }

  world::Description& description_;
  world::Rules& rules_;
  std::set<std::string_view> seen_;
};

std::string list(const std::vector<std::string>& names) { return fmt::format("{}", fmt::join(names, " ")); }

std::string budget_of(const world::Rules& rules) {
  std::string text;
  for (std::uint32_t at = 0; at < world::kFaults; ++at) {
    const std::uint8_t limit = rules.budget[at];
    if (limit == 0) continue;
    const std::string times = limit == world::kUnlimited ? "unlimited" : std::to_string(limit);
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", world::name_of(static_cast<world::Fault>(at)), times);
  }
  return text;
}

// The youngest goes without saying.
std::string victim_of(const world::Description& description) {
  const bool said = core::finds_circles(description.lock_policy) && description.victim != core::Victim::kYoungest;
  return said ? fmt::format(" {}", core::name_of(description.victim)) : "";
}

std::string service_line(const world::Description& description) {
  const world::LockServiceDescription& service = *description.lock_service;
  return fmt::format("service {}{}{}{}: {}", service.name, service.fencing ? " fencing" : "", service.ascending ? "" : " as_given",
                     service.keeps_memory ? "" : " memory_lost", list(description.lock_servers));
}

std::string payment_line(const world::Description& description, const world::PaymentDescription& payment) {
  std::vector<std::string> legs;
  for (const world::LegDescription& leg : payment.legs)
    legs.push_back(fmt::format("{} {:+}", leg.account.value, leg.amount.minor));
  return fmt::format("payment {} by {} at {}{}: {}", payment.id.value, description.name_of(payment.payer),
                     description.name_of(payment.coordinator), payment.sent && description.retries ? " sent" : "",
                     fmt::join(legs, ", "));
}

}  // namespace

bool is_header_line(std::string_view line) {
  const std::vector<Word> words = words_of(line);
  return !words.empty() && std::ranges::find(kKeys, words.front().text) != kKeys.end();
}

void read_header(const std::string& file, const std::vector<HeaderLine>& lines, world::Description& description,
                 world::Rules& rules) {
  Header header(description, rules);
  for (const HeaderLine& line : lines) {
    Reader reader(file, line);
    header.read(words_of(line.text).front().text, reader);
  }
  rules.immortal = description.immortal();
  const std::uint32_t last = lines.empty() ? 1 : lines.back().number;
  for (const std::string_view key : kKeys) {
    const bool may_be_absent = key == "account" || key == "budget" || key == "locking" || key == "service" || key == "leases";
    if (!header.has(key) && !may_be_absent)
      fail_at(file, last, 1, fmt::format("found no line `{}`; accepted: a header with one", key));
  }
}

std::vector<std::string> header_of(const world::Description& description, const world::Rules& rules) {
  const core::Placement& placement = description.placement;
  std::vector<std::string> holders;
  for (const NodeId node : placement.shard_nodes) holders.emplace_back(description.name_of(node));
  std::vector<std::string> lines;
  lines.push_back("protocol " + description.protocol);
  lines.push_back("nodes " + list(description.nodes));
  if (description.lock_service) lines.push_back(service_line(description));
  const std::string patience = description.retries ? fmt::format("with {} retries", *description.retries) : "outside";
  lines.push_back(fmt::format("payers {}: {}", patience, list(description.payers)));
  lines.push_back(fmt::format("shards {} on {}", placement.shards, list(holders)));
  lines.push_back(fmt::format("accounts {} opening with {}", placement.accounts, placement.opening_balance.minor));
  for (const core::OpeningBalance& other : placement.opened_otherwise)
    lines.push_back(fmt::format("account {} opens with {}", other.account.value, other.amount.minor));
  for (const world::PaymentDescription& payment : description.payments) lines.push_back(payment_line(description, payment));
  if (description.lock_policy != core::LockPolicy::kWait)
    lines.push_back(fmt::format("locking {}{}", core::name_of(description.lock_policy), victim_of(description)));
  if (rules.outlasts != nullptr) lines.emplace_back("leases honoured");
  lines.push_back(rules.timing == world::Timing::kSynchronous ? "timing synchronous" : "timing asynchronous");
  lines.push_back(rules.disk == world::DiskModel::kInstant ? "disk instant" : "disk async");
  if (const std::string budget = budget_of(rules); !budget.empty()) lines.push_back("budget " + budget);
  return lines;
}

}  // namespace paygrid::replay
