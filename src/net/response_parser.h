#pragma once

// One answer out of bytes, by Boost.Beast. What comes from a server is hostile input as well.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/http.h"

namespace sillar::net {

struct ResponseLimits {
  std::size_t header_bytes_max = 0;
  std::size_t body_bytes_max = 0;  // Held at a time: see take_body().
};

class ResponseParser {
 public:
  enum class Step : std::uint8_t { kHead, kBody, kDone, kFailed };

  // `to_head`: the answer to HEAD, which has no body whatever its head says.
  ResponseParser(ResponseLimits limits, bool to_head);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  // Takes what it can off the front of `bytes` and says how much; what it left has to be there
  // again, longer, the next time. Interim answers (100 to 199) are passed over.
  std::size_t feed(std::string_view bytes);
  // The server has closed the connection.
  void end();

  [[nodiscard]] Step step() const { return step_; }
  // kIo for what is malformed or cut short, kLimit for what is too large. Requires: kFailed.
  [[nodiscard]] const Error& error() const { return error_; }
  // Its head is complete from kBody on. Without what take_body() took.
  [[nodiscard]] Response& response() { return response_; }
  // What has come of the body since the last call, so that one without end can be read.
  [[nodiscard]] std::string take_body() { return std::exchange(response_.body, {}); }
  // Whether the connection may be used again. Requires: kDone.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }

 private:
  struct Syntax;

  void restart();
  void fail_with(ErrorCode code, std::string message);

  const ResponseLimits limits_;
  const bool to_head_;
  std::unique_ptr<Syntax> syntax_;
  Step step_ = Step::kHead;
  Error error_;
  Response response_;
  int interim_ = 0;
  bool keep_alive_ = false;
};

}  // namespace sillar::net
