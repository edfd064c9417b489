#include "server/front_state.h"

#include <fmt/format.h>

namespace sillar::server {
namespace {

constexpr std::int64_t kPartIdMax = 255;

Error no_such_part(const std::string& name, std::int64_t id) {
  return {
      ErrorCode::kInvalidInput,
      fmt::format("{}: holds what a newer version keeps (part {}); start that version", name, id)};
}

}  // namespace

Part* FrontState::find(std::int64_t id) const {
  for (Part* part : parts_)
    if (static_cast<std::int64_t>(part->id()) == id) return part;
  return nullptr;
}

Status FrontState::restore(const std::string& name, std::string_view bytes) {
  for (Part* part : parts_) part->clear();
  ByteReader in(bytes);
  while (in.ok() && in.left() > 0) {
    const std::int64_t id = in.number(0, kPartIdMax);
    const std::string_view state = in.text(bytes.size());
    if (!in.ok()) break;
    Part* part = find(id);
    if (part == nullptr) return tl::unexpected(no_such_part(name, id));
    if (auto read = part->read_state(state); !read)
      return tl::unexpected(read.error().within(name));
  }
  if (!in.ok()) return invalid(fmt::format("{}: the server's part is damaged", name));
  return {};
}

Status FrontState::apply(const std::string& name, std::string_view body) {
  ByteReader in(body);
  const std::int64_t kind = in.number();
  const std::int64_t id = in.number(0, kPartIdMax);
  if (!in.ok() || kind != journal::kFrontBody)
    return invalid(fmt::format("{}: is no record of a server", name));
  Part* part = find(id);
  if (part == nullptr) return tl::unexpected(no_such_part(name, id));
  if (auto applied = part->apply(in.rest()); !applied)
    return tl::unexpected(applied.error().within(name));
  return {};
}

std::string FrontState::body_of(PartId part, std::string_view record) {
  std::string out;
  put_number(out, journal::kFrontBody);
  put_number(out, static_cast<std::int64_t>(part));
  out += record;
  return out;
}

std::string FrontState::state_bytes() const {
  std::string out;
  for (const Part* part : parts_) {
    std::string state;
    part->append_state(state);
    put_number(out, static_cast<std::int64_t>(part->id()));
    put_text(out, state);
  }
  return out;
}

}  // namespace sillar::server
