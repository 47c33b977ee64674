// Worlds at the edge: nothing arrives, nothing lasts, or the platform comes from a SimGrid file.
#include <gtest/gtest.h>

#include "tests/cli/program.hpp"

namespace paygrid::cli_tests {
namespace {

using nlohmann::json;

class Edge : public testing::Test {
 protected:
  // The result of the small scenario with overrides; expects that exit code.
  json run(int exit_code, const std::vector<std::string>& overrides) {
    folder_.write("small.yaml", small_scenario("{}"));
    std::vector<std::string> arguments{"run", "small.yaml", "--quiet", "--out", "out"};
    for (const std::string& text : overrides) arguments.insert(arguments.end(), {"--set", text});
    const Ending ending = paygrid(arguments, folder_.path());
    EXPECT_EQ(ending.exit_code, exit_code) << ending.err;
    return json::parse(folder_.read("out/result.json"));
  }
  static void expect_all_unknown(const json& result) {
    for (const json& check : result.at("checks")) EXPECT_EQ(check.at("verdict"), "unknown") << check.at("name");
    EXPECT_EQ(result.at("payments").at("submitted"), 0);
    EXPECT_TRUE(result.at("availability").is_null());
  }

  TempFolder folder_;
};

TEST_F(Edge, NothingArrivesAndNothingIsKnown) { expect_all_unknown(run(2, {"workload.0.arrivals=poisson(0.000001/s)"})); }

TEST_F(Edge, ARunOfOneNanosecondEnds) {
  const json result = run(2, {"duration=1ns", "phases.settle=0s"});
  expect_all_unknown(result);
  EXPECT_EQ(result.at("simulated_s"), 1e-9);
}

TEST_F(Edge, ARunThatEndsInTheMiddleOfItsPaymentsKeepsThemUnknown) {
  const json result = run(0, {"duration=2s", "phases.settle=0s"});
  EXPECT_GT(result.at("payments").at("unknown"), 0);
}

TEST_F(Edge, ThreeNodesWithOneShardAndOnePaymentAreEnough) {
  const json result = run(0, {"ledger.shards=1", "ledger.accounts=2", "workload.0.shards=1", "workload.0.count=1"});
  EXPECT_EQ(result.at("payments").at("submitted"), 1);
}

class PlatformFile : public testing::Test {
 protected:
  PlatformFile() {
    folder_.write("xml.yaml",
                  "paygrid: 1\nscenario: xml\nseed: 7\nduration: 4s\ncluster: {platform: lan.xml}\n"
                  "ledger: {shards: 2, accounts: 300, opening_balance: \"EUR 100.00\"}\n"
                  "workload:\n"
                  "  - {kind: transfer, arrivals: \"constant(10/s)\", accounts: uniform, amount: \"constant(EUR 1.00)\"}\n"
                  "phases: {settle: 2s}\n");
  }
  void write_platform(const std::string& inside) const {
    folder_.write("lan.xml",
                  "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                  "<platform version=\"4.1\">\n" + inside + "</platform>\n");
  }
  static std::string two_hosts(const std::string& latency) {
    return "<zone id=\"lan\" routing=\"Full\">\n<host id=\"alpha\" speed=\"1Gf\"/>\n<host id=\"beta\" speed=\"1Gf\"/>\n"
           "<link id=\"wire\" bandwidth=\"1GBps\" latency=\"" + latency + "\"/>\n"
           "<route src=\"alpha\" dst=\"beta\"><link_ctn id=\"wire\"/></route>\n</zone>\n";
  }
  Ending run() const { return paygrid({"run", "xml.yaml", "--quiet", "--out", "out"}, folder_.path()); }
  double mean_latency() const { return json::parse(folder_.read("out/result.json")).at("latency_ms").at("mean").get<double>(); }

  TempFolder folder_;
};

TEST_F(PlatformFile, ItsHostsAreTheNodesAndItsLatenciesCount) {
  write_platform(two_hosts("10ms"));
  ASSERT_EQ(run().exit_code, 0);
  const double slow = mean_latency();
  EXPECT_NE(folder_.read("out/payments.csv").find("alpha beta"), std::string::npos);
  write_platform(two_hosts("1ms"));
  ASSERT_EQ(run().exit_code, 0);
  EXPECT_NEAR(slow - mean_latency(), 18, 2) << "two message delays, each nine milliseconds shorter";
}

TEST_F(PlatformFile, ResolvedScenarioFindsItFromTheResultFolder) {
  write_platform(two_hosts("10ms"));
  ASSERT_EQ(run().exit_code, 0);
  fs::create_directory(folder_ / "elsewhere");
  const Ending again = paygrid({"run", "../out/resolved.yaml", "--quiet", "--out", "again"}, folder_ / "elsewhere");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(json::parse(folder_.read("out/result.json")).at("trace_hash"),
            json::parse(folder_.read("elsewhere/again/result.json")).at("trace_hash"));
}

TEST_F(PlatformFile, ABrokenOneIsOneLineAndLeavesNothing) {
  const std::vector<std::string> broken{
      "<zone", "", "<zone id=\"z\" routing=\"Bogus\"><host id=\"a\" speed=\"1Gf\"/></zone>",
      "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"fast\"/></zone>",
      "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\"/><host id=\"a\" speed=\"1Gf\"/></zone>",
      "<zone id=\"z\" routing=\"Full\"><host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/></zone>"};
  for (const std::string& inside : broken) {
    write_platform(inside);
    const Ending ending = run();
    EXPECT_EQ(ending.exit_code, 64) << inside;
    EXPECT_EQ(lines_in(ending.err), 1u) << ending.err;
    EXPECT_NE(ending.err.find("lan.xml"), std::string::npos) << ending.err;
    EXPECT_EQ(folder_.names(), (std::set<std::string>{"lan.xml", "xml.yaml"}));
  }
  fs::remove(folder_ / "lan.xml");
  EXPECT_EQ(run().exit_code, 64);
}

}  // namespace
}  // namespace paygrid::cli_tests
