#pragma once

// The fleet: what there is to schedule on, where it stands and what it costs. Provider > region >
// zone > node > accelerator. Plain records; `validate_fleet` says whether they are well formed.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "model/resources.h"

namespace sillar {

inline constexpr std::int32_t kDevicesPerNodeMax = 16;
inline constexpr std::size_t kClassesMax = 256;

// A slice that a device of a class can be cut into. A device has up to 8 memory slots; an instance
// occupies `slots` of them from one of its allowed first positions (NVIDIA MIG user guide,
// placement tables).
struct MigProfile {
  std::string name;              // "1g.10gb"
  std::int64_t thousandths = 0;  // Share of the device that quota and price count.
  std::int64_t memory_bytes = 0;
  std::uint8_t slots = 0;        // Memory slots that one instance takes, 1..8.
  std::uint8_t starts_mask = 0;  // Bit s set: an instance may begin at slot s.

  friend bool operator==(const MigProfile&, const MigProfile&) = default;
};

struct AcceleratorClass {
  std::string name;                 // "h100"
  std::int64_t memory_bytes = 0;    // Of one device.
  std::int64_t reserved_bytes = 0;  // Driver's own share of it; never given to fractions.
  std::int64_t exchange_thousandths =
      1000;  // Worth of one device, in thousandths of the reference class.
  std::vector<MigProfile> mig;
  bool retired = false;  // No longer part of the fleet; its place in the list stays taken.

  friend bool operator==(const AcceleratorClass&, const AcceleratorClass&) = default;
};

// Where a thing stands. Residency looks at the country, which comes from the shipped location facts
// unless stated here.
struct Location {
  std::string provider;
  std::string region;
  std::string zone;     // May be empty.
  std::string country;  // ISO 3166 alpha-2; empty: unknown, which every residency rule refuses.

  friend bool operator==(const Location&, const Location&) = default;
};

enum class CapacityKind : std::uint8_t { kOwned, kReserved, kOnDemand, kSpot };

// Healthy devices take work. Suspect ones keep what runs and take nothing new; quarantined ones are
// drained; a device on probation takes preemptible work only.
enum class Health : std::uint8_t { kHealthy, kSuspect, kQuarantined, kProbation };

struct Node {
  std::string name;
  ClassId accelerator_class;  // Invalid: CPU only.
  std::int32_t accelerators = 0;
  std::int64_t cpu = 0;  // Thousandths of a core.
  std::int64_t memory_bytes = 0;
  std::int32_t tasks_max = 0;                               // 0: no limit.
  LocationId location;                                      // Invalid: unstated.
  std::vector<std::pair<std::string, std::string>> labels;  // Sorted by key.
  CapacityKind capacity = CapacityKind::kOwned;
  std::string instance_type;  // Key into the price catalogue; empty: priced by the mapping file.
  std::optional<Money> price_per_hour;  // Stated here: beats the catalogue.
  std::int64_t fabric_gbit = 0;         // Per node; 0: unknown.
  std::int64_t storage_mib_per_s = 0;   // 0: unknown.
  Health health = Health::kHealthy;
  std::vector<Health> devices;  // Empty: all healthy; else one entry per accelerator.
  bool retired = false;         // As for a class: it is gone, and only history speaks of it.

  friend bool operator==(const Node&, const Node&) = default;
};

// Whether the two hold the same work: what shares, places and prices on a node are parts of.
[[nodiscard]] inline bool same_make(const Node& a, const Node& b) {
  return a.accelerator_class == b.accelerator_class && a.accelerators == b.accelerators &&
         a.cpu == b.cpu && a.memory_bytes == b.memory_bytes;
}

// What the fleet says of one of its devices.
[[nodiscard]] inline Health stated_health(const Node& node, std::size_t device) {
  return device < node.devices.size() ? node.devices[device] : Health::kHealthy;
}

// Levels are label keys, widest first; nodes that share the values of a prefix of levels form a
// domain.
struct Topology {
  std::string name;
  std::vector<std::string> levels;

  friend bool operator==(const Topology&, const Topology&) = default;
};

struct Fleet {
  std::vector<AcceleratorClass> classes;
  std::vector<Location> locations;
  std::vector<Node> nodes;
  std::vector<Topology> topologies;

  [[nodiscard]] std::size_t resource_count() const { return kFirstClass + classes.size(); }
  friend bool operator==(const Fleet&, const Fleet&) = default;
};

}  // namespace sillar
