#include "server/audit_leaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/document.h"
#include "base/json_writer.h"
#include "base/utf8.h"
#include "net/address.h"

namespace sillar::server {
namespace {

constexpr std::array<std::string_view, 5> kMethods = {"none", "api-key", "oidc", "first-run",
                                                      "system"};
constexpr std::array<std::string_view, 2> kOutcomes = {"allowed", "refused"};
constexpr std::array<std::string_view, 4> kSources = {"none", "loopback", "private", "public"};
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kCut = "\xE2\x80\xA6";          // An ellipsis.

std::uint32_t code_point(std::string_view bytes) {
  const auto byte = [&](std::size_t i) {
    return std::uint32_t{static_cast<unsigned char>(bytes[i])};
  };
  constexpr std::uint32_t kTail = 0x3F;
  switch (bytes.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & kTail);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & kTail) << 6 | (byte(2) & kTail);
    default:
      return 0x10000;  // No sign beyond the first plane is in question.
  }
}

// Control characters, line and paragraph separators, and what turns the reading order.
bool misleads(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0x200E || code == 0x200F || code == 0x061C ||
         code == 0xFEFF;
}

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view sign = text.substr(0, std::max<std::size_t>(length, 1));
    const std::string_view put = length == 0 || misleads(code_point(sign)) ? kReplacement : sign;
    if (out.size() + put.size() > kAuditTextBytesMax) return out.append(kCut);
    out += put;
    text.remove_prefix(sign.size());
  }
  return out;
}

template <std::size_t N>
std::optional<std::size_t> word_in(const std::array<std::string_view, N>& words,
                                   std::string_view word) {
  const auto at = std::ranges::find(words, word);
  if (at == words.end()) return std::nullopt;
  return static_cast<std::size_t>(at - words.begin());
}

tl::unexpected<Error> no_leaf() {
  return invalid("this is no leaf of an audit log");
}

constexpr std::array<std::string_view, 13> kFields = {
    "index",   "at",   "actor",  "method", "project", "action", "object",
    "outcome", "code", "before", "after",  "request", "source"};

// A leaf whose fields are what they say; whether the text is canonical is the caller's to see.
std::optional<AuditLeaf> leaf_of(const Value& root) {
  std::array<std::string_view, kFields.size()> text;
  for (std::size_t i = 0; i < kFields.size(); ++i) {
    const Value* field = root.find(kFields[i]);
    if (field == nullptr || field->kind != Value::Kind::kScalar) return std::nullopt;
    text[i] = field->scalar;
  }
  AuditLeaf leaf;
  const auto [end, error] =
      std::from_chars(text[0].data(), text[0].data() + text[0].size(), leaf.index);
  const auto at = parse_time(text[1]);
  const auto method = word_in(kMethods, text[3]);
  const auto outcome = word_in(kOutcomes, text[7]);
  const auto source = word_in(kSources, text[12]);
  if (error != std::errc{} || end != text[0].data() + text[0].size() || !at || !method ||
      !outcome || !source)
    return std::nullopt;
  leaf.at = *at;
  leaf.actor = text[2];
  leaf.method = static_cast<AuthMethod>(*method);
  leaf.project = text[4];
  leaf.action = text[5];
  leaf.object = text[6];
  leaf.outcome = static_cast<AuditOutcome>(*outcome);
  leaf.code = text[8];
  leaf.before = text[9];
  leaf.after = text[10];
  leaf.request = text[11];
  leaf.source = static_cast<SourceClass>(*source);
  return leaf;
}

}  // namespace

std::string_view word_of(AuthMethod method) {
  return kMethods[static_cast<std::size_t>(method)];
}
std::string_view word_of(AuditOutcome outcome) {
  return kOutcomes[static_cast<std::size_t>(outcome)];
}
std::string_view word_of(SourceClass source) {
  return kSources[static_cast<std::size_t>(source)];
}

std::string leaf_text(const AuditLeaf& leaf) {
  JsonWriter json;
  json.begin_object()
      .key(kFields[0])
      .number(leaf.index)
      .field(kFields[1], format_time(leaf.at))
      .field(kFields[2], clean(leaf.actor))
      .field(kFields[3], word_of(leaf.method))
      .field(kFields[4], clean(leaf.project))
      .field(kFields[5], clean(leaf.action))
      .field(kFields[6], clean(leaf.object))
      .field(kFields[7], word_of(leaf.outcome))
      .field(kFields[8], clean(leaf.code))
      .field(kFields[9], clean(leaf.before))
      .field(kFields[10], clean(leaf.after))
      .field(kFields[11], clean(leaf.request))
      .field(kFields[12], word_of(leaf.source))
      .end_object();
  return json.take();
}

Result<AuditLeaf> read_leaf(std::string_view text) {
  if (text.size() > kAuditLeafBytesMax || !text.starts_with('{')) return no_leaf();
  const auto document = parse_document("leaf", text);
  if (!document) return no_leaf();
  auto leaf = leaf_of(document->root);
  // Canonical is what is written: no second form of a leaf is one.
  if (!leaf || leaf_text(*leaf) != text) return no_leaf();
  return std::move(*leaf);
}

bool begins_leaf(std::string_view text, std::uint64_t index) {
  return text.size() <= kAuditLeafBytesMax &&
         text.starts_with(fmt::format("{{\"index\":{},\"at\":\"", index)) && text.ends_with('}');
}

SourceClass source_class(std::string_view address) {
  const auto kind = net::address_kind(address);
  if (!kind) return SourceClass::kNone;
  switch (*kind) {
    case net::AddressKind::kLoopback:
      return SourceClass::kLoopback;
    case net::AddressKind::kPrivate:
    case net::AddressKind::kLinkLocal:
      return SourceClass::kPrivate;
    default:
      return SourceClass::kPublic;
  }
}

}  // namespace sillar::server
