#include "net/loop.h"

#include <algorithm>
#include <array>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstring>
#include <future>
#include <optional>
#include <span>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/framing.h"
#include "net/mailbox.h"
#include "net/request_parser.h"
#include "net/window.h"

namespace sillar::net {

namespace asio = boost::asio;
using IoError = boost::system::error_code;
using asio::ip::tcp;

// The concrete executor: any_io_executor costs a virtual call and an allocation for each operation.
using Executor = asio::io_context::executor_type;
using Socket = asio::basic_stream_socket<tcp, Executor>;
using Clock = std::chrono::steady_clock;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
template <typename T>
using Task = asio::awaitable<T, Executor>;

namespace {

constexpr asio::use_awaitable_t<Executor> kAwait;
constexpr std::size_t kWindowBytes = std::size_t{16} << 10;  // What is read at once.
constexpr Clock::time_point kNever = Clock::time_point::max();

// After a refusal we read on for a little, so that the answer is not lost to a reset.
constexpr std::size_t kLingerBytesMax = std::size_t{1} << 20;
constexpr std::chrono::seconds kLingerTime{2};

// A handler may not throw, and nothing else here does: a coroutine that ends by an exception ends
// the process, rather than vanish.
void expect_none(const std::exception_ptr& exception) {
  if (exception) std::rethrow_exception(exception);
}

// Where one coroutine of a loop waits until something has changed. The waiter looks before it waits
// and again afterwards, like at a condition variable; there is one thread, so nothing is missed.
class Gate {
 public:
  Task<void> wait() {
    return asio::async_initiate<const asio::use_awaitable_t<Executor>&, void()>(
        [this](auto handler) {
          waiter_ = std::make_unique<WaiterFor<decltype(handler)>>(std::move(handler));
        },
        kAwait);
  }
  // Resumes the waiter, if there is one, before it returns. Requires: no coroutine of this loop is
  // below it on the stack.
  void notify() {
    if (const auto waiter = std::exchange(waiter_, nullptr)) waiter->resume();
  }

 private:
  struct Waiter {
    virtual ~Waiter() = default;
    virtual void resume() = 0;
  };
  template <typename Continuation>
  struct WaiterFor final : Waiter {
    explicit WaiterFor(Continuation to) : continuation(std::move(to)) {}
    void resume() override { std::move(continuation)(); }
    Continuation continuation;
  };

  std::unique_ptr<Waiter> waiter_;
};

auto into(IoError& error) {
  return asio::redirect_error(kAwait, error);
}

std::chrono::nanoseconds span_of(Duration duration) {
  return std::chrono::nanoseconds(duration.ns);
}

}  // namespace

class Session;

struct LoopParts {
  explicit LoopParts(Shared& whole);

  void run();
  void call(const std::function<void()>& fn);  // On the loop's thread; waits for it.
  void take_on(Descriptor connection, std::string peer, bool refused);
  std::vector<std::shared_ptr<Session>> all_sessions();
  void deliver_all();
  bool deliver_at_once(Letter& letter);
  void deliver(Letter letter);
  void sweep();
  void cut();

  Shared& shared;
  asio::io_context io{1};
  std::optional<asio::executor_work_guard<Executor>> work{io.get_executor()};
  std::optional<asio::ssl::context> tls;
  Timer sweeper{io};
  std::chrono::nanoseconds sweep_period{};
  bool sweeping = false;
  bool draining = false;
  std::shared_ptr<Mailbox> mailbox;
  std::unordered_map<std::uint64_t, Session*> sessions;
  std::uint64_t last_session = 0;
  std::uint64_t in_handler = 0;  // The session whose handler is running.
  DateText date;
  std::thread thread;
};

// One connection: reads a request, has it answered, and again. Lives as long as its coroutines.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(LoopParts& loop, Socket socket, std::string peer, std::uint64_t id, bool refused);
  ~Session();

  static Task<void> serve(std::shared_ptr<Session> self);

  // All of these are called on the loop's thread with no coroutine below them.
  void take(Letter letter);
  void sweep(Clock::time_point now);
  void drain();
  void cut();
  void wake() { gate_.notify(); }

