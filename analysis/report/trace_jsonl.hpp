// trace.jsonl: one JSON object a line for each occurrence of a run, with its event id and its time in nanoseconds.
// A sample holds every occurrence of every 100th payment, and all that happens to processes and all faults.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "analysis/history/observer.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/report/output_file.hpp"

namespace paygrid::report {

class TraceJsonl {
 public:
  static constexpr std::uint32_t kSampleEvery = 100;

  // `every`: 1 writes all payments, kSampleEvery a sample. Throws std::runtime_error.
  TraceJsonl(const history::RunInfo& info, std::uint32_t every, std::filesystem::path path);

  void on_fact(std::uint64_t event, history::TimeNs at_ns, core::NodeId process, const core::Fact& fact);
  void on_packet(std::uint64_t event, const history::PacketEvent& packet);
  void on_process(std::uint64_t event, const history::ProcessEvent& change);
  void on_fault(std::uint64_t event, const history::FaultEvent& fault);
  void on_disk(std::uint64_t event, const history::DiskEvent& disk);
  void close() { file_.close(); }

 private:
  bool is_chosen(core::PaymentId payment) const { return payment.value % every_ == 0; }
  std::string quoted_name(core::NodeId process) const;
  std::string message_name(const core::Message& message) const;

  const history::RunInfo& info_;
  std::uint32_t every_;
  std::vector<std::string> quoted_;  // names of processes as JSON strings
  OutputFile file_;
};

}  // namespace paygrid::report
