#pragma once

// One request out of bytes, whichever way they are cut up: syntax by Boost.Beast, and on top of it
// everything that is allowed to be read in two ways and must not be. Needs no socket.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"
#include "net/limits.h"

namespace sillar::net {

struct Refusal {
  int status = 400;
  std::string detail;  // For the client to read; names the limit where one was reached.
};

class RequestParser {
 public:
  enum class Step : std::uint8_t { kHead, kBody, kDone, kRefused };

  // Both outlive it. `allowed_hosts` in lower case, without port.
  RequestParser(const RequestLimits& limits, const std::vector<std::string>& allowed_hosts);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Begins the next request.
  void reset();

  // Takes what it can off the front of `bytes` and says how much. What it left has to be there
  // again, longer, the next time; that is never more than the limit on headers. Once the request is
  // done or refused nothing more is taken.
  std::size_t feed(std::string_view bytes);

  [[nodiscard]] Step step() const { return step_; }
  // Requires: kRefused.
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }
  // Whether the client waits for "100 Continue" before it sends its body. Requires: kBody.
  [[nodiscard]] bool expects_continue() const { return expects_continue_; }
  [[nodiscard]] std::size_t body_bytes() const { return request_.body.size(); }
  // These two require: kDone.
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool is_http_1_0() const { return version_ == 10; }
  // The request without peer and tls. Requires: kDone. Once.
  [[nodiscard]] Request take() { return std::move(request_); }

 private:
  struct Syntax;

  void refuse(int status, std::string detail);
  void refuse_body_size();
  std::size_t feed_head(std::string_view bytes);
  std::size_t feed_body(std::string_view bytes);
  std::size_t scan_head(std::string_view bytes);
  bool check_byte(char before, char c);
  void check_head();
  void check_framing();
  void check_host();
  void read_target();

  const RequestLimits& limits_;
  const std::vector<std::string>& allowed_hosts_;
  std::unique_ptr<Syntax> syntax_;
  Step step_ = Step::kHead;
  Refusal refusal_;
  Request request_;
  std::size_t scanned_ = 0;  // Of the head, so that a slow sender is not read again and again.
  std::size_t lines_ = 0;
  int version_ = 11;
  bool keep_alive_ = false;
  bool expects_continue_ = false;
};

}  // namespace sillar::net
