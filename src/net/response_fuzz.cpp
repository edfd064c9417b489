// A hostile server's bytes into the client's parser.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "net/response_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::net;
  using Step = ResponseParser::Step;
  if (size < 1) return 0;
  const ResponseLimits limits{.header_bytes_max = 512, .body_bytes_max = 64};
  const std::size_t piece = 1 + data[0] % 32;
  const bool takes_body = data[0] >= 128;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  ResponseParser parser(limits, data[0] % 7 == 0);
  std::string window;
  while (!bytes.empty() && (parser.step() == Step::kHead || parser.step() == Step::kBody)) {
    const std::string_view next = bytes.substr(0, piece);
    bytes.remove_prefix(next.size());
    window += next;
    window.erase(0, parser.feed(window));
    if (parser.step() != Step::kFailed)
      CHECK(parser.response().body.size() <= limits.body_bytes_max, "the body is bounded");
    if (takes_body && parser.step() == Step::kBody) (void)parser.take_body();
    if (parser.step() == Step::kHead || parser.step() == Step::kBody)
      CHECK(window.size() <= limits.header_bytes_max, "what is left is bounded");
  }
  parser.end();
  if (parser.step() == Step::kDone)
    CHECK(parser.response().status >= 200 && parser.response().status < 600, "a final status");
  else
    CHECK(!parser.error().message.empty(), "there is a reason");
  return 0;
}
