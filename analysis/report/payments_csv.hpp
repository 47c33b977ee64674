// payments.csv: one row a payment, written when nothing more will happen to it, or at the end of the run.
#pragma once

#include <filesystem>
#include <optional>

#include "analysis/check/txn_view.hpp"
#include "analysis/history/run_info.hpp"
#include "analysis/report/critical_path.hpp"
#include "analysis/report/output_file.hpp"

namespace paygrid::report {

class PaymentsCsv {
 public:
  // Throws std::runtime_error.
  PaymentsCsv(const history::RunInfo& info, std::filesystem::path path);
  // `phases`: of an answered payment; empty when nobody followed it.
  void write(const check::PaymentView& payment, const std::optional<PhaseTimes>& phases = {});
  void close() { file_.close(); }

 private:
  const history::RunInfo& info_;
  OutputFile file_;
};

}  // namespace paygrid::report
