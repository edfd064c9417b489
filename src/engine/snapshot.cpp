#include "engine/snapshot.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "engine/state_bytes.h"

namespace sillar {
namespace {

constexpr std::string_view kMagic = "sillar-s";
constexpr std::size_t kVersionBytes = 4;
constexpr std::size_t kWordBytes = 8;
constexpr std::size_t kHeaderBytes = kMagic.size() + kVersionBytes + 3 * kWordBytes;

void put_fixed(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
}

std::uint64_t take_fixed(std::string_view& in, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<std::uint8_t>(in[i]);
  in.remove_prefix(bytes);
  return value;
}

std::string header(std::string_view body, const Hash128& hash) {
  std::string out(kMagic);
  put_fixed(out, kSnapshotVersion, kVersionBytes);
  put_fixed(out, body.size(), kWordBytes);
  put_fixed(out, hash.low, kWordBytes);
  put_fixed(out, hash.high, kWordBytes);
  return out;
}

}  // namespace

std::string state_hash(const State& state) {
  std::string body;
  append_state(body, state);
  return hash_bytes(body).hex();
}

Snapshot save(const State& state) {
  std::string body;
  append_state(body, state);
  const Hash128 hash = hash_bytes(body);
  body.insert(0, header(body, hash));
  return {std::move(body), hash.hex()};
}

Result<State> restore(const std::string& name, std::string_view bytes) {
  if (bytes.size() < kHeaderBytes || !bytes.starts_with(kMagic))
    return invalid(fmt::format("{}: this is not a snapshot", name));
  bytes.remove_prefix(kMagic.size());
  const std::uint64_t version = take_fixed(bytes, kVersionBytes);
  if (version != kSnapshotVersion)
    return invalid(fmt::format("{}: the snapshot is of version {}; this program reads version {}",
                               name, version, kSnapshotVersion));
  const std::uint64_t size = take_fixed(bytes, kWordBytes);
  Hash128 hash;
  hash.low = take_fixed(bytes, kWordBytes);
  hash.high = take_fixed(bytes, kWordBytes);
  if (bytes.size() != size)
    return invalid(fmt::format("{}: the snapshot says that it has {} bytes more, and has {}", name,
                               size, bytes.size()));
  if (hash_bytes(bytes) != hash)
    return invalid(fmt::format("{}: the snapshot is damaged: its checksum differs", name));
  return read_state(name, bytes);
}

}  // namespace sillar
