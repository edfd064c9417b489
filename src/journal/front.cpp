#include "journal/front.h"

#include "base/bytes.h"

namespace sillar::journal {
namespace {

constexpr std::string_view kJoined = "sillar-f";

}  // namespace

bool is_front_body(std::string_view body) {
  ByteReader in(body);
  return in.number() == kFrontBody && in.ok();
}

std::string join_snapshot(const SnapshotParts& parts) {
  std::string out(kJoined);
  out.reserve(parts.engine.size() + parts.front.size() + 32);
  put_text(out, parts.front);
  out += parts.engine;
  return out;
}

SnapshotParts split_snapshot(std::string_view bytes) {
  if (!bytes.starts_with(kJoined)) return {bytes, {}};
  ByteReader in(bytes.substr(kJoined.size()));
  const std::string_view front = in.text(bytes.size());
  return in.ok() ? SnapshotParts{in.rest(), front} : SnapshotParts{bytes, {}};
}

}  // namespace sillar::journal
