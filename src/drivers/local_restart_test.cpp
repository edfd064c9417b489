// The driver ends and comes back, shims are killed, the machine starts anew.

#include <sys/wait.h>

#include <algorithm>
#include <fstream>

#include "drivers/local_fixture.h"
#include "drivers/records.h"
#include "drivers/shim.h"
#include "drivers/task_folder.h"

namespace sillar::drivers {
namespace {

class RestartTest : public LocalTest {
 protected:
  // As a server leaves it that was killed after the order was on disk.
  TaskFolder order_alone(int number, const std::string& text) {
    auto parent = make_folder(options.folder, 0700);
    EXPECT_TRUE(parent);
    auto folder = TaskFolder::create(parent->get(), options.folder, token(number));
    EXPECT_TRUE(folder);
    const ShimOrder what{shell(number, text), options.work_folder, {}, false, 1 << 20, 100};
    EXPECT_TRUE(folder->write(kOrderFile, order_bytes(what), Keep::kDurable));
    return std::move(*folder);
  }
  Phase phase_of(int number) {
    const auto found = driver->list();
    EXPECT_TRUE(found);
    const auto one = std::ranges::find(*found, token(number), &Found::token);
    EXPECT_NE(one, found->end());
    return one == found->end() ? Phase::kEnded : one->phase;
  }
};

TEST_F(RestartTest, RunningCommandsKeepTheirExitCodes) {
  open();
  Fifo ready(base.path() + "/ready");
  Fifo go(base.path() + "/go");
  for (const int code : {11, 12})
    launch(shell(
        code, fmt::format("echo ready >{}; read x <{}; exit {}", ready.path(), go.path(), code)));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ready.line(), "ready");
  for (const int code : {11, 12}) wait_start(code);
  reopen();
  for (const int code : {11, 12}) {
    EXPECT_EQ(wait_start(code).kind, ObservationKind::kStarted);
    EXPECT_EQ(phase_of(code), Phase::kRunning);
    launch(shell(code, "exit 99"));
  }
  const Descriptor file(::open(go.path().c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_all(file.get(), "go\n", "go"));
  // One of them reads the line, the other one ends with the driver away.
  {
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(
        lock, kHangs, [&] { return seen_by[token(11)].size() + seen_by[token(12)].size() == 3; }));
  }
  const int first = seen_by[token(11)].size() == 2 ? 11 : 12;
  const int other = 23 - first;
  EXPECT_EQ(wait_end(first).exit_code, first);
  const Descriptor shim = open_process(shim_of(other));
  close();
  ASSERT_TRUE(write_all(file.get(), "go\n", "go"));
  EXPECT_TRUE(wait_for_end(shim, Duration::minutes(2)));
  reopen();
  for (const int code : {11, 12}) {
    EXPECT_EQ(wait_end(code).exit_code, code);
    EXPECT_EQ(phase_of(code), Phase::kEnded);
  }
}

TEST_F(RestartTest, StopReachesWhatAnEarlierDriverStarted) {
  open();
  launch(shell(1, "exec sleep 1000"));
  wait_start(1);
  reopen();
  stop(1, Duration::hours(1));
  EXPECT_EQ(wait_end(1).signal, SIGTERM);
}

TEST_F(RestartTest, AShimThatIsKilledLosesItsTaskAndLeavesNothing) {
  open();
  Fifo fifo(base.path() + "/pids");
  launch(shell(1, fmt::format("setsid sh -c 'echo $$ >{0}; exec sleep 1000' &\n"
                              "echo $$ >{0}; exec sleep 1000",
                              fifo.path())));
  const pid_t pids[] = {std::stoi(fifo.line()), std::stoi(fifo.line())};
  wait_start(1);
  ASSERT_EQ(::kill(shim_of(1), SIGKILL), 0);
  const Observation end = wait_end(1);
  EXPECT_EQ(end.kind, ObservationKind::kLost) << end.message;
  for (const pid_t pid : pids) EXPECT_TRUE(is_gone(pid)) << pid;
  reopen();
  EXPECT_EQ(wait_end(1).kind, ObservationKind::kLost);
}

TEST_F(RestartTest, AShimThatIsKilledWhileNobodyLooks) {
  open();
  Fifo fifo(base.path() + "/pids");
  launch(shell(1, fmt::format("setsid sh -c 'echo $$ >{0}; exec sleep 1000' & wait", fifo.path())));
  const pid_t pid = std::stoi(fifo.line());
  wait_start(1);
  const pid_t shim = shim_of(1);
  const Descriptor process = open_process(shim);
  close();
  ASSERT_EQ(::kill(shim, SIGKILL), 0);
  EXPECT_TRUE(wait_for_end(process, Duration::minutes(2)));
  reopen();
  EXPECT_EQ(wait_end(1).kind, ObservationKind::kLost);
  EXPECT_TRUE(is_gone(pid));
}

TEST_F(RestartTest, AnOrderAloneWaitsToBeLaunchedAgain) {
  (void)order_alone(1, "echo started");
  (void)order_alone(2, "echo started");
  open();
  EXPECT_EQ(phase_of(1), Phase::kOrdered);
  launch(shell(1, "echo started"));
  EXPECT_EQ(wait_end(1).exit_code, 0);
  EXPECT_EQ(log(1), "started\n");
  stop(2, Duration{});
  const Observation end = wait_end(2);
  EXPECT_EQ(end.kind, ObservationKind::kLaunchFailed);
  EXPECT_EQ(end.message, "it was stopped before it started");
  launch(shell(2, "echo started"));
  EXPECT_EQ(phase_of(2), Phase::kEnded);
}

TEST_F(RestartTest, WhatRanBeforeTheMachineStartedAnewIsLost) {
  const TaskFolder folder = order_alone(1, "exit 0");
  const auto self = process_stat(::getpid());
  ASSERT_TRUE(self);
  // By its number alone it would be this very process.
  const ProcessName name{::getpid(), self->start_ticks};
  ASSERT_TRUE(
      folder.write(kStartedFile, started_bytes({"another-boot", name, name}), Keep::kDurable));
  open();
  const Observation end = wait_end(1);
  EXPECT_EQ(end.kind, ObservationKind::kLost);
  EXPECT_NE(end.message.find("anew"), std::string::npos);
}

TEST_F(RestartTest, DamagedRecordsLoseTheirTaskAndNoMore) {
  const TaskFolder order = order_alone(1, "exit 0");
  ASSERT_TRUE(order.write(kOrderFile, "torn", Keep::kDurable));
  const TaskFolder end = order_alone(2, "exit 0");
  ASSERT_TRUE(end.write(kEndFile, "torn", Keep::kDurable));
  const TaskFolder started = order_alone(3, "exit 0");
  ASSERT_TRUE(started.write(kStartedFile, "torn", Keep::kDurable));
  open();
  EXPECT_EQ(phase_of(1), Phase::kOrdered);
  EXPECT_EQ(wait_end(2).kind, ObservationKind::kLost);
  EXPECT_EQ(wait_end(3).kind, ObservationKind::kLost);
  launch(shell(4, "exit 4"));
  EXPECT_EQ(wait_end(4).exit_code, 4);
}

TEST_F(RestartTest, ALinkIsNoTask) {
  open();
  close();
  const std::string elsewhere = base.path() + "/elsewhere";
  ASSERT_EQ(::mkdir(elsewhere.c_str(), 0700), 0);
  std::ofstream(elsewhere + "/order") << "something";
  ASSERT_EQ(::symlink(elsewhere.c_str(), (options.folder + "/" + token(1)).c_str()), 0);
  open();
  EXPECT_TRUE(driver->list()->empty());
  EXPECT_EQ(driver->launch(shell(1, "exit 0")).error().code, ErrorCode::kIo);
  EXPECT_TRUE(std::filesystem::exists(elsewhere + "/order"));
}

TEST_F(RestartTest, OneDriverAtATimeAndNoEarlierEpoch) {
  options.epoch = 7;
  open();
  const auto observe = [](const Observation&) {};
  EXPECT_EQ(LocalDriver::open(options, observe).error().code, ErrorCode::kInvalidInput);
  close();
  LocalOptions earlier = options;
  earlier.epoch = 6;
  const auto refused = LocalDriver::open(earlier, observe);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("epoch 7"), std::string::npos);
  open();
}

