#include "net/request_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "base/check.h"
#include "net/chunks.h"
#include "net/target.h"

namespace sillar::net {

namespace http = boost::beast::http;
using ParseError = boost::beast::error_code;
using Text = boost::beast::string_view;

namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",   "HEAD",   "POST",   "PUT",
                                                      "PATCH", "DELETE", "OPTIONS"};
// One read's worth; a body grows from there as it arrives, not as it is announced.
constexpr std::size_t kBodyReserveBytes = std::size_t{16} << 10;

std::string text_of(Text text) {
  return {text.data(), text.size()};
}

bool is_error(const ParseError& error, http::error code) {
  return error == http::make_error_code(code);
}

}  // namespace

// Beast's parser, writing into our record.
struct RequestParser::Syntax {
  class Parser final : public http::basic_parser<true> {
   public:
    explicit Parser(RequestParser& owner) : owner_(owner) {}

   private:
    void on_request_impl(http::verb, Text method, Text target, int version, ParseError&) override {
      owner_.request_.method = text_of(method);
      owner_.request_.target = text_of(target);
      owner_.version_ = version;
    }
    void on_response_impl(int, Text, int, ParseError&) override {}
    void on_field_impl(http::field, Text name, Text value, ParseError&) override {
      // A trailer is a header that came too late to be checked.
      if (owner_.step_ == Step::kHead)
        owner_.request_.headers.push_back({text_of(name), text_of(value)});
    }
    void on_header_impl(ParseError& error) override {
      owner_.check_head();
      if (owner_.step_ == Step::kRefused) error = http::make_error_code(http::error::bad_field);
      if (owner_.step_ == Step::kHead) owner_.step_ = Step::kBody;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ParseError&) override {
      owner_.request_.body.reserve(
          std::min<std::size_t>(length.value_or(kBodyReserveBytes), kBodyReserveBytes));
    }
    std::size_t on_body_impl(Text body, ParseError&) override { return append(body); }
    void on_chunk_header_impl(std::uint64_t, Text extensions, ParseError& error) override {
      if (extensions.empty()) return;
      owner_.refuse(400, "chunk extensions are not accepted");
      error = http::make_error_code(http::error::bad_chunk_extension);
    }
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ParseError&) override {
      return append(body);
    }
    void on_finish_impl(ParseError&) override { owner_.step_ = Step::kDone; }

    std::size_t append(Text body) {
      owner_.request_.body.append(body.data(), body.size());
      return body.size();
    }

    RequestParser& owner_;
  };

  std::optional<Parser> parser;
};

RequestParser::RequestParser(const RequestLimits& limits,
                             const std::vector<std::string>& allowed_hosts)
    : limits_(limits), allowed_hosts_(allowed_hosts), syntax_(std::make_unique<Syntax>()) {
  reset();
}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  syntax_->parser.emplace(*this);
  // The head is measured before Beast sees it; the other limit is for trailers.
  syntax_->parser->header_limit(
      static_cast<std::uint32_t>(std::max<std::size_t>(limits_.header_bytes_max + 1, 64)));
  syntax_->parser->body_limit(limits_.body_bytes_max);
  step_ = Step::kHead;
  refusal_ = {};
  request_ = {};
  scanned_ = 0;
  lines_ = 0;
  version_ = 11;
  keep_alive_ = false;
  expects_continue_ = false;
}

void RequestParser::refuse(int status, std::string detail) {
  if (step_ == Step::kRefused) return;  // The first reason is the reason.
  step_ = Step::kRefused;
  refusal_ = {status, std::move(detail)};
}

// What a head may consist of, more strictly than any grammar that another reader of the same bytes
// may have: lines that end in CRLF, none folded, no other control character than the tab.
bool RequestParser::check_byte(char before, char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (before == '\r' && c != '\n')
    refuse(400, "a carriage return without a line feed");
  else if (c == '\n' && before != '\r')
    refuse(400, "a line feed without a carriage return");
  else if (before == '\n' && (c == ' ' || c == '\t'))
    refuse(400, "a header that goes on in the next line");
  else if ((byte < 0x20 && c != '\r' && c != '\n' && c != '\t') || byte == 0x7F)
    refuse(400, "a control character in the request's head");
  return step_ != Step::kRefused;
}

// The head's length once it is whole, 0 before.
std::size_t RequestParser::scan_head(std::string_view bytes) {
  for (; scanned_ < bytes.size(); ++scanned_) {
    if (scanned_ == limits_.header_bytes_max) {
      refuse(lines_ == 0 ? 414 : 431,
             fmt::format("the request's head has more than {} bytes (header_bytes_max)",
                         limits_.header_bytes_max));
      return 0;
    }
    const char before = scanned_ == 0 ? '\0' : bytes[scanned_ - 1];
    const char c = bytes[scanned_];
    if (scanned_ == 0 && (c < 'A' || c > 'Z')) {
      refuse(400, c == 0x16 ? "this port speaks HTTP without TLS"
                            : "a request begins with the name of a method");
      return 0;
    }
    if (!check_byte(before, c)) return 0;
    if (c != '\n') continue;
    if (scanned_ >= 3 && bytes[scanned_ - 2] == '\n') return ++scanned_;
    if (lines_++ > limits_.headers_max) {
      refuse(431, fmt::format("the request has more than {} headers (headers_max)",
                              limits_.headers_max));
      return 0;
    }
  }
  return 0;
}

