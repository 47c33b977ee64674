#include "sim/cli/doctor.hpp"

#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "sim/cli/event_words.hpp"
#include "sim/timed/trace_hash.hpp"

namespace paygrid::cli {

namespace {

using nlohmann::json;

constexpr std::size_t kBlock = 64;        // events between two meetings
constexpr std::size_t kEventsBefore = 5;  // shown of what both runs have in common
constexpr std::uint64_t kNeverCareful = ~std::uint64_t{0};
constexpr char kGoOn = 'g';
constexpr char kDescribe = 'd';

bool send_all(int socket, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = send(socket, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool receive_all(int socket, void* data, std::size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(socket, at, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

struct Block {
  std::uint64_t size = 0;
  bool is_last = false;
  std::array<std::uint64_t, kBlock> digests{};
};

// In a child: tells the parent of every event.
class Witness final : public history::Observer {
 public:
  // From event number `careful_from` on, every event is a block.
  Witness(int socket, std::uint64_t careful_from) : socket_(socket), careful_from_(careful_from) {}
  void watch(const timed::Engine& engine) { engine_ = &engine; }

  void on_fact(history::TimeNs at_ns, core::NodeId process, const core::Fact& fact) override {
    hash_.on_fact(at_ns, process, fact);
    add(words_of(at_ns, process, fact));
  }
  void on_packet(const history::PacketEvent& event) override { hash_.on_packet(event), add(words_of(event)); }
  void on_process(const history::ProcessEvent& event) override { hash_.on_process(event), add(words_of(event)); }
  void on_fault(const history::FaultEvent& event) override { hash_.on_fault(event), add(words_of(event)); }
  void on_disk(const history::DiskEvent& event) override { hash_.on_disk(event), add(words_of(event)); }

  // The last block, perhaps empty; the parent may still ask for it.
  void end() {
    block_.is_last = true;
    meet();
  }

 private:
  void add(std::string words) {
    block_.digests[block_.size++] = hash_.state();
    words_.push_back(std::move(words));
    ++events_;
    if (block_.size == kBlock || events_ > careful_from_) meet();
  }

  void meet() {
    char answer = 0;
    if (!send_all(socket_, &block_, sizeof block_) || !receive_all(socket_, &answer, 1)) _exit(EXIT_FAILURE);
    if (answer == kDescribe) describe();
    block_.size = 0;
    words_.erase(words_.begin(), words_.end() - static_cast<std::ptrdiff_t>(std::min(kEventsBefore, words_.size())));
  }

  [[noreturn]] void describe() const {
    json draws = json::array();
    engine_->count_draws([&](const std::string& stream, std::uint64_t drawn) { draws.push_back({stream, drawn}); });
    const std::string text = json{{"words", words_}, {"size", block_.size}, {"draws", draws}}.dump();
    send_all(socket_, text.data(), text.size());
    _exit(EXIT_SUCCESS);
  }

  int socket_;
  std::uint64_t careful_from_;
  std::uint64_t events_ = 0;
  const timed::Engine* engine_ = nullptr;
  timed::TraceHash hash_;
  Block block_;
  std::vector<std::string> words_;  // of the block, and of a few events before it
};

using Prepare = std::function<void(RunRequest&, int)>;

// Children of one parent find their memory at the same addresses. What is taken here stays in the way of whatever the run
// allocates, so that a run which depends on addresses becomes another one.
void displace_heap() {
  static std::vector<std::unique_ptr<char[]>> in_the_way;
  for (std::size_t bytes = 16; bytes <= 4096; bytes += 16) in_the_way.push_back(std::make_unique<char[]>(bytes));
}

[[noreturn]] void run_child(RunRequest request, const Prepare& prepare, int which, std::uint64_t careful_from, int socket) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (which == 1) displace_heap();
  Witness witness(socket, careful_from);
  request.observers.push_back(&witness);
  request.on_engine = [&witness](timed::Engine& engine) { witness.watch(engine); };
  // The engine is gone when the run returns, and the last block may have to tell of its streams.
  request.at_end = [&witness] { witness.end(); };
  try {
    if (prepare) prepare(request, which);
    run_scenario(request);
  } catch (const std::exception& error) {
    fmt::print(stderr, "paygrid: {}\n", error.what());
    _exit(EXIT_FAILURE);
  }
  _exit(EXIT_SUCCESS);
}

// A run in a child, seen from the parent.
class Patient {
 public:
  Patient(const RunRequest& request, const Prepare& prepare, int which, std::uint64_t careful_from) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket to a child process");
    std::fflush(nullptr);
    process_ = fork();
    if (process_ < 0) throw std::runtime_error("no child process");
    if (process_ == 0) {
      close(ends[0]);
      run_child(request, prepare, which, careful_from, ends[1]);
    }
    close(ends[1]);
    socket_ = ends[0];
  }
  ~Patient() {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    close(socket_);
  }
  Patient(const Patient&) = delete;
  Patient& operator=(const Patient&) = delete;

  Block next() const {
    Block block;
    if (!receive_all(socket_, &block, sizeof block)) throw std::runtime_error("a run ended before its time");
    return block;
  }
  void go_on() const { send_all(socket_, &kGoOn, 1); }
  json describe() const {
    send_all(socket_, &kDescribe, 1);
    std::string text;
    std::array<char, 65536> buffer;
    for (ssize_t got = 0; (got = read(socket_, buffer.data(), buffer.size())) > 0;)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    return json::parse(text);
  }

 private:
  pid_t process_ = -1;
  int socket_ = -1;
};

// Words of the event at `at` of the last block.
std::string event_of(const json& told, std::size_t at) {
  const std::size_t size = told.at("size");
  const json& words = told.at("words");
  return at < size ? words.at(words.size() - size + at).get<std::string>() : "the run has ended";
}

void describe(const Patient& first, const Patient& second, std::size_t at, Diagnosis& diagnosis) {
  const json one = first.describe(), two = second.describe();
  diagnosis.first = event_of(one, at);
  diagnosis.second = event_of(two, at);
  const json& words = one.at("words");
  const std::size_t parting = words.size() - one.at("size").get<std::size_t>() + at;
  for (std::size_t i = parting - std::min(parting, kEventsBefore); i < parting; ++i)
    diagnosis.before.push_back(words.at(i).get<std::string>());
  for (const json& count : one.at("draws")) diagnosis.draws.push_back({count.at(0), count.at(1), 0});
  for (const json& count : two.at("draws")) {
    const auto known = std::ranges::find(diagnosis.draws, count.at(0).get<std::string>(), &DrawCount::stream);
    if (known != diagnosis.draws.end())
      known->second = count.at(1);
    else
      diagnosis.draws.push_back({count.at(0), 0, count.at(1)});
  }
}

Diagnosis examine_once(const RunRequest& request, const Prepare& prepare, std::uint64_t careful_from) {
  const Patient first(request, prepare, 0, careful_from), second(request, prepare, 1, careful_from);
  Diagnosis diagnosis;
  std::uint64_t last = 0;
  for (;;) {
    const Block one = first.next(), two = second.next();
    const std::uint64_t common = std::min(one.size, two.size);
    std::size_t at = 0;
    while (at < common && one.digests[at] == two.digests[at]) last = one.digests[at++];
    diagnosis.events += at;
    if (at < common || one.size != two.size || one.is_last != two.is_last) {
      describe(first, second, at, diagnosis);
      return diagnosis;
    }
    first.go_on();
    second.go_on();
    if (one.is_last || two.is_last) break;
  }
  diagnosis.same = true;
  diagnosis.trace_hash = fmt::format("{:016x}", last);
  return diagnosis;
}

}  // namespace

Diagnosis examine(const scenario::Scenario& scenario, const Prepare& prepare) {
  RunRequest request;
  request.scenario = scenario;
  Diagnosis diagnosis = examine_once(request, prepare, kNeverCareful);
  if (diagnosis.same) return diagnosis;
  const Diagnosis again = examine_once(request, prepare, diagnosis.events - std::min<std::uint64_t>(diagnosis.events, kBlock));
  if (again.same || again.events != diagnosis.events) return diagnosis;
  diagnosis.draws = again.draws;
  diagnosis.draws_are_exact = true;
  return diagnosis;
}

std::string text_of(const Diagnosis& diagnosis) {
  if (diagnosis.same)
    return fmt::format("the same run twice: {} events, trace hash {}\n", diagnosis.events, diagnosis.trace_hash);
  std::string text = fmt::format("not deterministic: the runs part at event {}\n", diagnosis.events + 1);
  for (const std::string& event : diagnosis.before) text += fmt::format("  both    {}\n", event);
  text += fmt::format("  first   {}\n  second  {}\n", diagnosis.first, diagnosis.second);
  text += fmt::format("draws of each random stream, {}:\n",
                      diagnosis.draws_are_exact ? "at these events" : fmt::format("up to {} events later", kBlock));
  for (const DrawCount& count : diagnosis.draws)
    text += fmt::format("  {:<40} {:>10} {:>10}{}\n", count.stream, count.first, count.second,
                        count.first == count.second ? "" : "  differs");
  return text;
}

}  // namespace paygrid::cli
