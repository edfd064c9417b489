// Commands and how they end. This program is its own shim, as sillar is.

#include "drivers/local_driver.h"

#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <thread>

#include "drivers/local_fixture.h"
#include "drivers/shim.h"

namespace sillar::drivers {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST_F(LocalTest, ExitCodesAndSignals) {
  open();
  for (const int code : {0, 3, 255}) launch(shell(code, fmt::format("exit {}", code)));
  launch(shell(1000, "kill -SEGV $$"));
  for (const int code : {0, 3, 255}) {
    const Observation end = wait_end(code);
    EXPECT_EQ(end.kind, ObservationKind::kExited) << end.message;
    EXPECT_EQ(end.exit_code, code);
    EXPECT_EQ(end.signal, 0);
    EXPECT_EQ(count_of(code, ObservationKind::kStarted), 1U);
  }
  const Observation end = wait_end(1000);
  EXPECT_EQ(end.signal, SIGSEGV);
  EXPECT_EQ(end.exit_code, 128 + SIGSEGV);
}

TEST_F(LocalTest, WhatItLeavesBehindIsEnded) {
  open();
  Fifo fifo(base.path() + "/pids");
  const Fifo go(fifo.path() + ".go");
  // One in its group, one in a session of its own, one whose parent is gone.
  launch(shell(1, fmt::format("sleep 1000 & echo $! >{0}\n"
                              "setsid sh -c 'echo $$ >{0}; exec sleep 1000' &\n"
                              "(setsid sh -c 'echo $$ >{0}; exec sleep 1000' & )\n"
                              "read go <{0}.go; exit 4",
                              fifo.path())));
  std::vector<pid_t> pids;
  for (int i = 0; i < 3; ++i) pids.push_back(std::stoi(fifo.line()));
  const Descriptor file(::open(go.path().c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_all(file.get(), "go\n", "go"));
  EXPECT_EQ(wait_end(1).exit_code, 4);
  for (const pid_t pid : pids) EXPECT_TRUE(is_gone(pid)) << pid;
}

TEST_F(LocalTest, TermThenKillAfterTheGrace) {
  open();
  Fifo fifo(base.path() + "/ready");
  launch(shell(1, fmt::format("trap '' TERM; echo ready >{}; exec sleep 1000", fifo.path())));
  launch(shell(2, fmt::format("echo ready >{}; exec sleep 1000", fifo.path())));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(fifo.line(), "ready");
  stop(1, Duration{20'000'000});
  stop(2, Duration::hours(1));
  stop(2, Duration::hours(1));
  EXPECT_EQ(wait_end(1).signal, SIGKILL);
  EXPECT_EQ(wait_end(2).signal, SIGTERM);
}

TEST_F(LocalTest, AShorterGraceCounts) {
  open();
  Fifo fifo(base.path() + "/ready");
  launch(shell(1, fmt::format("trap '' TERM; echo ready >{}; exec sleep 1000", fifo.path())));
  EXPECT_EQ(fifo.line(), "ready");
  stop(1, Duration::hours(1));
  stop(1, Duration{});
  EXPECT_EQ(wait_end(1).signal, SIGKILL);
}

TEST_F(LocalTest, CheckpointSignalComesFirst) {
  open();
  Fifo fifo(base.path() + "/ready");
  const auto command = [&](const char* then) {
    return fmt::format(
        "trap 'echo saved; {}' USR1; trap 'echo told; exit 5' TERM; echo ready >{}\n"
        "while :; do sleep 0.01; done",
        then, fifo.path());
  };
  LaunchOrder ends = shell(1, command("exit 7"));
  LaunchOrder goes_on = shell(2, command(":"));
  // The group gets each signal, and the shell tells on its error stream what became of its sleep.
  for (LaunchOrder* one : {&ends, &goes_on}) {
    one->run.error = "errors";
    launch(*one);
  }
  for (int i = 0; i < 2; ++i) EXPECT_EQ(fifo.line(), "ready");
  stop(1, Duration::hours(1), "USR1");
  stop(2, Duration::seconds(1), "USR1");
  EXPECT_EQ(wait_end(1).exit_code, 7);
  EXPECT_EQ(wait_end(2).exit_code, 5);
  EXPECT_EQ(log(1), "saved\n");
  EXPECT_EQ(log(2), "saved\ntold\n");
}

TEST_F(LocalTest, OneTokenStartsOnce) {
  open();
  const LaunchOrder once = shell(1, "echo started");
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i) callers.emplace_back([&] { EXPECT_TRUE(driver->launch(once)); });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wait_end(1).exit_code, 0);
  launch(once);
  reopen();
  launch(once);
  EXPECT_EQ(wait_end(1).exit_code, 0);
  EXPECT_EQ(log(1), "started\n");
}

