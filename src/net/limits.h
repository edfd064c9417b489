#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace sillar::net {

// What one connection may ask of us. An answer that refuses for one of these names it.
struct RequestLimits {
  std::size_t header_bytes_max = std::size_t{16} << 10;  // Request line and headers. 414 or 431.
  std::size_t headers_max = 100;                         // 431.
  std::size_t query_pairs_max = 100;                     // 400.
  std::size_t body_bytes_max = std::size_t{1} << 20;     // 413.
  std::int64_t body_bytes_per_second_min = 1024;         // After header_timeout; 408.
  Duration header_timeout = Duration::seconds(10);       // TLS handshake; one request's head. 408.
  Duration idle_timeout = Duration::seconds(60);  // Between requests; a client that reads nothing.
  Duration answer_timeout = Duration::seconds(60);  // The handler's time. 503.
};

}  // namespace sillar::net
