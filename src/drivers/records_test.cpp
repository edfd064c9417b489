#include "drivers/records.h"

#include <gtest/gtest.h>

namespace sillar::drivers {
namespace {

ShimOrder full_order() {
  ShimOrder order;
  order.launch.token = std::string(kTokenDigits, 'c');
  order.launch.workload = "team/train";
  order.launch.project = "acme";
  order.launch.task = 2;
  order.launch.array_index = 7;
  order.launch.attempt = 3;
  order.launch.run.command = {"python", "train.py", ""};
  order.launch.run.environment = {{"A", "b=c"}};
  order.launch.run.directory = "/data";
  order.launch.run.output = "%j.%t.%a.%%";
  order.launch.run.checkpoint_signal = "USR1";
  order.launch.os_user = "ada";
  order.launch.devices = {0, 7};
  order.launch.cpu = 1500;
  order.launch.memory_bytes = 1 << 30;
  order.launch.environment = {{"B", ""}};
  order.work_folder = "/var/lib/sillar/work";
  order.groups = {{Group::Kind::kV2, "/sys/fs/cgroup/x", true, false, true},
                  {Group::Kind::kFreezer, "/sys/fs/cgroup/freezer/x", false, false, false}};
  order.limit_by_rlimit = true;
  order.log_bytes_max = 1 << 20;
  order.processes_max = 100;
  return order;
}

TEST(Records, RoundTrip) {
  const ShimOrder order = full_order();
  EXPECT_EQ(read_order("o", order_bytes(order)).value(), order);
  const StartedRecord started{"boot", {10, 20}, {11, 21}};
  EXPECT_EQ(read_started("s", started_bytes(started)).value(), started);
  const Observation ended{"", ObservationKind::kExited, Time{123}, 137, 9, "killed"};
  EXPECT_EQ(read_observation("e", observation_bytes(ended)).value(), ended);
}

TEST(Records, EveryCutAndEveryFlipIsFound) {
  const std::string bytes = order_bytes(full_order());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    EXPECT_FALSE(read_order("o", bytes.substr(0, i))) << i;
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 4);
    EXPECT_FALSE(read_order("o", flipped)) << i;
  }
  EXPECT_FALSE(read_order("o", bytes + "x"));
  EXPECT_FALSE(read_order("o", ""));
}

TEST(Records, ARecordIsNotOneOfAnotherKind) {
  const auto wrong = read_observation("exit", order_bytes(full_order()));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kInvalidInput);
  EXPECT_TRUE(wrong.error().message.starts_with("exit: "));
}

TEST(Records, OrdersThatCannotBeCarriedOut) {
  struct Case {
    const char* what;
    void (*spoil)(LaunchOrder&);
  };
  const Case cases[] = {
      {"token", [](LaunchOrder& o) { o.token = "short"; }},
      {"command or a script", [](LaunchOrder& o) { o.run.command.clear(); }},
      {"command or a script", [](LaunchOrder& o) { o.run.script = "exit"; }},
      {"first word", [](LaunchOrder& o) { o.run.command[0] = ""; }},
      {"zero byte", [](LaunchOrder& o) { o.run.command[1] = std::string(1, '\0'); }},
      {"zero byte", [](LaunchOrder& o) { o.run.environment[0].second = std::string(1, '\0'); }},
      {"variable", [](LaunchOrder& o) { o.run.environment[0].first = "A=B"; }},
      {"variable", [](LaunchOrder& o) { o.environment[0].first = "1A"; }},
      {"absolute", [](LaunchOrder& o) { o.run.directory = "data"; }},
      {"too long", [](LaunchOrder& o) { o.run.error = std::string(5000, 'x'); }},
      {"%x", [](LaunchOrder& o) { o.run.output = "a%x"; }},
      {"%a", [](LaunchOrder& o) { o.array_index = -1; }},
      {"checkpoint_signal", [](LaunchOrder& o) { o.run.checkpoint_signal = "KILL"; }},
      {"negative", [](LaunchOrder& o) { o.devices = {-1}; }},
      {"negative", [](LaunchOrder& o) { o.memory_bytes = -1; }},
      {"grace", [](LaunchOrder& o) { o.run.grace = Duration{-1}; }},
      {"larger", [](LaunchOrder& o) { o.run.command[1] = std::string(2 << 20, 'x'); }},
  };
  EXPECT_TRUE(check_order(full_order().launch));
  for (const Case& one : cases) {
    LaunchOrder order = full_order().launch;
    one.spoil(order);
    const Status status = check_order(order);
    ASSERT_FALSE(status) << one.what;
    EXPECT_EQ(status.error().code, ErrorCode::kInvalidInput);
    EXPECT_NE(status.error().message.find(one.what), std::string::npos) << status.error().message;
  }
}

TEST(Records, Patterns) {
  const LaunchOrder order = full_order().launch;
  EXPECT_EQ(expand_pattern("out/%j-%t_%a%%.log", order).value(), "out/team-train-2_7%.log");
  EXPECT_EQ(expand_pattern("", order).value(), "");
  EXPECT_FALSE(expand_pattern("%", order));
}

}  // namespace
}  // namespace sillar::drivers
