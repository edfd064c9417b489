#include "schedule/rank.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "schedule/state_text.h"

namespace sillar::schedule {
namespace {

constexpr std::int64_t kOne = 1 << 20;  // Probabilities are in 2^-20.
constexpr std::int64_t kShrink = 16;    // Jobs that a coarser level weighs.
// Of a Pareto tail of exponent 1 over half an octave: 1 - 1/sqrt(2).
constexpr std::int64_t kHazardPrior = kOne - 741'455;
constexpr std::int64_t kRankScale = 16;
constexpr std::int64_t kVersion = 1;
// Of jobs counted, and of a rank, in a table that is read: their products stay within 64 bits.
constexpr std::int64_t kValueMax = std::int64_t{1} << 40;

constexpr std::int64_t bucket_seconds(int bucket) {
  if (bucket == 0) return 0;
  const int octave = 4 + (bucket - 1) / 2;
  return (bucket - 1) % 2 == 0 ? std::int64_t{1} << octave : std::int64_t{3} << (octave - 1);
}

constexpr std::size_t at(int bucket) {
  return static_cast<std::size_t>(bucket);
}

// Least expected run time for each completion, over all times up to which one might go on from
// `bucket`, when a set-up of `setup_seconds` comes first.
std::int64_t best_rank(const std::array<std::int64_t, kRankBuckets>& hazard, int bucket,
                       std::int64_t setup_seconds) {
  std::int64_t alive = kOne;
  std::int64_t time = setup_seconds * kOne;
  std::int64_t best = INT64_MAX;
  for (int q = bucket; q < kRankBuckets; ++q) {
    const bool last = q + 1 == kRankBuckets;
    const std::int64_t width = last ? bucket_seconds(q) : bucket_seconds(q + 1) - bucket_seconds(q);
    const std::int64_t left = last ? 0 : alive - ((alive * hazard[at(q)]) >> 20);
    time += width * ((alive + left) >> 1);
    alive = left;
    const std::int64_t ended = kOne - alive;
    if (ended == 0) continue;
    best = std::min(best, time * kRankScale / ended);
    if (alive < kOne / 256) break;  // What is left is too thin to change the least.
  }
  return best;
}

}  // namespace

int rank_bucket(Duration attained) {
  const std::int64_t seconds = attained.whole_seconds();
  if (seconds < 16) return 0;
  const int octave = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(seconds))) - 1;
  const int half = static_cast<int>(seconds >> (octave - 1) & 1);
  return std::min(kRankBuckets - 1, 1 + 2 * (octave - 4) + half);
}

Duration rank_bucket_begin(int bucket) {
  return Duration::seconds(bucket_seconds(bucket));
}

std::uint8_t rank_size(std::int64_t thousandths, bool accelerated) {
  constexpr int kLargest = kRankSizes / 2 - 1;
  int size = 0;
  if (thousandths >= 1000) {
    const std::int64_t whole = (thousandths + 999) / 1000;
    const auto doublings = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(whole - 1)));
    size = std::min(kLargest, 1 + doublings);
  }
  return static_cast<std::uint8_t>(accelerated ? size : size + kRankSizes / 2);
}

RankTable::RankTable() : rows_(1U + kRankSizes) {
  for (std::uint8_t size = 0; size < kRankSizes; ++size) rows_[size_row(size)].group.size = size;
  build();
}

std::uint32_t RankTable::own_row(RankGroup group) {
  const auto next = static_cast<std::uint32_t>(rows_.size());
  if (next == 1U + kRankSizes + kRankGroupsMax) {
    const auto known = row_of_.find({group.project, group.size});
    return known == row_of_.end() ? 0 : known->second;
  }
  const auto [entry, fresh] = row_of_.try_emplace({group.project, group.size}, next);
  if (fresh) rows_.emplace_back().group = group;
  return entry->second;
}

void RankTable::count(RankGroup group, int bucket, Counts Row::* counts, std::int64_t by) {
  CHECK(group.size < kRankSizes, "sizes come from rank_size");
  CHECK(bucket >= 0 && bucket < kRankBuckets, "buckets come from rank_bucket");
  const std::uint32_t own = own_row(group);
  if (own != 0) (rows_[own].*counts)[at(bucket)] += by;
  (rows_[size_row(group.size)].*counts)[at(bucket)] += by;
  (rows_[0].*counts)[at(bucket)] += by;
}

void RankTable::count_run(const RankRun& run, std::int64_t by) {
  for (int b = run.from + 1; b <= run.to; ++b) count(run.group, b, &Row::entered, by);
}

void RankTable::arrived(RankGroup group) {
  count(group, 0, &Row::entered, 1);
  ++events_;
}

void RankTable::advanced(RankGroup group, int from, int to) {
  count_run({group, from, to}, 1);
}

void RankTable::finished(RankGroup group, int bucket) {
  count(group, bucket, &Row::ended, 1);
  ++events_;
}

