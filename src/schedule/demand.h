#pragma once

// What future work is expected to ask for: the kinds of tasks that have arrived, counted, and of
// them the typical ones. Fragmentation is measured against these. Integer counts throughout.

#include <cstdint>
#include <span>
#include <vector>

#include "schedule/board.h"

namespace sillar::schedule {

// One kind of task, memory left aside, and how many of it there were.
struct DemandTask {
  std::int64_t cpu = 0;          // Thousandths of a core.
  std::int32_t devices = 0;      // 0: CPU only.
  std::int32_t thousandths = 0;  // Of each device; below 1000 only with one device.
  std::vector<bool> classes;     // Accepted, one entry per class of the fleet; empty: CPU only.
  std::int64_t count = 0;

  [[nodiscard]] std::int64_t total() const { return std::int64_t{devices} * thousandths; }
  [[nodiscard]] bool whole() const { return thousandths == kDevice; }
};

// Which of two kinds that are asked for equally often counts as the more typical.
enum class EqualCounts : std::uint8_t { kLessFirst, kMoreFirst };

// The kinds by decreasing count until 95 % of all tasks are covered, kinds that are alike taken
// together; equal counts by what they ask for. CPU-only tasks are among them. After Weng et al.,
// "Beware of Fragmentation", ATC'23, who take those that ask for more first.
[[nodiscard]] std::vector<DemandTask> typical_tasks(std::vector<DemandTask> tasks,
                                                    EqualCounts equal = EqualCounts::kLessFirst);

// Whole capacity of each class, in thousandths of a device, whatever its health.
[[nodiscard]] std::vector<std::int64_t> class_capacity(const Fleet& fleet);

// The kind of task that a request class is. A MIG instance asks for its profile's thousandths, a
// share of memory for its largest share on any class it accepts.
[[nodiscard]] DemandTask demand_of(const Board& board, RequestId request);

// Counts what the board has seen: the tasks of the last kWindow workloads that arrived, at moments
// that depend on the number of arrivals alone. So the counts follow from the board, and an observer
// that starts late agrees with one that was there from the beginning. Requests that no node of the
// fleet could ever hold do not count.
class ObservedDemand {
 public:
  static constexpr std::size_t kWindow = 50'000;
  static constexpr std::size_t kPaceMin = 512;
  static constexpr std::size_t kPaceMax = 4096;

  // The number of arrivals, out of `arrived`, that were looked at last: 1, 2, 4, ... 512, then
  // every eighth of a power of two that is at least kPaceMin and at most kPaceMax: each look costs
  // an index all it remembers, and the more has been counted, the less the next one tells.
  [[nodiscard]] static std::size_t moment(std::size_t arrived);

  // Brings the counts up to the board's last moment. Returns whether they changed.
  bool update(const Board& board);
  [[nodiscard]] std::size_t moment() const { return upto_; }
  [[nodiscard]] std::vector<DemandTask> typical(const Board& board) const;

 private:
  std::size_t from_ = 0, upto_ = 0;   // Jobs that are counted.
  std::vector<std::int64_t> counts_;  // Tasks per request class.
};

}  // namespace sillar::schedule
