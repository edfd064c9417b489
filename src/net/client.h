#pragma once

// A blocking HTTP/1.1 client, for the command line and for deliveries. It follows no redirect, uses
// no proxy, and connects to exactly the address that its policy was asked about.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/http.h"
#include "net/url.h"

namespace sillar::net {

struct ClientOptions {
  Duration connect_timeout = Duration::seconds(10);  // TCP and TLS, for each address that is tried.
  Duration total_timeout = Duration::seconds(30);    // One send(), name lookup aside: that one is
                                                     // bounded by the system's resolver.
  Duration stream_idle_timeout = Duration::minutes(5);  // stream(): the longest silence.
  Duration stream_tick = {250'000'000};  // stream(): how often on_chunk is called in a silence.
  std::string ca_path = {};              // PEM; empty: the system's certificate authorities.
  bool verify = true;  // The certificate and the name in it. Off only at a person's own request.
  std::size_t response_bytes_max = std::size_t{16} << 20;  // Of a body.
  std::size_t header_bytes_max = std::size_t{64} << 10;
  // Whether this numeric address may be connected to; empty: any. Asked about each resolved address
  // before it is used (server-side request forgery; a name that resolves to another address a
  // moment later changes nothing). address_kind() in net/address.h helps.
  std::function<bool(std::string_view ip)> address_allowed = nullptr;
};

struct ClientRequest {
  std::string method = "GET";
  std::vector<Header> headers = {};
  std::string body = {};
};

// Of one thread at a time. Keeps a connection to each of the last few servers open for the next
// request.
class Client {
 public:
  explicit Client(ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // One request and its whole answer, of whatever status. A method that may be repeated (GET, HEAD,
  // PUT, DELETE, OPTIONS) is sent once more when a kept connection turns out to be dead. Errors:
  // kIo when the server cannot be reached, its certificate not be trusted or its answer not be
  // read, with host, port and reason; kLimit when it takes too long or the answer is too large;
  // kInvalidInput for a request that cannot be sent.
  [[nodiscard]] Result<Response> send(const Url& url, const ClientRequest& request);

  // Hands the body on as it arrives. Returns the answer's head once the server ends the body or
  // `on_chunk` returns false. Where the status is not 200 nothing is handed on and the body is in
  // what is returned. In a silence `on_chunk` is called with an empty chunk now and then, so that
  // it can stop. There is no total time-out. Errors: as for send().
  [[nodiscard]] Result<Response> stream(const Url& url, const ClientRequest& request,
                                        const std::function<bool(std::string_view)>& on_chunk);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sillar::net
