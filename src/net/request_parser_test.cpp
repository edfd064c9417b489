#include "net/request_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <span>

#include "net/target.h"

namespace sillar::net {
namespace {

using Step = RequestParser::Step;

struct Parsed {
  Step step = Step::kHead;
  int status = 0;
  std::string detail;
  Request request;
  bool keep_alive = false;
  std::size_t taken = 0;
};

const std::vector<std::string>& hosts() {
  static const std::vector<std::string> kHosts = {"localhost", "[::1]", "127.0.0.1"};
  return kHosts;
}

// Feeds `bytes` in pieces of `piece`, as a connection would.
Parsed parse(std::string_view bytes, std::size_t piece, const RequestLimits& limits = {}) {
  RequestParser parser(limits, hosts());
  Parsed out;
  std::string window;
  while (!bytes.empty() && (parser.step() == Step::kHead || parser.step() == Step::kBody)) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    window += next;
    const std::size_t taken = parser.feed(window);
    window.erase(0, taken);
    out.taken += taken;
  }
  out.step = parser.step();
  if (out.step == Step::kRefused) {
    out.status = parser.refusal().status;
    out.detail = parser.refusal().detail;
  }
  if (out.step == Step::kDone) {
    out.keep_alive = parser.keep_alive();
    out.request = parser.take();
  }
  return out;
}

TEST(RequestParser, ReadsARequestHoweverItIsCutUp) {
  const std::string text =
      "POST /a%20b/c?x=1&y=%26+z&&=v&w HTTP/1.1\r\nHost: LocalHost:8080\r\nX-Empty:\r\n"
      "X-Spaces: \t a b \t\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5\r\nhello\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const Parsed got = parse(text, piece);
    ASSERT_EQ(got.step, Step::kDone) << piece << ": " << got.detail;
    EXPECT_EQ(got.taken, text.size());
    EXPECT_EQ(got.request.method, "POST");
    EXPECT_EQ(got.request.target, "/a%20b/c?x=1&y=%26+z&&=v&w");
    EXPECT_EQ(got.request.path, "/a b/c");
    EXPECT_EQ(got.request.query, (std::vector<std::pair<std::string, std::string>>{
                                     {"x", "1"}, {"y", "& z"}, {"", "v"}, {"w", ""}}));
    EXPECT_EQ(got.request.headers, (std::vector<Header>{{"Host", "LocalHost:8080"},
                                                        {"X-Empty", ""},
                                                        {"X-Spaces", "a b"},
                                                        {"Transfer-Encoding", "Chunked"}}));
    EXPECT_EQ(*got.request.header("x-spaces"), "a b");
    EXPECT_EQ(*got.request.parameter("y"), "& z");
    EXPECT_EQ(got.request.parameter("z"), nullptr);
    EXPECT_EQ(got.request.body, "hello0123456789");
    EXPECT_TRUE(got.keep_alive);
  }
}

TEST(RequestParser, LeavesTheNextRequestAlone) {
  const std::string one = "PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nok";
  const Parsed got = parse(one + one, 1000);
  EXPECT_EQ(got.step, Step::kDone);
  EXPECT_EQ(got.taken, one.size());
}

TEST(RequestParser, KnowsWhetherTheConnectionGoesOn) {
  const auto keeps = [](std::string_view version, std::string_view header) {
    return parse(fmt::format("GET / HTTP/{}\r\nHost: localhost\r\n{}\r\n", version, header), 1000)
        .keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: x, Close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: keep-alive\r\n"));
}

// A request that must be refused, whole or a byte at a time.
struct Refused {
  std::string_view text;  // "|" is a line's end.
  int status;
  std::string_view detail;  // A part of it.
};

void expect_refused(std::span<const Refused> cases) {
  for (const Refused& each : cases) {
    std::string text;
    for (const char c : each.text) text += c == '|' ? std::string("\r\n") : std::string(1, c);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
      const Parsed got = parse(text, piece);
      ASSERT_EQ(got.step, Step::kRefused) << each.text;
      EXPECT_EQ(got.status, each.status) << each.text << ": " << got.detail;
      EXPECT_NE(got.detail.find(each.detail), std::string::npos) << each.text << ": " << got.detail;
    }
  }
}

