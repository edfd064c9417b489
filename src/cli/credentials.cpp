#include "cli/credentials.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "server/secret_file.h"

namespace sillar::cli {

std::string config_folder(const Io& io) {
  if (const std::string folder = io.environment("XDG_CONFIG_HOME"); !folder.empty())
    return folder + "/sillar";
  const std::string home = io.environment("HOME");
  return home.empty() ? std::string{} : home + "/.config/sillar";
}

Result<std::optional<Credentials>> read_credentials(const Io& io) {
  const std::string folder = config_folder(io);
  if (folder.empty()) return std::nullopt;
  auto bytes = server::read_secret(folder, kCredentialsFile);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return std::nullopt;
  if (!bytes) return tl::unexpected(bytes.error());
  SILLAR_TRY(document, parse_document(folder + "/" + kCredentialsFile, *bytes));
  const Value* server = document.root.find("server");
  const Value* token = document.root.find("token");
  if (server == nullptr || token == nullptr)
    return invalid(
        fmt::format("{}: it does not say a server and a token; sillar auth login writes it anew",
                    document.name));
  return Credentials{server->scalar, token->scalar};
}

Status keep_credentials(const Io& io, const Credentials& credentials) {
  const std::string folder = config_folder(io);
  if (folder.empty()) return invalid("neither XDG_CONFIG_HOME nor HOME is set");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", folder, error.message()));
  const Value value = Value::mapping()
                          .set("server", Value::text(credentials.server))
                          .set("token", Value::text(credentials.token));
  return server::write_secret(folder, kCredentialsFile, print_json(value, 0) + "\n");
}

Result<bool> drop_credentials(const Io& io) {
  const std::string folder = config_folder(io);
  if (folder.empty()) return false;
  std::error_code error;
  const std::string path = folder + "/" + kCredentialsFile;
  const bool removed = std::filesystem::remove(path, error);
  if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", path, error.message()));
  return removed;
}

}  // namespace sillar::cli
