#pragma once

// For tests: a client that sends any bytes whatever, and a server with a handler. Every wait is for
// something to arrive, and gives up after a time that no test comes near.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "net/acceptor.h"
#include "net/server.h"

namespace sillar::net {

inline constexpr int kPatienceMs = 20'000;

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    EXPECT_TRUE(connected_);
  }

  // False when the other side takes no more.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Up to and with `end`; what came when the connection ended before.
  std::string read_until(std::string_view end) {
    while (seen_.find(end) == std::string::npos)
      if (!read_some()) return std::exchange(seen_, {});
    return take(seen_.find(end) + end.size());
  }
  std::string read_bytes(std::size_t bytes) {
    while (seen_.size() < bytes)
      if (!read_some()) return std::exchange(seen_, {});
    return take(bytes);
  }
  std::string read_all() {
    while (read_some()) {
    }
    return std::exchange(seen_, {});
  }

  // One answer whose body has a length.
  Response read_answer(bool head_only = false) {
    const std::string head = read_until("\r\n\r\n");
    Response out;
    out.status = head.size() > 12 ? std::atoi(head.c_str() + 9) : 0;
    std::size_t at = head.find("\r\n");
    while (at != std::string::npos && at + 4 < head.size()) {
      const std::size_t end = head.find("\r\n", at + 2);
      const std::size_t colon = head.find(": ", at + 2);
      if (end == std::string::npos || colon > end) break;
      out.headers.push_back(
          {head.substr(at + 2, colon - at - 2), head.substr(colon + 2, end - colon - 2)});
      at = end;
    }
    const std::string* length = out.header("Content-Length");
    if (length != nullptr && !head_only)
      out.body = read_bytes(static_cast<std::size_t>(std::atoll(length->c_str())));
    return out;
  }

  void close() { socket_.reset(); }
  [[nodiscard]] int descriptor() const { return socket_.get(); }

 private:
  bool read_some() {
    pollfd watched{socket_.get(), POLLIN, 0};
    if (::poll(&watched, 1, kPatienceMs) != 1) {
      ADD_FAILURE() << "nothing arrived";
      return false;
    }
    char bytes[65536];
    const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (got > 0) seen_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }
  std::string take(std::size_t bytes) {
    std::string out = seen_.substr(0, bytes);
    seen_.erase(0, bytes);
    return out;
  }

  Descriptor socket_;
  bool connected_ = false;
  std::string seen_;
};

inline std::unique_ptr<Server> start(Handler handler, ServerOptions options = {}) {
  auto server = Server::start(std::move(options), std::move(handler));
  EXPECT_TRUE(server) << (server ? "" : server.error().message);
  return server ? std::move(*server) : nullptr;
}

// Says back what it was asked.
inline void echo(Request request, Responder responder) {
  responder.send({.status = 200,
                  .headers = {{"Content-Type", "text/plain"}},
                  .body = request.method + " " + request.path + " " + request.body});
}

inline std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more) +
         "\r\n";
}

}  // namespace sillar::net