// Requests that two readers may cut differently, or that try to be something else (ASVS 5.0 4.2.1
// to 4.2.5, 4.1.4).
constexpr Refused kBadContentLength[] = {
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 5|Transfer-Encoding: chunked||0||", 400,
     "Transfer-Encoding"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked|Content-Length: 5||0||", 400,
     "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 5|Content-Length: 6||hello", 400,
     "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 5|Content-Length: 5||hello", 400,
     "more than one Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 5, 5||hello", 400, "not one number"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: +5||hello", 400, "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: -5||hello", 400, "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 0x5||hello", 400, "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 5 5||hello", 400, "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length:||hello", 400, "Content-Length"},
    {"POST / HTTP/1.1|Host: localhost|Content-Length: 99999999999999999999||", 400,
     "Content-Length"},
};

constexpr Refused kBadTransferEncoding[] = {
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: gzip, chunked||0||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked, identity||0||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: identity||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: xchunked||0||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: \"chunked\"||0||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding:||0||", 501, "chunked"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked|Transfer-Encoding: x||0||", 400,
     "Transfer-Encoding"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: x|Transfer-Encoding: chunked||0||", 400,
     "more than one Transfer-Encoding"},
    {"POST / HTTP/1.0|Host: localhost|Transfer-Encoding: chunked||0||", 400, "HTTP/1.0"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding : chunked||0||", 400, "malformed"},
};

constexpr Refused kBadChunks[] = {
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||-1||", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||5x|hello|0||", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||5|helloX|0||", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||5;a=b|hello|0||", 400,
     "extensions"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||5\nhello|0||", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||0|Bad trailer|||", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||0|Content-Length: 3||", 400,
     "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||fffffffffffffffff|", 400, "body"},
    {"POST / HTTP/1.1|Host: localhost|Transfer-Encoding: chunked||ffffffffffffffff|", 413,
     "body_bytes_max"},
};

constexpr Refused kBadLines[] = {
    {"GET / HTTP/1.1\nHost: localhost||", 400, "line feed"},
    {"GET / HTTP/1.1|Host: localhost|A: b\nC: d||", 400, "line feed"},
    {"GET / HTTP/1.1|Host: localhost|A: b\rC: d||", 400, "carriage return"},
    {"GET / HTTP/1.1|Host: localhost|A: b| folded||", 400, "next line"},
    {"GET / HTTP/1.1|Host: localhost|A: b|\tfolded||", 400, "next line"},
    {"GET / HTTP/1.1| Host: localhost||", 400, "next line"},
    {"GET / HTTP/1.1|Host: localhost|A: b\x01||", 400, "control character"},
    {"GET / HTTP/1.1|Host: localhost|A: b\x7F||", 400, "control character"},
    {"GET / HTTP/1.1|Host: localhost|A b: c||", 400, "malformed"},
    {"GET / HTTP/1.1|Host: localhost|: c||", 400, "malformed"},
    {"GET / HTTP/1.1|Host: localhost|A||", 400, "malformed"},
    {"|GET / HTTP/1.1|Host: localhost||", 400, "name of a method"},
    {"\x16\x03\x01\x02", 400, "TLS"},
    {"{\"json\": 1}", 400, "name of a method"},
};

