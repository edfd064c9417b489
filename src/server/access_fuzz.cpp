// Whatever is read as a change or as a whole identity is an error, or is written back to the same
// bytes; and an identity takes a change or refuses it unchanged.

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "server/access.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sillar::server;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static const Access kSome = [] {
    Access access;
    Principal who;
    who.id = "u1";
    who.name = "somebody";
    CHECK(access.apply(PrincipalAdded{who}), "it fits");
    CHECK(access.apply(Granted{"u1", {"acme", Role::kManager}}), "it fits");
    return access;
  }();
  if (const auto change = read_change(bytes)) {
    CHECK(change_bytes(*change) == bytes, "a change has one form");
    Access access = kSome;
    if (!access.apply(*change)) CHECK(access == kSome, "what is refused changes nothing");
    std::string state;
    access.append_bytes(state);
    const auto again = Access::read(state);
    CHECK(again && *again == access, "what a change leads to is read back");
  }
  if (const auto access = Access::read(bytes)) {
    std::string again;
    access->append_bytes(again);
    CHECK(again == bytes, "an identity has one form");
    for (const Principal& who : access->principals())
      (void)access->decide({who.id, AuthMethod::kOidc, {}, Role::kAdmin, {}}, Action::kGrant, "a");
    (void)access->has_admin(sillar::Time{});
  }
  return 0;
}
