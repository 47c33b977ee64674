// The verbs that run one scenario many times: doctor, fuzz, shrink.
#pragma once

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace paygrid::cli {

struct DoctorOptions {
  std::string scenario;
  std::vector<std::string> set;  // "path=value"
};
// Two runs of one scenario must be the same run: 0, else 5 and where they part.
int doctor_command(const DoctorOptions& options);

struct FuzzOptions {
  std::string scenario;
  std::vector<std::string> set;  // "path=value"
  std::uint64_t runs = 0;        // 0: no limit
  std::string time;              // empty: no limit; else a duration such as 10min
  std::uint32_t workers = std::max(1u, std::thread::hardware_concurrency());
  std::string run_limit = "2min";  // a run that takes longer is killed
  bool assumed = false;            // only worlds within the protocol's assumptions
  std::uint64_t seed = 1;
  std::string out;  // empty: results/<scenario>-fuzz-<seed>
  bool quiet = false;
};
// 0, or the class of the worst failure that no specification expects: 1, 3; 5 when a run differs from itself; 2 when nothing was
// judged; 70 when a run was lost.
int fuzz_command(const FuzzOptions& options);

struct ShrinkOptions {
  std::string from;            // a scenario, or a folder with scenario.yaml or resolved.yaml
  std::string check;           // that fails; empty: the first that does
  std::uint64_t budget = 4000;  // candidates
  std::string out;             // empty: shrunk.yaml, in the folder or beside the scenario
  bool quiet = false;
};
// 0: a smaller scenario was written, or there is none; 4: nothing fails that could be kept failing.
int shrink_command(const ShrinkOptions& options);

// Registers the three verbs; `run` runs the one that was named, or returns nothing.
class CampaignVerbs {
 public:
  explicit CampaignVerbs(CLI::App& app);
  CampaignVerbs(const CampaignVerbs&) = delete;
  CampaignVerbs& operator=(const CampaignVerbs&) = delete;
  std::optional<int> run() const;

 private:
  CLI::App* doctor_;
  CLI::App* fuzz_;
  CLI::App* shrink_;
  DoctorOptions doctor_options_;
  FuzzOptions fuzz_options_;
  ShrinkOptions shrink_options_;
};

}  // namespace paygrid::cli
