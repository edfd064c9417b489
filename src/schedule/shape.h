#pragma once

// What one task asks for, resolved against the fleet: amounts, the accelerator classes it may use
// and the nodes that could ever hold it. Equal requests share one shape, so searches and refusals
// are remembered per shape, not per workload.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/ids.h"
#include "model/fleet.h"
#include "model/workload.h"

namespace sillar::schedule {

enum class DeviceUse : std::uint8_t { kNone, kWhole, kFraction, kMig };

// How a shape uses a device of one class.
struct ClassUse {
  std::int16_t thousandths = 0;  // Per device; 0: the class is not accepted.
  std::int8_t mig_profile = -1;  // Index into AcceleratorClass::mig, for kMig.
};

struct Shape {
  std::int64_t cpu = 0;
  std::int64_t memory_bytes = 0;
  DeviceUse use = DeviceUse::kNone;
  std::int32_t devices = 0;  // 1 for fractions and MIG.
  bool spread = false;
  bool preemptible = true;         // Probation devices take preemptible work only.
  std::vector<ClassUse> by_class;  // One entry per class of the fleet.
  std::vector<bool>
      eligible;  // One entry per node: class, labels, residency and total size allow it.
  std::int32_t eligible_count = 0;
  std::int32_t refused_by_residency = 0;      // Nodes refused only by residency,
  std::int32_t refused_unknown_location = 0;  // of them because their country is unknown.

  // Thousandths of class `c` that one task is charged, over all its devices.
  [[nodiscard]] std::int64_t charged(ClassId c) const {
    return c.valid() && use != DeviceUse::kNone
               ? static_cast<std::int64_t>(by_class[c.index()].thousandths) * devices
               : 0;
  }
  [[nodiscard]] bool needs_accelerator() const { return use != DeviceUse::kNone; }
};

// Where residency stands on each location of the fleet, for one workload in its project. Empty:
// everything is permitted.
enum class LocationVerdict : std::uint8_t { kPermitted, kRefused, kUnknown };
using LocationVerdicts =
    std::vector<LocationVerdict>;  // Indexed by LocationId; the last entry is "location unstated".

// Resolves `request` for the one accepted class `only`, or for all accepted classes when `only` is
// invalid.
[[nodiscard]] Shape resolve_shape(const Fleet& fleet, const Workload& workload, ClassId only,
                                  const LocationVerdicts& verdicts);

// A text key: equal keys, equal shapes (for interning).
[[nodiscard]] std::string shape_key(const Workload& workload, ClassId only,
                                    const LocationVerdicts& verdicts);

// Slot at which an instance of `profile` fits beside the occupied slots, or -1. The highest goes
// first, because the large profiles may only begin low.
[[nodiscard]] int mig_fit(const MigProfile& profile, std::uint8_t occupied);
// How many more instances of `profile` fit, taking slots in the order mig_fit does.
[[nodiscard]] int mig_slots(const MigProfile& profile, std::uint8_t occupied);

}  // namespace sillar::schedule
