#include "server/encoding.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace sillar::server {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kGroupBytes = 3;  // Become four characters of six bits.
constexpr std::size_t kGroupText = 4;
constexpr unsigned kDigitBits = 6;
constexpr unsigned kByteBits = 8;

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> digits_of(std::string_view alphabet) {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return digits;
}

std::string encode(std::string_view bytes, std::string_view alphabet) {
  std::string out;
  out.reserve((bytes.size() + 2) / kGroupBytes * kGroupText);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    bits = bits << kByteBits | static_cast<unsigned char>(byte);
    for (held += kByteBits; held >= kDigitBits; held -= kDigitBits)
      out += alphabet[bits >> (held - kDigitBits) & 0x3F];
  }
  if (held > 0) out += alphabet[bits << (kDigitBits - held) & 0x3F];
  return out;
}

// Bits beyond the last whole byte have to be zero: otherwise a value had several forms.
std::optional<std::string> decode(std::string_view text,
                                  const std::array<std::uint8_t, 256>& digits) {
  if (text.size() % kGroupText == 1) return std::nullopt;
  std::string out;
  out.reserve(text.size() * kGroupBytes / kGroupText);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::uint8_t digit = digits[static_cast<unsigned char>(c)];
    if (digit == kNoDigit) return std::nullopt;
    bits = bits << kDigitBits | digit;
    held += kDigitBits;
    if (held < kByteBits) continue;
    held -= kByteBits;
    out += static_cast<char>(bits >> held & 0xFF);
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string hex(std::string_view bytes) {
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += kHex[byte >> 4];
    out += kHex[byte & 0xF];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  static constexpr auto kDigits = digits_of(kHex);
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::uint8_t high = kDigits[static_cast<unsigned char>(text[i])];
    const std::uint8_t low = kDigits[static_cast<unsigned char>(text[i + 1])];
    if (high == kNoDigit || low == kNoDigit) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

std::string base64(std::string_view bytes) {
  std::string out = encode(bytes, kBase64);
  while (out.size() % kGroupText != 0) out += '=';
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  static constexpr auto kDigits = digits_of(kBase64);
  if (text.size() % kGroupText != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
  return decode(text, kDigits);
}

std::string base64url(std::string_view bytes) {
  return encode(bytes, kBase64Url);
}

std::optional<std::string> from_base64url(std::string_view text) {
  static constexpr auto kDigits = digits_of(kBase64Url);
  return decode(text, kDigits);
}

}  // namespace sillar::server
