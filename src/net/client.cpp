#include "net/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "net/acceptor.h"
#include "net/framing.h"
#include "net/resolve.h"
#include "net/response_parser.h"
#include "net/window.h"
#include "net/wire.h"

namespace sillar::net {
namespace {

constexpr std::size_t kKeptMax = 8;
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

using Clock = std::chrono::steady_clock;

Clock::time_point after(Duration duration) {
  // Kept within what the clock can say.
  return Clock::now() + std::chrono::nanoseconds(std::min(duration, kDurationMax).ns);
}

// Of which a repetition changes nothing (RFC 9110, 9.2.2).
bool may_repeat(std::string_view method) {
  constexpr std::array<std::string_view, 5> kIdempotent = {"GET", "HEAD", "PUT", "DELETE",
                                                           "OPTIONS"};
  return std::ranges::find(kIdempotent, method) != kIdempotent.end();
}

Result<std::string> request_bytes(const Url& url, const ClientRequest& request) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (request.method.empty() || !std::ranges::all_of(request.method, is_upper))
    return invalid(fmt::format("\"{}\" is not a method", request.method));
  if (!are_sendable(request.headers))
    return invalid("a header's name or value has a character that cannot be sent");
  std::string out;
  const auto end = std::back_inserter(out);
  fmt::format_to(end, "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive\r\n", request.method,
                 url.target, url.authority());
  const bool has_length = !request.body.empty() || request.method.starts_with('P');
  if (has_length) fmt::format_to(end, "Content-Length: {}\r\n", request.body.size());
  if (find_header(request.headers, "User-Agent") == nullptr) out += "User-Agent: sillar\r\n";
  for (const Header& header : request.headers)
    if (!is_framing_header(header.name))
      fmt::format_to(end, "{}: {}\r\n", header.name, header.value);
  out += "\r\n";
  out += request.body;
  return out;
}

}  // namespace

struct Client::Parts {
  struct Kept {
    std::string server;
    std::unique_ptr<Wire> wire;
  };
  // How one exchange goes.
  struct Exchange {
    const Url& url;
    const ClientRequest& request;
    const std::function<bool(std::string_view)>* on_chunk = nullptr;
    Clock::time_point deadline;  // Of a stream: only for its connection.
    bool begun = false;          // A byte of an answer has come.
    bool stopped = false;        // By on_chunk.
  };

  Result<std::unique_ptr<Wire>> connect(const Exchange& exchange);
  Result<TlsContext> tls_context();
  std::unique_ptr<Wire> take_kept(const std::string& server);
  Result<Response> run(Exchange& exchange);
  Result<Response> exchange_on(Wire& wire, std::string_view bytes, Exchange& exchange, bool& keep);
  Result<std::size_t> read(Wire& wire, std::span<char> room, Exchange& exchange);
  bool hand_on(ResponseParser& parser, Exchange& exchange);

  ClientOptions options;
  TlsContext tls;
  std::vector<Kept> kept;  // The one used last is the last.
};

