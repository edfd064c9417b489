#pragma once

// The division of one board's capacity, kept from one cycle to the next: what an arrival or a
// completion changes is divided anew, the rest stands.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "schedule/board.h"
#include "schedule/cycle.h"
#include "schedule/share.h"

namespace sillar::schedule {

class Division {
 public:
  // Divides the capacity as it stands. The outcome does not depend on what was divided before.
  // `usage_millionths`: as in CycleInput. Requires: always the same projects and rules.
  void divide(const Board& board, const CycleOptions& options, std::span<const std::int64_t> carry,
              std::span<const std::int64_t> usage_millionths);

  // The division of the same capacity were every project to ask for all of it (share.h). Requires:
  // divided.
  [[nodiscard]] const Shares& steady();

  [[nodiscard]] const ShareTree& tree() const { return tree_; }
  [[nodiscard]] const Shares& shares() const { return shares_; }
  // Capacity, per resource.
  [[nodiscard]] const std::vector<std::int64_t>& totals() const { return totals_; }

 private:
  void build_tree(const Board& board);
  void divide_changes(const Board& board, const ShareInput& input);

  std::optional<ShareDivider> divider_;  // Made with the tree.
  ShareTree tree_;
  Shares shares_;
  Shares steady_;
  std::vector<std::int64_t> steady_totals_;  // What it was made from; empty: not made.
  // What was divided last.
  std::vector<std::int64_t> totals_;
  std::vector<std::int64_t> request_;
  std::vector<std::int64_t> carry_;
  std::vector<std::int64_t> usage_;
  std::int64_t k_thousandths_ = 0;
};

// What projects state of their usage, per project and resource; empty: none states any.
[[nodiscard]] std::vector<std::int64_t> stated_usage(std::span<const Project> projects,
                                                     std::size_t resources);

}  // namespace sillar::schedule