TEST_F(RestartTest, ForgottenTokensNeverStartAgain) {
  open();
  Fifo ready(base.path() + "/ready");
  launch(shell(1, fmt::format("echo kept; echo ready >{}; exec sleep 1000", ready.path())));
  EXPECT_EQ(ready.line(), "ready");
  EXPECT_EQ(driver->forget(token(1)).error().code, ErrorCode::kInvalidInput);
  stop(1, Duration{});
  wait_end(1);
  ASSERT_TRUE(driver->forget(token(1)));
  ASSERT_TRUE(driver->forget(token(1)));
  EXPECT_TRUE(driver->list()->empty());
  EXPECT_EQ(driver->launch(shell(1, "exit 0")).error().code, ErrorCode::kInvalidInput);
  reopen();
  EXPECT_TRUE(driver->list()->empty());
  EXPECT_EQ(driver->launch(shell(1, "exit 0")).error().code, ErrorCode::kInvalidInput);
  EXPECT_EQ(log(1), "kept\n");
}

// Wherever between its order and its start a stop comes, it is final and nothing is left.
TEST_F(RestartTest, AStopRightAfterTheLaunch) {
  open();
  constexpr int kTasks = 20;
  for (int i = 0; i < kTasks; ++i) {
    launch(shell(i, "exec sleep 1000"));
    stop(i, Duration{});
  }
  for (int i = 0; i < kTasks; ++i) {
    const Observation end = wait_end(i);
    EXPECT_TRUE(end.kind == ObservationKind::kLaunchFailed || end.signal == SIGKILL) << end.message;
  }
}