 private:
  enum class Phase : std::uint8_t {
    kHandshake,
    kIdle,
    kHead,
    kBody,
    kAnswer,
    kWrite,
    kStream,
    kLinger
  };

  void enter(Phase phase, std::chrono::nanoseconds limit);
  void wait_for_the_handler();
  [[nodiscard]] std::chrono::nanoseconds time_to_send(std::size_t bytes) const;

  Task<bool> handshake();
  Task<bool> serve_one();
  Task<bool> read_request();
  Task<bool> read_more();
  Task<bool> write(std::string head, std::string body);
  Task<bool> refuse(int status, std::string detail);
  [[nodiscard]] Framing framing(BodyEnd end) const {
    return {end, keep_alive_, head_only_, loop_.date.at(std::time(nullptr))};
  }
  Task<bool> answer();
  Task<bool> stream();
  Task<bool> stream_body();
  static Task<void> watch(std::shared_ptr<Session> self);
  Task<void> say_goodbye();

  LoopParts& loop_;
  const RequestLimits& limits_;
  Socket socket_;
  std::optional<asio::ssl::stream<Socket&>> tls_;
  const std::string peer_;
  const std::uint64_t id_;
  const bool refused_;

  Phase phase_ = Phase::kHandshake;
  Clock::time_point deadline_ = kNever;
  Clock::time_point body_started_;
  RequestParser parser_;
  Window window_;

  Gate gate_;
  std::uint64_t request_ = 0;
  bool head_only_ = false;  // Of the request that is answered.
  bool http_1_0_ = false;
  bool keep_alive_ = false;
  std::optional<Response> answer_;
  std::shared_ptr<QueuedStream> stream_;
  bool watching_ = false;

  bool expired_ = false;  // Too slow to send its request.
  bool broken_ = false;   // Nothing can be written any more.
  bool draining_ = false;
  bool linger_ = false;
};

Session::Session(LoopParts& loop, Socket socket, std::string peer, std::uint64_t id, bool refused)
    : loop_(loop),
      limits_(loop.shared.options.limits),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      id_(id),
      refused_(refused),
      parser_(limits_, loop.shared.options.allowed_hosts),
      window_(std::max<std::size_t>(limits_.header_bytes_max + 1, kWindowBytes)) {
  if (loop.tls) tls_.emplace(socket_, *loop.tls);
  loop_.sessions.emplace(id_, this);
}

Session::~Session() {
  loop_.sessions.erase(id_);
  const std::lock_guard lock(loop_.shared.mutex);
  if (--loop_.shared.connections_open == 0) loop_.shared.closed.notify_all();
}

void Session::enter(Phase phase, std::chrono::nanoseconds limit) {
  phase_ = phase;
  deadline_ = Clock::now() + limit;
}

std::chrono::nanoseconds Session::time_to_send(std::size_t bytes) const {
  const auto seconds = static_cast<std::int64_t>(bytes) / limits_.body_bytes_per_second_min;
  return span_of(limits_.idle_timeout) + std::chrono::seconds(seconds);
}

Task<void> Session::serve(std::shared_ptr<Session> self) {
  if (self->refused_) {
    co_await self->refuse(503, "more than connections_max connections are open");
  } else if (co_await self->handshake()) {
    while (co_await self->serve_one()) {
    }
  }
  co_await self->say_goodbye();
}

Task<bool> Session::handshake() {
  if (!tls_) co_return true;
  enter(Phase::kHandshake, span_of(limits_.header_timeout));
  IoError error;
  co_await tls_->async_handshake(asio::ssl::stream_base::server, into(error));
  broken_ = broken_ || error;
  co_return !broken_;
}

Task<bool> Session::serve_one() {
  if (!co_await read_request()) co_return false;
  keep_alive_ = parser_.keep_alive() && !draining_;
  http_1_0_ = parser_.is_http_1_0();
  wait_for_the_handler();
  while (!answer_ && !broken_) co_await gate_.wait();
  if (stream_) co_return co_await stream();
  co_return !broken_ && co_await answer();
}

