#include "drivers/devices.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "drivers/local_fixture.h"

namespace sillar::drivers {
namespace {

TEST(Telemetry, LinesOfDeviceAndUse) {
  const auto use = parse_telemetry("t", "# written each second\n3 1000\n\n4 broken\n0 25\n");
  ASSERT_TRUE(use) << use.error().message;
  EXPECT_EQ(*use, (DeviceSample{{{0, 25}, {3, 1000}}, {4}}));
  EXPECT_EQ(parse_telemetry("t", "").value(), DeviceSample{});
}

TEST(Telemetry, AnythingElseIsRefusedWithItsLine) {
  for (const char* wrong : {"0", "0 ", " 0 1", "0  1", "0 1001", "0 -0", "-1 5", "0 5 ", "0 5.0",
                            "a 5", "4096 5", "0 5\r", "0\t5", "+0 5", "0 Broken"}) {
    const auto use = parse_telemetry("t", std::string("1 1\n") + wrong + "\n");
    ASSERT_FALSE(use) << wrong;
    EXPECT_TRUE(use.error().message.starts_with("t:2: ")) << use.error().message;
  }
  EXPECT_TRUE(parse_telemetry("t", "0 1\n0 2\n").error().message.find("twice") !=
              std::string::npos);
  EXPECT_FALSE(parse_telemetry("t", std::string(1 << 17, '\n')));
}

TEST(Telemetry, FilesWithoutLinks) {
  const TemporaryFolder base;
  const std::string path = base.path() + "/telemetry";
  EXPECT_EQ(read_telemetry(path).error().code, ErrorCode::kNotFound);
  std::ofstream(path) << "2 500\n";
  EXPECT_EQ(read_telemetry(path).value(), (DeviceSample{{{2, 500}}, {}}));
  ASSERT_EQ(::symlink(path.c_str(), (path + ".link").c_str()), 0);
  EXPECT_FALSE(read_telemetry(path + ".link"));
  EXPECT_FALSE(read_telemetry(base.path()));
}

TEST(Nvml, NoLibraryNoDevicesNoError) {
  EXPECT_EQ(Nvml::load("libno-such-library.so.1"), nullptr);
  EXPECT_EQ(Nvml::load("libc.so.6"), nullptr);
}

TEST(Nvml, RealDevicesWhereThereAre) {
  const auto nvml = Nvml::load();
  if (!nvml) GTEST_SKIP() << "this machine has no NVML device";
  for (const Device& device : nvml->devices()) {
    EXPECT_FALSE(device.name.empty());
    EXPECT_TRUE(device.uuid.starts_with("GPU-")) << device.uuid;
    EXPECT_GT(device.memory_bytes, 0);
  }
  for (const DeviceUse& use : nvml->sample().use) EXPECT_LE(use.busy_thousandths, 1000);
}

// A library with NVML's functions and two devices (fake/nvml.cpp).
TEST(Nvml, DevicesOfALibrary) {
  const auto nvml = Nvml::load(SILLAR_FAKE_NVML);
  ASSERT_NE(nvml, nullptr);
  EXPECT_EQ(nvml->devices(), (std::vector<Device>{{0, "Fake A", "GPU-0", std::int64_t{80} << 30},
                                                  {2, "Fake C", "GPU-2", std::int64_t{80} << 30}}));
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 0}, {2, 1000}}, {}}));
}

// What the library tells while it runs: "DEVICE BUSY ERRORS XID LOST" (fake/nvml.cpp).
TEST(Nvml, WhatIsWrongWithDevices) {
  const TemporaryFolder base;
  const std::string path = base.path() + "/gpus";
  const auto write = [&](const std::string& lines) { std::ofstream(path) << lines; };
  write("0 10 3 0 0\n2 20 0 0 0\n");
  ASSERT_EQ(::setenv("FAKE_NVML", path.c_str(), 1), 0);
  const auto nvml = Nvml::load(SILLAR_FAKE_NVML);
  ASSERT_NE(nvml, nullptr);
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 100}, {2, 200}}, {}})) << "old errors are no news";
  write("0 10 4 0 0\n2 20 0 13 0\n");
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 100}, {2, 200}}, {0}}))
      << "XID 13 is the program's own doing";
  write("0 10 4 0 0\n2 20 0 79 1\n");
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 100}}, {2}}));
  write("0 10 0 48 0\n2 20 0 0 0\n");
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 100}, {2, 200}}, {0}}));
  write("0 10 0 48 0\n2 20 0 0 0\n");
  EXPECT_EQ(nvml->sample(), (DeviceSample{{{0, 100}, {2, 200}}, {}})) << "told once";
  ::unsetenv("FAKE_NVML");
}

}  // namespace
}  // namespace sillar::drivers