std::size_t RequestParser::feed(std::string_view bytes) {
  std::size_t taken = step_ == Step::kHead ? feed_head(bytes) : 0;
  while (step_ == Step::kBody && taken < bytes.size()) {
    const std::size_t more = feed_body(bytes.substr(taken));
    if (more == 0) break;
    taken += more;
  }
  return taken;
}

std::size_t RequestParser::feed_head(std::string_view bytes) {
  const std::size_t head = scan_head(bytes);
  if (head == 0) return 0;
  ParseError error;
  const std::size_t taken = syntax_->parser->put(boost::asio::buffer(bytes.data(), head), error);
  if (is_error(error, http::error::body_limit))
    refuse_body_size();
  else if (is_error(error, http::error::bad_version) && bytes.find(" HTTP/") < bytes.find('\r'))
    refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  else if (error || step_ == Step::kHead)
    refuse(400, fmt::format("the request's head is malformed: {}", error.message()));
  return taken;
}

std::size_t RequestParser::feed_body(std::string_view bytes) {
  if (syntax_->parser->chunked() && bytes.size() < kChunkedRestBytesMin) return 0;
  ParseError error;
  const std::size_t taken =
      syntax_->parser->put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (is_error(error, http::error::body_limit))
    refuse_body_size();
  else if (error && !is_error(error, http::error::need_more))
    refuse(400, fmt::format("the body is malformed: {}", error.message()));
  else if (taken == 0 && bytes.size() >= limits_.header_bytes_max)
    refuse(431, fmt::format("a chunk's head or the trailers have more than {} bytes "
                            "(header_bytes_max)",
                            limits_.header_bytes_max));
  return taken;
}

void RequestParser::refuse_body_size() {
  refuse(413,
         fmt::format("the body has more than {} bytes (body_bytes_max)", limits_.body_bytes_max));
}

void RequestParser::check_head() {
  if (std::ranges::find(kMethods, request_.method) == kMethods.end())
    refuse(501, "the method is not one of GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS");
  check_framing();
  check_host();
  read_target();
  if (const std::string* expect = request_.header("Expect")) {
    expects_continue_ = version_ == 11 && equal_ignoring_case(*expect, "100-continue");
    if (!expects_continue_) refuse(417, "the only expectation that is met is 100-continue");
  }
  keep_alive_ = syntax_->parser->keep_alive();
}

// Where a request's body ends must have one answer only (RFC 9112, 6.3 and 11.2). Beast has refused
// what it finds contradictory; here goes what it would make sense of.
void RequestParser::check_framing() {
  int lengths = 0;
  int encodings = 0;
  bool chunked = true;
  for (const Header& header : request_.headers) {
    if (equal_ignoring_case(header.name, "Content-Length")) {
      ++lengths;
      if (header.value.find_first_not_of("0123456789") != std::string::npos)
        refuse(400, "Content-Length is not one number");
    }
    if (equal_ignoring_case(header.name, "Transfer-Encoding")) {
      ++encodings;
      chunked = equal_ignoring_case(header.value, "chunked");
    }
  }
  if (lengths > 1) refuse(400, "more than one Content-Length");
  if (lengths > 0 && encodings > 0) refuse(400, "both Content-Length and Transfer-Encoding");
  if (encodings > 1) refuse(400, "more than one Transfer-Encoding");
  if (encodings > 0 && version_ == 10) refuse(400, "Transfer-Encoding in HTTP/1.0");
  if (!chunked) refuse(501, "the only Transfer-Encoding that is read is chunked");
}

void RequestParser::check_host() {
  const std::string* host = nullptr;
  for (const Header& header : request_.headers) {
    if (!equal_ignoring_case(header.name, "Host")) continue;
    if (host != nullptr) return refuse(400, "more than one Host");
    host = &header.value;
  }
  if (host == nullptr) return refuse(400, "there is no Host");
  const auto name = host_without_port(*host);
  if (!name) return refuse(400, "Host is not a host with or without a port");
  if (std::ranges::find(allowed_hosts_, *name) == allowed_hosts_.end())
    refuse(421, "this server does not answer for that host (allowed_hosts)");
}

void RequestParser::read_target() {
  auto target = decode_target(request_.target, limits_.query_pairs_max);
  if (!target) return refuse(400, std::move(target.error().message));
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
}

}  // namespace sillar::net
