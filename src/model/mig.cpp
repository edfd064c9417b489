#include "model/mig.h"

#include <algorithm>
#include <array>

namespace sillar {
namespace {

constexpr std::int64_t kGi = std::int64_t{1} << 30;

// Where instances of the usual five sizes may begin, on devices with 7 compute slices and 8 memory
// slots. "1g, double memory" is the profile with one slice and two slots.
constexpr std::uint8_t kAnySlot = 0b0111'1111;
constexpr std::uint8_t kEvenSlots = 0b0101'0101;
constexpr std::uint8_t kFirstThreeEven = 0b0001'0101;
constexpr std::uint8_t kHalves = 0b0001'0001;
constexpr std::uint8_t kFirst = 0b0000'0001;

struct Row {
  std::string_view name;
  int compute;  // Slices.
  int memory_gib;
  std::uint8_t slots;
  std::uint8_t starts_mask;
};

constexpr std::array<Row, 6> kA100Of40{{{"1g.5gb", 1, 5, 1, kAnySlot},
                                        {"1g.10gb", 1, 10, 2, kEvenSlots},
                                        {"2g.10gb", 2, 10, 2, kFirstThreeEven},
                                        {"3g.20gb", 3, 20, 4, kHalves},
                                        {"4g.20gb", 4, 20, 4, kFirst},
                                        {"7g.40gb", 7, 40, 8, kFirst}}};
constexpr std::array<Row, 6> k80Gb{{{"1g.10gb", 1, 10, 1, kAnySlot},
                                    {"1g.20gb", 1, 20, 2, kEvenSlots},
                                    {"2g.20gb", 2, 20, 2, kFirstThreeEven},
                                    {"3g.40gb", 3, 40, 4, kHalves},
                                    {"4g.40gb", 4, 40, 4, kFirst},
                                    {"7g.80gb", 7, 80, 8, kFirst}}};
constexpr std::array<Row, 6> k96Gb{{{"1g.12gb", 1, 12, 1, kAnySlot},
                                    {"1g.24gb", 1, 24, 2, kEvenSlots},
                                    {"2g.24gb", 2, 24, 2, kFirstThreeEven},
                                    {"3g.48gb", 3, 48, 4, kHalves},
                                    {"4g.48gb", 4, 48, 4, kFirst},
                                    {"7g.96gb", 7, 96, 8, kFirst}}};
constexpr std::array<Row, 3> kA30{{{"1g.6gb", 1, 6, 1, 0b0000'1111},
                                   {"2g.12gb", 2, 12, 2, 0b0000'0101},
                                   {"4g.24gb", 4, 24, 4, kFirst}}};

struct NamedTable {
  std::string_view name;
  int compute;  // Slices of the whole device.
  std::span<const Row> rows;
};

constexpr std::array<NamedTable, 5> kTables{{{"a30-24gb", 4, kA30},
                                             {"a100-40gb", 7, kA100Of40},
                                             {"a100-80gb", 7, k80Gb},
                                             {"h100-80gb", 7, k80Gb},
                                             {"h100-96gb", 7, k96Gb}}};

constexpr auto kNames = [] {
  std::array<std::string_view, kTables.size()> names;
  for (std::size_t i = 0; i < kTables.size(); ++i) names[i] = kTables[i].name;
  return names;
}();

}  // namespace

std::span<const std::string_view> mig_table_names() {
  return kNames;
}

std::vector<MigProfile> mig_table(std::string_view name) {
  std::vector<MigProfile> profiles;
  for (const NamedTable& table : kTables) {
    if (table.name != name) continue;
    for (const Row& row : table.rows)
      profiles.push_back({std::string(row.name), row.compute * kDevice / table.compute,
                          row.memory_gib * kGi, row.slots, row.starts_mask});
  }
  return profiles;
}

int first_free_mig_slot(const MigProfile& profile, std::uint8_t occupied) {
  for (int slot = kMigSlotsMax - profile.slots; slot >= 0; --slot) {
    if ((profile.starts_mask >> slot & 1) == 0) continue;
    if ((mig_slot_mask(profile, slot) & occupied) == 0) return slot;
  }
  return -1;
}

std::uint8_t mig_slot_mask(const MigProfile& profile, int slot) {
  return static_cast<std::uint8_t>(((1U << profile.slots) - 1U) << slot);
}

std::int64_t most_mig_thousandths(const std::vector<MigProfile>& profiles) {
  // best[m]: the most that instances covering exactly the slots m add up to; -1: no such set.
  std::array<std::int64_t, 1U << kMigSlotsMax> best;
  best.fill(-1);
  best[0] = 0;
  for (std::size_t mask = 0; mask < best.size(); ++mask) {
    if (best[mask] < 0) continue;
    for (const MigProfile& profile : profiles) {
      for (int slot = 0; slot + profile.slots <= kMigSlotsMax; ++slot) {
        const std::size_t taken = mig_slot_mask(profile, slot);
        if ((profile.starts_mask >> slot & 1) == 0 || (taken & mask) != 0) continue;
        best[mask | taken] = std::max(best[mask | taken], best[mask] + profile.thousandths);
      }
    }
  }
  return *std::max_element(best.begin(), best.end());
}

}  // namespace sillar
