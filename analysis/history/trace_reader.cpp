#include "analysis/history/trace_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace paygrid::history {

namespace {

using nlohmann::json;

// Names of an enum whose enumerators count from 0 and whose name_of says "?" beyond the last.
template <class Enum>
std::vector<std::string_view> names_of_all() {
  std::vector<std::string_view> names;
  for (int value = 0;; ++value) {
    if constexpr (std::same_as<Enum, core::Outcome>) {
      return {"abort", "commit"};
    } else {
      const std::string_view name = name_of(static_cast<Enum>(value));
      if (name == "?") return names;
      names.push_back(name);
    }
  }
}

// One line's fields, each asked for by the type that it must have.
class Fields {
 public:
  Fields(const std::string& place, const std::string& text) : place_(place), text_(text) {
    try {
      object_ = json::parse(text);
    } catch (const json::parse_error& error) {
      refuse(std::max<std::size_t>(error.byte, 1), "no JSON", "one JSON object a line");
    }
    if (!object_.is_object()) refuse(1, object_.type_name(), "one JSON object a line");
  }

  bool has(const char* key) const { return object_.contains(key); }

  template <std::integral Integer>
  Integer integer(const char* key) const {
    const json& value = at(key);
    if (value.is_number_integer()) {
      if constexpr (std::is_signed_v<Integer>) {
        if (value.is_number_unsigned() ? std::in_range<Integer>(value.get<std::uint64_t>())
                                       : std::in_range<Integer>(value.get<std::int64_t>()))
          return value.get<Integer>();
      } else if (value.is_number_unsigned() && std::in_range<Integer>(value.get<std::uint64_t>())) {
        return value.get<Integer>();
      }
    }
    refuse_value(
        key, fmt::format("an integer of {} to {}", std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()));
  }

  const std::string& text(const char* key) const {
    const json& value = at(key);
    if (!value.is_string()) refuse_value(key, "a text");
    return value.get_ref<const std::string&>();
  }

  template <class Enum>
  Enum one_of(const char* key) const {
    static const std::vector<std::string_view> kNames = names_of_all<Enum>();
    const json& value = at(key);
    const auto found = value.is_string() ? std::ranges::find(kNames, value.get_ref<const std::string&>()) : kNames.end();
    if (found == kNames.end()) refuse_value(key, fmt::format("{}", fmt::join(kNames, ", ")));
    return static_cast<Enum>(found - kNames.begin());
  }

 private:
  const json& at(const char* key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) refuse(text_.size(), fmt::format("no \"{}\"", key), "what `paygrid run --trace` writes");
    return *found;
  }
  [[noreturn]] void refuse_value(const char* key, std::string_view accepted) const {
    const std::string mark = fmt::format("\"{}\":", key);
    const std::size_t found = text_.find(mark);
    const std::size_t column = found == std::string::npos ? 1 : found + mark.size() + 1;
    refuse(column, object_.at(key).dump(), accepted);
  }
  [[noreturn]] void refuse(std::size_t column, std::string_view found, std::string_view accepted) const {
    throw std::invalid_argument(fmt::format("{}:{}: found {}; accepted: {}", place_, column, found, accepted));
  }

  const std::string& place_;
  const std::string& text_;
  json object_;
};

std::uint8_t argument_of(core::FactKind kind, const Fields& fields) {
  const auto byte = [](auto value) { return static_cast<std::uint8_t>(value); };
  switch (kind) {
    case core::FactKind::kAnswered:
    case core::FactKind::kDecided:
    case core::FactKind::kReplied:
      return byte(fields.one_of<core::Outcome>("argument"));
    case core::FactKind::kVoted:
      return byte(fields.one_of<core::Vote>("argument"));
    case core::FactKind::kRecoveredOpen:
      return byte(fields.one_of<core::RecordKind>("argument"));
    case core::FactKind::kLockFreed:
      return byte(fields.one_of<core::LockEnd>("argument"));
    case core::FactKind::kDenied:
      return byte(fields.one_of<core::Denial>("argument"));
    case core::FactKind::kLockUnwanted:
      return byte(fields.one_of<core::WaitEnd>("argument"));
    case core::FactKind::kSubmitted:
    case core::FactKind::kRetried:
    case core::FactKind::kGaveUp:
    case core::FactKind::kBegun:
    case core::FactKind::kVoteTimeout:
    case core::FactKind::kPrecommitDecided:
    case core::FactKind::kEnded:
    case core::FactKind::kTerminationStarted:
    case core::FactKind::kInquired:
    case core::FactKind::kInDoubt:
    case core::FactKind::kPrecommitted:
    case core::FactKind::kLockWait:
    case core::FactKind::kLockDenied:
    case core::FactKind::kLocked:
    case core::FactKind::kHeld:
    case core::FactKind::kReleased:
    case core::FactKind::kPosted:
    case core::FactKind::kRecovered:
    case core::FactKind::kFenced:
    case core::FactKind::kLockTaken:
    case core::FactKind::kLockAsked:
    case core::FactKind::kLockAcquired:
    case core::FactKind::kLockReleased:
    case core::FactKind::kLockLost:
      return 0;
  }
  return 0;
}