void Session::wait_for_the_handler() {
  Request request = parser_.take();
  request.peer = peer_;
  request.tls = tls_.has_value();
  head_only_ = request.method == "HEAD";
  answer_.reset();
  ++request_;
  enter(Phase::kAnswer, span_of(limits_.answer_timeout));
  loop_.shared.requests_total.fetch_add(1, std::memory_order_relaxed);
  Responder responder(
      std::make_unique<PostedExchange>(loop_.mailbox, RequestKey{id_, request_}, !http_1_0_));
  loop_.in_handler = id_;
  loop_.shared.handler(std::move(request), std::move(responder));
  loop_.in_handler = 0;
}

// False: there is no request to answer; a refusal has been sent where one was due.
Task<bool> Session::read_request() {
  parser_.reset();
  expired_ = false;
  enter(Phase::kIdle, span_of(limits_.idle_timeout));
  bool told_to_continue = false;
  for (;;) {
    if (!window_.unread().empty()) {
      if (phase_ == Phase::kIdle) enter(Phase::kHead, span_of(limits_.header_timeout));
      window_.take(parser_.feed(window_.unread()));
    }
    if (parser_.step() == RequestParser::Step::kDone) co_return true;
    if (parser_.step() == RequestParser::Step::kRefused)
      co_return co_await refuse(parser_.refusal().status, parser_.refusal().detail);
    if (parser_.step() == RequestParser::Step::kBody) {
      if (phase_ != Phase::kBody) body_started_ = Clock::now();
      phase_ = Phase::kBody;
      const auto seconds =
          static_cast<std::int64_t>(parser_.body_bytes()) / limits_.body_bytes_per_second_min;
      deadline_ = body_started_ + span_of(limits_.header_timeout) + std::chrono::seconds(seconds);
      if (parser_.expects_continue() && !std::exchange(told_to_continue, true) &&
          window_.unread().empty()) {
        const Clock::time_point deadline = deadline_;
        if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n", {})) co_return false;
        phase_ = Phase::kBody;
        deadline_ = deadline;
      }
    }
    if (co_await read_more() && !expired_) continue;
    if (!expired_) co_return false;
    co_return co_await refuse(
        408, phase_ == Phase::kHead
                 ? "the request's head took too long (header_timeout)"
                 : "the request's body came too slowly (body_bytes_per_second_min)");
  }
}

Task<bool> Session::read_more() {
  const std::span<char> free = window_.room();
  const asio::mutable_buffer room(free.data(), free.size());
  IoError error;
  window_.filled(tls_ ? co_await tls_->async_read_some(room, into(error))
                      : co_await socket_.async_read_some(room, into(error)));
  if (error && !expired_) broken_ = true;
  co_return !error;
}

Task<bool> Session::write(std::string head, std::string body) {
  enter(Phase::kWrite, time_to_send(head.size() + body.size()));
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(body)};
  IoError error;
  if (tls_)
    co_await asio::async_write(*tls_, parts, into(error));
  else
    co_await asio::async_write(socket_, parts, into(error));
  broken_ = broken_ || error;
  co_return !broken_;
}

// Always false: the connection ends with it.
Task<bool> Session::refuse(int status, std::string detail) {
  loop_.shared.requests_refused.fetch_add(1, std::memory_order_relaxed);
  linger_ = true;
  answer_ = problem(status, detail);
  keep_alive_ = false;
  head_only_ = false;
  co_await answer();
  co_return false;
}

Task<bool> Session::answer() {
  keep_alive_ = keep_alive_ && !draining_;
  AnswerBytes bytes = answer_bytes(std::move(*answer_), framing(BodyEnd::kByLength));
  co_return co_await write(std::move(bytes.head), std::move(bytes.body)) && keep_alive_ &&
      !draining_;
}

Task<bool> Session::stream() {
  loop_.shared.streams_open.fetch_add(1, std::memory_order_relaxed);
  const bool whole = co_await stream_body();
  if (!whole) broken_ = true;  // The client must not take it for the end.
  IoError ignored;
  socket_.cancel(ignored);
  while (watching_) co_await gate_.wait();
  loop_.shared.streams_open.fetch_sub(1, std::memory_order_relaxed);
  std::exchange(stream_, nullptr)->finish();
  co_return false;
}

