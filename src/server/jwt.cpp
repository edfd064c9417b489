#include "server/jwt.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/document.h"
#include "server/encoding.h"

namespace sillar::server {
namespace {

using Fault = tl::unexpected<JwtFault>;
template <typename T>
using OrFault = tl::expected<T, JwtFault>;

constexpr std::array<std::string_view, 11> kFaultWords = {
    "malformed", "type",    "algorithm", "issuer",   "key",    "signature",
    "audience",  "expired", "not-yet",   "lifetime", "subject"};
constexpr std::size_t kSubjectBytesMax = 253;  // As names are bounded.
constexpr std::size_t kAudiencesMax = 32;

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

// A JSON object; the document's reader takes YAML too, which no token is.
std::optional<Document> object_of(std::string_view base64url_text) {
  const auto text = from_base64url(base64url_text);
  if (!text || !text->starts_with('{')) return std::nullopt;
  auto document = parse_document("token", *text);
  if (!document || document->root.kind != Value::Kind::kMapping) return std::nullopt;
  return std::move(*document);
}

// Absent: nothing. Another kind than a text: a fault.
OrFault<std::optional<std::string_view>> text_of(const Value& object, std::string_view name) {
  const Value* field = object.find(name);
  if (field == nullptr) return std::optional<std::string_view>();
  if (field->kind != Value::Kind::kScalar || !field->quoted) return Fault(JwtFault::kMalformed);
  return std::optional<std::string_view>(field->scalar);
}

// NumericDate: seconds, perhaps with a fraction, which is dropped.
OrFault<std::optional<Time>> time_of(const Value& object, std::string_view name) {
  const Value* field = object.find(name);
  if (field == nullptr) return std::optional<Time>();
  if (field->kind != Value::Kind::kScalar || field->quoted || !is_json_number(field->scalar))
    return Fault(JwtFault::kMalformed);
  const std::string_view text = field->scalar;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = end == text.data() + text.size() || *end == '.';
  if (error != std::errc{} || !whole || text.find_first_of("eE") != text.npos || seconds < 0 ||
      seconds > kTimeMax.ns / Duration::seconds(1).ns)
    return Fault(JwtFault::kMalformed);
  return std::optional(Time::from_seconds(seconds));
}

struct Header {
  JwtAlgorithm algorithm;
  std::string key;
};

OrFault<Header> read_header(const Value& header) {
  const auto algorithm = text_of(header, "alg");
  const auto key = text_of(header, "kid");
  const auto type = text_of(header, "typ");
  if (!algorithm || !key || !type) return Fault(JwtFault::kMalformed);
  // An access token (RFC 9068) or a plain one; other kinds are meant for other places.
  if (*type && **type != "JWT" && **type != "at+jwt" && **type != "application/at+jwt")
    return Fault(JwtFault::kType);
  // Extensions that have to be understood are not.
  if (header.find("crit") != nullptr || header.find("b64") != nullptr)
    return Fault(JwtFault::kMalformed);
  if (*algorithm != "RS256" && *algorithm != "ES256") return Fault(JwtFault::kAlgorithm);
  if (!*key || (*key)->empty()) return Fault(JwtFault::kKey);
  return Header{**algorithm == "RS256" ? JwtAlgorithm::kRs256 : JwtAlgorithm::kEs256,
                std::string(**key)};
}

bool has_audience(const Value& claims, std::string_view wanted) {
  const Value* field = claims.find("aud");
  if (field == nullptr || wanted.empty()) return false;
  const auto is_wanted = [&](const Value& value) {
    return value.kind == Value::Kind::kScalar && value.quoted && value.scalar == wanted;
  };
  if (field->kind != Value::Kind::kSequence) return is_wanted(*field);
  return field->items.size() <= kAudiencesMax && std::ranges::any_of(field->items, is_wanted);
}

OrFault<JwtClaims> check_claims(const Value& claims, const Issuer& issuer, Time now) {
  const auto expires = time_of(claims, "exp");
  const auto not_before = time_of(claims, "nbf");
  const auto issued = time_of(claims, "iat");
  const auto subject = text_of(claims, "sub");
  if (!expires || !not_before || !issued || !subject || !*expires)
    return Fault(JwtFault::kMalformed);
  const Duration skew = std::min(issuer.skew, kJwtSkewMax);
  if (!has_audience(claims, issuer.audience)) return Fault(JwtFault::kAudience);
  if (now >= **expires + skew) return Fault(JwtFault::kExpired);
  if (*not_before && now + skew < **not_before) return Fault(JwtFault::kNotYet);
  if (*issued && now + skew < **issued) return Fault(JwtFault::kNotYet);
  if (**expires - issued->value_or(now) > kJwtLifeMax + skew) return Fault(JwtFault::kLifetime);
  if (!*subject || (*subject)->empty() || (*subject)->size() > kSubjectBytesMax)
    return Fault(JwtFault::kSubject);
  return JwtClaims{issuer.issuer, std::string(**subject), **expires};
}

const Issuer* issuer_of(const Value& claims, const std::vector<Issuer>& issuers) {
  const auto name = text_of(claims, "iss");
  if (!name || !*name) return nullptr;
  const auto at = std::ranges::find(issuers, **name, &Issuer::issuer);
  return at == issuers.end() ? nullptr : &*at;
}

}  // namespace

std::string_view word_of(JwtFault fault) {
  return kFaultWords[static_cast<std::size_t>(fault)];
}

bool looks_like_jwt(std::string_view token) {
  return token.size() <= kJwtBytesMax && split(token).has_value();
}

OrFault<JwtClaims> check_jwt(std::string_view token, const std::vector<Issuer>& issuers, Time now) {
  if (token.size() > kJwtBytesMax) return Fault(JwtFault::kMalformed);
  const auto parts = split(token);
  if (!parts) return Fault(JwtFault::kMalformed);
  const auto signature = from_base64url(parts->signature);
  const auto header_text = object_of(parts->header);
  const auto claims = object_of(parts->payload);
  if (!signature || !header_text || !claims) return Fault(JwtFault::kMalformed);
  const auto header = read_header(header_text->root);
  if (!header) return Fault(header.error());
  // Whose key it has to be; nothing else of the claims counts before the signature does.
  const Issuer* issuer = issuer_of(claims->root, issuers);
  if (issuer == nullptr) return Fault(JwtFault::kIssuer);
  if (std::ranges::count(issuer->algorithms, header->algorithm) == 0)
    return Fault(JwtFault::kAlgorithm);
  if (!issuer->keys.holds(header->key)) return Fault(JwtFault::kKey);
  if (!issuer->keys.verifies(header->key, header->algorithm, parts->signed_text, *signature))
    return Fault(JwtFault::kSignature);
  return check_claims(claims->root, *issuer, now);
}

OrFault<JwtClaims> JwtCache::check(std::string_view token, const std::vector<Issuer>& issuers,
                                   Time now) {
  // The whole of it: a cache by a part of the token takes one for another that begins alike.
  const Digest digest = sha256(token);
  if (const auto at = claims_.find(digest); at != claims_.end()) {
    if (now < at->second.claims.expires + at->second.skew) return at->second.claims;
    return Fault(JwtFault::kExpired);
  }
  auto claims = check_jwt(token, issuers, now);
  if (!claims || entries_max_ == 0) return claims;
  if (claims_.size() >= entries_max_) {
    claims_.erase(ends_.begin()->second);
    ends_.erase(ends_.begin());
  }
  const auto issuer = std::ranges::find(issuers, claims->issuer, &Issuer::issuer);
  claims_.emplace(digest, Kept{*claims, std::min(issuer->skew, kJwtSkewMax)});
  ends_.emplace(claims->expires, digest);
  return claims;
}

void JwtCache::clear() {
  claims_.clear();
  ends_.clear();
}

}  // namespace sillar::server
