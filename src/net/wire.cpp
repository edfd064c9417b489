#include "net/wire.h"

#include <fmt/format.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <optional>

namespace sillar::net {

namespace asio = boost::asio;
using IoError = boost::system::error_code;
using asio::ip::tcp;
using Socket = asio::basic_stream_socket<tcp, asio::io_context::executor_type>;

struct Wire::Parts {
  // What an operation came to. It is told to this, which outlives the operation.
  struct Outcome {
    bool done = false;
    IoError error;
    std::size_t bytes = 0;
  };
  auto tell() {
    outcome = {};
    io.restart();
    return [this](const IoError& error, std::size_t bytes = 0) { outcome = {true, error, bytes}; };
  }
  // Runs what was begun until it is done. False: its time is over, and so is the connection.
  bool run_until(Moment deadline) {
    io.run_until(deadline);
    if (!outcome.done) give_up();
    return outcome.done;
  }
  void give_up() {
    IoError ignored;
    socket.close(ignored);
    io.restart();
    io.run();  // Everything ends as aborted.
    outcome.done = false;
  }
  [[nodiscard]] Error failure() {
    if (tls) {
      const long verified = SSL_get_verify_result(tls->native_handle());
      if (verified != X509_V_OK)
        return {ErrorCode::kIo, fmt::format("its certificate is not trusted ({})",
                                            X509_verify_cert_error_string(verified))};
    }
    return {ErrorCode::kIo, outcome.error.message()};
  }
  Status name_peer(const To& to);

  asio::io_context io{1};
  Socket socket{io};
  std::optional<asio::ssl::context> context;
  std::optional<asio::ssl::stream<Socket&>> tls;
  Outcome outcome;
};

// Which name or address the certificate must be for, and, of a name, that we say it in the clear as
// servers with several certificates need.
Status Wire::Parts::name_peer(const To& to) {
  SSL* const ssl = tls->native_handle();
  IoError not_an_address;
  asio::ip::make_address(to.host, not_an_address);
  X509_VERIFY_PARAM* const check = SSL_get0_param(ssl);
  const bool is_name = static_cast<bool>(not_an_address);
  const bool named =
      is_name ? SSL_set_tlsext_host_name(ssl, to.host.c_str()) == 1 &&
                    X509_VERIFY_PARAM_set1_host(check, to.host.c_str(), to.host.size()) == 1
              : X509_VERIFY_PARAM_set1_ip_asc(check, to.host.c_str()) == 1;
  if (!named)
    return fail(ErrorCode::kInternal, fmt::format("TLS cannot be set up ({})", tls_reason()));
  X509_VERIFY_PARAM_set_hostflags(check, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return {};
}

Wire::Wire(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Wire::~Wire() = default;

Result<std::unique_ptr<Wire>> Wire::connect(const To& to, Moment deadline) {
  auto parts = std::make_unique<Parts>();
  IoError error;
  const asio::ip::address address = asio::ip::make_address(to.ip, error);
  if (error) return fail(ErrorCode::kIo, error.message());
  parts->socket.async_connect({address, to.port}, parts->tell());
  if (!parts->run_until(deadline)) return fail(ErrorCode::kLimit, "connecting took too long");
  if (parts->outcome.error) return fail(ErrorCode::kIo, parts->outcome.error.message());
  parts->socket.set_option(tcp::no_delay(true), error);
  std::unique_ptr<Wire> wire(new Wire(std::move(parts)));
  if (to.tls) SILLAR_TRY_STATUS(wire->start_tls(to, deadline));
  return wire;
}

Status Wire::start_tls(const To& to, Moment deadline) {
  SSL_CTX_up_ref(to.tls.get());
  parts_->context.emplace(to.tls.get());
  parts_->tls.emplace(parts_->socket, *parts_->context);
  SILLAR_TRY_STATUS(parts_->name_peer(to));
  parts_->tls->async_handshake(asio::ssl::stream_base::client, parts_->tell());
  if (!parts_->run_until(deadline))
    return fail(ErrorCode::kLimit, "the TLS handshake took too long");
  if (parts_->outcome.error)
    return tl::unexpected(to.verify
                              ? parts_->failure().within("TLS")
                              : Error{ErrorCode::kIo, "TLS: " + parts_->outcome.error.message()});
  return {};
}

Status Wire::write(std::string_view bytes, Moment deadline) {
  const asio::const_buffer all = asio::buffer(bytes.data(), bytes.size());
  if (parts_->tls)
    asio::async_write(*parts_->tls, all, parts_->tell());
  else
    asio::async_write(parts_->socket, all, parts_->tell());
  if (!parts_->run_until(deadline)) return fail(ErrorCode::kLimit, "sending took too long");
  if (parts_->outcome.error) return fail(ErrorCode::kIo, parts_->outcome.error.message());
  return {};
}

Result<std::size_t> Wire::read(std::span<char> room, Moment deadline, std::chrono::nanoseconds tick,
                               const std::function<bool()>& on_tick) {
  const asio::mutable_buffer to = asio::buffer(room.data(), room.size());
  if (parts_->tls)
    parts_->tls->async_read_some(to, parts_->tell());
  else
    parts_->socket.async_read_some(to, parts_->tell());
  while (on_tick && !parts_->outcome.done) {
    const Moment now = std::chrono::steady_clock::now();
    if (now >= deadline) break;
    parts_->io.run_until(std::min(now + tick, deadline));
    if (parts_->outcome.done || on_tick()) continue;
    parts_->give_up();
    return fail(ErrorCode::kLimit, "it was stopped");
  }
  if (!parts_->run_until(deadline)) return fail(ErrorCode::kLimit, "nothing came for too long");
  const IoError& error = parts_->outcome.error;
  if (!error) return parts_->outcome.bytes;
  // A server that ends TLS without saying so has ended it: where the body ends is in its framing.
  if (error == asio::error::eof || error == asio::ssl::error::stream_truncated) return 0;
  return fail(ErrorCode::kIo, error.message());
}

bool Wire::is_quiet() const {
  pollfd watched{parts_->socket.native_handle(), POLLIN, 0};
  return ::poll(&watched, 1, 0) == 0;
}

}  // namespace sillar::net
