#include "cli/server_link.h"

#include <poll.h>

#include "cli/credentials.h"

namespace sillar::cli {
namespace {

constexpr const char* kServerDefault = "http://127.0.0.1:7400";
constexpr std::size_t kTokenBytesMax = 16384;

std::string without_line_end(std::string text) {
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

std::vector<Flag> with_server_flags(std::vector<Flag> flags) {
  for (Flag& flag : server_flags()) flags.push_back(std::move(flag));
  return flags;
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

void pause_for(Duration pause) {
  (void)::poll(nullptr, 0, static_cast<int>(pause.ns / 1'000'000));
}

std::string body_of(const Context& context,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> flags) {
  Value body = Value::mapping();
  for (const auto& [flag, field] : flags)
    if (context.arguments.has(flag)) body.set(field, Value::text(context.arguments.text(flag)));
  return print_json(body, 0);
}

Result<server::ApiAddress> address_of(const Context& context) {
  SILLAR_TRY(kept, read_credentials(context.io));
  server::ApiAddress address;
  address.ca_path = context.arguments.text("ca");
  address.url = context.arguments.text("server");
  if (address.url.empty()) address.url = context.io.environment("SILLAR_SERVER");
  if (address.url.empty()) address.url = kept ? kept->server : kServerDefault;
  if (const std::string file(context.arguments.text("token-file")); !file.empty()) {
    SILLAR_TRY(text, context.io.read(file, kTokenBytesMax));
    address.token = without_line_end(std::move(text));
    return address;
  }
  address.token = context.io.environment("SILLAR_TOKEN");
  if (address.token.empty() && kept && kept->server == address.url) address.token = kept->token;
  if (address.token.empty()) return fail(ErrorCode::kDenied, context.say(Message::kNoToken));
  return address;
}

Result<server::ApiClient> connect(const Context& context) {
  SILLAR_TRY(address, address_of(context));
  return server::ApiClient::open(address);
}

}  // namespace sillar::cli