core::TxnId txn_of(const Fields& fields) {
  return {{fields.integer<std::uint32_t>("payment")}, fields.integer<std::uint32_t>("attempt")};
}

void read_fact(const Fields& fields, TraceLine& line) {
  line.fact = fields.one_of<core::FactKind>("fact");
  line.argument = argument_of(line.fact, fields);
  if (line.is_of_payment()) line.txn = txn_of(fields);
  if (fields.has("account")) line.account = {fields.integer<std::uint32_t>("account")};
  if (fields.has("amount")) line.amount = {fields.integer<std::int64_t>("amount")};
  if (line.fact == core::FactKind::kLockWait)
    line.behind = {{fields.integer<std::uint32_t>("behind")}, fields.integer<std::uint32_t>("behind_attempt")};
  if (line.fact == core::FactKind::kDecided) line.by_participant = fields.text("as") == "participant";
}

void read_packet(const Fields& fields, TraceNames& names, TraceLine& line) {
  line.packet = fields.integer<std::uint64_t>("packet");
  line.fate = fields.one_of<PacketFate>("fate");
  line.process = names.process(fields.text("from"));
  line.peer = names.process(fields.text("to"));
  line.message = names.message(fields.text("message"));
  line.txn = txn_of(fields);
  line.argument = fields.integer<std::uint8_t>("argument");
  line.epoch = fields.integer<std::uint32_t>("epoch");
  if (fields.has("queued")) line.queued_ns = fields.integer<TimeNs>("queued");
}

void read_process(const Fields& fields, TraceNames& names, TraceLine& line) {
  line.process_change = fields.one_of<ProcessChange>("change");
  if (fields.has("peer")) line.peer = names.process(fields.text("peer"));
  if (fields.has("fault")) line.fault = fields.integer<std::uint32_t>("fault");
}

enum class FaultChange : std::uint8_t { kBegins, kEnds };
std::string_view name_of(FaultChange change) {
  switch (change) {
    case FaultChange::kBegins:
      return "begins";
    case FaultChange::kEnds:
      return "ends";
  }
  return "?";
}

void read_fault(const Fields& fields, TraceLine& line) {
  line.fault = fields.integer<std::uint32_t>("fault");
  line.begins = fields.one_of<FaultChange>("change") == FaultChange::kBegins;
  line.description = fields.text("description");
}

TraceLine read_line(const Fields& fields, TraceNames& names) {
  TraceLine line;
  line.id = fields.integer<std::uint64_t>("id");
  line.at_ns = fields.integer<TimeNs>("t");
  line.what = fields.one_of<TraceLine::What>("what");
  if (fields.has("process")) line.process = names.process(fields.text("process"));
  switch (line.what) {
    case TraceLine::What::kFact:
      read_fact(fields, line);
      break;
    case TraceLine::What::kPacket:
      read_packet(fields, names, line);
      break;
    case TraceLine::What::kProcess:
      read_process(fields, names, line);
      break;
    case TraceLine::What::kFault:
      read_fault(fields, line);
      break;
    case TraceLine::What::kDisk:
      line.disk_change = fields.one_of<DiskChange>("change");
      line.record = fields.one_of<core::RecordKind>("record");
      line.txn = txn_of(fields);
      break;
  }
  if (line.process == TraceLine::kNobody && line.what != TraceLine::What::kFault) fields.text("process");
  return line;
}

}  // namespace

TraceReader::TraceReader(std::filesystem::path path) : path_(std::move(path)), file_(path_, std::ios::binary) {
  if (!file_ || std::filesystem::is_directory(path_))
    throw std::invalid_argument(fmt::format("found {}, which cannot be read; accepted: a trace", path_.string()));
}

bool TraceReader::next(TraceLine& line) {
  while (std::getline(file_, text_)) {
    ++number_;
    if (wanted_ && !wanted_(text_)) continue;
    const std::string place = fmt::format("{}:{}", path_.string(), number_);
    line = read_line(Fields(place, text_), names_);
    return true;
  }
  return false;
}

std::int64_t payment_in(std::string_view text) {
  // Quotes inside a text are escaped, so this can only be the key.
  constexpr std::string_view kKey = R"("payment":)";
  const std::size_t at = text.find(kKey);
  std::int64_t number = -1;
  if (at != std::string_view::npos) std::from_chars(text.data() + at + kKey.size(), text.data() + text.size(), number);
  return number;
}

}  // namespace paygrid::history
