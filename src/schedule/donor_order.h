#pragma once

// The order in which leaves give: at every level of the tree the sibling that stands worst goes
// first. A decision changes the standing of its leaf's ancestors only, so the order is mended and
// not sorted anew.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "schedule/fairness.h"
#include "schedule/plan.h"

namespace sillar::schedule {

class DonorOrder {
 public:
  DonorOrder(const Board& board, const Fairness& fairness) : board_(board), fairness_(fairness) {}

  // Leaves with running work, first to give first, as the board stands with the first `decisions`
  // of the cycle made. Requires: each call has the decisions of the call before in front.
  [[nodiscard]] std::span<const ProjectId> leaves(std::span<const Decision> decisions);

 private:
  void build();
  void mend(ProjectId leaf);
  [[nodiscard]] std::vector<ProjectId>& siblings(ProjectId p);
  void list(ProjectId p);

  const Board& board_;
  const Fairness& fairness_;
  std::size_t seen_ = 0;                        // Decisions.
  std::vector<OrderKey> keys_;                  // Per project.
  std::vector<std::vector<ProjectId>> below_;   // Per project, its children, first to give first.
  std::vector<ProjectId> roots_;                // The same of the top level.
  std::vector<std::vector<ProjectId>*> loose_;  // Lists with a changed key.
  std::vector<ProjectId> leaves_;
};

// The same for a few leaves, as the board stands now.
void sort_donors(const Board& board, const Fairness& fairness, std::vector<ProjectId>& leaves);

}  // namespace sillar::schedule
