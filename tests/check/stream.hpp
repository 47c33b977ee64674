// A stream of facts into all checks.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "analysis/check/check_suite.hpp"
#include "analysis/check/shadow_ledger.hpp"
#include "tests/check/fact_stream.hpp"

namespace paygrid::test {

using check::Finding;
using check::Verdict;

// Numbers the occurrences of facts, which is all that a suite needs from an engine.
struct SuiteObserver : history::Observer {
  explicit SuiteObserver(history::RunInfo info_) : info(std::move(info_)), suite(info) {}
  void on_fact(history::TimeNs at_ns, NodeId process, const Fact& fact) override {
    suite.settle(suite.on_fact(at_ns, ++event, process, fact));
  }
  void on_packet(const history::PacketEvent& packet) override { suite.on_packet(packet); }
  void on_process(const history::ProcessEvent& change) override { suite.on_process(change); }
  void on_fault(const history::FaultEvent& fault) override { suite.on_fault(fault); }
  void on_disk(const history::DiskEvent& disk) override { suite.on_disk(event, disk); }

  history::RunInfo info;
  check::CheckSuite suite;
  std::uint64_t event = 0;
};

class Stream : public SuiteObserver, public FactStream {
 public:
  explicit Stream(history::RunInfo info_ = small_world())
      : SuiteObserver(std::move(info_)), FactStream(static_cast<history::Observer&>(*this)) {}

  Finding finding(std::string_view name, bool complete = true) {
    const auto findings = suite.findings(now_ns + 10'000 * kMillisecond, complete);
    return *std::ranges::find(findings, name, &Finding::name);
  }
};

inline bool mentions(const std::string& text, std::string_view words) { return text.find(words) != std::string::npos; }

#define EXPECT_MENTIONS(text, words) EXPECT_TRUE(::paygrid::test::mentions(text, words)) << text

}  // namespace paygrid::test
