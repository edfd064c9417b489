#pragma once

// What machines cost that no catalogue prices: a file that anyone can print and replace
// (data/price-map.csv), with the reason for each figure in its note. Stated rules:
//   - An owned machine costs its devices, its cores and its memory at the file's unit prices, which
//     are a stand-in instance's price taken apart: cores and memory at what the machine without
//     accelerators asks for them, devices what remains.
//   - Of such a price CPU and memory carry exactly their own part. Of a catalogue price, which
//     comes in one piece, they carry the file's share for the class; a class without a row has the
//     share of the row "*".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.h"
#include "base/result.h"

namespace sillar {

struct PriceMapRow {
  std::vector<std::string> classes;          // Lower case; the file separates them by "|".
  std::optional<std::int64_t> device_nanos;  // USD per device and hour; absent: only the share.
  std::int64_t cpu_share_thousandths = 0;    // 0..1000.
  std::string stand_in;
  std::string note;
};

// Immutable after reading.
class PriceMap {
 public:
  // Columns class, unit (device, core, gib or share), usd_per_hour, cpu_share_thousandths,
  // stand_in, note. The rows "cpu" (core), "memory" (gib) and "*" (share) must be there. Errors
  // (kInvalidInput) name line and column.
  [[nodiscard]] static Result<PriceMap> read(const std::string& name, std::string_view text);
  // The file that the program carries.
  [[nodiscard]] static const PriceMap& shipped();

  // Null when the class has no row. Case does not matter.
  [[nodiscard]] const PriceMapRow* find(std::string_view accelerator_class) const;
  // CPU's and memory's share of a catalogue price, in thousandths.
  [[nodiscard]] std::int64_t cpu_share_thousandths(std::string_view accelerator_class) const;
  // USD nanos per hour of that much CPU and memory, rounded half to even once. Errors: kLimit.
  [[nodiscard]] Result<std::int64_t> host_nanos(std::int64_t cpu, std::int64_t memory_bytes) const;

  [[nodiscard]] const std::vector<PriceMapRow>& rows() const { return rows_; }
  // Every class with a price, for a suggestion when one has none.
  [[nodiscard]] std::vector<std::string> priced_classes() const;

 private:
  std::vector<PriceMapRow> rows_;
  std::int64_t core_nanos_ = 0;
  std::int64_t gib_nanos_ = 0;
  std::int64_t other_share_thousandths_ = 0;
};

// The shipped file as text, to be printed.
[[nodiscard]] std::string_view price_map_text();

}  // namespace sillar
