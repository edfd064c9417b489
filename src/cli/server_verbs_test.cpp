// Verbs that talk to a running service, against one.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "cli/cli_fixture.h"
#include "server/service_fixture.h"

namespace sillar::server {

// Answers are held against the OpenAPI document by the tests of the server.
Witness description_witness() {
  return {};
}

}  // namespace sillar::server

namespace sillar::cli {
namespace {

using server::ServiceTest;

class ServerVerbsTest : public ServiceTest {
 protected:
  void start_service() {
    start();
    process_.environment = {{"SILLAR_SERVER", "http://" + service_->address()},
                            {"SILLAR_TOKEN", token_},
                            {"XDG_CONFIG_HOME", folder_.path("config")}};
  }
  Outcome run(const std::vector<std::string>& words) { return process_.run(words); }
  void submit(const std::string& text) {
    server::ApiClient ann = client();
    const auto answer = ann.post("/api/v1/workloads", text);
    ASSERT_TRUE(answer.has_value()) << answer.error().message;
  }
  static bool has(const std::string& text, std::string_view what) {
    return text.find(what) != std::string::npos;
  }

  TestProcess process_;
};

TEST_F(ServerVerbsTest, DescribeTellsOfAWorkloadThatRunsAndOneThatWaits) {
  start_service();
  submit(R"({"name": "big", "project": "acme/a", "kind": "batch", "limit": "1h",
             "request": {"accelerators": 8},
             "run": {"command": ["true"], "checkpoint_signal": "USR1", "grace": "45s"}})");
  notes_.token("big");
  submit(body("small", 1));
  for (const char* language : {"en", "es"}) {
    const Outcome runs = run({"describe", "workload", "big", "--lang", language});
    ASSERT_EQ(runs.code, 0) << runs.err;
    EXPECT_TRUE(has(runs.out, "USR1, TERM, +45s KILL")) << runs.out;
    EXPECT_TRUE(has(runs.out, "n1")) << runs.out;
    EXPECT_TRUE(has(runs.out, std::string_view(language) == "en" ? "Submitted" : "Enviada"))
        << runs.out;
    const Outcome waits = run({"describe", "workload", "small", "--lang", language});
    EXPECT_TRUE(
        has(waits.out, std::string_view(language) == "en" ? "Expected start" : "Inicio previsto"))
        << waits.out;
  }
  EXPECT_EQ(run({"describe", "workload", "gone"}).code, 3);
  EXPECT_TRUE(has(run({"describe", "node", "n1"}).out, "h100"));
  EXPECT_EQ(run({"describe", "node", "n9"}).code, 3);
  const Outcome project = run({"describe", "project", "acme/a", "-o", "json"});
  EXPECT_TRUE(has(project.out, "\"ProjectDescription\"")) << project.err;
  EXPECT_TRUE(has(project.out, "\"small\""));
  EXPECT_EQ(run({"describe", "project", "acme/none"}).code, 3);
}

TEST_F(ServerVerbsTest, OneTaskOfAnArrayIsCancelled) {
  start_service();
  submit(R"({"name": "sweep", "project": "acme/a", "kind": "batch", "held": true,
             "array": {"indices": "0-3"}, "request": {"accelerators": 1},
             "run": {"command": ["true"]}})");
  EXPECT_EQ(run({"cancel", "sweep[3]"}).code, 0);
  EXPECT_EQ(run({"cancel", "sweep", "--task", "1"}).code, 0);
  EXPECT_EQ(run({"cancel", "sweep[99]"}).code, 3);
  EXPECT_EQ(run({"cancel", "sweep[x]"}).code, 2);
  const Outcome left = run({"get", "workloads", "sweep", "-o", "json"});
  const auto answer = parse_document("answer", left.out);
  ASSERT_TRUE(answer.has_value()) << left.err;
  std::string phases;
  for (const Value& task : answer->root.find("task_list")->items)
    phases += task.find("phase")->scalar + " ";
  EXPECT_EQ(phases, "Pending Finished Pending Finished ");
}

TEST_F(ServerVerbsTest, GetSortsAndNames) {
  start_service();
  for (const char* name : {"b", "c", "a"}) submit(body(name, 8));
  EXPECT_EQ(run({"get", "workloads", "--sort-by", "name", "-o", "name"}).out, "a\nb\nc\n");
  EXPECT_EQ(run({"get", "workloads", "--limit", "1", "-o", "name"}).out, "a\n");
  EXPECT_EQ(run({"get", "workloads", "-p", "acme/b", "-o", "name"}).out, "");
  EXPECT_EQ(run({"get", "projects", "-o", "name"}).out, "acme\nacme/a\nacme/b\n");
}

