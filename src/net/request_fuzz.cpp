// Bytes of a connection into the request parser. However they are cut up, the outcome is the same;
// and what is let through keeps what net/http.h promises.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/request_parser.h"
#include "net/target.h"

namespace sillar::net {
namespace {

using Step = RequestParser::Step;

const RequestLimits kLimits{
    .header_bytes_max = 512, .headers_max = 8, .query_pairs_max = 4, .body_bytes_max = 64};

struct Outcome {
  Step step = Step::kHead;
  int status = 0;
  std::size_t taken = 0;
  Request request;
};

Outcome parse(std::string_view bytes, std::size_t piece) {
  static const std::vector<std::string> kHosts = {"localhost", "[::1]"};
  RequestParser parser(kLimits, kHosts);
  Outcome out;
  std::string window;
  while (!bytes.empty() && (parser.step() == Step::kHead || parser.step() == Step::kBody)) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    window += next;
    const std::size_t taken = parser.feed(window);
    CHECK(taken <= window.size(), "no more is taken than was given");
    window.erase(0, taken);
    out.taken += taken;
    if (parser.step() == Step::kHead || parser.step() == Step::kBody)
      CHECK(window.size() <= kLimits.header_bytes_max, "what is left is bounded");
  }
  out.step = parser.step();
  if (out.step == Step::kRefused) out.status = parser.refusal().status;
  if (out.step == Step::kDone) out.request = parser.take();
  return out;
}

void check_request(const Request& request) {
  CHECK(request.path.starts_with('/'), "a path begins with a slash");
  CHECK(request.path.find("//") == std::string::npos, "no segment is empty");
  CHECK((request.path + "/").find("/../") == std::string::npos, "nothing leads upwards");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  CHECK(std::ranges::none_of(request.path, is_control), "a path has no control characters");
  CHECK(request.headers.size() <= kLimits.headers_max, "headers are bounded");
  CHECK(request.query.size() <= kLimits.query_pairs_max, "the query is bounded");
  CHECK(request.body.size() <= kLimits.body_bytes_max, "the body is bounded");
  CHECK(request.header("Host") != nullptr, "there is a host");
  CHECK(
      request.header("Content-Length") == nullptr || request.header("Transfer-Encoding") == nullptr,
      "a body ends in one way");
}

}  // namespace
}  // namespace sillar::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::net;
  if (size < 1) return 0;
  const std::size_t piece = 1 + data[0] % 32;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Outcome whole = parse(bytes, size);
  const Outcome pieces = parse(bytes, piece);
  CHECK(whole.step == pieces.step, "the outcome does not depend on the pieces");
  if (whole.step == Step::kDone) {
    check_request(whole.request);
    CHECK(whole.taken == pieces.taken, "a request ends where it ends");
    CHECK(whole.request.headers == pieces.request.headers, "the same headers");
    CHECK(whole.request.body == pieces.request.body, "the same body");
  }
  (void)host_without_port(bytes);
  return 0;
}