// Whether the client has all of it.
Task<bool> Session::stream_body() {
  keep_alive_ = false;
  AnswerBytes bytes = answer_bytes(std::move(*answer_),
                                   framing(http_1_0_ ? BodyEnd::kByClose : BodyEnd::kByLastChunk));
  if (!co_await write(std::move(bytes.head), std::move(bytes.body))) co_return false;
  if (head_only_) co_return true;
  watching_ = true;
  asio::co_spawn(loop_.io.get_executor(), watch(shared_from_this()), expect_none);
  for (;;) {
    QueuedStream::Taken taken = stream_->take();
    if (taken.cut || broken_) co_return false;
    if (taken.ended && !http_1_0_) taken.bytes += kLastChunk;
    if (!taken.bytes.empty() && !co_await write(std::move(taken.bytes), {})) co_return false;
    if (taken.ended) co_return true;
    if (!stream_->is_quiet()) continue;
    enter(Phase::kStream, std::chrono::nanoseconds::zero());
    deadline_ = kNever;
    if (draining_) stream_->close();
    co_await gate_.wait();
  }
}

// Reads while a stream is written, which is the only way to learn that an idle client has left.
// What a client still says is not answered.
Task<void> Session::watch(std::shared_ptr<Session> self) {
  std::array<char, 512> said{};
  std::size_t bytes = 0;
  IoError error;
  const asio::mutable_buffer room = asio::buffer(said);
  while (!error && bytes < self->limits_.header_bytes_max)
    bytes += self->tls_ ? co_await self->tls_->async_read_some(room, into(error))
                        : co_await self->socket_.async_read_some(room, into(error));
  if (error != asio::error::operation_aborted) self->broken_ = true;
  self->watching_ = false;
  asio::post(self->loop_.io, [self] { self->wake(); });
}

Task<void> Session::say_goodbye() {
  IoError error;
  if (!broken_) enter(Phase::kLinger, kLingerTime);
  if (!broken_ && tls_) {
    co_await tls_->async_shutdown(into(error));
  } else if (!broken_) {
    socket_.shutdown(Socket::shutdown_send, error);
    std::array<char, 4096> said{};
    const asio::mutable_buffer room = asio::buffer(said);
    std::size_t bytes = 0;
    while (linger_ && !error && bytes < kLingerBytesMax)
      bytes += co_await socket_.async_read_some(room, into(error));
  }
  socket_.close(error);
}

void Session::take(Letter letter) {
  const bool current = phase_ == Phase::kAnswer && letter.to.request == request_ && !answer_;
  if (letter.moved) {
    if (letter.stream != stream_) return;
    return letter.stream->is_cut() ? cut() : gate_.notify();
  }
  if (!current) {
    if (letter.stream) letter.stream->finish();
    return;
  }
  answer_ = std::move(letter.response);
  stream_ = std::move(letter.stream);
  gate_.notify();
}

void Session::sweep(Clock::time_point now) {
  if (now < deadline_) return;
  deadline_ = kNever;
  switch (phase_) {
    case Phase::kHead:
    case Phase::kBody: {
      expired_ = true;  // Also when a read has just succeeded, and nobody was told yet.
      IoError ignored;
      socket_.cancel(ignored);
      return;
    }
    case Phase::kAnswer:
      keep_alive_ = false;
      return take({.to = {id_, request_},
                   .response = problem(503, "the answer took too long (answer_timeout)")});
    case Phase::kHandshake:
    case Phase::kIdle:
    case Phase::kWrite:
    case Phase::kStream:
    case Phase::kLinger:
      return cut();
  }
}

void Session::drain() {
  draining_ = true;
  if (phase_ == Phase::kIdle || phase_ == Phase::kHandshake) cut();
  if (stream_) stream_->close();
}

void Session::cut() {
  broken_ = true;
  IoError ignored;
  socket_.close(ignored);
  gate_.notify();
}

