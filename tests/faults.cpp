// What a control plane does when its disk fails it:
//
//   faults PROGRAM
//
//   a sync or a write that fails   it ends with a message; the next start, without a flag, has all
//                                  that was acknowledged, and takes the request again that was not
//   a full disk                    it takes nothing more, still answers, and goes on by itself
//   a folder that is read-only     it does not start, says why, and has changed nothing
//   a power cut                    all that was acknowledged is there, though every file has
//   nothing
//                                  but what it held when it was last synced
//   a byte that is another         `journal verify` names the entry, and so does a start that needs
//                                  it

#include <fmt/format.h>
#include <signal.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include "base/check.h"
#include "server/api_client.h"
#include "tests/child_server.h"

namespace sillar {
namespace {

namespace fs = std::filesystem;
using server::ApiClient;

// One installation over several starts, and the file that says what fails.
class Installation {
 public:
  explicit Installation(std::string program)
      : folder_(fresh_folder("sillar-faults")), program_(std::move(program)) {
    fs::create_directory(synced());
  }
  ~Installation() { fs::remove_all(folder_); }
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  [[nodiscard]] ChildServer start() {
    fs::remove(errors());
    ServerSetup setup;
    setup.program = program_;
    setup.data = data();
    setup.flags = {"--devices", "h100:8"};
    setup.environment = {{"LD_PRELOAD", SILLAR_FAULTY_FILES},
                         {"SILLAR_FAULTS", folder_ + "/fault " + data()},
                         {"SILLAR_SYNCED", synced()}};
    setup.errors = errors();
    return ChildServer(setup);
  }
  [[nodiscard]] ApiClient client(const ChildServer& server) {
    if (server.url().empty()) die("the server did not start: " + said());
    if (token_.empty()) token_ = bytes_of(data() + "/first-token");
    auto client = ApiClient::open({server.url(), token_, {}});
    CHECK(client.has_value(), "an address");
    return std::move(*client);
  }
  void let_fail(std::string_view what) const { write_file(folder_ + "/fault", what); }
  void let_work() const { fs::remove(folder_ + "/fault"); }
  // Every file as it was last synced; those that never were are gone.
  void cut_the_power() const {
    for (const auto& entry : fs::recursive_directory_iterator(data())) {
      if (!entry.is_regular_file()) continue;
      std::string name = entry.path().string();
      std::ranges::replace(name, '/', '%');
      const std::string copy = synced() + "/" + name;
      if (fs::exists(copy))
        write_file(entry.path(), bytes_of(copy));
      else
        fs::remove(entry.path());
    }
  }
  [[nodiscard]] std::string synced() const { return folder_ + "/synced"; }
  [[nodiscard]] std::string data() const { return folder_ + "/data"; }
  [[nodiscard]] std::string errors() const { return folder_ + "/errors"; }
  [[nodiscard]] std::string said() const { return bytes_of(errors()); }

