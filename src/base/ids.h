#pragma once

// Dense integer ids: indices into flat arrays, one type per kind of thing so that they cannot be
// mixed up.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace sillar {

template <typename Tag>
struct Id {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  std::uint32_t value = kNone;

  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t v) : value(v) {}
  constexpr explicit Id(std::size_t v) : value(static_cast<std::uint32_t>(v)) {}
  constexpr explicit Id(int v) : value(static_cast<std::uint32_t>(v)) {}

  [[nodiscard]] constexpr bool valid() const { return value != kNone; }
  [[nodiscard]] constexpr std::size_t index() const { return value; }
  friend constexpr auto operator<=>(Id, Id) = default;
};

using ProjectId = Id<struct ProjectTag>;
using NodeId = Id<struct NodeTag>;
using ClassId = Id<struct ClassTag>;  // Accelerator class, an index into Fleet::classes.
using WorkloadId =
    Id<struct WorkloadTag>;  // Index into the engine's workloads, in order of submission.
using TaskId =
    Id<struct TaskTag>;  // Index into the engine's tasks; a workload's tasks are contiguous.
using ShapeId = Id<struct ShapeTag>;        // Interned per-task request.
using DomainId = Id<struct DomainTag>;      // Topology domain.
using LocationId = Id<struct LocationTag>;  // Interned (provider, region, zone).

}  // namespace sillar

template <typename Tag>
struct std::hash<sillar::Id<Tag>> {
  std::size_t operator()(sillar::Id<Tag> id) const noexcept { return id.value; }
};
