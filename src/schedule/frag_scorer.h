#pragma once

// Placement that keeps the room which is left useful for what is likely to be asked next. Both
// scorers compare a node before and after; they differ in what they hold to be lost.
//
// A device that takes no work (suspect, quarantined) counts as absent; one on probation counts. A
// device cut by MIG counts as started, with the thousandths that its instances leave.

#include <array>
#include <memory>
#include <string_view>

#include "schedule/loss_table.h"
#include "schedule/placement_index.h"

namespace sillar::schedule {

// Demand that a scorer judges by: observed on the board, or handed in once.
class DemandSource {
 public:
  DemandSource() = default;
  DemandSource(std::vector<DemandTask> typical, const Fleet& fleet);

  // Brings observed demand up to date; demand that was handed in stays. Returns whether it changed.
  bool update(const Board& board);
  [[nodiscard]] std::uint64_t version() const { return version_; }
  [[nodiscard]] const std::vector<DemandTask>& typical() const { return typical_; }
  [[nodiscard]] const std::vector<std::int64_t>& capacity() const { return capacity_; }

 private:
  bool fixed_ = false;
  std::uint64_t version_ = 0;
  ObservedDemand observed_;
  std::vector<DemandTask> typical_;
  std::vector<std::int64_t> capacity_;  // Per class of the fleet.
};

// Least loss (LossTable). The score is the loss that a placement takes away, in steps of 20
// thousandths of a device, rounded down: small differences are ties, which fill nodes in order. A
// fraction or MIG instance goes to the device that leaves the node the least exact loss, the
// fullest among equals, then the lowest. A shape that asks to be spread goes to the emptiest node.
class FragScorer final : public Scorer {
 public:
  // Judges by observed demand.
  FragScorer() = default;
  // Judges by `typical` alone.
  FragScorer(std::vector<DemandTask> typical, const Fleet& fleet);

  [[nodiscard]] NodeDigest digest(const Board& board, NodeId node, Room room) const override;
  [[nodiscard]] std::int32_t score(const Board& board, const Shape& shape, NodeId node, Room room,
                                   const NodeDigest& digest) const override;
  [[nodiscard]] bool place(const Board& board, const Shape& shape, NodeId node, Room room,
                           Placement& out) const override;
  [[nodiscard]] std::uint64_t version() const override { return demand_.version(); }
  void observe(const Board& board) override;

  // The node's loss as it stands, in thousandths of a device x 10^6.
  [[nodiscard]] std::int64_t loss(const Board& board, NodeId node, Room room) const {
    return digest(board, node, room).loss;
  }

 private:
  struct Piece {
    std::int64_t loss = 0;  // Of the node afterwards.
    std::int32_t device = -1;
  };
  [[nodiscard]] Piece best_piece(const Board& board, const Shape& shape, NodeId node, Room room,
                                 const NodeDigest& digest) const;

  DemandSource demand_;
  LossTable table_;
};

// Fragmentation gradient descent as published (Weng et al., ATC'23): floor(100 x sigmoid(gain /
// 1000)), the gain being the fragmentation taken away in thousandths of a device. A fraction goes
// to the device with the highest score, among equals the fullest. Computed in integers.
class FgdScorer final : public Scorer {
 public:
  FgdScorer();
  FgdScorer(std::vector<DemandTask> typical, const Fleet& fleet);

  [[nodiscard]] NodeDigest digest(const Board& board, NodeId node, Room room) const override;
  [[nodiscard]] std::int32_t score(const Board& board, const Shape& shape, NodeId node, Room room,
                                   const NodeDigest& digest) const override;
  [[nodiscard]] bool place(const Board& board, const Shape& shape, NodeId node, Room room,
                           Placement& out) const override;
  [[nodiscard]] std::uint64_t version() const override { return demand_.version(); }
  void observe(const Board& board) override;

 private:
  struct Piece {
    std::int32_t score = kNoFit;
    std::int32_t device = -1;
  };
  [[nodiscard]] Piece best_piece(const Board& board, const Shape& shape, NodeId node, Room room,
                                 const NodeDigest& digest) const;
  void fill_bounds();
  [[nodiscard]] std::int32_t points(std::int64_t gain) const;

  DemandSource demand_;
  FragmentationTable table_;
  std::array<std::int64_t, 99> bounds_{};  // The gain that is worth 1, 2, ... 99 points.
};

// The scorer of a placement by its name in a scenario's options; empty: the default under these
// rules, which is "sillar", and "binpack" under KAI's. Null: there is no such placement.
[[nodiscard]] std::unique_ptr<Scorer> make_scorer(std::string_view name, Rules rules);

}  // namespace sillar::schedule
