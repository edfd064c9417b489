#pragma once

// The placement policies that FGD was compared with, as published (Weng et al., ATC'23, and the
// authors' simulator; examples/data/openb/README.md has the source). Comparators for experiments:
// the product does not offer them.

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "schedule/demand.h"
#include "schedule/placement_index.h"

namespace sillar {

// The policies that have published results, and ours. "random" has scores that are all alike: its
// node and device are drawn by whoever places.
[[nodiscard]] const std::vector<std::string_view>& reproduced_policies();

// The scorer of a policy by its name in reproduced_policies(). `typical` is the demand that fgd and
// sillar judge by; null: what they observe. Null: there is no such policy.
[[nodiscard]] std::unique_ptr<schedule::Scorer> reproduced_scorer(
    std::string_view policy, const std::vector<schedule::DemandTask>* typical, const Fleet& fleet);

// Every node alike.
class RandomScorer final : public schedule::Scorer {
 public:
  [[nodiscard]] std::int32_t score(const schedule::Board&, const schedule::Shape&, NodeId,
                                   schedule::Room, const schedule::NodeDigest&) const override {
    return 0;
  }
};

// floor(100 x (1 - (cpu left x cpu asked / 128000^2 + gpu left x gpu asked / 8000^2) / 2)), what is
// left being before the placement.
class DotProductScorer final : public schedule::Scorer {
 public:
  [[nodiscard]] std::int32_t score(const schedule::Board& board, const schedule::Shape& shape,
                                   NodeId node, schedule::Room room,
                                   const schedule::NodeDigest& digest) const override;
};

// floor(100 x (1 - (cpu left / 128000 + gpu left / 8000) / 2)), what is left being after the
// placement. The original then stretches the scores to 0..100 over the feasible nodes and rounds
// down, which leaves the highest alone at 100 and so chooses the same node.
class BestFitScorer final : public schedule::Scorer {
 public:
  [[nodiscard]] std::int32_t score(const schedule::Board& board, const schedule::Shape& shape,
                                   NodeId node, schedule::Room room,
                                   const schedule::NodeDigest& digest) const override;
};

// Shared GPUs first, the fuller the better (100 - floor(floor(free per cent) / 10), 91 to 100),
// then idle GPUs of a used node (50 - GPUs taken, at least 33), then an idle node (33 - its GPUs).
class GpuPackingScorer final : public schedule::Scorer {
 public:
  [[nodiscard]] std::int32_t score(const schedule::Board& board, const schedule::Shape& shape,
                                   NodeId node, schedule::Room room,
                                   const schedule::NodeDigest& digest) const override;
};

// 25 x GPU in use / 8000, plus 75, 50, 25 or 0 for a node that holds only this kind of task, also
// this kind, none, or only others; kinds are share, 1, 2, 4 and 8 GPUs. GPU in use is before the
// placement, and a node without 8 GPUs counts those that it lacks as used.
class GpuClusteringScorer final : public schedule::Scorer {
 public:
  [[nodiscard]] std::int32_t score(const schedule::Board& board, const schedule::Shape& shape,
                                   NodeId node, schedule::Room room,
                                   const schedule::NodeDigest& digest) const override;
};

}  // namespace sillar
