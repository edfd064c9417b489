#pragma once

// In which order pending jobs are tried: at every level of the tree the sibling that stands best
// with its best job, down to the leaf's own order. A heap of heaps: serving a job changes the
// standing of its ancestors only, which are the tops of their heaps, so the next job costs a
// re-sift per level. Jobs of a leaf that ask alike are walked on the board's own list of them, and
// a leaf's groups are put in order when its turn comes: an order costs a look at each group, and
// not the jobs that nobody gets to.

#include <cstdint>
#include <functional>
#include <vector>

#include "schedule/fairness.h"

namespace sillar::schedule {

class ServiceOrder {
 public:
  // Whether jobs of a leaf that ask alike are served at all, judged by the first of them. Asked
  // when the order is made, and of a leaf's later groups again when its turn comes.
  using Wanted = std::function<bool(ProjectId leaf, RequestId request, const PendingKey& first)>;

  // Jobs that are `wanted`, as the board lists them when their turn comes; groups that appear later
  // are not in it.
  ServiceOrder(const Board& board, const Fairness& fairness, Wanted wanted);
  // Those of `jobs` that are pending.
  ServiceOrder(const Board& board, const Fairness& fairness, std::span<const WorkloadId> jobs);

  // The best job, or invalid when none is left. It stays until `pop`.
  [[nodiscard]] WorkloadId top() const;
  // Takes the best job out, or puts it back in with its present key (an elastic job that may have
  // one more task), and orders its ancestors anew by what is allocated now.
  void pop(bool again);
  // Visits the jobs of the best one's leaf that ask alike and come after it.
  void visit_alike(const std::function<void(WorkloadId)>& visit);
  // Takes out the best job with all of its leaf's that ask alike and come after it, and all of that
  // leaf's whose request `fails`.
  void skip_alike(const std::function<bool(RequestId)>& fails);

 private:
  // Jobs of a leaf that ask alike, from `at` on; or that one alone.
  struct Group {
    RequestId request;
    PendingKey at;
    bool alone = false;
  };
  struct Entry {
    std::vector<Group> groups;  // A leaf's, as a heap with the best in front; or the best alone.
    bool listed = true;         // All groups are there.
    std::vector<std::uint32_t>
        children;     // Projects with jobs below, as a heap with the best in front.
    WorkloadId best;  // Best job below.
    Amounts asks;     // What it asks for.
    OrderKey key;
  };

  void build();
  [[nodiscard]] std::vector<Group>& listed_groups(std::uint32_t leaf);
  // Takes the best group out; `path` is where it was, from the top level down to its leaf.
  Group take_group(std::vector<std::uint32_t>& path);
  // Moves on to the group's next job. Requires: not alone. False: there is none.
  bool advance(ProjectId leaf, Group& group, bool again) const;
  void restore(const std::vector<std::uint32_t>& path);
  void refresh(std::uint32_t project);
  void sift(std::vector<std::uint32_t>& heap);
  [[nodiscard]] bool after(std::uint32_t a, std::uint32_t b) const;

  const Board& board_;
  const Fairness& fairness_;
  Wanted wanted_;
  std::vector<Entry> entries_;        // Per project.
  std::vector<std::uint32_t> roots_;  // The top level's heap.
};

// What the next step of a job (to its minimum, or one more above it) adds, as its first alternative
// counts it.
[[nodiscard]] Amounts next_ask(const Board& board, const Job& job);

}  // namespace sillar::schedule
