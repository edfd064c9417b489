#include "server/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/check.h"
#include "server/encoding.h"

namespace sillar::server {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // An em dash and a blank begin a signature.
constexpr std::size_t kIdBytes = 4;

tl::unexpected<Error> malformed(std::string_view what) {
  return invalid(fmt::format("this is no checkpoint, as {}", what));
}

// The next line without its end; nothing where there is no whole line.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

// One form a number: no sign, no leading zero.
std::optional<std::uint64_t> read_size(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return std::nullopt;
  if (text.starts_with('-') || (text.starts_with('0') && text.size() > 1)) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

struct Signature {
  std::string_view name;
  std::string bytes;  // Key id and signature.
};

struct Note {
  std::string_view body;  // With the end of its last line.
  std::vector<Signature> signatures;
};

Result<Signature> read_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return malformed("a signature begins with a dash");
  line.remove_prefix(kDash.size());
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || !is_key_name(line.substr(0, blank)))
    return malformed("a signature has a name");
  auto bytes = from_base64(line.substr(blank + 1));
  if (!bytes || bytes->size() <= kIdBytes) return malformed("a signature is base64");
  return Signature{line.substr(0, blank), std::move(*bytes)};
}

Result<Note> read_note(std::string_view text) {
  if (text.size() > kCheckpointBytesMax) return malformed("it is too long");
  // The last blank line parts text and signatures.
  const std::size_t gap = text.rfind("\n\n");
  if (gap == std::string_view::npos) return malformed("its signatures are missing");
  Note note{text.substr(0, gap + 1), {}};
  std::string_view rest = text.substr(gap + 2);
  while (!rest.empty()) {
    const auto line = take_line(rest);
    if (!line) return malformed("its last line has no end");
    if (note.signatures.size() == kCheckpointSignaturesMax)
      return malformed("it has too many signatures");
    SILLAR_TRY(signature, read_signature(*line));
    note.signatures.push_back(std::move(signature));
  }
  if (note.signatures.empty()) return malformed("its signatures are missing");
  return note;
}

Result<Checkpoint> read_body(std::string_view body) {
  const auto origin = take_line(body);
  const auto size_text = take_line(body);
  const auto root_text = take_line(body);
  if (!origin || !size_text || !root_text || !body.empty())
    return malformed("it has three lines: origin, size and root");
  if (!is_key_name(*origin)) return malformed("its origin is no name");
  const auto size = read_size(*size_text);
  if (!size) return malformed("its size is no number");
  const auto root = from_base64(*root_text);
  if (!root || root->size() != sizeof(Digest)) return malformed("its root is no SHA-256 in base64");
  Checkpoint out{std::string(*origin), {*size, {}}};
  std::copy(root->begin(), root->end(), out.head.root.begin());
  return out;
}

}  // namespace

std::string checkpoint_body(const Checkpoint& checkpoint) {
  return fmt::format("{}\n{}\n{}\n", checkpoint.origin, checkpoint.head.size,
                     base64(bytes_of(checkpoint.head.root)));
}

std::string signed_checkpoint(const Checkpoint& checkpoint, const SigningKey& key) {
  CHECK(checkpoint.origin == key.verifier().name, "a log signs under its own name");
  const std::string body = checkpoint_body(checkpoint);
  return fmt::format("{}\n{}{} {}\n", body, kDash, key.verifier().name,
                     base64(key.verifier().id() + key.sign(body)));
}

Result<Checkpoint> read_checkpoint(std::string_view text) {
  SILLAR_TRY(note, read_note(text));
  return read_body(note.body);
}

Result<Checkpoint> read_checkpoint(std::string_view text, const VerifierKey& key) {
  SILLAR_TRY(note, read_note(text));
  SILLAR_TRY(out, read_body(note.body));
  bool verified = false;
  for (const Signature& signature : note.signatures) {
    const std::string_view bytes = signature.bytes;
    if (signature.name != key.name || bytes.substr(0, kIdBytes) != key.id()) continue;
    if (!key.verifies(bytes.substr(kIdBytes), note.body))
      return invalid("the checkpoint's signature is wrong: it was changed, or never given");
    verified = true;
  }
  if (!verified)
    return invalid(fmt::format("the checkpoint is not signed by the key {}", key.text()));
  return out;
}

}  // namespace sillar::server
