// HTTP: what a request costs before anything is done for it. One I/O thread, 64 connections that
// are kept, an answer of 11 bytes: from the handler at once; from another thread that answers all
// that waits in one go, as the control thread does; and over TLS, where a certificate is given.
// Beside it, how long handing over one answer keeps that other thread. The load is wrk's
// (apt-get install wrk), on another core than the server where there is one.
//
// Usage: bench_http [certificate.pem key.pem]

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "net/server.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

constexpr int kSeconds = 4;
constexpr int kConnections = 64;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "bench: not so: %s\n", what.c_str());
  std::exit(1);
}

net::Response small_answer() {
  return {.headers = {{"Content-Type", "application/json"}}, .body = "{\"ok\":true}"};
}

// Answers whatever has come since it last looked, in one go.
class Batches {
 public:
  void take(net::Responder responder) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(responder));
    if (waiting_.size() == 1) changed_.notify_one();
  }
  void run() {
    for (;;) {
      std::vector<net::Responder> batch;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return ended_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        batch.swap(waiting_);
      }
      const Stopwatch watch;
      for (net::Responder& responder : batch) responder.send(small_answer());
      spent_ns_ += watch.elapsed().ns;
      answers_ += batch.size();
      ++batches_;
    }
  }
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }
  void write(JsonWriter& json) const {
    const auto answers = static_cast<double>(answers_);
    json.key("answers_per_batch").decimal(decimal(answers / static_cast<double>(batches_), 1));
    json.key("hand_over_us_per_answer")
        .decimal(decimal(static_cast<double>(spent_ns_) / 1e3 / answers, 3));
  }

 private:
  std::mutex mutex_;  // Guards the next two.
  std::vector<net::Responder> waiting_;
  bool ended_ = false;
  std::condition_variable changed_;
  std::int64_t spent_ns_ = 0;
  std::uint64_t answers_ = 0;
  std::uint64_t batches_ = 0;
};

std::int64_t cpu_ns() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto ns_of = [](const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + std::int64_t{time.tv_usec} * 1'000;
  };
  return ns_of(usage.ru_utime) + ns_of(usage.ru_stime);
}

std::string output_of(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"),
                                                             ::pclose);
  std::string out;
  std::array<char, 4096> bytes{};
  while (pipe && std::fgets(bytes.data(), bytes.size(), pipe.get()) != nullptr) out += bytes.data();
  return out;
}

// What stands behind `name` in wrk's report, up to the line's end.
std::string value_in(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) return {};
  const std::size_t begin = text.find_first_not_of(' ', at + name.size());
  return text.substr(begin, text.find('\n', begin) - begin);
}

void load(const net::Server& server, bool tls, const std::string& pin, JsonWriter& json) {
  const std::string wrk =
      fmt::format("{}wrk --latency -t1 -c{} -d{}s {}://{}/ 2>&1", pin, kConnections, kSeconds,
                  tls ? "https" : "http", server.address());
  const std::uint64_t requests = server.counts().requests_total;
  const std::int64_t cpu = cpu_ns();
  const std::string said = output_of(wrk);
  const std::int64_t spent = cpu_ns() - cpu;
  const std::uint64_t served = server.counts().requests_total - requests;
  const std::string rate = value_in(said, "Requests/sec:");
  expect(!rate.empty() && served > 0, "wrk reports a rate:\n" + said);
  expect(
      said.find("Non-2xx") == std::string::npos && said.find("Socket errors") == std::string::npos,
      "every answer is right:\n" + said);
  json.key("requests_per_second").decimal(decimal(std::strtod(rate.c_str(), nullptr), 0));
  json.key("cpu_us_per_request")
      .decimal(decimal(static_cast<double>(spent) / 1e3 / static_cast<double>(served), 2));
  json.field("latency_p50", value_in(said, " 50%"));
  json.field("latency_p99", value_in(said, " 99%"));
}

std::unique_ptr<net::Server> start(net::ServerOptions options, net::Handler handler) {
  auto server = net::Server::start(std::move(options), std::move(handler));
  expect(server.has_value(), server ? "" : server.error().message);
  return std::move(*server);
}

// Keeps this process on the first core it may use, and says how to run wrk on the second.
std::string pin_apart() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  ::sched_getaffinity(0, sizeof cores, &cores);
  std::vector<std::size_t> usable;
  for (std::size_t core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &cores)) usable.push_back(core);
  if (usable.size() < 2) return {};
  CPU_ZERO(&cores);
  CPU_SET(usable[0], &cores);
  ::sched_setaffinity(0, sizeof cores, &cores);
  return fmt::format("taskset -c {} ", usable[1]);
}

}  // namespace

int main(int argc, char** argv) {
  Report report("http", argc, argv);
  JsonWriter& json = report.results();
  if (output_of("command -v wrk").empty()) {
    json.field("skipped", "wrk is not installed");
    return report.print();
  }
  const std::string pin = pin_apart();
  json.field_bool("server_and_load_on_cores_of_their_own", !pin.empty());
  json.field("connections", std::int64_t{kConnections});
  const net::Handler at_once = [](const net::Request&, net::Responder responder) {
    responder.send(small_answer());
  };
  {
    json.key("answered_at_once").begin_object();
    load(*start({}, at_once), false, pin, json);
    json.end_object();
  }
  {
    Batches batches;
    std::thread control([&] { batches.run(); });
    json.key("answered_in_batches").begin_object();
    load(*start({}, [&](const net::Request&,
                        net::Responder responder) { batches.take(std::move(responder)); }),
         false, pin, json);
    batches.end();
    control.join();
    batches.write(json);
    json.end_object();
  }
  if (argc == 3) {
    json.key("over_tls").begin_object();
    load(*start({.certificate_path = argv[1], .key_path = argv[2]}, at_once), true, pin, json);
    json.end_object();
  }
  return report.print();
}
