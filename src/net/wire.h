#pragma once

// A client's connection, blocking with deadlines, in TLS or not.

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/tls.h"

namespace sillar::net {

class Wire {
 public:
  using Moment = std::chrono::steady_clock::time_point;

  struct To {
    std::string ip;
    std::uint16_t port = 0;
    std::string host;          // Which the certificate must name.
    TlsContext tls = nullptr;  // Null: none.
    bool verify = true;
  };
  // Errors of all of these: kIo with the reason alone, kLimit when the deadline has passed; the
  // connection is of no use afterwards.
  [[nodiscard]] static Result<std::unique_ptr<Wire>> connect(const To& to, Moment deadline);
  ~Wire();

  // From here on in TLS (`to.tls`), as after STARTTLS. Requires: it is not yet, and nothing that
  // the other side said is unread.
  [[nodiscard]] Status start_tls(const To& to, Moment deadline);
  [[nodiscard]] Status write(std::string_view bytes, Moment deadline);
  // At least one byte, or 0 when the other side has closed. `on_tick`, where there is one, is
  // called every `tick` while nothing comes; once it returns false the read ends with kLimit.
  [[nodiscard]] Result<std::size_t> read(std::span<char> room, Moment deadline,
                                         std::chrono::nanoseconds tick = {},
                                         const std::function<bool()>& on_tick = nullptr);
  // Whether nothing has come that nobody asked for, the other side's end included.
  [[nodiscard]] bool is_quiet() const;

 private:
  struct Parts;
  explicit Wire(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace sillar::net
