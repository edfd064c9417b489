#include "net/response_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "net/chunks.h"

namespace sillar::net {

namespace http = boost::beast::http;
using ParseError = boost::beast::error_code;
using Text = boost::beast::string_view;

namespace {

constexpr int kInterimMax = 8;

}  // namespace

// Beast's parser, writing into our record.
struct ResponseParser::Syntax {
  class Parser final : public http::basic_parser<false> {
   public:
    explicit Parser(ResponseParser& owner) : owner_(owner) {}

   private:
    void on_request_impl(http::verb, Text, Text, int, ParseError&) override {}
    void on_response_impl(int status, Text, int, ParseError&) override {
      owner_.response_.status = status;
    }
    void on_field_impl(http::field, Text name, Text value, ParseError&) override {
      if (owner_.step_ == Step::kHead)  // Not a trailer.
        owner_.response_.headers.push_back(
            {{name.data(), name.size()}, {value.data(), value.size()}});
    }
    void on_header_impl(ParseError& error) override {
      const int status = owner_.response_.status;
      if (status < 100 || status > 599) error = http::make_error_code(http::error::bad_status);
      owner_.step_ = Step::kBody;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ParseError&) override {}
    std::size_t on_body_impl(Text body, ParseError& error) override { return append(body, error); }
    void on_chunk_header_impl(std::uint64_t, Text, ParseError&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ParseError& error) override {
      return append(body, error);
    }
    void on_finish_impl(ParseError&) override { owner_.step_ = Step::kDone; }

    std::size_t append(Text body, ParseError& error) {
      std::string& out = owner_.response_.body;
      if (body.size() > owner_.limits_.body_bytes_max - out.size()) {
        error = http::make_error_code(http::error::body_limit);
        return 0;
      }
      out.append(body.data(), body.size());
      return body.size();
    }

    ResponseParser& owner_;
  };

  std::optional<Parser> parser;
};

ResponseParser::ResponseParser(ResponseLimits limits, bool to_head)
    : limits_(limits), to_head_(to_head), syntax_(std::make_unique<Syntax>()) {
  restart();
}

ResponseParser::~ResponseParser() = default;

void ResponseParser::restart() {
  syntax_->parser.emplace(*this);
  syntax_->parser->skip(to_head_);
  syntax_->parser->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max));
  syntax_->parser->body_limit(boost::none);  // Counted here, with what was taken left out.
  step_ = Step::kHead;
  response_ = {};
}

void ResponseParser::fail_with(ErrorCode code, std::string message) {
  step_ = Step::kFailed;
  error_ = {code, std::move(message)};
}

std::size_t ResponseParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && (step_ == Step::kHead || step_ == Step::kBody)) {
    const std::string_view rest = bytes.substr(taken);
    if (step_ == Step::kBody && syntax_->parser->chunked() && rest.size() < kChunkedRestBytesMin)
      return taken;
    ParseError error;
    taken += syntax_->parser->put(boost::asio::buffer(rest.data(), rest.size()), error);
    if (error == http::make_error_code(http::error::need_more)) {
      if (bytes.size() - taken >= limits_.header_bytes_max)
        fail_with(ErrorCode::kLimit, fmt::format("the answer's head has more than {} bytes",
                                                 limits_.header_bytes_max));
      return taken;
    }
    if (error == http::make_error_code(http::error::body_limit))
      fail_with(ErrorCode::kLimit,
                fmt::format("the answer has more than {} bytes", limits_.body_bytes_max));
    else if (error == http::make_error_code(http::error::header_limit))
      fail_with(ErrorCode::kLimit,
                fmt::format("the answer's head has more than {} bytes", limits_.header_bytes_max));
    else if (error)
      fail_with(ErrorCode::kIo, fmt::format("the answer is not HTTP ({})", error.message()));
    if (step_ != Step::kDone) continue;
    if (response_.status < 200 && response_.status != 101 && interim_++ < kInterimMax)
      restart();
    else if (response_.status < 200)
      fail_with(ErrorCode::kIo, fmt::format("the answer's status is {}", response_.status));
    else
      keep_alive_ = syntax_->parser->keep_alive();
  }
  return taken;
}

void ResponseParser::end() {
  if (step_ == Step::kBody) {
    ParseError error;
    syntax_->parser->put_eof(error);
    if (!error) return;
  }
  if (step_ != Step::kFailed && step_ != Step::kDone)
    fail_with(ErrorCode::kIo, "the connection ended before the answer did");
}

}  // namespace sillar::net