TEST_F(ServerVerbsTest, ExplainTopInfoAndAcct) {
  start_service();
  submit(body("one"));
  const std::string token = notes_.token("one");
  await("started", "one");
  EXPECT_TRUE(has(run({"explain", "one"}).out, "n1"));
  EXPECT_EQ(run({"explain", "none"}).code, 3);
  EXPECT_TRUE(has(run({"top"}).out, "one"));
  EXPECT_TRUE(has(run({"top", "-o", "json"}).out, "\"Usage\""));
  EXPECT_TRUE(has(run({"info"}).out, "h100"));
  EXPECT_TRUE(has(run({"acct", "--lang", "es"}).out, "Nada ha acabado"));
  notes_.exits(token, 3);
  await("finished", "one");
  const Outcome over = run({"acct", "-o", "csv"});
  EXPECT_TRUE(has(over.out, "one,acme/a,admin,Failed,3,")) << over.out;
}

TEST_F(ServerVerbsTest, WaitEndsWhenItIsThereOrCannotBe) {
  start_service();
  submit(body("one"));
  const std::string token = notes_.token("one");
  std::thread ends([&] {
    await("started", "one");
    notes_.exits(token, 0);
  });
  const Outcome waited = run({"wait", "one", "--for", "Succeeded"});
  ends.join();
  EXPECT_EQ(waited.code, 0) << waited.err;
  EXPECT_EQ(waited.out, "Succeeded\n");
  EXPECT_EQ(run({"wait", "one", "--for", "Failed"}).code, 1) << "it cannot any more";
  EXPECT_EQ(run({"wait", "none"}).code, 3);
  EXPECT_EQ(run({"wait", "one", "--timeout", "soon"}).code, 2);
}

TEST_F(ServerVerbsTest, EventsShowWhatHasHappened) {
  start_service();
  submit(body("one"));
  await("started", "one");
  const Outcome lines = run({"events", "--workload", "one"});
  EXPECT_EQ(lines.code, 0) << lines.err;
  EXPECT_TRUE(has(lines.out, "\"fact\": \"submitted\"") || has(lines.out, "\"submitted\""))
      << lines.out;
  EXPECT_TRUE(has(run({"events", "-o", "table", "--lang", "es"}).out, "se envía"));
}