TEST_F(RestartTest, AShimThatCannotStartItSaysSo) {
  for (const char* program : {"/bin/false", "/no/such/program"}) {
    options.program = program;
    reopen();
    const int number = options.program == "/bin/false" ? 1 : 2;
    launch(shell(number, "exit 0"));
    EXPECT_EQ(wait_end(number).kind, ObservationKind::kLaunchFailed);
  }
  EXPECT_NE(wait_end(2).message.find("/no/such/program"), std::string::npos);
}

// Opening a pipe that nobody reads waits: the child is never ready.
TEST_F(RestartTest, AStopWhileItIsPrepared) {
  open();
  const std::string pipe = base.path() + "/unread";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(::chmod(pipe.c_str(), 0666), 0);
  LaunchOrder waits = shell(1, "exit 0");
  waits.run.output = pipe;
  launch(waits);
  stop(1, Duration::hours(1));
  const Observation end = wait_end(1);
  EXPECT_EQ(end.kind, ObservationKind::kLaunchFailed);
  EXPECT_EQ(end.message, "it was stopped before it started");
}

TEST_F(RestartTest, AShimWhoseFolderWasRemovedEnds) {
  open();
  Fifo fifo(base.path() + "/fifo");
  const Fifo go(fifo.path() + ".go");
  launch(shell(1, fmt::format("echo ready >{0}; read x <{0}.go", fifo.path())));
  EXPECT_EQ(fifo.line(), "ready");
  const Descriptor shim = open_process(shim_of(1));
  ASSERT_TRUE(shim.is_open());
  close();
  std::filesystem::remove_all(options.folder);
  const Descriptor file(::open(go.path().c_str(), O_WRONLY | O_CLOEXEC));
  ASSERT_TRUE(write_all(file.get(), "go\n", "go"));
  EXPECT_TRUE(wait_for_end(shim, Duration::minutes(2)));
}

// The shim by itself, where no control group bounds memory.
TEST_F(RestartTest, WithoutGroupsTheDataOfEachProcessIsBounded) {
  open();
  const TaskFolder folder = order_alone(1, "head -c 300000000 /dev/zero | tail | wc -c");
  auto order = read_order("order", folder.read(kOrderFile).value());
  ASSERT_TRUE(order);
  order->limit_by_rlimit = true;
  order->launch.memory_bytes = 32 << 20;
  ASSERT_TRUE(folder.write(kOrderFile, order_bytes(*order), Keep::kDurable));
  const pid_t shim = ::fork();
  if (shim == 0) {
    ::execl("/proc/self/exe", "sillar", kShimVerb, folder.path().c_str(), nullptr);
    ::_exit(1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(shim, &status, 0), shim);
  EXPECT_EQ(status, 0);
  EXPECT_NE(log(1).find("memory exhausted"), std::string::npos) << log(1);
}

}  // namespace
}  // namespace sillar::drivers
