#include "net/resolve.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <memory>

namespace sillar::net {

Result<std::vector<std::string>> resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (failed != 0)
    return fail(ErrorCode::kIo,
                fmt::format("{}: its name cannot be resolved ({})", host, ::gai_strerror(failed)));
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<std::string> out;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    std::array<char, NI_MAXHOST> ip{};
    if (::getnameinfo(each->ai_addr, each->ai_addrlen, ip.data(), ip.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0)
      out.emplace_back(ip.data());
  }
  return out;
}

}  // namespace sillar::net