void RankTable::rebuild(Time now, std::span<const RankRun> running) {
  for (const RankRun& run : running) count_run(run, 1);
  build();
  for (const RankRun& run : running) count_run(run, -1);
  rebuilt_at_ = now;
  ++events_;
}

void RankTable::build_row(Row& row, const Row* parent) {
  for (int b = 0; b < kRankBuckets; ++b) {
    const std::int64_t coarser = parent != nullptr ? parent->hazard[at(b)] : kHazardPrior;
    row.hazard[at(b)] =
        (row.ended[at(b)] * kOne + kShrink * coarser) / (row.entered[at(b)] + kShrink);
  }
  for (int b = 0; b < kRankBuckets; ++b) {
    row.rank[at(b)] = best_rank(row.hazard, b, 0);
    row.restarted[at(b)] = best_rank(row.hazard, b, kRestartCostAssumed.whole_seconds());
  }
}

void RankTable::build() {
  build_row(rows_[0], nullptr);
  for (std::uint8_t size = 0; size < kRankSizes; ++size)
    build_row(rows_[size_row(size)], &rows_[0]);
  for (std::size_t i = 1U + kRankSizes; i < rows_.size(); ++i)
    build_row(rows_[i], &rows_[size_row(rows_[i].group.size)]);
  rows_built_ = static_cast<std::uint32_t>(rows_.size());
}

std::uint32_t RankTable::row(RankGroup group) const {
  const auto own = row_of_.find({group.project, group.size});
  return own != row_of_.end() && own->second < rows_built_ ? own->second : size_row(group.size);
}

std::int64_t RankTable::rank_restarted(std::uint32_t row, int bucket, Duration restart_cost) const {
  if (restart_cost.ns == 0 || restart_cost == kRestartCostAssumed)
    return rows_[row].restarted[at(bucket)];
  // More than the longest run time told apart changes nothing, and keeps the sums small.
  const std::int64_t setup =
      std::clamp<std::int64_t>(restart_cost.whole_seconds(), 0, bucket_seconds(kRankBuckets - 1));
  return best_rank(rows_[row].hazard, bucket, setup);
}

void RankTable::append_state(std::string& out) const {
  put_integer(out, kVersion);
  put_integer(out, rebuilt_at_.ns);
  put_integer(out, static_cast<std::int64_t>(events_));
  put_integer(out, rows_built_);
  put_integer(out, static_cast<std::int64_t>(rows_.size()));
  for (const Row& row : rows_) {
    put_integer(out, row.group.project.value);
    put_integer(out, row.group.size);
    for (const Counts* counts :
         {&row.entered, &row.ended, &row.hazard, &row.rank, &row.restarted}) {
      for (const std::int64_t value : *counts) put_integer(out, value);
    }
  }
}

Result<RankTable> RankTable::read_state(std::string_view& in) {
  std::int64_t version = 0, rebuilt_at = 0, events = 0, built = 0, rows = 0;
  for (std::int64_t* field : {&version, &rebuilt_at, &events, &built, &rows}) {
    if (!take_integer(in, *field)) return invalid("the rank table's state is cut short");
  }
  constexpr std::int64_t kFixed = 1 + kRankSizes;
  const bool sane = version == kVersion && events >= 0 && rows >= kFixed &&
                    rows <= kFixed + static_cast<std::int64_t>(kRankGroupsMax) && built >= kFixed &&
                    built <= rows;
  if (!sane) return invalid("the rank table's state has an impossible header");
  RankTable table;
  table.rows_.resize(static_cast<std::size_t>(rows));
  for (std::size_t i = 0; i < table.rows_.size(); ++i) {
    Row& row = table.rows_[i];
    std::int64_t project = 0, size = 0;
    bool whole = take_integer(in, project) && take_integer(in, size);
    for (Counts* counts : {&row.entered, &row.ended, &row.hazard, &row.rank, &row.restarted}) {
      for (std::int64_t& value : *counts)
        whole = whole && take_integer(in, value) && value >= 0 && value <= kValueMax;
    }
    const bool fixed = i < static_cast<std::size_t>(kFixed);
    const bool likely = *std::max_element(row.hazard.begin(), row.hazard.end()) <= kOne;
    for (std::size_t b = 0; b < row.ended.size(); ++b)
      whole = whole && row.ended[b] <= row.entered[b];
    const bool named =
        project >= 0 && project <= RankGroup{}.project.value && size >= 0 && size < kRankSizes;
    if (!whole || !named || !likely) return invalid("the rank table's state has an impossible row");
    row.group = {ProjectId{static_cast<std::uint32_t>(project)}, static_cast<std::uint8_t>(size)};
    if (fixed) continue;
    const auto key = std::make_pair(row.group.project, row.group.size);
    if (!table.row_of_.try_emplace(key, static_cast<std::uint32_t>(i)).second)
      return invalid("the rank table's state has a group twice");
  }
  table.rebuilt_at_ = Time{rebuilt_at};
  table.events_ = static_cast<std::uint64_t>(events);
  table.rows_built_ = static_cast<std::uint32_t>(built);
  return table;
}

}  // namespace sillar::schedule
