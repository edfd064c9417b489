#include "simulate/published_policies.h"

#include <algorithm>

#include "schedule/frag_scorer.h"
#include "schedule/room.h"

// Scores follow the original's floating-point arithmetic; fusing operations would change some.
#pragma STDC FP_CONTRACT OFF

namespace sillar {

using schedule::Board;
using schedule::DeviceUse;
using schedule::NodeDigest;
using schedule::NodeState;
using schedule::Room;
using schedule::Scorer;
using schedule::Shape;

namespace {

constexpr double kCpuMost = 128'000;  // Of the largest node.
constexpr double kGpuMost = 8000;

double asked_gpu(const Board& board, const Shape& shape, NodeId node) {
  return static_cast<double>(shape.charged(board.node(node).accelerator_class));
}

}  // namespace

std::int32_t DotProductScorer::score(const Board& board, const Shape& shape, NodeId node, Room,
                                     const NodeDigest& digest) const {
  const double cpu =
      static_cast<double>(digest.cpu) * static_cast<double>(shape.cpu) / (kCpuMost * kCpuMost);
  const double gpu = digest.free * asked_gpu(board, shape, node) / (kGpuMost * kGpuMost);
  return static_cast<std::int32_t>(100 * (1 - (cpu + gpu) / 2));
}

std::int32_t BestFitScorer::score(const Board& board, const Shape& shape, NodeId node, Room,
                                  const NodeDigest& digest) const {
  const auto cpu = static_cast<double>(digest.cpu - shape.cpu);
  const double gpu = digest.free - asked_gpu(board, shape, node);
  return static_cast<std::int32_t>(100 * (1 - (0.5 * cpu / kCpuMost + 0.5 * gpu / kGpuMost)));
}

std::int32_t GpuPackingScorer::score(const Board& board, const Shape& shape, NodeId id, Room room,
                                     const NodeDigest& digest) const {
  if (!shape.needs_accelerator()) return 0;
  const NodeState& node = board.node(id);
  if (shape.use == DeviceUse::kFraction) {
    const std::int32_t asked = shape.by_class[node.accelerator_class.index()].thousandths;
    std::int32_t fullest = kDevice;
    for (std::size_t d = 0; d < node.device_count; ++d) {
      const std::int32_t free = schedule::free_thousandths(node.devices[d], room);
      if (free >= asked) fullest = std::min(fullest, free);
    }
    if (fullest < kDevice) return 100 - fullest * 100 / static_cast<std::int32_t>(kDevice) / 10;
  }
  const bool used = digest.free != node.device_count * kDevice;
  return used ? std::max(33, 50 - shape.devices) : 33 - node.device_count;
}

namespace {

// Kinds of tasks as a bit each. Their numbers of GPUs are 1, 2, 4 and 8; a share is one too.
std::uint32_t kind_of(const Shape& shape) {
  if (shape.use == DeviceUse::kFraction) return 1;
  return shape.needs_accelerator() ? 2U << shape.devices : 0;
}

}  // namespace

std::int32_t GpuClusteringScorer::score(const Board& board, const Shape& shape, NodeId node, Room,
                                        const NodeDigest& digest) const {
  const std::uint32_t kind = kind_of(shape);
  if (kind == 0) return 0;
  std::uint32_t held = 0;
  for (const TaskId task : board.tasks_on(node))
    held |= kind_of(board.shape(board.task(task).shape));
  std::int32_t company = 0;
  if (held == kind)
    company = 75;
  else if ((held & kind) != 0)
    company = 50;
  else if (held == 0)
    company = 25;
  return company + 25 * (static_cast<std::int32_t>(kGpuMost) - digest.free) /
                       static_cast<std::int32_t>(kGpuMost);
}

const std::vector<std::string_view>& reproduced_policies() {
  static const std::vector<std::string_view> kNames{
      "random", "dotprod", "gpuclustering", "gpupacking", "bestfit", "fgd", "sillar"};
  return kNames;
}

std::unique_ptr<Scorer> reproduced_scorer(std::string_view policy,
                                          const std::vector<schedule::DemandTask>* typical,
                                          const Fleet& fleet) {
  if (policy == "random") return std::make_unique<RandomScorer>();
  if (policy == "dotprod") return std::make_unique<DotProductScorer>();
  if (policy == "gpuclustering") return std::make_unique<GpuClusteringScorer>();
  if (policy == "gpupacking") return std::make_unique<GpuPackingScorer>();
  if (policy == "bestfit") return std::make_unique<BestFitScorer>();
  if (policy == "fgd")
    return typical != nullptr ? std::make_unique<schedule::FgdScorer>(*typical, fleet)
                              : std::make_unique<schedule::FgdScorer>();
  if (policy == "sillar")
    return typical != nullptr ? std::make_unique<schedule::FragScorer>(*typical, fleet)
                              : std::make_unique<schedule::FragScorer>();
  return nullptr;
}

}  // namespace sillar
