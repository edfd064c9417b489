#include "cli/server_link.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kServerDefault = "http://127.0.0.1:7400";
constexpr std::size_t kTokenBytesMax = 16384;

Result<std::string> token_of(const Context& context) {
  const std::string file(context.arguments.text("token-file"));
  if (file.empty()) {
    std::string token = context.io.environment("SILLAR_TOKEN");
    if (token.empty()) return fail(ErrorCode::kDenied, context.say(Message::kNoToken));
    return token;
  }
  SILLAR_TRY(text, context.io.read(file, kTokenBytesMax));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.pop_back();
  return text;
}

}  // namespace

std::vector<Flag> server_flags() {
  return {{"server", "URL", Message::kFlagServer, {}},
          {"token-file", "FILE", Message::kFlagTokenFile, {}},
          {"ca", "FILE", Message::kFlagCa, {}}};
}

std::string query_of(const Context& context, std::initializer_list<std::string_view> flags) {
  std::string query;
  for (const std::string_view flag : flags) {
    if (!context.arguments.has(flag)) continue;
    query += query.empty() ? '?' : '&';
    query += std::string(flag) + '=' + server::escape(context.arguments.text(flag));
  }
  return query;
}

Result<server::ApiClient> connect(const Context& context) {
  server::ApiAddress address;
  address.url = context.arguments.text("server");
  if (address.url.empty()) address.url = context.io.environment("SILLAR_SERVER");
  if (address.url.empty()) address.url = kServerDefault;
  address.ca_path = context.arguments.text("ca");
  SILLAR_TRY(token, token_of(context));
  address.token = std::move(token);
  return server::ApiClient::open(address);
}

}  // namespace sillar::cli