constexpr Refused kBadRequestLine[] = {
    {"GET  / HTTP/1.1|Host: localhost||", 400, "malformed"},
    {"GET /|Host: localhost||", 400, "malformed"},
    {"GET|Host: localhost||", 400, "malformed"},
    {"GET / HTTX/1.1|Host: localhost||", 400, "malformed"},
    {"GET / HTTP/1.2|Host: localhost||", 505, "HTTP/1.1"},
    {"GET / HTTP/0.9|Host: localhost||", 505, "HTTP/1.1"},
    {"PRI * HTTP/2.0||SM||", 505, "HTTP/1.1"},
    {"TRACE / HTTP/1.1|Host: localhost||", 501, "method"},
    {"CONNECT localhost:80 HTTP/1.1|Host: localhost||", 501, "method"},
    {"Get / HTTP/1.1|Host: localhost||", 501, "method"},
    {"GETX / HTTP/1.1|Host: localhost||", 501, "method"},
};

constexpr Refused kBadTarget[] = {
    {"GET http://localhost/ HTTP/1.1|Host: localhost||", 400, "begin with '/'"},
    {"GET localhost:80 HTTP/1.1|Host: localhost||", 400, "begin with '/'"},
    {"OPTIONS * HTTP/1.1|Host: localhost||", 400, "begin with '/'"},
    {"GET /a/../b HTTP/1.1|Host: localhost||", 400, "\"..\""},
    {"GET /a/%2e%2E HTTP/1.1|Host: localhost||", 400, "\"..\""},
    {"GET /./a HTTP/1.1|Host: localhost||", 400, "\".\""},
    {"GET //evil.org/a HTTP/1.1|Host: localhost||", 400, "empty segment"},
    {"GET /a%2fb HTTP/1.1|Host: localhost||", 400, "slash"},
    {"GET /a%5Cb HTTP/1.1|Host: localhost||", 400, "slash"},
    {"GET /a\\b HTTP/1.1|Host: localhost||", 400, "percent-encoded"},
    {"GET /%00 HTTP/1.1|Host: localhost||", 400, "control character"},
    {"GET /%0d%0aSet-Cookie:a HTTP/1.1|Host: localhost||", 400, "control character"},
    {"GET /?a=%0a HTTP/1.1|Host: localhost||", 400, "control character"},
    {"GET /%ff HTTP/1.1|Host: localhost||", 400, "UTF-8"},
    {"GET /%c0%ae HTTP/1.1|Host: localhost||", 400, "UTF-8"},
    {"GET /%4 HTTP/1.1|Host: localhost||", 400, "'%'"},
    {"GET /% HTTP/1.1|Host: localhost||", 400, "'%'"},
    {"GET /%zz HTTP/1.1|Host: localhost||", 400, "'%'"},
    {"GET /#a HTTP/1.1|Host: localhost||", 400, "percent-encoded"},
    {"GET /\xC3\xA4 HTTP/1.1|Host: localhost||", 400, "percent-encoded"},
};

constexpr Refused kBadHost[] = {
    {"GET / HTTP/1.1||", 400, "no Host"},
    {"GET / HTTP/1.0||", 400, "no Host"},
    {"GET / HTTP/1.1|Host: localhost|Host: localhost||", 400, "more than one Host"},
    {"GET / HTTP/1.1|Host: localhost|hOST: evil.org||", 400, "more than one Host"},
    {"GET / HTTP/1.1|Host:||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: a b||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: localhost:80:80||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: localhost:x||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: user@localhost||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: localhost/a||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: localhost, evil.org||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: [::1||", 400, "not a host"},
    {"GET / HTTP/1.1|Host: evil.org||", 421, "allowed_hosts"},
    {"GET / HTTP/1.1|Host: localhost.evil.org||", 421, "allowed_hosts"},
    {"GET / HTTP/1.1|X-Forwarded-Host: localhost|Host: evil.org||", 421, "allowed_hosts"},
    {"GET / HTTP/1.1|Host: localhost|Expect: the-impossible||", 417, "100-continue"},
};

TEST(RequestParser, RefusesABadContentLength) {
  expect_refused(kBadContentLength);
}

TEST(RequestParser, RefusesABadTransferEncoding) {
  expect_refused(kBadTransferEncoding);
}

TEST(RequestParser, RefusesBadChunks) {
  expect_refused(kBadChunks);
}

