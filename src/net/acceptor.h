#pragma once

// A thread that accepts connections and hands them on. No Asio: it blocks, and is woken to end.

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/result.h"

namespace sillar::net {

// A descriptor that is closed with its owner.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { reset(); }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool valid() const { return number_ >= 0; }
  int release();
  void reset();

 private:
  int number_ = -1;
};

class Acceptor {
 public:
  // Binds and listens; nobody is accepted yet. Errors: kInvalidInput when `address` is not a
  // numeric IP address, kIo when it cannot be listened on.
  [[nodiscard]] static Result<Acceptor> listen(const std::string& address, std::uint16_t port);
  ~Acceptor();
  Acceptor(Acceptor&&) noexcept = default;
  Acceptor& operator=(Acceptor&&) noexcept = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // From now on, `on_connection` is called on a thread of its own with each connection, which does
  // not block and delays no small write, and the client's address. Requires: once.
  void start(std::function<void(Descriptor, std::string peer)> on_connection);
  // Closes the port; returns once nobody is accepted any more.
  void stop();

 private:
  Acceptor(Descriptor socket, Descriptor wake, std::uint16_t port);

  Descriptor socket_;
  Descriptor wake_;
  std::uint16_t port_;
  std::thread thread_;
};

// "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string with_port(const std::string& address, std::uint16_t port);

}  // namespace sillar::net
