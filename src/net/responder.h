#pragma once

// How a handler answers: now or later, from any thread, once.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "net/http.h"

namespace sillar::net {

inline constexpr std::size_t kStreamBytesMax = std::size_t{1} << 20;

// The body of an answer that goes on: server-sent events, a growing log. Any thread may call it;
// calls from one thread arrive in their order. It may outlive the connection and the server.
class EventStream {
 public:
  virtual ~EventStream() = default;

  // Queues `chunk` to be sent as soon as the client takes it. False when it will not be: the client
  // is gone, the stream is closed, or more than its limit is queued already because the client
  // reads too slowly; in that last case the stream is cut off, so that a reader never sees a gap.
  virtual bool write(std::string chunk) = 0;
  // Sends what is queued, ends the body properly and closes the connection.
  virtual void close() = 0;
  // `fn` is called once when the stream has ended, for whichever reason: on an I/O thread; on this
  // one when it has ended already; on the one that ends the server. It must not block. A second
  // call replaces the first.
  virtual void on_close(std::function<void()> fn) = 0;
};

// One request's way back. The server's own writes to the connection; a test may bring another.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void answer(Response response) = 0;
  virtual std::shared_ptr<EventStream> stream(Response head, std::size_t bytes_max) = 0;
};

// Moved from hand to hand until somebody answers. May be completed on any thread, once, also when
// the client has left or the server is gone: then the answer is dropped. Destroyed without an
// answer it answers 500, so that no request hangs.
class Responder {
 public:
  Responder() = default;  // Answers nobody.
  explicit Responder(std::unique_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  [[nodiscard]] bool pending() const { return exchange_ != nullptr; }

  // Requires: pending().
  void send(Response response);
  // Sends the head and keeps the body open; `head.body`, where there is one, is its beginning. At
  // most `bytes_max` wait for the client. Requires: pending().
  [[nodiscard]] std::shared_ptr<EventStream> stream(Response head,
                                                    std::size_t bytes_max = kStreamBytesMax);

 private:
  std::unique_ptr<Exchange> exchange_;
};

}  // namespace sillar::net