LoopParts::LoopParts(Shared& whole) : shared(whole) {
  if (shared.tls) {
    SSL_CTX_up_ref(shared.tls.get());
    tls.emplace(shared.tls.get());
  }
  const RequestLimits& limits = shared.options.limits;
  const Duration shortest = std::min(
      {limits.header_timeout, limits.idle_timeout, limits.answer_timeout, Duration::seconds(4)});
  sweep_period = std::max(span_of(shortest) / 4, std::chrono::nanoseconds(5'000'000));
  mailbox = std::make_shared<Mailbox>(
      Mailbox::Loop{.wake = [this] { asio::post(io, [this] { deliver_all(); }); },
                    .at_once = [this](Letter& letter) { return deliver_at_once(letter); }});
}

void LoopParts::run() {
  mailbox->run_on_this_thread();
  io.run();
}

void LoopParts::call(const std::function<void()>& fn) {
  std::promise<void> done;
  asio::post(io, [&] {
    fn();
    done.set_value();
  });
  done.get_future().wait();
}

void LoopParts::take_on(Descriptor connection, std::string peer, bool refused) {
  const bool v6 = peer.find(':') != std::string::npos;
  Socket socket(io);
  IoError error;
  socket.assign(v6 ? tcp::v6() : tcp::v4(), connection.get(), error);
  if (!error) connection.release();  // Else the session finds a socket that is not open.
  auto session =
      std::make_shared<Session>(*this, std::move(socket), std::move(peer), ++last_session, refused);
  if (draining) session->cut();
  asio::co_spawn(io.get_executor(), Session::serve(std::move(session)), expect_none);
  if (!std::exchange(sweeping, true)) sweep();
}

// What is done to one may end it, or another.
std::vector<std::shared_ptr<Session>> LoopParts::all_sessions() {
  std::vector<std::shared_ptr<Session>> out;
  out.reserve(sessions.size());
  for (const auto& [id, session] : sessions) out.push_back(session->shared_from_this());
  return out;
}

void LoopParts::deliver_all() {
  for (Letter& letter : mailbox->take()) deliver(std::move(letter));
}

void LoopParts::deliver(Letter letter) {
  const auto found = sessions.find(letter.to.session);
  if (found != sessions.end()) return found->second->take(std::move(letter));
  if (letter.stream) letter.stream->finish();
}

// Inside its own request's handler a session is not suspended, and can be handed anything. All
// others may be anywhere.
bool LoopParts::deliver_at_once(Letter& letter) {
  if (letter.to.session != in_handler) return false;
  deliver(std::move(letter));
  return true;
}

// One timer looks at every connection now and then, instead of one per connection that is set anew
// with each request.
void LoopParts::sweep() {
  const Clock::time_point now = Clock::now();
  for (const auto& session : all_sessions()) session->sweep(now);
  if (sessions.empty()) {
    sweeping = false;
    return;
  }
  sweeper.expires_after(sweep_period);
  sweeper.async_wait([this](const IoError& error) {
    if (!error) sweep();
  });
}

void LoopParts::cut() {
  draining = true;
  for (const auto& session : all_sessions()) session->cut();
}

Loop::Loop(Shared& shared) : parts_(std::make_unique<LoopParts>(shared)) {}

Loop::~Loop() {
  if (!parts_->thread.joinable()) return;
  parts_->mailbox->close();
  asio::post(parts_->io, [parts = parts_.get()] {
    parts->cut();
    parts->sweeper.cancel();
    parts->work.reset();
  });
  parts_->thread.join();
}

void Loop::start() {
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

void Loop::take_on(Descriptor connection, std::string peer, bool refused) {
  asio::post(parts_->io,
             [parts = parts_.get(), taken = std::move(connection), from = std::move(peer),
              refused]() mutable { parts->take_on(std::move(taken), std::move(from), refused); });
}

void Loop::cut() {
  parts_->call([parts = parts_.get()] { parts->cut(); });
}

void Loop::drain() {
  parts_->call([parts = parts_.get()] {
    parts->draining = true;
    for (const auto& session : parts->all_sessions()) session->drain();
  });
}

}  // namespace sillar::net
