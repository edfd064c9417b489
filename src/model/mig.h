#pragma once

// MIG profiles of well-known accelerators, and whether instances fit beside each other.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "model/fleet.h"

namespace sillar {

inline constexpr int kMigSlotsMax = 8;  // Memory slots of a device.

// Names of the tables: "a30-24gb", "a100-40gb", ... (NVIDIA Multi-Instance GPU user guide,
// "Supported MIG profiles", and the placements that `nvidia-smi mig -lgipp` lists).
[[nodiscard]] std::span<const std::string_view> mig_table_names();
// The profiles of a table; empty for an unknown name. A profile counts for the compute slices it
// has, rounded down to a thousandth, so that what fits together is never more than the device.
[[nodiscard]] std::vector<MigProfile> mig_table(std::string_view name);

// First slot at which an instance of `profile` fits beside the `occupied` slots, or -1. The highest
// goes first, because large profiles may only begin low.
[[nodiscard]] int first_free_mig_slot(const MigProfile& profile, std::uint8_t occupied);
// The slots that an instance takes. Requires: slot + profile.slots <= kMigSlotsMax.
[[nodiscard]] std::uint8_t mig_slot_mask(const MigProfile& profile, int slot);

// The largest sum of thousandths that instances of these profiles reach on one device.
[[nodiscard]] std::int64_t most_mig_thousandths(const std::vector<MigProfile>& profiles);

}  // namespace sillar
