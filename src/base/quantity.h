#pragma once

// Text forms of amounts: memory in bytes with Ki/Mi/Gi/Ti/Pi and k/M/G/T/P, CPU in cores with up to
// three decimals or "500m", and plain or thousandth counts. All of them integers inside.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sillar {

inline constexpr std::int64_t kThousand = 1000;  // Thousandths of one device or one core.

[[nodiscard]] Result<std::int64_t> parse_bytes(std::string_view text);
[[nodiscard]] std::string format_bytes(
    std::int64_t bytes);  // Largest binary unit that divides it exactly.

// Thousandths: "1" -> 1000, "1.5" -> 1500, "500m" -> 500. Finer than a thousandth is refused.
[[nodiscard]] Result<std::int64_t> parse_thousandths(std::string_view text);
[[nodiscard]] std::string format_thousandths(std::int64_t thousandths);

[[nodiscard]] Result<std::int64_t> parse_integer(std::string_view text);

}  // namespace sillar