Client::Client(ClientOptions options) : parts_(std::make_unique<Parts>()) {
  parts_->options = std::move(options);
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<TlsContext> Client::Parts::tls_context() {
  if (!tls) {
    SILLAR_TRY(context, client_tls(options.ca_path, options.verify));
    tls = std::move(context);
  }
  return tls;
}

Result<std::unique_ptr<Wire>> Client::Parts::connect(const Exchange& exchange) {
  const Url& url = exchange.url;
  const std::string name = with_port(url.host, url.port);
  Wire::To to{.ip = {}, .port = url.port, .host = url.host, .verify = options.verify};
  if (url.tls) {
    SILLAR_TRY(context, tls_context());
    to.tls = std::move(context);
  }
  SILLAR_TRY(addresses, resolve(url.host));
  if (options.address_allowed)
    std::erase_if(addresses, [&](const std::string& ip) { return !options.address_allowed(ip); });
  if (addresses.empty())
    return invalid(fmt::format("{}: none of its addresses may be connected to", name));
  Error last;
  for (const std::string& ip : addresses) {
    to.ip = ip;
    auto wire = Wire::connect(to, std::min(after(options.connect_timeout), exchange.deadline));
    if (wire) return wire;
    last = wire.error().within(ip == url.host ? name : fmt::format("{} ({})", name, ip));
  }
  return tl::unexpected(last);
}

// Null when there is none that is still good.
std::unique_ptr<Wire> Client::Parts::take_kept(const std::string& server) {
  const auto found = std::ranges::find(kept, server, &Kept::server);
  if (found == kept.end()) return nullptr;
  std::unique_ptr<Wire> wire = std::move(found->wire);
  kept.erase(found);
  return wire->is_quiet() ? std::move(wire) : nullptr;
}

Result<Response> Client::Parts::run(Exchange& exchange) {
  SILLAR_TRY(bytes, request_bytes(exchange.url, exchange.request));
  const std::string server = exchange.url.at("/").text();
  std::unique_ptr<Wire> wire = take_kept(server);
  bool keep = false;
  if (wire) {
    auto response = exchange_on(*wire, bytes, exchange, keep);
    const bool again = !response && response.error().code == ErrorCode::kIo && !exchange.begun &&
                       may_repeat(exchange.request.method);
    if (response && keep) kept.push_back({server, std::move(wire)});
    if (!again) return response;
  }
  SILLAR_TRY(fresh, connect(exchange));
  auto response = exchange_on(*fresh, bytes, exchange, keep);
  if (response && keep) {
    if (kept.size() == kKeptMax) kept.erase(kept.begin());
    kept.push_back({server, std::move(fresh)});
  }
  return response;
}

Result<std::size_t> Client::Parts::read(Wire& wire, std::span<char> room, Exchange& exchange) {
  if (exchange.on_chunk == nullptr) return wire.read(room, exchange.deadline);
  return wire.read(room, after(options.stream_idle_timeout),
                   std::chrono::nanoseconds(options.stream_tick.ns), [&] {
                     exchange.stopped = !(*exchange.on_chunk)({});
                     return !exchange.stopped;
                   });
}

// False: no more is wanted.
bool Client::Parts::hand_on(ResponseParser& parser, Exchange& exchange) {
  const bool streams = exchange.on_chunk != nullptr && parser.response().status == 200 &&
                       (parser.step() == ResponseParser::Step::kBody ||
                        parser.step() == ResponseParser::Step::kDone);
  if (!streams) return true;
  const std::string chunk = parser.take_body();
  if (!chunk.empty()) exchange.stopped = !(*exchange.on_chunk)(chunk);
  return !exchange.stopped;
}

Result<Response> Client::Parts::exchange_on(Wire& wire, std::string_view bytes, Exchange& exchange,
                                            bool& keep) {
  const auto wrong = [&](const Error& error) {
    return tl::unexpected(error.within(with_port(exchange.url.host, exchange.url.port)));
  };
  if (const Status sent = wire.write(bytes, exchange.deadline); !sent) return wrong(sent.error());
  ResponseParser parser({options.header_bytes_max, options.response_bytes_max},
                        exchange.request.method == "HEAD");
  Window window(options.header_bytes_max + kReadBytes);
  using Step = ResponseParser::Step;
  while (parser.step() == Step::kHead || parser.step() == Step::kBody) {
    const std::span<char> room = window.room();
    auto got = read(wire, room.first(std::min(room.size(), kReadBytes)), exchange);
    if (!got && exchange.stopped) return std::move(parser.response());
    if (!got) return wrong(got.error());
    exchange.begun = exchange.begun || *got > 0;
    window.filled(*got);
    if (*got == 0)
      parser.end();
    else
      window.take(parser.feed(window.unread()));
    if (!hand_on(parser, exchange)) return std::move(parser.response());
  }
  if (parser.step() == Step::kFailed) return wrong(parser.error());
  keep = parser.keep_alive() && window.unread().empty();
  return std::move(parser.response());
}

Result<Response> Client::send(const Url& url, const ClientRequest& request) {
  Parts::Exchange exchange{
      .url = url, .request = request, .deadline = after(parts_->options.total_timeout)};
  return parts_->run(exchange);
}

Result<Response> Client::stream(const Url& url, const ClientRequest& request,
                                const std::function<bool(std::string_view)>& on_chunk) {
  Parts::Exchange exchange{.url = url,
                           .request = request,
                           .on_chunk = &on_chunk,
                           .deadline = after(parts_->options.total_timeout)};
  return parts_->run(exchange);
}

}  // namespace sillar::net
