// The process pool: every job ends once, however its process ends.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <stdexcept>

#include "sim/campaign/process_pool.hpp"

namespace paygrid::campaign {
namespace {

std::map<std::uint64_t, Ending> run_all(std::uint32_t workers, std::uint64_t jobs,
                                        const std::function<std::string(std::uint64_t)>& work) {
  ProcessPool pool(workers);
  std::map<std::uint64_t, Ending> endings;
  for (std::uint64_t job = 0; job < jobs || !pool.is_idle();) {
    while (job < jobs && !pool.is_full()) {
      pool.start(job, [&work, job] { return work(job); });
      ++job;
    }
    Ending ending = pool.wait();
    endings.emplace(ending.job, std::move(ending));
  }
  return endings;
}

TEST(ProcessPool, ReturnsWhatEveryJobReturned) {
  // More than a pipe holds, so that children write while the parent reads.
  const auto work = [](std::uint64_t job) { return std::string(200'000, static_cast<char>('a' + job % 26)); };
  const auto endings = run_all(3, 20, work);
  ASSERT_EQ(endings.size(), 20u);
  for (const auto& [job, ending] : endings) {
    EXPECT_EQ(ending.text, work(job));
    EXPECT_EQ(ending.death, "");
  }
}

TEST(ProcessPool, AKilledJobLosesNoOther) {
  const auto endings = run_all(2, 10, [](std::uint64_t job) {
    if (job == 4) kill(getpid(), SIGKILL);
    return std::to_string(job);
  });
  ASSERT_EQ(endings.size(), 10u);
  for (const auto& [job, ending] : endings) EXPECT_EQ(ending.death, job == 4 ? "signal 9" : "") << job;
}

TEST(ProcessPool, AJobThatThrowsDiesAlone) {
  const auto endings = run_all(2, 3, [](std::uint64_t job) -> std::string {
    if (job == 1) throw std::runtime_error("as planned");
    return "done";
  });
  EXPECT_EQ(endings.at(1).death, "exit code 1");
  EXPECT_EQ(endings.at(2).text, "done");
}

TEST(ProcessPool, KillsWhatStillRunsAtItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_NONBLOCK), 0);
  {
    ProcessPool pool(1);
    pool.start(0, []() -> std::string {
      for (;;) pause();
    });
  }
  close(ends[1]);
  char byte = 0;
  EXPECT_EQ(read(ends[0], &byte, 1), 0) << "the child held the other end open";
  close(ends[0]);
}

TEST(ProcessPool, KillsAJobThatTakesTooLong) {
  ProcessPool pool(2, std::chrono::milliseconds(50));
  pool.start(1, [] {
    pause();
    return std::string("never");
  });
  pool.start(2, [] { return std::string("at once"); });
  EXPECT_EQ(pool.wait().text, "at once");
  const Ending overdue = pool.wait();
  EXPECT_EQ(overdue.job, 1u);
  EXPECT_EQ(overdue.death, "it took too long");
}

}  // namespace
}  // namespace paygrid::campaign
