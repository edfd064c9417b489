#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"

namespace sillar::net {

// What was read from a connection and not taken yet, in one piece.
class Window {
 public:
  explicit Window(std::size_t bytes) : bytes_(bytes) {}

  [[nodiscard]] std::string_view unread() const { return {bytes_.data() + begin_, end_ - begin_}; }
  void take(std::size_t bytes) { begin_ += bytes; }

  // Where the next bytes go. Requires: unread() does not fill it.
  [[nodiscard]] std::span<char> room() {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == bytes_.size()) {
      std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    CHECK(end_ < bytes_.size(), "more is left unread than the limits allow");
    return std::span(bytes_).subspan(end_);
  }
  void filled(std::size_t bytes) { end_ += bytes; }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace sillar::net