// Two shims for one token, as when a server is killed between a start and its record.
TEST_F(LocalTest, TwoShimsStartItOnce) {
  open();
  Fifo ready(base.path() + "/ready");
  launch(shell(1, fmt::format("echo started; echo ready >{}; exec sleep 1000", ready.path())));
  EXPECT_EQ(ready.line(), "ready");
  const std::string folder = options.folder + "/" + token(1);
  const pid_t second = ::fork();
  if (second == 0) {
    ::execl("/proc/self/exe", "sillar", kShimVerb, folder.c_str(), nullptr);
    ::_exit(1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(second, &status, 0), second);
  EXPECT_EQ(status, 0);
  stop(1, Duration{});
  EXPECT_EQ(wait_end(1).signal, SIGKILL);
  EXPECT_EQ(log(1), "started\n");
}

TEST_F(LocalTest, WhatCannotBeStartedIsSaid) {
  open();
  LaunchOrder missing = order(1, {"/no/such/program"});
  LaunchOrder nowhere = shell(2, "exit 0");
  nowhere.run.directory = "/no/such/folder";
  LaunchOrder unwritable = shell(3, "exit 0");
  unwritable.run.output = "/no/such/folder/out";
  LaunchOrder stranger = shell(4, "exit 0");
  stranger.os_user = "no-such-user";
  LaunchOrder root = shell(5, "exit 0");
  root.os_user = "root";
  for (const LaunchOrder& one : {missing, nowhere, unwritable, stranger, root}) launch(one);
  const std::vector<std::string> words = {"/no/such/program: No such file", "/no/such/folder",
                                          "output file /no/such/folder/out", "no-such-user",
                                          "root"};
  for (int i = 1; i <= 5; ++i) {
    const Observation end = wait_end(i);
    EXPECT_EQ(end.kind, ObservationKind::kLaunchFailed);
    EXPECT_NE(end.message.find(words[static_cast<std::size_t>(i - 1)]), std::string::npos)
        << end.message;
    EXPECT_EQ(count_of(i, ObservationKind::kStarted), 0U);
  }
}

TEST_F(LocalTest, NeverAsRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "this test program does not run as root";
  open();
  LaunchOrder nobody_said = shell(1, "id -u");
  nobody_said.os_user = "";
  launch(nobody_said);
  launch(shell(2, "id -u; id -G; grep NoNewPrivs /proc/self/status"));
  EXPECT_NE(wait_end(1).message.find("never run as root"), std::string::npos);
  EXPECT_EQ(wait_end(2).exit_code, 0);
  EXPECT_EQ(log(2), "65534\n65534\nNoNewPrivs:\t1\n");
}

TEST_F(LocalTest, ARefusedOrderLeavesNothing) {
  open();
  LaunchOrder wrong = shell(1, "exit 0");
  wrong.run.directory = "relative";
  EXPECT_EQ(driver->launch(wrong).error().code, ErrorCode::kInvalidInput);
  wrong = shell(1, "exit 0");
  wrong.token = "../../etc/passwd";
  EXPECT_EQ(driver->launch(wrong).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(driver->stop({token(1), "", Duration{}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(driver->forget(token(1)).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(driver->list()->empty());
}

TEST_F(LocalTest, EnvironmentAndFiles) {
  open();
  LaunchOrder what = order(1, {"env"});
  what.workload = "team/train";
  what.task = 3;
  what.array_index = 20;
  what.attempt = 2;
  what.devices = {1, 4};
  what.run.environment = {{"A", "1"}, {"B", "2"}, {"SILLAR_TOKEN", "mine"}};
  what.environment = {{"B", "3"}};
  what.run.output = "%j-%t-%a.out";
  launch(what);
  EXPECT_EQ(wait_end(1).exit_code, 0);
  std::vector<std::string> lines;
  std::istringstream text(log(1));
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  for (const char* wanted :
       {"A=1", "B=3", "CUDA_VISIBLE_DEVICES=1,4", "NVIDIA_VISIBLE_DEVICES=1,4",
        "HIP_VISIBLE_DEVICES=1,4", "SILLAR_DEVICES=1,4", "SILLAR_WORKLOAD=team/train",
        "SILLAR_PROJECT=acme/research", "SILLAR_TASK=3", "SILLAR_ARRAY_INDEX=20",
        "SILLAR_ATTEMPT=2", "SILLAR_RESTARTS=1", "LANG=C.UTF-8"})
    EXPECT_EQ(std::ranges::count(lines, wanted), 1) << wanted << " in\n" << log(1);
  EXPECT_EQ(std::ranges::count(lines, "SILLAR_TOKEN=" + token(1)), 1);
  EXPECT_EQ(lines.size(), 20U) << log(1);
  EXPECT_EQ(text_of(options.work_folder + "/" + token(1) + "/team-train-3-20.out"), log(1));
}

TEST_F(LocalTest, OnlyStandardDescriptors) {
  open();
  launch(shell(1, "ls /proc/self/fd | wc -l; readlink /proc/self/fd/0; umask"));
  EXPECT_EQ(wait_end(1).exit_code, 0);
  EXPECT_EQ(log(1), "4\n/dev/null\n0022\n");  // The fourth is the folder that ls reads.
}

TEST_F(LocalTest, ErrorsKeepTheirPlaceInTheOutput) {
  open();
  launch(shell(1, "for i in 1 2 3; do echo out; echo err >&2; done"));
  EXPECT_EQ(wait_end(1).exit_code, 0);
  EXPECT_EQ(log(1), "out\nerr\nout\nerr\nout\nerr\n");
  EXPECT_EQ(log(1, LogStream::kError), "");
}

TEST_F(LocalTest, ScriptsRunByTheirFirstLine) {
  open();
  LaunchOrder plain = order(1, {});
  plain.run.script = "echo $((6 * 7))\necho wrong >&2\nexit 6\n";
  LaunchOrder named = order(2, {});
  plain.run.error = "errors";
  named.run.script = "#!/usr/bin/env -S awk -f\nBEGIN { print 6 * 7; exit 6 }\n";
  LaunchOrder folder = order(3, {});
  folder.run.script = "#! /bin/sh -e\npwd; false; true\n";
  folder.run.directory = "/";
  for (const LaunchOrder& one : {plain, named, folder}) launch(one);
  for (const int i : {1, 2}) {
    EXPECT_EQ(wait_end(i).exit_code, 6) << wait_end(i).message << log(i, LogStream::kError);
    EXPECT_EQ(log(i), "42\n");
  }
  EXPECT_EQ(log(1, LogStream::kError), "wrong\n");
  EXPECT_EQ(text_of(options.work_folder + "/" + token(1) + "/errors"), "wrong\n");
  EXPECT_EQ(wait_end(3).exit_code, 1);
  EXPECT_EQ(log(3), "/\n");
}

TEST_F(LocalTest, MemoryBoundEndsAHog) {
  open();
  if (!driver->limits_in_use().memory.starts_with("cgroup"))
    GTEST_SKIP() << "memory: " << driver->limits_in_use().memory;
  LaunchOrder hog = shell(1, "head -c 300000000 /dev/zero | tail | wc -c");
  hog.memory_bytes = 32 << 20;
  launch(hog);
  LaunchOrder modest = shell(2, "head -c 1000000 /dev/zero | tail | wc -c");
  modest.memory_bytes = 32 << 20;
  modest.cpu = 1500;
  launch(modest);
  EXPECT_NE(wait_end(1).message.find("33554432 bytes of memory"), std::string::npos);
  EXPECT_NE(log(1), "300000000\n");
  EXPECT_EQ(wait_end(2).message, "");
  EXPECT_EQ(log(2), "1000000\n");
}

TEST_F(LocalTest, TwoHundredCommandsNeverShareADevice) {
  open();
  constexpr int kDevices = 8;
  constexpr int kCommands = 200;
  const std::string marks = base.path() + "/marks";
  ASSERT_EQ(::mkdir(marks.c_str(), 0700), 0);
  ASSERT_EQ(::chmod(marks.c_str(), 0777), 0);
  std::vector<int> running(kDevices, -1);
  int next = 0;
  int done = 0;
  while (done < kCommands) {
    for (int device = 0; device < kDevices; ++device) {
      if (running[static_cast<std::size_t>(device)] >= 0 || next == kCommands) continue;
      LaunchOrder one = shell(next, fmt::format("mkdir {0}/$SILLAR_DEVICES || exit 255; rmdir "
                                                "{0}/$CUDA_VISIBLE_DEVICES || exit 254; exit {1}",
                                                marks, next));
      one.devices = {device};
      launch(one);
      running[static_cast<std::size_t>(device)] = next++;
    }
    std::unique_lock lock(mutex);
    const auto free_one = [&] {
      bool any = false;
      for (int& command : running) {
        if (command < 0 || seen_by[token(command)].empty()) continue;
        const Observation end = seen_by[token(command)].back();
        if (end.kind == ObservationKind::kStarted) continue;
        EXPECT_EQ(end.exit_code, command) << end.message;
        command = -1;
        ++done;
        any = true;
      }
      return any;
    };
    ASSERT_TRUE(changed.wait_for(lock, kHangs, free_one));
  }
}

}  // namespace
}  // namespace sillar::drivers

int main(int count, char** words) {
  if (count == 3 && std::strcmp(words[1], sillar::drivers::kShimVerb) == 0)
    return sillar::drivers::run_shim(words[2]);
  ::testing::InitGoogleTest(&count, words);
  return RUN_ALL_TESTS();
}
