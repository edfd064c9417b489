// The service: durable submissions by 64 clients, each answered after its sync; lists of 10,000
// workloads while 500 requests/s of mixed load run; a start with that journal. Closed loop for the
// submissions, open loop for the mixed load. Authentication, audit and idempotency keys are on;
// commands are not started: a driver that starts nothing stands in for this machine's.
//
// Clients run in this process and share its cores. Usage: bench_service [WORKLOADS [FOLDER]]

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "server/api_client.h"
#include "server/local_world.h"
#include "server/service.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kClients = 64;
constexpr int kListed = 10'000;
constexpr int kMixedPerSecond = 500;
constexpr int kMixedSeconds = 10;

void expect(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "bench: not so: %s\n", what.c_str());
  std::exit(1);
}

class NoDriver : public drivers::Driver {
 public:
  Status launch(const drivers::LaunchOrder&) override { return {}; }
  Status stop(const drivers::StopOrder&) override { return {}; }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }
};

std::unique_ptr<server::Service> start(const std::string& folder) {
  server::LocalMachine machine = server::look_at_this_machine();
  expect(server::declare_devices(machine, "h100:8").has_value(), "devices");
  server::ServiceOptions options;
  options.data = folder;
  options.world = std::make_shared<World>(server::local_world(machine));
  options.clock = [] {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return Time{Duration::seconds(now.tv_sec).ns + now.tv_nsec};
  };
  options.remark = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
  options.fatal = [](const Error& error) { expect(false, error.message); };
  options.os_user = "nobody";
  options.make_driver = [](const server::DriverSeat&) -> Result<std::unique_ptr<drivers::Driver>> {
    return std::make_unique<NoDriver>();
  };
  auto service = server::Service::start(std::move(options));
  expect(service.has_value(), service ? "" : service.error().message);
  return std::move(*service);
}

std::string body_of(const std::string& name) {
  return fmt::format(
      R"({{"name": "{}", "project": "default", "kind": "batch", "request": {{"accelerators": 1}}, )"
      R"("run": {{"command": ["train", "--steps", "1000"]}}}})",
      name);
}

// Since a moment on the steady clock.
Duration since(Clock::time_point start) {
  return Duration{std::chrono::nanoseconds(Clock::now() - start).count()};
}

void merge(const std::vector<std::vector<Duration>>& all, Samples& into) {
  for (const auto& each : all)
    for (const Duration duration : each) into.add(duration);
}

server::ApiClient client_of(const server::ApiAddress& address) {
  auto client = server::ApiClient::open(address);
  expect(client.has_value(), "an address");
  return std::move(*client);
}

// Returns how long all of it took.
Duration submit(const server::ApiAddress& address, int workloads, Samples& samples) {
  std::atomic<int> next = 0;
  std::vector<std::vector<Duration>> took(kClients);
  std::vector<std::thread> threads;
  const auto begin = Clock::now();
  for (int c = 0; c < kClients; ++c)
    threads.emplace_back([&, c] {
      server::ApiClient client = client_of(address);
      for (int i = next++; i < workloads; i = next++) {
        const auto start = Clock::now();
        const auto answer =
            client.post("/api/v1/workloads", body_of(fmt::format("w{}", i)), fmt::format("k{}", i));
        expect(answer.has_value(), answer ? "" : answer.error().message);
        took[static_cast<std::size_t>(c)].push_back(since(start));
      }
    });
  for (std::thread& thread : threads) thread.join();
  const Duration whole = since(begin);
  merge(took, samples);
  return whole;
}

// Submissions, looks and cancels, each due at its own moment, whatever the ones before take.
void mixed(const server::ApiAddress& address, std::atomic<bool>& listing, Samples& samples) {
  constexpr int kThreads = 64;
  std::atomic<int> next = 0;
  std::vector<std::vector<Duration>> all(kThreads);
  std::vector<std::thread> threads;
  const auto begin = Clock::now();
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      server::ApiClient client = client_of(address);
      for (int i = next++; i < kMixedPerSecond * kMixedSeconds; i = next++) {
        const auto due = begin + std::chrono::microseconds(1'000'000 / kMixedPerSecond * i);
        std::this_thread::sleep_until(due);
        const std::string name = fmt::format("m{}", i / 3);
        if (i % 3 == 0)
          expect(
              client.post("/api/v1/workloads", body_of(name), "m" + std::to_string(i)).has_value(),
              "a submission");
        else if (i % 3 == 1)
          (void)client.get("/api/v1/workloads/" + name);
        else
          (void)client.post("/api/v1/workloads/" + name + "/cancel", {}, "m" + std::to_string(i));
        all[static_cast<std::size_t>(t)].push_back(since(due));
      }
    });
  for (std::thread& thread : threads) thread.join();
  listing = false;
  merge(all, samples);
}

}  // namespace

int main(int count, char** words) {
  const int workloads = count > 1 ? std::atoi(words[1]) : 100'000;
  expect(workloads >= kListed, "usage: bench_service [WORKLOADS [FOLDER]], 10,000 at least");
  std::string folder = (std::filesystem::temp_directory_path() / "sillar-bench-XXXXXX").string();
  if (count > 2)
    folder = words[2];
  else
    expect(::mkdtemp(folder.data()) != nullptr, "a folder");
  auto service = start(folder);
  server::ApiAddress address;
  address.url = "http://" + service->address();
  std::ostringstream token;
  token << std::ifstream(folder + "/" + server::kFirstTokenFile).rdbuf();
  address.token = token.str();
  (void)client_of(address).get("/api/v1/whoami");

  Report report("service", count, words);
  Samples submissions;
  const Duration whole = submit(address, workloads, submissions);

  std::atomic<bool> listing = true;
  Samples others;
  Samples lists;
  std::thread other([&] { mixed(address, listing, others); });
  server::ApiClient lister = client_of(address);
  const std::string target = fmt::format("/api/v1/workloads?limit={}", kListed);
  while (listing) {
    const Stopwatch watch;
    const auto page = lister.get_text(target);
    expect(page.has_value(), page ? "" : page.error().message);
    lists.add(watch.elapsed());
  }
  other.join();
  service.reset();

  const Stopwatch restart;
  service = start(folder);
  const Duration restarted = restart.elapsed();
  const auto applied = static_cast<std::int64_t>(service->started().entries);
  const auto found = static_cast<std::int64_t>(service->started().workloads);
  service.reset();
  if (count <= 2) std::filesystem::remove_all(folder);

  JsonWriter& json = report.results();
  json.field("clients", std::int64_t{kClients});
  json.field("submissions_per_second", std::int64_t{workloads} * 1'000'000'000 / whole.ns);
  submissions.write("submission", json);
  json.field("mixed_per_second", std::int64_t{kMixedPerSecond});
  others.write("mixed", json);
  json.field("listed", std::int64_t{kListed});
  lists.write("list", json);
  json.field("restart_ms", restarted.ns / 1'000'000);
  json.field("restart_workloads", found);
  json.field("restart_entries_after_snapshot", applied);
  return report.print();
}
