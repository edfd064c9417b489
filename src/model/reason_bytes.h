#pragma once

// A reason as bytes (base/bytes.h).

#include <string>

#include "base/bytes.h"
#include "model/reason.h"

namespace sillar {

void put_reason(std::string& out, const Reason& reason);
// Nothing was read that put_reason does not write if `in` is still ok().
[[nodiscard]] Reason read_reason(ByteReader& in);

}  // namespace sillar
