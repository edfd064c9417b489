// Kills a control plane at random moments, under submissions, cancellations and commands that end,
// starts it again without a flag each time, and holds what is found against what was acknowledged:
//
//   crash_loop PROGRAM ROUNDS [SEED [CLIENTS]]
//
// Nothing acknowledged is lost, nothing is there twice, no command started twice, none is left
// over, exit codes are right, the journal and the audit log verify, and replay decides alike. A
// third of the work shares a hard budget that has room for two at a time: it is never passed, and
// the ledger is what an uninterrupted count gives (crash_books.h). The server's clock runs kSpeed
// times as fast as ours, so that hours end meanwhile.

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <thread>

#include "base/check.h"
#include "base/random.h"
#include "base/time.h"
#include "journal/journal.h"
#include "journal/restart.h"
#include "journal/sqlite_store.h"
#include "server/api_client.h"
#include "server/audit_verify.h"
#include "tests/child_server.h"
#include "tests/crash_books.h"

namespace sillar {
namespace {

namespace fs = std::filesystem;

constexpr int kClients = 3;
constexpr std::string_view kTight = "t";
constexpr int kCodes = 4;  // Exit codes 0 to 3.
constexpr std::int64_t kSpeed = 1200;

// Soon an hour ends.
constexpr Time kFirstMoment{(Duration::hours(24 * 365 * 56) + Duration::minutes(45)).ns};

constexpr std::string_view kFleet = R"(
classes: [{name: h100, memory: 80Gi}]
nodes:
- name: here
  class: h100
  accelerators: 8
  cpu: 64
  memory: 64Gi
  price_per_hour: {amount: "20.00", currency: USD}
)";
// For less than five hours of one device; work of `tight` reserves two, and what stopping takes.
constexpr std::string_view kProjects = R"(
- name: default
- name: tight
  budgets: [{period: day, amount: 12.00 USD, hard: true}]
)";

// The same clock for each start of the server: it never goes back.
std::pair<std::string, std::string> fast_clock() {
  static const std::int64_t kBegan =
      std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  return {"SILLAR_FAST_CLOCK", fmt::format("{} {} {}", kBegan, kFirstMoment.ns, kSpeed)};
}

ChildServer start(const std::string& program, const std::string& folder) {
  ServerSetup setup;
  setup.program = program;
  setup.data = folder + "/data";
  setup.flags = {"--fleet", folder + "/fleet.yaml", "--projects", folder + "/projects.yaml"};
  setup.environment = {{"LD_PRELOAD", SILLAR_FAST_CLOCK}, fast_clock()};
  ChildServer server(setup);
  if (server.url().empty()) die("crash_loop: the server did not start");
  return server;
}

// What the clients were told, over all rounds.
struct Told {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, int> acknowledged;  // Name and the exit code that it will have.
  std::set<std::string> cancelled;          // Asked for; it may have come too late.
  int answers = 0;
  bool server_gone = false;
};

struct Request {
  std::string target;
  std::string body;
  std::string key;
  std::string name;
  int code = -1;  // Of a submission.
};

class Client {
 public:
  Client(Told& told, std::string folder, std::uint64_t seed, int number)
      : told_(told), folder_(std::move(folder)), random_(seed), number_(number) {}

  // Until the server is gone. What was not answered is asked again first.
  void run(const server::ApiAddress& address) {
    auto client = server::ApiClient::open(address);
    CHECK(client.has_value(), "an address");
    for (;;) {
      if (!pending_) pending_ = next();
      const auto answer = client->post(pending_->target, pending_->body, pending_->key);
      if (!answer && answer.error().code == ErrorCode::kIo) return;
      if (!answer) die(fmt::format("{}: {}", pending_->name, answer.error().message));
      const std::lock_guard lock(told_.mutex);
      if (pending_->code >= 0) told_.acknowledged[pending_->name] = pending_->code;
      ++told_.answers;
      told_.changed.notify_all();
      pending_.reset();
    }
  }

