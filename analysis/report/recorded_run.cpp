#include "analysis/report/recorded_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "analysis/report/csv_reader.hpp"

namespace paygrid::report {

namespace fs = std::filesystem;

namespace {

std::optional<std::string> read(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

nlohmann::ordered_json read_result(const fs::path& folder) {
  const fs::path path = folder / "result.json";
  const std::optional<std::string> text = read(path);
  if (!text)
    throw std::runtime_error(
        fmt::format("found {}, which has no result.json; accepted: the result folder of a run", folder.string()));
  try {
    return nlohmann::ordered_json::parse(*text);
  } catch (const nlohmann::ordered_json::parse_error& error) {
    const auto upto = text->begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text->size()));
    throw std::runtime_error(fmt::format("{}:{}:1: found no JSON; accepted: the result of a run", path.string(),
                                         1 + std::count(text->begin(), upto, '\n')));
  }
}

// Columns of payments.csv by number.
class PaymentReader {
 public:
  explicit PaymentReader(const fs::path& path) : reader_(path) {
    for (std::size_t phase = 0; phase < kPhaseKinds; ++phase)
      phases_[phase] = reader_.column(std::string(name_of(static_cast<Phase>(phase))) + "_ms");
  }
  bool next() { return reader_.next(); }

  RecordedPayment row() const {
    RecordedPayment row;
    row.payment = static_cast<std::uint32_t>(reader_.integer(payment_));
    row.kind = reader_.cell(kind_);
    row.payer = reader_.cell(payer_);
    row.coordinator = reader_.cell(coordinator_);
    row.participants = reader_.cell(participants_);
    row.outcome = reader_.cell(outcome_);
    row.intended_start_ns = reader_.integer(intended_start_);
    if (!reader_.cell(answered_).empty()) row.answered_ns = reader_.integer(answered_);
    row.in_doubt_ms = reader_.number(in_doubt_);
    row.messages = static_cast<std::uint32_t>(reader_.integer(messages_));
    row.forced_writes = static_cast<std::uint32_t>(reader_.integer(forced_writes_));
    row.tries = static_cast<std::uint32_t>(reader_.integer(tries_));
    row.measured = reader_.integer(measured_) != 0;
    if (!reader_.cell(phases_.front()).empty()) {
      row.phases_ms.emplace();
      std::ranges::transform(phases_, row.phases_ms->begin(), [this](std::size_t at) { return reader_.number(at); });
    }
    return row;
  }

 private:
  CsvReader reader_;
  std::size_t payment_ = reader_.column("payment");
  std::size_t kind_ = reader_.column("kind");
  std::size_t payer_ = reader_.column("payer");
  std::size_t coordinator_ = reader_.column("coordinator");
  std::size_t participants_ = reader_.column("participants");
  std::size_t outcome_ = reader_.column("outcome");
  std::size_t intended_start_ = reader_.column("intended_start_ns");
  std::size_t answered_ = reader_.column("answered_ns");
  std::size_t in_doubt_ = reader_.column("in_doubt_ms");
  std::size_t messages_ = reader_.column("messages");
  std::size_t forced_writes_ = reader_.column("forced_writes");
  std::size_t tries_ = reader_.column("tries");
  std::size_t measured_ = reader_.column("measured");
  std::array<std::size_t, kPhaseKinds> phases_{};
};

}  // namespace

RecordedTimeline read_timeline(const fs::path& path) {
  CsvReader reader(path);
  RecordedTimeline timeline{reader.names(), std::vector<std::vector<double>>(reader.names().size())};
  while (reader.next())
    for (std::size_t column = 0; column < timeline.columns.size(); ++column)
      timeline.columns[column].push_back(reader.number(column));
  return timeline;
}

std::span<const double> RecordedTimeline::column(std::string_view name) const {
  const auto found = std::ranges::find(names, name);
  if (found == names.end())
    throw std::runtime_error(fmt::format("found no column {} in timeline.csv; accepted: a table of this version", name));
  return columns[static_cast<std::size_t>(found - names.begin())];
}

RecordedRun::RecordedRun(fs::path folder)
    : folder_(std::move(folder)), result_(read_result(folder_)), timeline_(read_timeline(folder_ / "timeline.csv")) {}

std::string RecordedRun::text_of(std::string_view file) const { return read(folder_ / file).value_or(""); }

void RecordedRun::for_each_payment(const std::function<void(const RecordedPayment&)>& visit) const {
  PaymentReader reader(folder_ / "payments.csv");
  while (reader.next()) visit(reader.row());
}

}  // namespace paygrid::report
