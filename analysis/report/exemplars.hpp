// The payments of a run that a reader asks for first: the first violation of each check, the slowest, the longest in doubt, and a
// plain one. All that happened to them and to those whose locks they waited for is kept and written as exemplars.jsonl, lines as in
// trace.jsonl, together with all faults and what happened to processes.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "analysis/check/check_suite.hpp"
#include "analysis/report/payment_log.hpp"

namespace paygrid::report {

struct Exemplar {
  core::PaymentId payment;
  std::string why;  // "slowest committed", "first violation of AC1", ...
};

class Exemplars {
 public:
  explicit Exemplars(const history::RunInfo& info) : info_(info) {}

  void on_process(std::uint64_t event, const history::ProcessEvent& change);
  void on_fault(std::uint64_t event, const history::FaultEvent& fault);
  // A payment that is over, or the run is.
  void consider(const check::PaymentView& payment, const PaymentLog& log);
  // An occurrence of a payment that is over: belongs to what is kept of it, if anything is.
  void follow(core::PaymentId payment, const LogEntry& entry);
  // It was the first to violate a check.
  void keep(core::PaymentId payment, std::string_view check, const PaymentLog& log);

  // Each payment once, in the order of importance.
  std::vector<Exemplar> chosen() const;
  // Writes exemplars.jsonl, by event id. Throws std::runtime_error.
  void write(const std::filesystem::path& path) const;

 private:
  // Processes change state a few times for each fault; what is beyond this is left out, so that a run of any length is bounded.
  static constexpr std::size_t kProcessEventsMax = 100'000;

  struct Kept {
    core::PaymentId payment;
    std::vector<LogEntry> entries;
  };
  struct Choice {
    std::string why;
    std::int64_t rank = -1;      // the highest stays
    std::vector<Kept> payments;  // the chosen one, then those it waited for
  };
  struct ProcessLine {
    std::uint64_t event = 0;
    history::ProcessEvent change;
  };
  struct FaultLine {
    std::uint64_t event = 0;
    history::FaultEvent fault;
    std::string description;
  };

  template <class Visit>
  void for_each_choice(Visit&& visit);
  void offer(Choice& choice, std::int64_t rank, core::PaymentId payment, const PaymentLog& log);

  const history::RunInfo& info_;
  std::vector<Choice> violations_;
  Choice slowest_committed_{"slowest committed", -1, {}};
  Choice slowest_aborted_{"slowest aborted", -1, {}};
  Choice longest_in_doubt_{"longest in doubt", 0, {}};
  Choice fastest_committed_{"fastest committed", std::numeric_limits<std::int64_t>::min(), {}};
  std::vector<ProcessLine> processes_;
  std::vector<FaultLine> faults_;
};

}  // namespace paygrid::report
