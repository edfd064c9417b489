#include "server/installation.h"

namespace sillar::server {

Status Installation::apply(std::string_view record) {
  ByteReader in(record);
  const std::string_view name = in.text(kInstallationIdBytes);
  if (!in.ok() || in.left() > 0 || !name_.empty())
    return invalid("an installation that no server keeps");
  name_ = name;
  return {};
}

std::string Installation::record(std::string_view name) {
  std::string out;
  put_text(out, name);
  return out;
}

}  // namespace sillar::server
