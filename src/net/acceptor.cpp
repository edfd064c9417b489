#include "net/acceptor.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace sillar::net {
namespace {

constexpr int kBacklog = 1024;
// How long it waits for others to close when the process is out of descriptors.
constexpr int kPauseMs = 50;

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
  } else {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  }
  return text.data();
}

std::uint16_t port_of(int socket) {
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(bound).sin6_port
                                           : reinterpret_cast<const sockaddr_in&>(bound).sin_port);
}

void accept_until_woken(int socket, int wake,
                        const std::function<void(Descriptor, std::string)>& on_connection) {
  std::array<pollfd, 2> watched = {pollfd{wake, POLLIN, 0}, pollfd{socket, POLLIN, 0}};
  for (;;) {
    ::poll(watched.data(), watched.size(), -1);
    if (watched[0].revents != 0) return;
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    Descriptor connection(
        ::accept4(socket, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (connection.valid()) {
      const int on = 1;
      ::setsockopt(connection.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      on_connection(std::move(connection), text_of(peer));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      ::poll(watched.data(), 1, kPauseMs);
    }
  }
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) reset();
  number_ = other.release();
  return *this;
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

void Descriptor::reset() {
  if (valid()) ::close(release());
}

Acceptor::Acceptor(Descriptor socket, Descriptor wake, std::uint16_t port)
    : socket_(std::move(socket)), wake_(std::move(wake)), port_(port) {}

Result<Acceptor> Acceptor::listen(const std::string& address, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found) != 0)
    return invalid(fmt::format("\"{}\" is not a numeric IP address to listen on", address));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  const int on = 1;
  if (!socket.valid() || !wake.valid() ||
      ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
      ::bind(socket.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(socket.get(), kBacklog) != 0)
    return fail(ErrorCode::kIo, fmt::format("{}: cannot listen there ({})",
                                            with_port(address, port), std::strerror(errno)));
  const std::uint16_t bound = port_of(socket.get());
  return Acceptor(std::move(socket), std::move(wake), bound);
}

Acceptor::~Acceptor() {
  stop();
}

void Acceptor::start(std::function<void(Descriptor, std::string peer)> on_connection) {
  thread_ =
      std::thread([socket = socket_.get(), wake = wake_.get(), call = std::move(on_connection)] {
        accept_until_woken(socket, wake, call);
      });
}

void Acceptor::stop() {
  if (thread_.joinable()) {
    ::eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  socket_.reset();
}

std::string with_port(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

}  // namespace sillar::net
