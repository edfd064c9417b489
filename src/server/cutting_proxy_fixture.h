#pragma once

// A way to a server that breaks: each connection is cut once so many bytes of answers have passed.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <string>
#include <thread>

namespace sillar::server {

class CuttingProxy {
 public:
  // `address`: "127.0.0.1:PORT". `bytes_of` says of connection 0, 1, … what it may hand back.
  CuttingProxy(const std::string& address, std::function<std::size_t(int)> bytes_of)
      : bytes_of_(std::move(bytes_of)) {
    server_port_ = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at = loopback(0);
    EXPECT_EQ(::bind(listener_, as_address(&at), sizeof(at)), 0);
    EXPECT_EQ(::listen(listener_, 16), 0);
    socklen_t length = sizeof(at);
    EXPECT_EQ(::getsockname(listener_, as_address(&at), &length), 0);
    port_ = ntohs(at.sin_port);
    EXPECT_EQ(::pipe(ending_.data()), 0);
    thread_ = std::thread([this] { run(); });
  }
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;
  ~CuttingProxy() {
    ::close(ending_[1]);
    thread_.join();
    ::close(ending_[0]);
    ::close(listener_);
  }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int cuts() const { return cuts_; }

 private:
  static sockaddr* as_address(sockaddr_in* at) { return reinterpret_cast<sockaddr*>(at); }
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return at;
  }

  void run() {
    for (int i = 0;; ++i) {
      std::array<pollfd, 2> waits{pollfd{listener_, POLLIN, 0}, pollfd{ending_[0], POLLIN, 0}};
      ::poll(waits.data(), waits.size(), -1);
      if (waits[1].revents != 0) return;
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in at = loopback(server_port_);
      if (::connect(server, as_address(&at), sizeof(at)) == 0)
        if (pass(client, server, bytes_of_(i))) ++cuts_;
      ::close(server);
      ::close(client);
    }
  }

  // True: it was cut by us.
  bool pass(int client, int server, std::size_t left) {
    std::array<char, 4096> bytes{};
    for (;;) {
      std::array<pollfd, 3> waits{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0},
                                  pollfd{ending_[0], POLLIN, 0}};
      ::poll(waits.data(), waits.size(), -1);
      if (waits[2].revents != 0) return false;
      if (waits[0].revents != 0) {
        const ssize_t got = ::read(client, bytes.data(), bytes.size());
        if (got <= 0 ||
            ::send(server, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got)
          return false;
      }
      if (waits[1].revents == 0) continue;
      const ssize_t got = ::read(server, bytes.data(), std::min(bytes.size(), left));
      if (got <= 0) return false;
      left -= static_cast<std::size_t>(got);
      if (::send(client, bytes.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got)
        return false;
      if (left == 0) return true;
    }
  }

  std::function<std::size_t(int)> bytes_of_;
  std::uint16_t server_port_ = 0;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::array<int, 2> ending_{-1, -1};
  std::atomic<int> cuts_ = 0;
  std::thread thread_;
};

}  // namespace sillar::server
