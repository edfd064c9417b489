#include "ledger/price_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "base/check.h"
#include "base/csv.h"
#include "base/quantity.h"
#include "ledger/rounding.h"

namespace sillar {

namespace embedded {
extern const std::string_view kPriceMapCsv;
}  // namespace embedded

namespace {

constexpr std::int64_t kBytesPerGib = std::int64_t{1} << 30;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::vector<std::string> split_classes(std::string_view text) {
  std::vector<std::string> classes;
  while (true) {
    const std::size_t bar = text.find('|');
    if (bar != 0 && !text.empty()) classes.push_back(lower(text.substr(0, bar)));
    if (bar == std::string_view::npos) return classes;
    text.remove_prefix(bar + 1);
  }
}

struct Columns {
  std::size_t classes, unit, price, share, stand_in, note;
};

Result<Columns> columns_of(const CsvReader& csv) {
  SILLAR_TRY(classes, csv.column("class"));
  SILLAR_TRY(unit, csv.column("unit"));
  SILLAR_TRY(price, csv.column("usd_per_hour"));
  SILLAR_TRY(share, csv.column("cpu_share_thousandths"));
  SILLAR_TRY(stand_in, csv.column("stand_in"));
  SILLAR_TRY(note, csv.column("note"));
  return Columns{classes, unit, price, share, stand_in, note};
}

Result<std::int64_t> read_price(const CsvReader& csv, std::size_t column) {
  const Result<std::int64_t> nanos = parse_nanos(csv[column]);
  if (!nanos) return tl::unexpected(csv.error_at(column, nanos.error().message));
  if (*nanos < 0) return tl::unexpected(csv.error_at(column, "a price is not negative"));
  return *nanos;
}

Result<std::int64_t> read_share(const CsvReader& csv, std::size_t column) {
  const Result<std::int64_t> share = parse_integer(csv[column]);
  if (!share || *share < 0 || *share > kThousand)
    return tl::unexpected(csv.error_at(
        column, fmt::format("'{}' is not a share in thousandths, 0 to 1000", csv[column])));
  return *share;
}

// A row of the units device and share.
Result<PriceMapRow> read_row(const CsvReader& csv, const Columns& at) {
  PriceMapRow row;
  row.classes = split_classes(csv[at.classes]);
  if (row.classes.empty()) return tl::unexpected(csv.error_at(at.classes, "a row needs a class"));
  if (csv[at.unit] == "device") {
    SILLAR_TRY(nanos, read_price(csv, at.price));
    row.device_nanos = nanos;
  }
  SILLAR_TRY(share, read_share(csv, at.share));
  row.cpu_share_thousandths = share;
  row.stand_in = csv[at.stand_in];
  row.note = csv[at.note];
  return row;
}

}  // namespace

Result<PriceMap> PriceMap::read(const std::string& name, std::string_view text) {
  SILLAR_TRY(csv, CsvReader::open(name, text));
  SILLAR_TRY(at, columns_of(csv));
  PriceMap map;
  std::optional<std::int64_t> core;
  std::optional<std::int64_t> gib;
  std::optional<std::int64_t> other_share;
  while (true) {
    SILLAR_TRY(more, csv.next());
    if (!more) break;
    const std::string_view named = csv[at.classes];
    const std::string_view unit = csv[at.unit];
    if (unit == "core" && named == "cpu" && !core) {
      SILLAR_TRY(nanos, read_price(csv, at.price));
      core = nanos;
    } else if (unit == "gib" && named == "memory" && !gib) {
      SILLAR_TRY(nanos, read_price(csv, at.price));
      gib = nanos;
    } else if (unit == "share" && named == "*" && !other_share) {
      SILLAR_TRY(share, read_share(csv, at.share));
      other_share = share;
    } else if (unit == "device" || unit == "share") {
      SILLAR_TRY(row, read_row(csv, at));
      for (const std::string& one : row.classes) {
        if (map.find(one) != nullptr || std::count(row.classes.begin(), row.classes.end(), one) > 1)
          return tl::unexpected(
              csv.error_at(at.classes, fmt::format("class '{}' is stated twice", one)));
      }
      map.rows_.push_back(std::move(row));
    } else {
      return tl::unexpected(csv.error_at(
          at.unit, fmt::format("'{}' in '{}' is not a price; units are device and share, once core "
                               "for cpu, once gib for memory",
                               named, unit)));
    }
  }
  if (!core || !gib || !other_share)
    return invalid(
        fmt::format("{}: the rows cpu (core), memory (gib) and * (share) are needed", name));
  map.core_nanos_ = *core;
  map.gib_nanos_ = *gib;
  map.other_share_thousandths_ = *other_share;
  return map;
}

const PriceMap& PriceMap::shipped() {
  static const PriceMap map = [] {
    Result<PriceMap> read_map = read("data/price-map.csv", embedded::kPriceMapCsv);
    CHECK(read_map.has_value(), "the shipped price map is well formed");
    return std::move(*read_map);
  }();
  return map;
}

const PriceMapRow* PriceMap::find(std::string_view accelerator_class) const {
  const std::string wanted = lower(accelerator_class);
  for (const PriceMapRow& row : rows_) {
    if (std::find(row.classes.begin(), row.classes.end(), wanted) != row.classes.end()) return &row;
  }
  return nullptr;
}

std::int64_t PriceMap::cpu_share_thousandths(std::string_view accelerator_class) const {
  const PriceMapRow* row = find(accelerator_class);
  return row == nullptr ? other_share_thousandths_ : row->cpu_share_thousandths;
}

Result<std::int64_t> PriceMap::host_nanos(std::int64_t cpu, std::int64_t memory_bytes) const {
  const Int128 cores = static_cast<Int128>(cpu) * core_nanos_;
  const Int128 memory = static_cast<Int128>(memory_bytes) * gib_nanos_;
  // Over the common denominator, with whole units first: both products may fill 127 bits.
  const Int128 whole = cores / kThousand + memory / kBytesPerGib;
  const Int128 rest = cores % kThousand * kBytesPerGib + memory % kBytesPerGib * kThousand;
  const Int128 nanos = whole + divide_half_even(rest, Int128{kThousand} * kBytesPerGib);
  if (nanos > std::numeric_limits<std::int64_t>::max())
    return fail(ErrorCode::kLimit, "the price of a node's CPU and memory exceeds one amount");
  return static_cast<std::int64_t>(nanos);
}

std::vector<std::string> PriceMap::priced_classes() const {
  std::vector<std::string> classes;
  for (const PriceMapRow& row : rows_) {
    if (row.device_nanos) classes.insert(classes.end(), row.classes.begin(), row.classes.end());
  }
  return classes;
}

std::string_view price_map_text() {
  return embedded::kPriceMapCsv;
}

}  // namespace sillar
