#pragma once

#include <string_view>

namespace sillar::cli {

// What this program was built from and how; written by cmake/build_info.cmake.
struct BuildInfo {
  std::string_view version;
  std::string_view commit;  // "unknown" outside a git checkout; "+" behind it: with changes.
  std::string_view compiler;
  std::string_view build;
};

[[nodiscard]] BuildInfo build_info();

}  // namespace sillar::cli