TEST(RequestParser, RefusesBadLines) {
  expect_refused(kBadLines);
}

TEST(RequestParser, RefusesABadRequestLine) {
  expect_refused(kBadRequestLine);
}

TEST(RequestParser, RefusesABadTarget) {
  expect_refused(kBadTarget);
}

TEST(RequestParser, RefusesABadHost) {
  expect_refused(kBadHost);
}

TEST(RequestParser, RefusesANulWhereverItIs) {
  const std::string text = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string with = text;
    with[at] = '\0';
    EXPECT_EQ(parse(with, 1000).status, 400) << at;
  }
}

TEST(RequestParser, NamesTheLimitThatWasReached) {
  const RequestLimits limits{
      .header_bytes_max = 300, .headers_max = 3, .query_pairs_max = 2, .body_bytes_max = 10};
  const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\n";
  const std::pair<std::string, std::string> cases[] = {
      {"GET /" + std::string(300, 'a'),
       "414 the request's head has more than 300 bytes "
       "(header_bytes_max)"},
      {head + "A: " + std::string(300, 'a'),
       "431 the request's head has more than 300 bytes "
       "(header_bytes_max)"},
      {head + "A: 1\r\nB: 2\r\nC: 3\r\n\r\n",
       "431 the request has more than 3 headers "
       "(headers_max)"},
      {"GET /?a&b&c HTTP/1.1\r\nHost: localhost\r\n\r\n",
       "400 the query has more than 2 pairs (query_pairs_max)"},
      {head + "Content-Length: 11\r\n\r\n",
       "413 the body has more than 10 bytes "
       "(body_bytes_max)"},
      {head + "Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n5\r\n",
       "413 the body has more than 10 bytes (body_bytes_max)"},
      {head + "Transfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(300, 'a'),
       "431 a chunk's head or the trailers have more than 300 bytes (header_bytes_max)"},
  };
  for (const auto& [text, refusal] : cases)
    for (const std::size_t piece : {std::size_t{1}, std::size_t{10}, text.size()}) {
      const Parsed got = parse(text, piece, limits);
      EXPECT_EQ(fmt::format("{} {}", got.status, got.detail), refusal) << piece;
    }
  // What just fits.
  const std::string full =
      head + "A: 1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n";
  EXPECT_EQ(parse(full, 1, limits).step, Step::kDone);
  std::string edge = "GET / HTTP/1.1\r\nHost: localhost\r\nA: \r\n\r\n";
  edge.insert(edge.size() - 4, 300 - edge.size(), 'a');
  EXPECT_EQ(parse(edge, 1000, limits).step, Step::kDone);
  edge.insert(edge.size() - 4, 1, 'a');
  EXPECT_EQ(parse(edge, 1000, limits).status, 431);
}

TEST(Target, FindsTheHost) {
  EXPECT_EQ(host_without_port("A.b-c:1"), "a.b-c");
  EXPECT_EQ(host_without_port("[::1]"), "[::1]");
  EXPECT_EQ(host_without_port("[FE80::1]:8080"), "[fe80::1]");
  EXPECT_EQ(host_without_port("a:"), "a");
  for (const char* text : {"", ":80", "a:123456", "[]", "[::1]x", "[::1", "::1", "a_b c", "a\tb"})
    EXPECT_EQ(host_without_port(text), std::nullopt) << text;
}

TEST(Target, DecodesWhatIsAllowed) {
  const auto target = decode_target("/%E2%82%AC/x-._~!$&'()*+,;=:@/?a=%E2%82%AC&a=2", 10);
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/\xE2\x82\xAC/x-._~!$&'()*+,;=:@/");
  EXPECT_EQ(target->query.size(), 2U);
  EXPECT_EQ(decode_target("/", 10)->path, "/");
  EXPECT_EQ(decode_target("/a/...?", 10)->path, "/a/...");
}

}  // namespace
}  // namespace sillar::net
