#pragma once

// Looks at the devices of this machine now and then, so that rules about idle work and about broken
// devices act. What it sees and what does not matter to any rule goes nowhere: the journal grows
// with changes, not with time.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "drivers/devices.h"
#include "server/core.h"

namespace sillar::server {

struct UsageOptions {
  // Called from the desk's thread alone. Absent: nobody looks.
  std::function<Result<drivers::DeviceSample>()> sample;
  Duration pace = Duration::seconds(10);  // From one look to the next.
};

class UsageDesk {
 public:
  // Hands a sample to the control thread; `done` is to be called there. False: not now.
  using Post = std::function<bool(drivers::DeviceSample sample, std::function<void()> done)>;

  UsageDesk(UsageOptions options, Post post, std::function<void(const std::string&)> remark);
  UsageDesk(const UsageDesk&) = delete;
  UsageDesk& operator=(const UsageDesk&) = delete;
  ~UsageDesk() { stop(); }

  void stop();

 private:
  void run();
  void look();

  UsageOptions options_;
  Post post_;
  std::function<void(const std::string&)> remark_;
  std::string trouble_;  // The last that was told; the desk's thread's own.

  std::mutex mutex_;  // Guards `stopping_`.
  std::condition_variable wake_;
  bool stopping_ = false;
  std::atomic<bool> posted_ = false;  // The last sample has not been taken yet.
  std::thread thread_;                // Last: it uses all of the above.
};

// On the control thread, within a batch: whatever of the sample changes something, as inputs. The
// devices are those of the machine that runs all tasks; what is broken is told of where the fleet
// is that one machine.
void observe_sample(Core& core, const drivers::DeviceSample& sample);

}  // namespace sillar::server