 private:
  std::string folder_;
  std::string program_;
  std::string token_;
};

void expect(bool holds, const std::string& what) {
  if (!holds) die("faults: " + what);
}

Result<Document> submit(ApiClient& client, const std::string& name, const std::string& key) {
  return client.post("/api/v1/workloads",
                     fmt::format(R"({{"name": "{}", "project": "default", "held": true}})", name),
                     key);
}

void expect_there(ApiClient& client, const std::string& name, bool there) {
  const auto found = client.get("/api/v1/workloads/" + name);
  expect(found.has_value() == there, name + (there ? " is lost" : " is there"));
}

void try_failing(const std::string& program, std::string_view fault) {
  Installation here(program);
  {
    ChildServer server = here.start();
    ApiClient client = here.client(server);
    expect(submit(client, "before", "k1").has_value(), "a submission before the fault");
    here.let_fail(fault);
    const auto answer = submit(client, "during", "k2");
    expect(!answer && answer.error().code == ErrorCode::kIo, "what is not durable is not answered");
    const int code = server.end(0);
    expect(code == 1, fmt::format("it ends with exit code {}: {}", code, here.said()));
    expect(here.said().find(here.data() + "/journal/") != std::string::npos,
           "it says which file failed: " + here.said());
    here.let_work();
  }
  ChildServer server = here.start();
  ApiClient client = here.client(server);
  expect_there(client, "before", true);
  const auto again = submit(client, "during", "k2");
  expect(again.has_value(), again ? "" : "the same request again: " + again.error().message);
  expect_there(client, "during", true);
  expect(server.end(SIGTERM) == 0, "it stops in order");
}

void try_full_disk(const std::string& program) {
  Installation here(program);
  ChildServer server = here.start();
  ApiClient client = here.client(server);
  expect(submit(client, "before", "k1").has_value(), "a submission before the fault");
  here.let_fail("full");
  const auto refused = submit(client, "during", "k2");
  expect(!refused && refused.error().code == ErrorCode::kLimit, "a full disk refuses");
  expect_there(client, "before", true);
  expect_there(client, "during", false);
  here.let_work();
  const auto again = submit(client, "during", "k2");
  expect(again.has_value(), again ? "" : "there is room again: " + again.error().message);
  expect(server.end(SIGKILL) == 128 + SIGKILL, "it was running");

  ChildServer next = here.start();
  ApiClient after = here.client(next);
  expect_there(after, "before", true);
  expect_there(after, "during", true);
  expect(next.end(SIGTERM) == 0, "it stops in order");
}

void try_read_only(const std::string& program) {
  Installation here(program);
  here.let_fail("read-only");
  expect(here.start().end(0) == 1, "it does not start in a folder that is read-only");
  expect(here.said().find(here.data()) != std::string::npos, "it names the folder: " + here.said());
  here.let_work();
  {
    ChildServer server = here.start();
    ApiClient client = here.client(server);
    expect(submit(client, "before", "k1").has_value(), "a submission");
    expect(server.end(SIGTERM) == 0, "it stops in order");
  }
  here.let_fail("read-only");
  expect(here.start().end(0) == 1, "it does not start again");
  expect(here.said().find(here.data()) != std::string::npos, "it names the folder: " + here.said());
  here.let_work();
  ChildServer server = here.start();
  ApiClient client = here.client(server);
  expect_there(client, "before", true);
  expect(server.end(SIGTERM) == 0, "it stops in order");
}

void try_power_cuts(const std::string& program, int cuts) {
  Installation here(program);
  std::vector<std::string> acknowledged;
  for (int cut = 0; cut <= cuts; ++cut) {
    ChildServer server = here.start();
    ApiClient client = here.client(server);
    for (const std::string& name : acknowledged) expect_there(client, name, true);
    for (int i = 0; i < 3 + 7 * cut; ++i) {
      const std::string name = fmt::format("w{}-{}", cut, i);
      expect(submit(client, name, name).has_value(), "a submission");
      acknowledged.push_back(name);
    }
    server.end(cut % 2 == 0 ? SIGKILL : SIGTERM);
    here.cut_the_power();
  }
}

// Out of the write-ahead log, which has checksums of its own, into the database.
void move_out_of_the_log(const std::string& database) {
  sqlite3* handle = nullptr;
  expect(sqlite3_open(database.c_str(), &handle) == SQLITE_OK, "the database opens");
  expect(sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", nullptr, nullptr, nullptr) ==
             SQLITE_OK,
         "the log is moved");
  sqlite3_close(handle);
}

// The entry's place in the file is found by the name that it holds.
void flip_a_byte(const std::string& path, std::string_view name) {
  std::string bytes = bytes_of(path);
  const std::size_t at = bytes.find(name);
  expect(at != std::string::npos, "the entry is in the file");
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  write_file(path, bytes);
}

void try_flipped_byte(const std::string& program) {
  Installation here(program);
  {
    ChildServer server = here.start();
    ApiClient client = here.client(server);
    for (int i = 0; i < 5; ++i)
      expect(submit(client, fmt::format("work-{}", i), {}).has_value(), "a submission");
    server.end(SIGKILL);
  }
  const std::string database = here.data() + "/journal/journal.sqlite";
  move_out_of_the_log(database);
  flip_a_byte(database, "work-3");
  const std::string report = here.data() + "/report";
  const int verified = std::system(
      fmt::format("'{}' journal verify '{}/journal' > '{}' 2>&1", program, here.data(), report)
          .c_str());
  expect(verified != 0, "verification fails");
  const std::string named = bytes_of(report);
  expect(named.find("entry ") != std::string::npos, "it names the entry: " + named);
  const int code = here.start().end(0);
  expect(code != 0, "it does not start from what is damaged");
  expect(here.said().find("entry ") != std::string::npos, "it names the entry: " + here.said());
}

void run(const std::string& program) {
  try_failing(program, "sync");
  try_failing(program, "write");
  try_full_disk(program);
  try_read_only(program);
  try_power_cuts(program, 6);
  try_flipped_byte(program);
  fmt::print(
      "faults: a failed sync, a failed write, a full disk, a read-only folder, power cuts, a "
      "flipped "
      "byte: as promised\n");
}

}  // namespace
}  // namespace sillar

int main(int count, char** words) {
  if (count != 2) {
    std::fprintf(stderr, "usage: faults PROGRAM\n");
    return 2;
  }
  ::signal(SIGPIPE, SIG_IGN);
  sillar::run(words[1]);
  return 0;
}
