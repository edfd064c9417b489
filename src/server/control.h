#pragma once

// The control thread: the only one that touches the core. Commands wait in a bounded queue; the
// thread takes all that wait, has them decided, makes them durable together, and only then lets
// their answers out. So one sync serves as many clients as have come in the meantime.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/core.h"
#include "server/metrics.h"

namespace sillar::server {

struct Answer {
  int status = 200;
  std::string body;  // Of which a repeated request is told again, secrets apart: see `kept`.
  std::vector<std::pair<std::string, std::string>> headers;
  std::string kept =
      {};  // What is remembered in place of a body that holds a secret; empty: the body.
};

// Admission is refused first when room runs out, in the queue or on the disk; what gives back or
// settles goes on.
enum class Urgency : std::uint8_t { kAdmission, kRelease };

struct Command {
  Urgency urgency = Urgency::kAdmission;
  std::function<Answer(Core&)> act;    // On the control thread, within a batch.
  std::function<void(Answer)> answer;  // Afterwards, on the control thread: durable. Or refused.
};

inline constexpr std::size_t kQueueMax = 8192;
inline constexpr std::size_t kQueueReserve = 4096;  // Beyond kQueueMax, for kRelease.

struct ControlOptions {
  // A light cycle follows what has changed, this far apart; a full one after it.
  Duration light_pace = Duration{5'000'000};
  Duration full_pace = Duration::seconds(1);
  // And one of its own accord, while work waits.
  Duration idle_pace = Duration::seconds(10);
};

struct ControlHooks {
  // On the control thread, within each batch, after all that it decides: what follows from it and
  // becomes durable with it.
  std::function<void(Core&, bool disk_is_low)> decided;
  // After each batch, on the control thread: what happened, durable by now.
  std::function<void(const Core&)> published;
  // The journal cannot go on: say so and end the process. Never returns to normal work.
  std::function<void(const Error&)> fatal;
  // Whether admission has to stop for want of room; asked before each batch.
  std::function<bool()> disk_is_low;
  // A batch found no room. True: there is some now, for what gives back or settles.
  std::function<bool()> make_room;
  Metrics* metrics = nullptr;  // May be null.
};

class Control {
 public:
  Control(std::unique_ptr<Core> core, ControlOptions options, ControlHooks hooks);
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control() { stop(); }

  // From any thread. False: the queue is full and nothing will be answered.
  [[nodiscard]] bool post(Command command);
  // What waits now.
  [[nodiscard]] std::size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  // What is queued is still done, a snapshot is kept. Blocks until the thread has ended.
  void stop();

 private:
  void run();
  [[nodiscard]] std::deque<Command> take();
  void run_batch(std::deque<Command> commands);
  void run_cycle();
  [[nodiscard]] std::int64_t wait_ns() const;

  std::unique_ptr<Core> core_;
  ControlOptions options_;
  ControlHooks hooks_;

  std::mutex mutex_;  // Guards queue_ and stopping_.
  std::condition_variable wake_;
  std::deque<Command> queue_;
  bool stopping_ = false;
  std::atomic<std::size_t> waiting_ = 0;

  // The control thread's own.
  bool changed_ = true;       // Since the last light cycle.
  bool changed_full_ = true;  // Since the last full one.
  Time light_at_;
  Time full_at_;
  bool ended_ = false;

  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace sillar::server
