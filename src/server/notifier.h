#pragma once

// Sends what the outbox holds: a thread for each channel, one delivery at a time, so that one that
// hangs holds up no other. It sends only what is durable, and what came of it becomes durable
// before the next attempt: each delivery arrives at least once, with the same id each time.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/alert_delivery.h"
#include "server/core.h"

namespace sillar::server {

struct NotifierOptions {
  std::vector<AlertChannel> channels;
  std::string installation;
  std::function<Time()> clock;
  std::function<SendOutcome(const AlertChannel&, const drivers::Notice&, Time now)> send =
      send_notice;
};

// Of one channel, waiting to be handed over; more of them wait in the outbox itself.
inline constexpr std::size_t kHandedOverMax = 64;

class Notifier {
 public:
  // Has `act` done on the control thread and says afterwards whether it is durable. False: not
  // now, and nothing is said.
  using Act = std::function<void(Core&)>;
  using Done = std::function<void(bool durable)>;
  using Post = std::function<bool(Act act, Done done)>;

  // Requires: this outlives whatever was posted.
  Notifier(NotifierOptions options, Post post);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;
  ~Notifier() { stop(); }

  [[nodiscard]] const std::vector<AlertChannel>& channels() const { return options_.channels; }

  // On the control thread, after each batch.
  void publish(const Core& core);
  // Ends the threads; an attempt that is under way is waited for, within its time-outs.
  void stop();
  // Looks again at the clock; for those who move it.
  void wake();

 private:
  using Shared = std::shared_ptr<const Delivery>;
  enum class Told : std::uint8_t { kNothing, kDurable, kLost };
  struct Worker {
    const AlertChannel* channel = nullptr;
    std::vector<Shared> queue;
    Told told = Told::kNothing;  // Of the attempt that was told last.
    std::thread thread;
  };

  void run(Worker& worker);
  [[nodiscard]] Shared take_due(Worker& worker);
  void tell(Worker& worker, const Shared& delivery, const SendOutcome& sent);

  NotifierOptions options_;
  Post post_;
  std::uint64_t seen_ = 0;  // The control thread's.

  std::mutex mutex_;  // Guards the workers but for their threads and channels, and stopping_.
  std::condition_variable wake_;
  std::vector<std::unique_ptr<Worker>> workers_;
  bool stopping_ = false;
};

// Records what came of an attempt, unless it is known already. On the control thread.
void settle_delivery(Core& core, const Delivery& attempted, const SendOutcome& sent);

}  // namespace sillar::server
