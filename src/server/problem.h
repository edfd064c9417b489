#pragma once

// Errors as they leave the server: RFC 9457 problem details.

#include <string>
#include <string_view>

#include "base/result.h"
#include "server/control.h"

namespace sillar::server {

// `code` is stable and for programs ("not-found"); `detail` for people.
[[nodiscard]] Answer problem(int status, std::string_view code, std::string_view detail);
// By the error's code: 400 (invalid input), 404, 507 (limit), 500.
[[nodiscard]] Answer problem(const Error& error);

[[nodiscard]] Answer disk_is_full();
[[nodiscard]] Answer queue_is_full();

}  // namespace sillar::server
