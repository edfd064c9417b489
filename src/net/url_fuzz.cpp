// URLs, and addresses in text.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "net/address.h"
#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::net;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)address_kind(text);
  const auto url = parse_url(text);
  if (!url) return 0;
  CHECK(!url->host.empty() && url->port != 0, "there is a host and a port");
  CHECK(url->target.starts_with('/'), "a target begins with a slash");
  CHECK(url->text().find_first_of(" \r\n#@\\") == std::string::npos ||
            url->text().find('@') > url->text().find('/', 8),
        "nothing that could end or move the host");
  const auto again = parse_url(url->text());
  if (again) CHECK(*again == *url, "parse(print(x)) = x");
  CHECK(again || url->text().size() > kUrlBytesMax, "what is printed is a URL");
  return 0;
}
