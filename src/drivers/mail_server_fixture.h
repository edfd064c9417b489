#pragma once

// For tests: a mail server on a port of its own that takes one message a connection, in TLS once it
// is asked to, and remembers what it heard.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "net/tls.h"

namespace sillar::drivers {

class TestMailServer {
 public:
  struct Options {
    net::TlsContext tls;     // Null: STARTTLS is not offered.
    bool tls_first = false;  // TLS before the first word.
    // What it answers to a command that begins so, in place of what it would.
    std::map<std::string, std::string, std::less<>> answers;
  };

  explicit TestMailServer(Options options) : options_(std::move(options)) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~TestMailServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  TestMailServer(const TestMailServer&) = delete;
  TestMailServer& operator=(const TestMailServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  [[nodiscard]] std::vector<std::string> messages() const {
    const std::lock_guard lock(mutex_);
    return messages_;
  }

 private:
  struct Peer {
    int fd = -1;
    SSL* tls = nullptr;
    std::string unread;
  };

  void run() {
    for (;;) {
      Peer peer;
      peer.fd = ::accept(socket_, nullptr, nullptr);
      if (peer.fd < 0) return;
      serve(peer);
      if (peer.tls != nullptr) SSL_free(peer.tls);
      ::close(peer.fd);
    }
  }
  bool begin_tls(Peer& peer) {
    peer.tls = SSL_new(options_.tls.get());
    SSL_set_fd(peer.tls, peer.fd);
    return SSL_accept(peer.tls) == 1;
  }
  static bool write(Peer& peer, std::string_view text) {
    const auto size = static_cast<int>(text.size());
    if (peer.tls != nullptr) return SSL_write(peer.tls, text.data(), size) == size;
    return ::send(peer.fd, text.data(), text.size(), MSG_NOSIGNAL) == size;
  }
  // Through the next `end`; false: the other side has gone.
  static bool read_through(Peer& peer, std::string_view end, std::string& out) {
    for (;;) {
      const std::size_t at = peer.unread.find(end);
      if (at != std::string::npos) {
        out = peer.unread.substr(0, at);
        peer.unread.erase(0, at + end.size());
        return true;
      }
      char room[4096];
      const auto got = peer.tls != nullptr
                           ? SSL_read(peer.tls, room, sizeof room)
                           : static_cast<int>(::recv(peer.fd, room, sizeof room, 0));
      if (got <= 0) return false;
      peer.unread.append(room, static_cast<std::size_t>(got));
    }
  }
  [[nodiscard]] std::string answer_to(const Peer& peer, const std::string& command) const {
    for (const auto& [begin, answer] : options_.answers)
      if (command.starts_with(begin)) return answer;
    if (command.starts_with("EHLO")) {
      if (options_.tls && peer.tls == nullptr) return "250-test\r\n250-8BITMIME\r\n250 STARTTLS";
      return "250-test\r\n250 AUTH PLAIN LOGIN";
    }
    if (command == "STARTTLS") return "220 go ahead";
    if (command == "DATA") return "354 go ahead";
    if (command == "QUIT") return "221 bye";
    return command.starts_with("AUTH") ? "235 welcome" : "250 ok";
  }
  void serve(Peer& peer) {
    if (options_.tls_first && !begin_tls(peer)) return;
    if (!write(peer, "220 test\r\n")) return;
    std::string command;
    while (read_through(peer, "\r\n", command)) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back((peer.tls != nullptr ? "tls " : "") + command);
      }
      const std::string answer = answer_to(peer, command);
      if (answer.empty() || !write(peer, answer + "\r\n")) return;
      if (command == "STARTTLS" && !begin_tls(peer)) return;
      if (command == "QUIT") return;
      if (command != "DATA" || !answer.starts_with("354")) continue;
      std::string message;
      if (!read_through(peer, "\r\n.\r\n", message)) return;
      {
        const std::lock_guard lock(mutex_);
        messages_.push_back(message + "\r\n");
      }
      const auto end = options_.answers.find(".");
      if (!write(peer, (end == options_.answers.end() ? "250 taken" : end->second) + "\r\n"))
        return;
    }
  }

  Options options_;
  int socket_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;  // Guards what follows.
  std::vector<std::string> commands_;
  std::vector<std::string> messages_;
  std::thread thread_;
};

}  // namespace sillar::drivers
