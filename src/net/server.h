#pragma once

// The HTTP/1.1 server: a few threads, each with its own event loop and its share of the
// connections. It parses, limits, frames and times; what a request means is its handler's business.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/http.h"
#include "net/limits.h"
#include "net/responder.h"

namespace sillar::net {

struct ServerOptions {
  std::string address = "127.0.0.1";  // Of an interface, numeric: "127.0.0.1", "::1", "0.0.0.0".
  std::uint16_t port = 0;             // 0: any free one, see Server::port().
  int threads = 1;
  std::string certificate_path =
      {};                     // PEM, the chain with the server's own first; with key_path or
  std::string key_path = {};  // neither: then it speaks plain HTTP.
  RequestLimits limits = {};
  std::size_t connections_max = 1024;  // Beyond it, 503.
  // What a Host header may name, without port; letter case ignored. A request for any other host
  // is refused (421), on loopback too: else a page from elsewhere could reach us by a name that it
  // points here (DNS rebinding).
  std::vector<std::string> allowed_hosts = {"localhost", "127.0.0.1", "[::1]"};
};

// Called on an I/O thread, which all of that thread's connections wait for: it must not block.
using Handler = std::function<void(Request, Responder)>;

struct ServerCounts {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t connections_refused = 0;  // Beyond connections_max.
  std::uint64_t requests_total = 0;       // Handed to the handler.
  std::uint64_t requests_refused = 0;     // Malformed, over a limit, too slow.
  std::uint64_t streams_open = 0;
};

// Any thread may call it, except that an I/O thread may neither drain nor destroy it.
class Server {
 public:
  // Listens, and serves from now on. Errors: kInvalidInput for options that contradict themselves
  // or a certificate that does not fit its key; kIo where the address cannot be bound or a file
  // cannot be read.
  [[nodiscard]] static Result<std::unique_ptr<Server>> start(ServerOptions options,
                                                             Handler handler);
  // Cuts what is still open and joins its threads.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  // "127.0.0.1:8080", "[::1]:8080".
  [[nodiscard]] std::string address() const;
  [[nodiscard]] ServerCounts counts() const;

  // Accepts nothing more, closes idle connections and ends streams, lets requests that run finish,
  // and waits for that at most `patience`. Returns whether all had ended; what has not is cut.
  bool drain(Duration patience);

 private:
  struct Parts;
  explicit Server(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sillar::net
