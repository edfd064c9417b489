#include "ledger/rate.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "base/quantity.h"
#include "ledger/rounding.h"

namespace sillar {
namespace {

constexpr std::int64_t kPartsPerDevice = 1'000'000'000;
constexpr Int128 kHourNs = Duration::hours(1).ns;

// part / whole in parts of `parts`, rounded up; nobody holds more than the whole.
std::int64_t fraction_up(std::int64_t part, std::int64_t whole, std::int64_t parts) {
  if (part <= 0 || whole <= 0) return 0;
  if (part >= whole) return parts;
  return static_cast<std::int64_t>((static_cast<Int128>(part) * parts + whole - 1) / whole);
}

tl::unexpected<Error> too_large() {
  return fail(ErrorCode::kLimit, "an amount exceeds what one entry can hold");
}

// Per hour, in nanos times the parts of a pool.
Int128 hourly_parts(const NodeRate& rate, const Claim& claim) {
  const ClaimParts parts = parts_of(rate, claim);
  return static_cast<Int128>(rate.accelerator_nanos()) * parts.accelerator +
         static_cast<Int128>(rate.cpu_nanos) * parts.cpu;
}

Result<Money> checked(Int128 nanos, Currency currency) {
  if (nanos > std::numeric_limits<std::int64_t>::max()) return too_large();
  return Money{static_cast<std::int64_t>(nanos), currency};
}

}  // namespace

NodeRate at_price(const NodeRate& rate, Money per_hour) {
  CHECK(per_hour.nanos >= 0, "a node's price is not negative");
  NodeRate moved = rate;
  moved.per_hour = per_hour;
  // A node that was free says nothing about its pools: all to the accelerators, if it has any.
  if (rate.per_hour.nanos == 0)
    moved.cpu_nanos = rate.accelerators > 0 ? 0 : per_hour.nanos;
  else
    moved.cpu_nanos = static_cast<std::int64_t>(divide_half_even(
        static_cast<Int128>(per_hour.nanos) * rate.cpu_nanos, rate.per_hour.nanos));
  return moved;
}

std::int64_t pool_parts(const NodeRate& rate) {
  return kPartsPerDevice * std::max<std::int64_t>(rate.accelerators, 1);
}

ClaimParts parts_of(const NodeRate& rate, const Claim& claim) {
  const std::int64_t whole = pool_parts(rate);
  ClaimParts parts;
  parts.accelerator =
      fraction_up(claim.accelerator_thousandths, kThousand * rate.accelerators, whole);
  parts.cpu = std::max(fraction_up(claim.cpu, rate.cpu, whole),
                       fraction_up(claim.memory_bytes, rate.memory_bytes, whole));
  return parts;
}

std::int64_t hourly_nanos(const NodeRate& rate, const Claim& claim) {
  const Int128 whole = pool_parts(rate);
  // At most the node's price: a claim is no more than the whole of either pool.
  return static_cast<std::int64_t>((hourly_parts(rate, claim) + whole - 1) / whole);
}

Result<Money> cost_of(const NodeRate& rate, const Claim& claim, Duration duration) {
  CHECK(duration.ns >= 0, "usage cannot last less than no time");
  const Int128 per_hour = hourly_parts(rate, claim);
  const Int128 whole = pool_parts(rate);
  // Nanos first and their remainders after, so that every product stays within 128 bits.
  if (per_hour / whole > std::numeric_limits<std::int64_t>::max()) return too_large();
  const Int128 nano_ns = per_hour / whole * duration.ns;
  const Int128 rest = nano_ns % kHourNs * whole + per_hour % whole * duration.ns;
  return checked(nano_ns / kHourNs + divide_half_even(rest, whole * kHourNs),
                 rate.per_hour.currency);
}

Result<Money> lost_money(const NodeRate& rate, Int128 device_ns) {
  CHECK(device_ns >= 0, "lost work is not negative");
  if (rate.accelerators == 0) return Money{0, rate.per_hour.currency};
  const Int128 whole = kHourNs * rate.accelerators * kThousand;
  const Int128 price = rate.accelerator_nanos();
  if (device_ns / whole > std::numeric_limits<std::int64_t>::max()) return too_large();
  return checked(price * (device_ns / whole) + divide_half_even(price * (device_ns % whole), whole),
                 rate.per_hour.currency);
}

}  // namespace sillar
