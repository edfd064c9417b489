#pragma once

// Signals by name, without "SIG": what a workload may be told before it is stopped.

#include <string>
#include <string_view>
#include <vector>

namespace sillar {

// This machine's number of a signal; 0: there is none of that name.
[[nodiscard]] int signal_number(std::string_view name);
// Its name; the number as text where it has none.
[[nodiscard]] std::string signal_name(int number);
[[nodiscard]] std::vector<std::string> signal_names();

}  // namespace sillar
