#pragma once

// How answers get from any thread to the loop that has the connection. However many are handed
// over, the loop is woken once.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/http.h"
#include "net/responder.h"

namespace sillar::net {

class QueuedStream;

// Which request an answer is for. A session is a connection; it has one request at a time.
struct RequestKey {
  std::uint64_t session = 0;
  std::uint64_t request = 0;
  friend bool operator==(const RequestKey&, const RequestKey&) = default;
};

struct Letter {
  RequestKey to;
  Response response = {};
  std::shared_ptr<QueuedStream> stream = nullptr;  // What `response` is the head of.
  bool moved = false;                              // Nothing but: there is news in `stream`.
};

class Mailbox {
 public:
  struct Loop {
    std::function<void()> wake;            // On any thread: have take() called on the loop's soon.
    std::function<bool(Letter&)> at_once;  // On the loop's thread: takes it now, or not (false).
  };
  explicit Mailbox(Loop loop) : loop_(std::move(loop)) {}

  // The loop's thread says which one it is, before it serves anybody.
  void run_on_this_thread() { thread_ = std::this_thread::get_id(); }

  void push(Letter letter);
  [[nodiscard]] std::vector<Letter> take();
  // Nothing is taken or woken any more: the loop ends.
  void close();

 private:
  Loop loop_;
  std::thread::id thread_;
  std::mutex mutex_;  // Guards the rest.
  std::vector<Letter> letters_;
  bool closed_ = false;
};

// A stream as the loop sees it.
class QueuedStream final : public EventStream, public std::enable_shared_from_this<QueuedStream> {
 public:
  QueuedStream(std::shared_ptr<Mailbox> mailbox, RequestKey key, bool chunked,
               std::size_t bytes_max);

  bool write(std::string chunk) override;
  void close() override;
  void on_close(std::function<void()> fn) override;

  // For the loop: what is queued, framed. It counts against the limit until the next call.
  struct Taken {
    std::string bytes;
    bool ended = false;  // By its writer; `bytes` is the last.
    bool cut = false;    // It grew beyond its limit.
  };
  [[nodiscard]] Taken take();
  // Whether a call of take() would give nothing new.
  [[nodiscard]] bool is_quiet();
  [[nodiscard]] bool is_cut();
  // The connection is done with it.
  void finish();

 private:
  void wake();

  const std::shared_ptr<Mailbox> mailbox_;
  const RequestKey key_;
  const bool chunked_;
  const std::size_t bytes_max_;
  std::mutex mutex_;  // Guards the rest.
  std::string queued_;
  std::size_t bytes_in_flight_ = 0;
  std::function<void()> on_close_;
  bool woken_ = false;  // A letter about it is on its way.
  bool ended_ = false;
  bool cut_ = false;
  bool finished_ = false;
};

// The way back of one request on a connection.
class PostedExchange final : public Exchange {
 public:
  PostedExchange(std::shared_ptr<Mailbox> mailbox, RequestKey key, bool chunked)
      : mailbox_(std::move(mailbox)), key_(key), chunked_(chunked) {}

  void answer(Response response) override;
  std::shared_ptr<EventStream> stream(Response head, std::size_t bytes_max) override;

 private:
  std::shared_ptr<Mailbox> mailbox_;
  RequestKey key_;
  bool chunked_;
};

}  // namespace sillar::net
