#include "net/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "net/acceptor.h"
#include "net/loop.h"
#include "net/target.h"

namespace sillar::net {
namespace {

constexpr int kThreadsMax = 64;
// So many connections beyond the limit are still told so; the others are just closed.
constexpr std::uint64_t kToldConnectionsMax = 64;

Status check(ServerOptions& options) {
  const RequestLimits& limits = options.limits;
  if (options.threads < 1 || options.threads > kThreadsMax)
    return invalid(fmt::format("threads must be 1 to {}, not {}", kThreadsMax, options.threads));
  if (options.certificate_path.empty() != options.key_path.empty())
    return invalid("TLS needs both a certificate and its key, and only one of them is given");
  if (options.allowed_hosts.empty())
    return invalid("allowed_hosts is empty: every request would be refused");
  if (limits.header_bytes_max < 256 || limits.headers_max == 0 || options.connections_max == 0 ||
      limits.body_bytes_per_second_min <= 0)
    return invalid("a limit that no request could keep");
  for (const Duration timeout : {limits.header_timeout, limits.idle_timeout, limits.answer_timeout})
    if (timeout.ns <= 0 || timeout > kDurationMax)
      return invalid("a time-out must be positive and at most a century");
  for (std::string& host : options.allowed_hosts) {
    auto name = host_without_port(host);
    if (!name || equal_ignoring_case(*name, host) == false)
      return invalid(fmt::format("allowed_hosts: \"{}\" is not a host without port", host));
    host = std::move(*name);
  }
  return {};
}

}  // namespace

struct Server::Parts {
  explicit Parts(Acceptor a) : acceptor(std::move(a)) {}

  void take_on(Descriptor connection, std::string peer);

  Shared shared;
  std::vector<std::unique_ptr<Loop>> loops;
  std::size_t next_loop = 0;  // Of the acceptor's thread.
  // One for all loops: if each listened on the port itself, so could a second server.
  Acceptor acceptor;
};

void Server::Parts::take_on(Descriptor connection, std::string peer) {
  shared.connections_total.fetch_add(1, std::memory_order_relaxed);
  bool refused = false;
  {
    const std::lock_guard lock(shared.mutex);
    const std::uint64_t open = shared.connections_open + 1;
    refused = open > shared.options.connections_max;
    if (refused) shared.connections_refused.fetch_add(1, std::memory_order_relaxed);
    // A refusal in TLS would cost a handshake, which is what there is too much of.
    if (refused && (shared.tls || open > shared.options.connections_max + kToldConnectionsMax))
      return;
    shared.connections_open = open;
  }
  loops[next_loop++ % loops.size()]->take_on(std::move(connection), std::move(peer), refused);
}

Server::Server(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Result<std::unique_ptr<Server>> Server::start(ServerOptions options, Handler handler) {
  SILLAR_TRY_STATUS(check(options));
  TlsContext tls;
  if (!options.certificate_path.empty()) {
    SILLAR_TRY(context, server_tls(options.certificate_path, options.key_path));
    tls = std::move(context);
  }
  SILLAR_TRY(acceptor, Acceptor::listen(options.address, options.port));
  auto parts = std::make_unique<Parts>(std::move(acceptor));
  parts->shared.tls = std::move(tls);
  parts->shared.options = std::move(options);
  parts->shared.handler = std::move(handler);
  for (int i = 0; i < parts->shared.options.threads; ++i) {
    parts->loops.push_back(std::make_unique<Loop>(parts->shared));
    parts->loops.back()->start();
  }
  parts->acceptor.start([to = parts.get()](Descriptor connection, std::string peer) {
    to->take_on(std::move(connection), std::move(peer));
  });
  return std::unique_ptr<Server>(new Server(std::move(parts)));
}

Server::~Server() {
  parts_->acceptor.stop();
  parts_->loops.clear();
}

std::uint16_t Server::port() const {
  return parts_->acceptor.port();
}

std::string Server::address() const {
  return with_port(parts_->shared.options.address, port());
}

ServerCounts Server::counts() const {
  Shared& shared = parts_->shared;
  ServerCounts out;
  {
    const std::lock_guard lock(shared.mutex);
    out.connections_open = shared.connections_open;
  }
  out.connections_total = shared.connections_total.load(std::memory_order_relaxed);
  out.connections_refused = shared.connections_refused.load(std::memory_order_relaxed);
  out.requests_total = shared.requests_total.load(std::memory_order_relaxed);
  out.requests_refused = shared.requests_refused.load(std::memory_order_relaxed);
  out.streams_open = shared.streams_open.load(std::memory_order_relaxed);
  return out;
}

bool Server::drain(Duration patience) {
  parts_->acceptor.stop();
  for (const auto& loop : parts_->loops) loop->drain();
  Shared& shared = parts_->shared;
  const auto span = std::chrono::nanoseconds(std::min(patience, kDurationMax).ns);
  {
    std::unique_lock lock(shared.mutex);
    if (shared.closed.wait_for(lock, span, [&] { return shared.connections_open == 0; }))
      return true;
  }
  for (const auto& loop : parts_->loops) loop->cut();
  return false;
}

}  // namespace sillar::net
