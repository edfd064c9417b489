#include "server/token_file.h"

#include <fmt/format.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "server/crypto.h"
#include "server/encoding.h"
#include "server/secret_file.h"

namespace sillar::server {
namespace {

constexpr std::string_view kScheme = "Bearer ";

std::string user_name() {
  const passwd* entry = ::getpwuid(::geteuid());
  return entry == nullptr ? std::string{} : entry->pw_name;
}

}  // namespace

Result<Authenticate> token_file_authentication(const std::string& folder, const std::string& name) {
  if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST)
    return fail(ErrorCode::kIo, fmt::format("{}: {}", folder, std::strerror(errno)));
  SILLAR_TRY(token, secret_or_new(folder, name, [] { return hex(random_bytes(32)); }));
  Caller caller{"admin", "token", user_name()};
  return [token = std::move(token),
          caller = std::move(caller)](const net::Request& request) -> Result<Caller> {
    const std::string* sent = request.header("Authorization");
    if (sent == nullptr || !sent->starts_with(kScheme) ||
        !equal_in_constant_time(std::string_view(*sent).substr(kScheme.size()), token))
      return fail(ErrorCode::kDenied, "This needs a valid token: Authorization: Bearer TOKEN.");
    return caller;
  };
}

}  // namespace sillar::server
