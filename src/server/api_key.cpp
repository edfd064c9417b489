#include "server/api_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "server/encoding.h"
#include "server/secret_file.h"

namespace sillar::server {
namespace {

constexpr std::size_t kChecksumDigits = 8;
constexpr std::uint32_t kCrcPolynomial = 0xEDB88320;  // CRC-32 of IEEE 802.3, reflected.

std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? kCrcPolynomial : 0);
  }
  return ~crc;
}

bool is_token_sign(char c) {
  constexpr std::string_view kSigns = "-._~+/=";  // RFC 6750, b68token.
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kSigns.find(c) != std::string_view::npos;
}

}  // namespace

bool is_api_key_id(std::string_view id) {
  return id.size() == kApiKeyIdDigits && from_hex(id).has_value();
}

std::optional<ApiKey> read_api_key(std::string_view text) {
  if (text.size() != kApiKeyTextBytes || !text.starts_with(kApiKeyPrefix)) return std::nullopt;
  const std::string_view body = text.substr(0, text.size() - kChecksumDigits);
  if (text.substr(body.size()) != fmt::format("{:08x}", crc32(body))) return std::nullopt;
  const std::string_view id = body.substr(kApiKeyPrefix.size(), kApiKeyIdDigits);
  const std::string_view rest = body.substr(kApiKeyPrefix.size() + kApiKeyIdDigits);
  auto secret = from_hex(rest.substr(1));
  if (!rest.starts_with('_') || !is_api_key_id(id) || !secret) return std::nullopt;
  return ApiKey{std::string(id), std::move(*secret)};
}

std::string api_key_text(const ApiKey& key) {
  CHECK(is_api_key_id(key.id), "a key's id is hex digits");
  CHECK(key.secret.size() == kApiKeySecretBytes, "a key's secret has its length");
  std::string text = fmt::format("{}{}_{}", kApiKeyPrefix, key.id, hex(key.secret));
  return text + fmt::format("{:08x}", crc32(text));
}

ApiKey new_api_key() {
  return {hex(random_bytes(kApiKeyIdDigits / 2)), random_bytes(kApiKeySecretBytes)};
}

Result<std::string> load_pepper(const std::string& folder) {
  SILLAR_TRY(pepper, secret_or_new(folder, kPepperFile, [] { return random_bytes(kPepperBytes); }));
  if (pepper.size() != kPepperBytes)
    return invalid(
        fmt::format("{}: this is no pepper: it has another length. Restore it from a "
                    "backup; without it no API key is known",
                    folder + "/" + kPepperFile));
  return pepper;
}

Digest api_key_hash(std::string_view pepper, const ApiKey& key) {
  return hmac_sha256(pepper, key.id + "_" + key.secret);
}

std::string_view bearer_token(std::string_view header, std::size_t bytes_max) {
  constexpr std::string_view kScheme = "bearer";
  if (header.size() <= kScheme.size() || header[kScheme.size()] != ' ') return {};
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    const char c = header[i];
    if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c) != kScheme[i]) return {};
  }
  const std::string_view token = header.substr(kScheme.size() + 1);
  if (token.size() > bytes_max || !std::ranges::all_of(token, is_token_sign)) return {};
  return token;
}

}  // namespace sillar::server
