#pragma once

// One workload as bytes (base/bytes.h), every field of it: how a snapshot keeps what was submitted.

#include <string>

#include "base/bytes.h"
#include "model/workload.h"

namespace sillar {

void put_workload(std::string& out, const Workload& workload);
// What is read has the form of a workload; whether it is well formed is for validate.h to say.
// Nothing was read that put_workload does not write if `in` is still ok().
[[nodiscard]] Workload read_workload(ByteReader& in);

}  // namespace sillar
