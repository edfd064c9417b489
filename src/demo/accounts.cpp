#include "demo/accounts.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "demo/arrivals.h"
#include "server/api_client.h"
#include "server/secret_file.h"
#include "server/service.h"

namespace sillar::demo {
namespace {

// Made before is as good.
Status done_or_there(Result<Document> answer) {
  if (answer || answer.error().code == ErrorCode::kConflict) return {};
  return tl::unexpected(answer.error());
}

std::string object(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [name, value] : fields) json.field(name, value);
  json.end_object();
  return json.take();
}

Result<std::string> make_key(server::ApiClient& admin, const Team& team) {
  SILLAR_TRY_STATUS(done_or_there(
      admin.post("/api/v1/principals", object({{"kind", "user"}, {"name", team.person}}))));
  SILLAR_TRY_STATUS(
      done_or_there(admin.put(fmt::format("/api/v1/principals/{}/roles", team.person),
                              object({{"project", team.project}, {"role", "member"}}))));
  SILLAR_TRY(key, admin.post("/api/v1/keys", object({{"principal", team.person},
                                                     {"label", "demo"},
                                                     {"role", "member"},
                                                     {"project", team.project}})));
  const Value* token = key.root.find("token");
  if (token == nullptr || token->scalar.empty())
    return fail(ErrorCode::kIo, "the server made a key and did not say which");
  return token->scalar;
}

// Of the file's text, by team; empty where there is none.
std::vector<std::string> read_keys(std::string_view text) {
  std::vector<std::string> keys(kTeams);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t blank = line.find(' ');
    if (blank == std::string_view::npos) continue;
    for (std::size_t i = 0; i < kTeams; ++i)
      if (team(i).project == line.substr(0, blank)) keys[i] = line.substr(blank + 1);
  }
  return keys;
}

}  // namespace

Result<std::vector<std::string>> keys_of_teams(const std::string& url, const std::string& folder) {
  std::vector<std::string> keys(kTeams);
  const auto kept = server::read_secret(folder, kKeysFile);
  if (!kept && kept.error().code != ErrorCode::kNotFound) return tl::unexpected(kept.error());
  if (kept) keys = read_keys(*kept);
  if (std::ranges::none_of(keys, &std::string::empty)) return keys;
  SILLAR_TRY(token, server::read_secret(folder, server::kFirstTokenFile));
  SILLAR_TRY(admin, server::ApiClient::open({url, token, {}}));
  std::string text;
  for (std::size_t i = 0; i < kTeams; ++i) {
    if (keys[i].empty()) {
      SILLAR_TRY(key, make_key(admin, team(i)));
      keys[i] = std::move(key);
    }
    text += fmt::format("{} {}\n", team(i).project, keys[i]);
  }
  SILLAR_TRY_STATUS(server::write_secret(folder, kKeysFile, text));
  return keys;
}

}  // namespace sillar::demo
