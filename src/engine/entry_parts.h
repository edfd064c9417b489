#pragma once

// One fact as bytes. Internal to engine: entry.h has the whole.

#include <memory>
#include <string>

#include "base/bytes.h"
#include "model/fact.h"
#include "model/input.h"

namespace sillar {

inline constexpr std::size_t kEntryTextBytesMax = 1 << 16;

void put_tariff(std::string& out, const NodeTariff& tariff);
[[nodiscard]] NodeTariff read_tariff(ByteReader& in);

// A configuration's world and a submission's workload stand in the input; their facts say only that
// it is that one.
void put_fact(std::string& out, const Input& input, const Fact& fact);
[[nodiscard]] Fact read_fact(ByteReader& in, const Input& input);

}  // namespace sillar
