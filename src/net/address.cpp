#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace sillar::net {
namespace {

struct Block4 {
  std::uint32_t first;
  int bits;
  AddressKind kind;
};

constexpr std::uint32_t ip4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// The IANA special-purpose registry.
constexpr Block4 kBlocks4[] = {
    {ip4(0, 0, 0, 0), 8, AddressKind::kReserved},
    {ip4(10, 0, 0, 0), 8, AddressKind::kPrivate},
    {ip4(100, 64, 0, 0), 10, AddressKind::kPrivate},
    {ip4(127, 0, 0, 0), 8, AddressKind::kLoopback},
    {ip4(169, 254, 0, 0), 16, AddressKind::kLinkLocal},
    {ip4(172, 16, 0, 0), 12, AddressKind::kPrivate},
    {ip4(192, 0, 0, 0), 24, AddressKind::kReserved},
    {ip4(192, 0, 2, 0), 24, AddressKind::kReserved},
    {ip4(192, 88, 99, 0), 24, AddressKind::kReserved},
    {ip4(192, 168, 0, 0), 16, AddressKind::kPrivate},
    {ip4(198, 18, 0, 0), 15, AddressKind::kReserved},
    {ip4(198, 51, 100, 0), 24, AddressKind::kReserved},
    {ip4(203, 0, 113, 0), 24, AddressKind::kReserved},
    {ip4(224, 0, 0, 0), 3, AddressKind::kReserved},  // Multicast and everything above it.
};

AddressKind kind4(std::uint32_t address) {
  for (const Block4& block : kBlocks4)
    if ((address ^ block.first) >> (32 - block.bits) == 0) return block.kind;
  return AddressKind::kPublic;
}

using Bytes6 = std::array<unsigned char, 16>;

std::uint32_t four_at(const Bytes6& bytes, std::size_t at) {
  return ip4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool begins(const Bytes6& bytes, std::span<const unsigned char> prefix) {
  return std::ranges::equal(std::span(bytes).first(prefix.size()), prefix);
}

AddressKind kind6(const Bytes6& bytes) {
  constexpr std::array<unsigned char, 12> kZeros{};
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  constexpr std::array<unsigned char, 12> kNat64 = {0, 0x64, 0xFF, 0x9B};
  constexpr std::array<unsigned char, 4> kNat64Local = {0, 0x64, 0xFF, 0x9B};
  constexpr std::array<unsigned char, 2> k6to4 = {0x20, 0x02};
  constexpr std::array<unsigned char, 4> kTeredo = {0x20, 0x01, 0, 0};
  constexpr std::array<unsigned char, 4> kDocumentation = {0x20, 0x01, 0x0D, 0xB8};
  if (begins(bytes, kZeros)) {
    const std::uint32_t last = four_at(bytes, 12);
    if (last == 1) return AddressKind::kLoopback;
    return last == 0 ? AddressKind::kReserved : kind4(last);
  }
  if (begins(bytes, kMapped) || begins(bytes, kNat64)) return kind4(four_at(bytes, 12));
  if (begins(bytes, k6to4)) return kind4(four_at(bytes, 2));
  if (begins(bytes, kTeredo)) return kind4(~four_at(bytes, 12));
  if (begins(bytes, kDocumentation) || begins(bytes, kNat64Local)) return AddressKind::kReserved;
  if ((bytes[0] & 0xFE) == 0xFC) return AddressKind::kPrivate;
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0x80) return AddressKind::kLinkLocal;
  if (bytes[0] == 0xFE && (bytes[1] & 0xC0) == 0xC0) return AddressKind::kPrivate;  // Site-local.
  // All that is given out for use between networks is in 2000::/3.
  return (bytes[0] & 0xE0) == 0x20 ? AddressKind::kPublic : AddressKind::kReserved;
}

}  // namespace

std::optional<AddressKind> address_kind(std::string_view ip) {
  const std::string text(ip);
  if (text.find('\0') != std::string::npos) return std::nullopt;
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return kind4(ntohl(v4.s_addr));
  Bytes6 v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return kind6(v6);
  return std::nullopt;
}

}  // namespace sillar::net
