// Local driver: 1,000 short real commands over 8 declared accelerators, as fast as devices come
// free. One caller launches them all, then one caller for each device. Checked: never two commands
// on one device, every exit code as it was asked for, every command once.
//
// Usage: bench_local_driver [folder on the disk that is measured; by default that for temporary
// files, where nothing is synced when it lies in memory]
//
// As root the commands run as nobody, so that user must be able to reach the folder.

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "drivers/local_driver.h"
#include "drivers/os.h"
#include "drivers/shim.h"

using namespace sillar;
using namespace sillar::bench;
using namespace sillar::drivers;

namespace {

constexpr int kCommands = 1'000;
constexpr int kDevices = 8;
constexpr int kCodes = 256;

void expect(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "bench_local_driver: not so: %s\n", what);
  std::exit(1);
}

class Load {
 public:
  explicit Load(const std::string& folder) : marks_(folder + "/marks") {
    for (const std::string& path : {folder, marks_}) {
      std::filesystem::create_directories(path);
      expect(::chmod(path.c_str(), path == folder ? 0711 : 0777) == 0, "rights of a folder");
    }
    LocalOptions options;
    options.folder = folder + "/tasks";
    options.work_folder = folder + "/work";
    options.installation = fmt::format("bench-{}", ::getpid());
    auto opened = LocalDriver::open(options, [this](const Observation& seen) { saw(seen); });
    if (!opened) std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    expect(opened.has_value(), "a driver");
    driver_ = std::move(*opened);
  }

  void run(int callers, JsonWriter& json) {
    const Stopwatch all;
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) threads.emplace_back([this] { launch_until_done(); });
    for (std::thread& thread : threads) thread.join();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ended_ == kCommands; });
    const double seconds = static_cast<double>(all.elapsed().ns) / 1e9;
    json.key("commands_per_second").decimal(decimal(kCommands / seconds, 1));
    durable_.write("launch_call_to_durable", json);
    exec_.write("launch_call_to_exec", json);
    started_.write("launch_call_to_observed_started", json);
    whole_.write("launch_call_to_observed_end", json);
    const LimitsInUse limits = driver_->limits_in_use();
    json.field("limits_memory", limits.memory).field("limits_kill", limits.kill);
  }

 private:
  struct Command {
    int device = 0;
    Duration called;
    Time called_at;
    bool started = false;
  };

  void launch_until_done() {
    for (;;) {
      LaunchOrder order;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return next_ == kCommands || free_count() > 0; });
        if (next_ == kCommands) return;
        int device = 0;
        while (busy_[static_cast<std::size_t>(device)]) ++device;
        busy_[static_cast<std::size_t>(device)] = true;
        order = make_order(next_, device);
        commands_[order.token] = {device, since_boot(), wall_clock()};
        ++next_;
      }
      const Stopwatch watch;
      expect(driver_->launch(order).has_value(), "a launch");
      const std::lock_guard guard(mutex_);
      durable_.add(watch.elapsed());
    }
  }

  // Its mark is there alone, or the command ends with 255.
  [[nodiscard]] LaunchOrder make_order(int number, int device) const {
    LaunchOrder order;
    order.token = fmt::format("{:032x}", number);
    order.workload = fmt::format("w{}", number);
    order.project = "bench";
    order.run.command = {"/bin/sh", "-c",
                         fmt::format("mkdir {0}/$SILLAR_DEVICES && rmdir {0}/$SILLAR_DEVICES && "
                                     "exit {1} || exit 255",
                                     marks_, number % (kCodes - 1))};
    order.os_user = ::geteuid() == 0 ? "nobody" : "";
    order.devices = {device};
    order.cpu = 1000;
    order.memory_bytes = 256 << 20;
    return order;
  }

  [[nodiscard]] int free_count() const {
    int count = 0;
    for (const bool busy : busy_) count += busy ? 0 : 1;
    return count;
  }

  void saw(const Observation& seen) {
    const Duration now = since_boot();
    const std::lock_guard guard(mutex_);
    Command& command = commands_.at(seen.token);
    if (seen.kind == ObservationKind::kStarted) {
      expect(!command.started, "a command starts once");
      command.started = true;
      started_.add(now - command.called);
      exec_.add(seen.at - command.called_at);
      return;
    }
    const int number = static_cast<int>(std::strtol(seen.token.c_str(), nullptr, 16));
    if (seen.exit_code != number % (kCodes - 1))
      std::fprintf(stderr, "%d: %d %s\n", number, seen.exit_code, seen.message.c_str());
    expect(seen.exit_code == number % (kCodes - 1), "the exit code, and a device alone");
    whole_.add(now - command.called);
    busy_[static_cast<std::size_t>(command.device)] = false;
    ++ended_;
    changed_.notify_all();
  }

  std::string marks_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Command> commands_;
  std::array<bool, kDevices> busy_{};
  int next_ = 0;
  int ended_ = 0;
  Samples durable_;
  Samples exec_;
  Samples started_;
  Samples whole_;
  std::unique_ptr<LocalDriver> driver_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::strcmp(argv[1], kShimVerb) == 0) return run_shim(argv[2]);
  Report report("local_driver", argc, argv);
  std::string folder = argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string();
  folder += "/sillar-bench-XXXXXX";
  expect(::mkdtemp(folder.data()) != nullptr, "a folder on that disk");
  expect(::chmod(folder.c_str(), 0711) == 0, "rights of the folder");
  folder = std::filesystem::absolute(folder).lexically_normal();
  JsonWriter& json = report.results();
  json.field("commands", std::int64_t{kCommands}).field("devices", std::int64_t{kDevices});
  for (const int callers : {1, kDevices}) {
    json.key(fmt::format("callers_{}", callers)).begin_object();
    Load(fmt::format("{}/{}", folder, callers)).run(callers, json);
    json.end_object();
  }
  std::filesystem::remove_all(folder);
  return report.print();
}