 private:
  Request next() {
    if (!last_.empty() && random_.below(4) == 0) {
      const std::lock_guard lock(told_.mutex);
      told_.cancelled.insert(last_);
      return {"/api/v1/workloads/" + last_ + "/cancel", {}, server::fresh_key(), last_};
    }
    Request request;
    request.code = static_cast<int>(random_.below(kCodes));
    const bool tight = random_.below(3) == 0;
    request.name = fmt::format("{}{}-{}", tight ? kTight : "c", number_, count_++);
    request.target = "/api/v1/workloads";
    request.key = server::fresh_key();
    const std::string command =
        fmt::format("echo $SILLAR_TOKEN >> {}/starts; exit {}", folder_, request.code);
    request.body = fmt::format(
        R"({{"name": "{}", "project": "{}", "kind": "batch", "limit": "{}", )"
        R"("request": {{"accelerators": 1}}, )"
        R"("run": {{"command": ["sh", "-c", "{}"], "environment": {{"CRASH_LOOP": "{}"}}}}}})",
        request.name, tight ? "tight" : "default", tight ? "2h" : "24h", command, folder_);
    last_ = request.name;
    return request;
  }

  Told& told_;
  std::string folder_;
  Random random_;
  int number_;
  int count_ = 0;
  std::string last_;
  std::optional<Request> pending_;
};

void run_round(ChildServer& server, std::vector<Client>& clients, Told& told,
               const server::ApiAddress& address, int answers) {
  std::vector<std::thread> threads;
  for (Client& client : clients) threads.emplace_back([&] { client.run(address); });
  {
    std::unique_lock lock(told.mutex);
    const int until = told.answers + answers;
    told.changed.wait(lock, [&] { return told.answers >= until; });
  }
  server.end(SIGKILL);
  for (std::thread& thread : threads) thread.join();
}

std::map<std::string, std::string> phases(server::ApiClient& client) {
  std::map<std::string, std::string> out;
  std::string next;
  do {
    const auto page = client.get("/api/v1/workloads?limit=10000" +
                                 (next.empty() ? std::string{} : "&continue=" + next));
    if (!page) die(page.error().message);
    for (const Value& item : page->root.find("items")->items) {
      const std::string& name = item.find("name")->scalar;
      if (!out.emplace(name, item.find("phase")->scalar).second) die(name + " is there twice");
    }
    next = page->root.find("continue")->scalar;
  } while (!next.empty());
  return out;
}

bool is_tight(std::string_view name) {
  return name.starts_with(kTight);
}

bool has_ended(std::string_view phase) {
  return phase == "Succeeded" || phase == "Failed" || phase == "Cancelled";
}

bool settled(const std::map<std::string, std::string>& all) {
  return std::ranges::all_of(
      all, [](const auto& one) { return is_tight(one.first) || has_ended(one.second); });
}

// What waits for money would wait until tomorrow.
void cancel_tight(server::ApiClient& client, const std::map<std::string, std::string>& all) {
  for (const auto& [name, phase] : all) {
    if (!is_tight(name) || has_ended(phase)) continue;
    const auto answer =
        client.post("/api/v1/workloads/" + name + "/cancel", {}, server::fresh_key());
    if (!answer && answer.error().code == ErrorCode::kIo) die(answer.error().message);
  }
}

// Everything that was accepted and has money comes to its end.
std::map<std::string, std::string> wait_for_the_end(const server::ApiAddress& address) {
  auto client = server::ApiClient::open(address);
  auto listener = server::ApiClient::open(address);
  CHECK(client.has_value() && listener.has_value(), "an address");
  std::map<std::string, std::string> all;
  const Status heard = listener->listen("/api/v1/events", {}, [&](const server::ApiEvent* event) {
    if (event != nullptr && event->kind != "finished") return true;
    all = phases(*client);
    return !settled(all);
  });
  if (!heard) die(heard.error().message);
  return all;
}

void check_phases(const Told& told, const std::map<std::string, std::string>& all) {
  for (const auto& [name, code] : told.acknowledged) {
    const auto found = all.find(name);
    if (found == all.end()) die(name + " was acknowledged and is lost");
    if (is_tight(name)) continue;  // It may have had no money, or been stopped for it.
    const std::string wanted = code == 0 ? "Succeeded" : "Failed";
    const bool cancelled = found->second == "Cancelled" && told.cancelled.contains(name);
    if (found->second != wanted && !cancelled)
      die(fmt::format("{} is {}, not {}", name, found->second, wanted));
  }
}

