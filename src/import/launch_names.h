#pragma once

// Variables that every launched task finds set; what scripts of other tools ask their own for is
// taken from them. Internal to import.

#include <string_view>

namespace sillar {

inline constexpr std::string_view kOwnWorkload = "SILLAR_WORKLOAD";
inline constexpr std::string_view kOwnTaskIndex = "SILLAR_TASK";
inline constexpr std::string_view kOwnArrayIndex = "SILLAR_ARRAY_INDEX";
inline constexpr std::string_view kOwnRestarts = "SILLAR_RESTARTS";  // 0 in the first attempt.

}  // namespace sillar
