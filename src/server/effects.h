#pragma once

// From decisions to what runs, and back. What has to run follows from the state, not from a list of
// things to do: a start or a stop that got lost in a crash is found again by comparing the state
// with what the driver has. Orders carry a token made of who we are, the task and its attempt, and
// the driver starts each token at most once.

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>

#include "drivers/driver.h"
#include "server/core.h"
#include "server/metrics.h"

namespace sillar::server {

// The token of the attempt that a task is at.
[[nodiscard]] std::string token_of(const Core& core, TaskId task);
// What the driver is told for it. Requires: the task holds devices.
[[nodiscard]] drivers::LaunchOrder launch_order(const Core& core, TaskId task);

class Effects {
 public:
  // Hands an observation's input to the control thread. False: not now, say it again later.
  using Post = std::function<bool(const drivers::Observation&)>;

  // Requires: `metrics`, which may be null, outlives this.
  explicit Effects(Post post, Metrics* metrics = nullptr)
      : post_(std::move(post)), metrics_(metrics) {}
  Effects(const Effects&) = delete;
  Effects& operator=(const Effects&) = delete;
  ~Effects() { stop(); }

  // Compares what the state has running with what the driver found, orders the difference, and
  // begins to carry out orders. On the thread that owns the core. Requires: `driver` outlives this
  // or stop().
  [[nodiscard]] Status start(const Core& core, drivers::Driver& driver);
  void stop();

  // On the control thread, after each batch: orders what it calls for.
  void publish(const Core& core);
  // On the control thread, within a batch: the observation as an input, and applied. Late ones, and
  // those about what is no longer known, change nothing.
  void observe(Core& core, const drivers::Observation& observation);
  // For the driver, from its thread.
  void observed(const drivers::Observation& observation);

  // The token of a task's last attempt, for logs; empty: it never started here.
  [[nodiscard]] std::string last_token(TaskId task) const;
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Forget {
    std::string token;
  };
  using Order = std::variant<drivers::LaunchOrder, drivers::StopOrder, Forget>;

  void order(Order order);
  void run();
  void carry_out(const Order& order);
  void order_launch(const Core& core, TaskId task);
  void order_stop(const Core& core, TaskId task);
  void forget_task(TaskId task);

  void note(DriverOperation operation, const Status& done) const;

  Post post_;
  Metrics* metrics_;
  drivers::Driver* driver_ = nullptr;

  // The control thread's own.
  std::map<std::string, TaskId, std::less<>> tasks_;  // By token, while not ended.
  std::map<TaskId, std::string> tokens_;              // The other way round.

  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable wake_;
  std::deque<Order> orders_;  // At most two for each task that holds devices.
  std::map<TaskId, std::string> last_tokens_;
  std::deque<drivers::Observation> unposted_;  // The queue was full.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sillar::server
