#pragma once

// What a request line's target and a Host header mean. Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace sillar::net {

struct Target {
  std::string path;
  std::vector<std::pair<std::string, std::string>> query;
};

// Of the origin form, "/path?query", as Request::path states it. Errors: kInvalidInput, saying what
// is wrong with it; kLimit for more than `query_pairs_max` pairs.
[[nodiscard]] Result<Target> decode_target(std::string_view target, std::size_t query_pairs_max);

// The host of "host" or "host:port", in lower case, an IPv6 address with its brackets. None when it
// is not well formed.
[[nodiscard]] std::optional<std::string> host_without_port(std::string_view host);

}  // namespace sillar::net