std::size_t check_starts(const std::string& folder) {
  std::istringstream lines(bytes_of(folder + "/starts"));
  std::set<std::string> tokens;
  for (std::string token; std::getline(lines, token);)
    if (!tokens.insert(token).second) die("token " + token + " started twice");
  return tokens.size();
}

void check_nothing_is_left(const std::string& folder) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (bytes_of(entry.path() / "environ").find("CRASH_LOOP=" + folder) != std::string::npos)
      die("process " + name + " is left over");
  }
}

void check_journal(const std::string& folder) {
  auto store = journal::open_sqlite(folder, journal::Access::kRead);
  if (!store) die(store.error().message);
  auto opened = journal::Journal::open(std::move(*store), journal::Access::kRead);
  if (!opened) die(opened.error().message);
  const Status intact = opened->verify(opened->first(), opened->last());
  if (!intact) die(intact.error().message);
  const auto replayed = journal::replay(*opened, journal::ReplayFrom::kOldest);
  if (!replayed) die(replayed.error().message);
  if (replayed->differences > 0) die("replay decides otherwise");
  const auto audit = server::verify_audit({folder, {}, {}});
  if (!audit) die(audit.error().message);
  if (!audit->intact) die("audit log: " + audit->fault);
}

// Nothing runs any more: the last of `tight` have stopped.
void wait_for_rest(const server::ApiAddress& address) {
  auto client = server::ApiClient::open(address);
  auto listener = server::ApiClient::open(address);
  CHECK(client.has_value() && listener.has_value(), "an address");
  cancel_tight(*client, phases(*client));
  const Status heard = listener->listen("/api/v1/events", {}, [&](const server::ApiEvent* event) {
    if (event != nullptr && event->kind != "finished" && event->kind != "cancelled") return true;
    return !std::ranges::all_of(phases(*client),
                                [](const auto& one) { return has_ended(one.second); });
  });
  if (!heard) die(heard.error().message);
}

void run(const std::string& program, int rounds, std::uint64_t seed, int how_many) {
  const std::string folder = fresh_folder("sillar-crash");
  write_file(folder + "/fleet.yaml", kFleet);
  write_file(folder + "/projects.yaml", kProjects);
  Random random(seed);
  Told told;
  std::vector<Client> clients;
  for (int i = 0; i < how_many; ++i) clients.emplace_back(told, folder, random.next(), i);

  server::ApiAddress address;
  for (int round = 0; round < rounds; ++round) {
    ChildServer server = start(program, folder);
    address.url = server.url();
    if (address.token.empty()) address.token = bytes_of(folder + "/data/first-token");
    run_round(server, clients, told, address, 1 + static_cast<int>(random.below(40)));
  }
  ChildServer server = start(program, folder);
  address.url = server.url();
  const auto all = wait_for_the_end(address);
  check_phases(told, all);
  wait_for_rest(address);
  const std::size_t starts = check_starts(folder);
  server.end(SIGTERM);
  check_nothing_is_left(folder);
  check_journal(folder + "/data/journal");
  const auto books = check_books(folder + "/data/journal");
  if (!books) die(books.error().message);
  if (books->lines == 0) die("no hour of the ledger was closed");
  fmt::print(
      "{{\"rounds\": {}, \"seed\": {}, \"clients\": {}, \"acknowledged\": {}, "
      "\"workloads\": {}, \"starts\": {}, \"ledger_lines\": {}, \"device_seconds\": {}, "
      "\"hard_budget_spent_permille\": {}}}\n",
      rounds, seed, how_many, told.answers, all.size(), starts, books->lines, books->device_seconds,
      books->spent_permille);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace sillar

int main(int count, char** words) {
  if (count < 3) {
    std::fprintf(stderr, "usage: crash_loop PROGRAM ROUNDS [SEED [CLIENTS]]\n");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  sillar::run(words[1], std::atoi(words[2]), count > 3 ? std::strtoull(words[3], nullptr, 10) : 1,
              count > 4 ? std::atoi(words[4]) : sillar::kClients);
  return 0;
}
