#pragma once

// How soon work is expected to end, learned from the run times of what ended before: a Gittins
// index over empirical hazards. A job's rank is the device time that one more completion is
// expected to cost; lower goes first, which favours short and small work without being told any
// run time.
//
// Run times fall into 44 buckets, two to an octave from 16 s. Per bucket the table counts jobs
// that entered it and jobs that ended in it, so running and interrupted work counts as surviving
// (Kaplan and Meier's estimator). Counts exist for (project, size), for the size alone and for
// all; each level is shrunk towards the coarser one by the weight of 16 jobs, the coarsest towards
// a Pareto tail of exponent 1, under which the rank grows with the run time and the order is
// least attained service first. Integers only.
//
// Source of the index: Gittins, "Bandit processes and dynamic allocation indices" (1979); for
// preemptive queues Aalto, Ayesta and Righter (2009).

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "base/time.h"

namespace sillar::schedule {

inline constexpr int kRankBuckets = 44;
inline constexpr std::size_t kRankGroupsMax = 4096;
// What a start after an eviction is taken to cost where the work does not say.
inline constexpr Duration kRestartCostAssumed = Duration::seconds(30);

// The bucket of a run time, and the least run time of a bucket: 0, 16, 24, 32, 48, 64, ... s.
[[nodiscard]] int rank_bucket(Duration attained);
[[nodiscard]] Duration rank_bucket_begin(int bucket);

// Sizes are powers of two of devices, rounded up; 0 is less than one. Work without accelerators
// counts cores, in sizes of its own.
inline constexpr std::uint8_t kRankSizes = 32;
[[nodiscard]] std::uint8_t rank_size(std::int64_t thousandths, bool accelerated);

struct RankGroup {
  ProjectId project;
  std::uint8_t size = 0;

  friend bool operator==(const RankGroup&, const RankGroup&) = default;
};

// A run that still goes on: the bucket at its start and the one reached by now.
struct RankRun {
  RankGroup group;
  int from = 0;
  int to = 0;
};

// Persistent state, a value. Events change counts only; ranks change only when rebuilt, so that
// they are a function of the facts and not of how often anybody looked.
class RankTable {
 public:
  RankTable();

  void arrived(RankGroup group);
  // A run took the job from one bucket to another; counted when the run ends.
  // Requires: 0 <= from <= to < kRankBuckets.
  void advanced(RankGroup group, int from, int to);
  // The job ended, however it did, with that much run time; its last run was counted before.
  void finished(RankGroup group, int bucket);
  // Ranks anew from the counts and from the runs under way. O(groups).
  void rebuild(Time now, std::span<const RankRun> running);

  [[nodiscard]] Time rebuilt_at() const { return rebuilt_at_; }
  // Goes up with every arrival, end and rebuild: whatever may change an order by rank.
  [[nodiscard]] std::uint64_t events() const { return events_; }

  // Where a group's ranks stand: in a row of its own, or of its size while it has none.
  [[nodiscard]] std::uint32_t row(RankGroup group) const;
  // Sixteenths of a second of run time for each completion expected, of one device; times the
  // devices it is the rank of a gang. At most 2^30.
  [[nodiscard]] std::int64_t rank(std::uint32_t row, int bucket) const {
    return rows_[row].rank[static_cast<std::size_t>(bucket)];
  }
  // The same for work that has to be started again first. 0: the cost is not stated.
  [[nodiscard]] std::int64_t rank_restarted(std::uint32_t row, int bucket,
                                            Duration restart_cost) const;

  // Appends the whole table, little-endian; `read_state` takes it off the front of `in`.
  // Errors: kInvalidInput for anything that append_state does not write.
  void append_state(std::string& out) const;
  [[nodiscard]] static Result<RankTable> read_state(std::string_view& in);

  friend bool operator==(const RankTable&, const RankTable&) = default;

 private:
  using Counts = std::array<std::int64_t, kRankBuckets>;
  struct Row {
    RankGroup group;  // Project invalid: of a size; the first row is of all.
    Counts entered{};
    Counts ended{};
    Counts hazard{};  // The rest as of the last rebuild.
    Counts rank{};
    Counts restarted{};  // For kRestartCostAssumed.

    friend bool operator==(const Row&, const Row&) = default;
  };

  [[nodiscard]] static std::uint32_t size_row(std::uint8_t size) { return 1U + size; }
  std::uint32_t own_row(RankGroup group);
  void count(RankGroup group, int bucket, Counts Row::* counts, std::int64_t by);
  void count_run(const RankRun& run, std::int64_t by);
  void build_row(Row& row, const Row* parent);
  void build();

  std::vector<Row> rows_;  // All; then one per size; then groups in the order they appeared.
  std::map<std::pair<ProjectId, std::uint8_t>, std::uint32_t> row_of_;
  std::uint32_t rows_built_ = 0;  // Rows that the last rebuild knew.
  Time rebuilt_at_;
  std::uint64_t events_ = 0;
};

}  // namespace sillar::schedule
