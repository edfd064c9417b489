#pragma once

#include "base/money.h"

namespace sillar {

// dividend / divisor, half to even. Requires: dividend >= 0, divisor > 0.
[[nodiscard]] constexpr Int128 divide_half_even(Int128 dividend, Int128 divisor) {
  Int128 quotient = dividend / divisor;
  const Int128 remainder = dividend % divisor;
  const Int128 rest = divisor - remainder;
  if (remainder > rest || (remainder == rest && quotient % 2 != 0)) ++quotient;
  return quotient;
}

}  // namespace sillar
