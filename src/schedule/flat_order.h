#pragma once

// One order of pending jobs over all projects, for the orders that do not look at the project tree.
// Jobs that ask alike (the same request, the same number of tasks) form a class; each class is a
// heap, and so are the classes by their heads. When the head of a class does not fit, the class as
// a whole is put aside.

#include <cstdint>
#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "schedule/board.h"
#include "schedule/cycle.h"
#include "schedule/rank.h"
#include "schedule/run_time.h"

namespace sillar::schedule {

// Lower goes first. `value` depends on the order, see Ranker.
struct FlatKey {
  std::int32_t priority = 0;
  std::int32_t elastic_class = 0;
  std::int64_t value = 0;
  WorkloadId job;

  friend bool operator<(const FlatKey& a, const FlatKey& b) {
    return std::tuple(-std::int64_t{a.priority}, a.elastic_class, a.value, a.job) <
           std::tuple(-std::int64_t{b.priority}, b.elastic_class, b.value, b.job);
  }
};

// Where jobs stand in a flat order at one time. Remembers what it looked up; lives for one cycle.
class Ranker {
 public:
  // Requires: an order other than kShares.
  Ranker(const Board& board, const CycleOptions& options, const RankTable& ranks, Time now);

  [[nodiscard]] FlatKey waiting(WorkloadId id);
  // Of a job that runs, by its clock. A running job ranks better than it would waiting: what would
  // replace it must be better by the options' hysteresis.
  [[nodiscard]] FlatKey running(WorkloadId id, const RunClock& clock);
  // When the job next moves in the order, if it goes on running; never() if it does not.
  [[nodiscard]] Time moves_at(const Job& job, const RunClock& clock);

 private:
  // Thousandths of devices of the whole gang, see gang_amount.
  [[nodiscard]] std::int64_t amount(const Job& job);
  [[nodiscard]] std::uint32_t row(const Job& job);
  [[nodiscard]] std::int64_t scaled(std::int64_t rank, const Job& job);
  [[nodiscard]] std::int64_t las_queue(const Job& job, Duration attained);

  const Board& board_;
  const CycleOptions& options_;
  const RankTable& ranks_;
  Time now_;
  std::vector<std::int64_t> each_;   // Per request class: amount of one task; 0: not looked up.
  std::vector<std::uint32_t> rows_;  // Per (project, size); UINT32_MAX: not looked up.
};

class FlatOrder {
 public:
  // Jobs for which `wanted` (given one of their project's request classes) holds.
  FlatOrder(const Board& board, Ranker& ranker, const std::function<bool(RequestId)>& wanted);

  // The best job, or invalid when none is left. It stays until `pop`.
  [[nodiscard]] WorkloadId top() const { return empty() ? WorkloadId{} : key().job; }
  [[nodiscard]] bool empty() const { return heap_.empty(); }
  // Requires: not empty.
  [[nodiscard]] const FlatKey& key() const { return classes_[heap_.front()].front(); }
  // Takes the best job out, or puts it back in with its present key, if it wants more.
  void pop(bool again);
  // Takes out the best job and all that ask alike. Requires: not empty.
  void skip_alike();

 private:
  using Jobs = std::vector<FlatKey>;  // A heap with the best in front.

  [[nodiscard]] bool class_later(std::uint32_t a, std::uint32_t b) const;
  std::uint32_t class_of(RequestId request, std::int32_t count);
  void push_class(std::uint32_t c);
  void take_class(std::uint32_t c);

  const Board& board_;
  Ranker& ranker_;
  std::vector<Jobs> classes_;
  std::map<std::pair<RequestId, std::int32_t>, std::uint32_t> class_ids_;
  std::vector<std::uint32_t> heap_;  // Classes with jobs, the one with the best head in front.
};

}  // namespace sillar::schedule