TEST_F(ServerVerbsTest, LoginIsKeptForItsOwnServerAlone) {
  start_service();
  process_.files["token"] = token_ + "\n";
  process_.environment.erase("SILLAR_TOKEN");
  EXPECT_EQ(run({"whoami"}).code, 4) << "nobody has logged in";
  process_.files["wrong"] = "sk_wrong\n";
  EXPECT_EQ(run({"auth", "login", "--token-file", "wrong"}).code, 4);
  EXPECT_EQ(run({"whoami"}).code, 4) << "what is wrong is not kept";
  ASSERT_EQ(run({"auth", "login", "--token-file", "token"}).code, 0);
  struct stat about{};
  ASSERT_EQ(::stat((folder_.path("config") + "/sillar/credentials").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  EXPECT_TRUE(has(run({"auth", "whoami"}).out, "admin"));
  process_.environment.erase("SILLAR_SERVER");
  EXPECT_EQ(run({"whoami"}).code, 0) << "the server is kept, too";
  process_.environment["SILLAR_SERVER"] = "http://127.0.0.1:1";
  EXPECT_EQ(run({"whoami"}).code, 4) << "another server does not get the token";
  EXPECT_EQ(run({"auth", "logout"}).code, 0);
  process_.environment["SILLAR_SERVER"] = "http://" + service_->address();
  EXPECT_EQ(run({"whoami"}).code, 4);
}

TEST_F(ServerVerbsTest, PrincipalsRolesAndKeys) {
  start_service();
  ASSERT_EQ(run({"principals", "add", "ann", "--os-user", "ann"}).code, 0);
  EXPECT_EQ(run({"principals", "add", "ann"}).code, 6) << "the name is taken";
  ASSERT_EQ(run({"roles", "grant", "ann", "member", "-p", "acme/a"}).code, 0);
  EXPECT_TRUE(has(run({"principals", "list"}).out, "member:acme/a"));
  const Outcome made =
      run({"keys", "create", "--principal", "ann", "--label", "laptop", "-o", "json"});
  ASSERT_EQ(made.code, 0) << made.err;
  const auto key = parse_document("key", made.out);
  ASSERT_TRUE(key.has_value());
  const std::string token = key->root.find("token")->scalar;
  process_.environment["SILLAR_TOKEN"] = token;
  EXPECT_TRUE(has(run({"whoami"}).out, "ann"));
  EXPECT_EQ(run({"principals", "add", "bob"}).code, 4) << "a member may not";
  process_.environment["SILLAR_TOKEN"] = token_;
  EXPECT_TRUE(has(run({"keys", "list"}).out, "laptop"));
  EXPECT_EQ(run({"keys", "revoke", key->root.find("id")->scalar}).code, 0);
  EXPECT_EQ(run({"keys", "revoke"}).code, 2);
  process_.environment["SILLAR_TOKEN"] = token;
  EXPECT_EQ(run({"whoami"}).code, 4) << "the key has ended";
  process_.environment["SILLAR_TOKEN"] = token_;
  EXPECT_EQ(run({"roles", "revoke", "ann", "-p", "acme/a"}).code, 0);
}

TEST_F(ServerVerbsTest, ABatchScriptIsSubmittedAsItIs) {
  start_service();
  process_.files["train.sbatch"] =
      "#!/bin/sh\n#SBATCH --job-name=train\n#SBATCH --gres=gpu:2\n#SBATCH --mail-type=END\n"
      "echo hello\n";
  const Outcome sent = run({"submit", "train.sbatch", "-p", "acme/a"});
  EXPECT_EQ(sent.code, 0) << sent.err;
  EXPECT_TRUE(has(sent.err, "mail-type")) << "what does not count is told: " << sent.err;
  EXPECT_TRUE(has(run({"queue"}).out, "train"));
  EXPECT_EQ(verb_of_alias("/usr/local/bin/squeue"), "queue");
  EXPECT_EQ(verb_of_alias("sbatch"), "submit");
  EXPECT_EQ(verb_of_alias("sillar"), "");
}

// The copy is taken while work is submitted, runs and ends; what is made of it is whole.
TEST_F(ServerVerbsTest, ABackupUnderLoadIsRestoredAndNothingRunsTwice) {
  start_service();
  submit(body("first"));
  const std::string token = notes_.token("first");
  std::atomic<bool> enough = false;
  std::thread load([&] {
    server::ApiClient ann = client();
    for (int i = 0; !enough; ++i)
      if (!ann.post("/api/v1/workloads", body("w" + std::to_string(i)))) return;
  });
  const std::string data = folder_.path("data");
  const std::string kept = folder_.path("kept");
  const Outcome backup = run({"backup", kept, "--data", data, "-o", "json"});
  enough = true;
  load.join();
  ASSERT_EQ(backup.code, 0) << backup.err;
  EXPECT_EQ(run({"backup", kept, "--data", data}).code, 6) << "it is there";
  struct stat about{};
  ASSERT_EQ(::stat((kept + "/pepper").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);

  const std::string again = folder_.path("again");
  const Outcome restored = run({"restore", kept, "--data", again, "-o", "json"});
  ASSERT_EQ(restored.code, 0) << restored.err;
  EXPECT_EQ(run({"restore", kept, "--data", again}).code, 6) << "it is not empty";
  EXPECT_EQ(run({"journal", "verify", again + "/journal"}).code, 0);
  EXPECT_EQ(run({"audit", "verify", again + "/journal"}).code, 0);
  const Outcome replayed = run({"replay", again + "/journal"});
  EXPECT_EQ(replayed.code, 0) << replayed.out << replayed.err;

  // Started over the restored folder, nothing is launched until somebody releases it.
  stop();
  std::filesystem::rename(data, folder_.path("old"));
  std::filesystem::rename(again, data);
  notes_.launches.clear();
  start();
  process_.environment["SILLAR_SERVER"] = "http://" + service_->address();
  server::ApiClient ann = client();
  EXPECT_EQ(phase(ann, "first"), "Held");
  EXPECT_TRUE(notes_.launches.empty());
  ASSERT_EQ(run({"release", "first"}).code, 0);
  notes_.wait([&] { return !notes_.launches.empty(); });
  EXPECT_EQ(notes_.launches.count(token), 0U) << "a new attempt has a token of its own";
}

TEST_F(ServerVerbsTest, ADamagedBackupIsNotRestored) {
  start_service();
  submit(body("first"));
  await("started", "first");
  const std::string kept = folder_.path("kept");
  ASSERT_EQ(run({"backup", kept, "--data", folder_.path("data")}).code, 0);
  const std::string path = kept + "/journal/journal.sqlite";
  std::string bytes = journal::bytes_of_file(path);
  const std::size_t at = bytes.find("first");
  ASSERT_NE(at, std::string::npos);
  bytes[at] = 'F';
  journal::write_file(path, bytes);
  const std::string again = folder_.path("again");
  EXPECT_EQ(run({"restore", kept, "--data", again}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(again)) << "nothing is left of it";
}

TEST_F(ServerVerbsTest, DoctorSaysWhatIsWrong) {
  start_service();
  const std::string data = folder_.path("data");
  const Outcome well = run({"doctor", "--data", data, "-o", "json"});
  EXPECT_EQ(well.code, 0) << well.out;
  EXPECT_TRUE(has(well.out, "\"journal\"")) << well.out;
  ASSERT_EQ(::chmod((data + "/pepper").c_str(), 0644), 0);
  for (const char* language : {"en", "es"}) {
    const Outcome ill = run({"doctor", "--data", data, "--lang", language});
    EXPECT_EQ(ill.code, 1);
    EXPECT_TRUE(has(ill.out, "chmod 600")) << ill.out;
  }
}

}  // namespace
}  // namespace sillar::cli
