#pragma once

// A local driver over a fresh folder, for tests with real processes.

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "drivers/local_driver.h"
#include "drivers/os.h"
#include "drivers/task_folder.h"
#include "drivers/task_logs.h"

namespace sillar::drivers {

inline constexpr auto kHangs = std::chrono::seconds(120);  // No bound of a test: a way out.

// Removed with everything in it. Other users may pass through it.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    path_ = std::filesystem::temp_directory_path() / "sillar-drivers-XXXXXX";
    EXPECT_NE(::mkdtemp(path_.data()), nullptr);
    EXPECT_EQ(::chmod(path_.c_str(), 0711), 0);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Through which a command tells a test something.
class Fifo {
 public:
  explicit Fifo(std::string path) : path_(std::move(path)) {
    EXPECT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    EXPECT_EQ(::chmod(path_.c_str(), 0666), 0);
    file_ = Descriptor(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  // Empty when nobody says anything: a test whose command failed ends, too.
  std::string line() {
    std::string text;
    pollfd watched{file_.get(), POLLIN, 0};
    const int patience_ms = static_cast<int>(std::chrono::milliseconds(kHangs).count());
    for (char c = 0; ::poll(&watched, 1, patience_ms) == 1;) {
      if (::read(file_.get(), &c, 1) != 1 || c == '\n') break;
      text += c;
    }
    return text;
  }

 private:
  std::string path_;
  Descriptor file_;
};

class LocalTest : public ::testing::Test {
 protected:
  LocalTest() {
    options.folder = base.path() + "/tasks";
    options.work_folder = base.path() + "/work";
    options.installation = fmt::format("test-{}", ::getpid());
    options.epoch = 1;
  }

  void open() {
    auto opened = LocalDriver::open(options, [this](const Observation& seen) {
      const std::lock_guard guard(mutex);
      seen_by[seen.token].push_back(seen);
      changed.notify_all();
    });
    ASSERT_TRUE(opened) << opened.error().message;
    driver = std::move(*opened);
  }
  void close() { driver.reset(); }
  void reopen() {
    close();
    {
      const std::lock_guard guard(mutex);
      seen_by.clear();
    }
    open();
  }

  // Commands of root's run as nobody.
  static std::string user() { return ::geteuid() == 0 ? "nobody" : ""; }
  static std::string token(int number) { return fmt::format("{:032x}", number); }

  static LaunchOrder order(int number, std::vector<std::string> command) {
    LaunchOrder made;
    made.token = token(number);
    made.workload = fmt::format("w{}", number);
    made.project = "acme/research";
    made.run.command = std::move(command);
    made.os_user = user();
    return made;
  }
  static LaunchOrder shell(int number, std::string text) {
    return order(number, {"/bin/sh", "-c", std::move(text)});
  }

  void launch(const LaunchOrder& what) {
    const Status status = driver->launch(what);
    ASSERT_TRUE(status) << status.error().message;
  }
  void stop(int number, Duration grace, std::string checkpoint = "") {
    const Status status = driver->stop({token(number), std::move(checkpoint), grace});
    ASSERT_TRUE(status) << status.error().message;
  }

  Observation wait(int number, bool until_final) {
    const auto there = [&]() -> const Observation* {
      for (const Observation& seen : seen_by[token(number)])
        if (seen.kind != ObservationKind::kStarted || !until_final) return &seen;
      return nullptr;
    };
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kHangs, [&] { return there() != nullptr; }));
    const Observation* const found = there();
    return found == nullptr ? Observation{} : *found;
  }
  Observation wait_end(int number) { return wait(number, true); }
  Observation wait_start(int number) { return wait(number, false); }
  std::size_t count_of(int number, ObservationKind kind) {
    const std::lock_guard guard(mutex);
    std::size_t count = 0;
    for (const Observation& seen : seen_by[token(number)]) count += seen.kind == kind ? 1 : 0;
    return count;
  }

  std::string log(int number, LogStream stream = LogStream::kOutput) {
    const auto chunk = read_log(options.folder, token(number), stream, 0);
    return chunk ? chunk->bytes : chunk.error().message;
  }

  // The process that holds the task's lock: its shim.
  pid_t shim_of(int number) {
    const auto folder = TaskFolder::open(options.folder + "/" + token(number));
    return folder ? folder->lock_holder() : 0;
  }

  // Whether a process is gone, or nothing but its number is left.
  static bool is_gone(pid_t pid) {
    const auto stat = process_stat(pid);
    return !stat || stat->ended;
  }

  TemporaryFolder base;
  LocalOptions options;
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::vector<Observation>> seen_by;
  std::unique_ptr<LocalDriver> driver;
};

}  // namespace sillar::drivers
