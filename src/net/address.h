#pragma once

// What kind of place an IP address is: for deciding whether we may be sent there by somebody else's
// configuration. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

namespace sillar::net {

enum class AddressKind : std::uint8_t {
  kPublic,
  kLoopback,   // 127.0.0.0/8, ::1.
  kPrivate,    // RFC 1918, RFC 6598 (carrier-grade NAT), fc00::/7 (with fd00:ec2::254 in it).
  kLinkLocal,  // 169.254.0.0/16 (with every cloud's metadata service in it), fe80::/10.
  kReserved,   // Unspecified, multicast, documentation, benchmarking, future use.
};

// Of an IPv4 or IPv6 address in text, without zone. An IPv6 address that carries an IPv4 one
// (mapped, compatible, 6to4, NAT64, Teredo) is of that one's kind where that is not public. None
// when it is not an address.
[[nodiscard]] std::optional<AddressKind> address_kind(std::string_view ip);

}  // namespace sillar::net
