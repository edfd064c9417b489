#pragma once

// Hands out what tasks wrote. One thread reads for all who ask, so that no I/O thread waits for a
// disk; those that follow a log are looked after in turn, a bounded number of them.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/time.h"
#include "drivers/task_logs.h"
#include "net/responder.h"
#include "server/call.h"

namespace sillar::server {

inline constexpr std::size_t kLogReadersMax = 128;
// How often a log that has nothing new is looked at.
inline constexpr Duration kLogPace{200'000'000};

struct LogAsked {
  std::string token;
  drivers::LogStream stream = drivers::LogStream::kOutput;
  std::int64_t offset = 0;
  bool follow = false;  // Goes on until the task has ended; else until what is there now.
};

class LogDesk {
 public:
  // `folder`: the driver's (drivers/task_logs.h).
  explicit LogDesk(std::string folder);
  LogDesk(const LogDesk&) = delete;
  LogDesk& operator=(const LogDesk&) = delete;
  ~LogDesk() { stop(); }

  // Answers the call with the log's bytes as they come, or with a problem. From any thread.
  void answer(const std::shared_ptr<Call>& call, LogAsked asked);
  // Ends what is being followed; later calls are refused. Blocks until the thread has ended.
  void stop();
  [[nodiscard]] std::size_t readers() const;

 private:
  struct Reader {
    std::shared_ptr<Call> call;  // Until the answer's head has left.
    LogAsked asked;
    std::shared_ptr<net::EventStream> body;
    std::shared_ptr<std::atomic<bool>> gone;  // The client is.
    std::int64_t until = -1;  // Without follow: as much as was there at the beginning.
  };
  enum class Pass : std::uint8_t { kMore, kQuiet, kEnded };

  void run();
  [[nodiscard]] Pass serve(Reader& reader) const;
  static void begin(Reader& reader, const drivers::LogChunk& chunk);

  std::string folder_;
  mutable std::mutex mutex_;  // Guards what follows.
  std::condition_variable wake_;
  std::deque<Reader> arrived_;
  std::size_t readers_ = 0;  // Arrived and being served.
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sillar::server
