#pragma once

// What a scheduling cycle decides: an ordered list of moves with their reasons, and why each
// remaining job waits. A value; the engine turns it into facts.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/money.h"
#include "base/result.h"
#include "base/time.h"
#include "model/reason.h"
#include "schedule/board.h"

namespace sillar::schedule {

// What an eviction throws away.
struct VictimCost {
  // Thousandths of a device x nanoseconds since the last checkpoint, plus restart.
  Int128 lost_device_ns = 0;
  // The same time at the node's device price; 0 where there is no price.
  Int128 money_nanos = 0;

  friend bool operator==(const VictimCost&, const VictimCost&) = default;
};

[[nodiscard]] inline VictimCost plus(const VictimCost& a, const VictimCost& b) {
  return {a.lost_device_ns + b.lost_device_ns, a.money_nanos + b.money_nanos};
}

enum class Step : std::uint8_t {
  kStart,      // pending -> running
  kFulfil,     // reserved -> running
  kReserve,    // pending -> reserved
  kUnreserve,  // reserved -> pending
  kEvict,      // running -> stopping
  kMove,       // stopping, and promised a new place
};

struct Decision {
  Step step = Step::kStart;
  TaskId task;
  ShapeId shape;           // kStart, kReserve, kMove: what it is placed as,
  Placement place;         // and where.
  WorkloadId beneficiary;  // kEvict: the job that gets the room.
  VictimCost cost;         // kEvict.
  Reason reason;           // kEvict.
};

// A time from which a job that cannot start yet is promised nodes. Work that would still hold them
// then may not start on them, unless it is preemptible filler.
struct Hold {
  WorkloadId job;
  Time made;
  Time from;
  std::vector<NodeId> nodes;  // In id order.

  friend bool operator==(const Hold&, const Hold&) = default;
};

// A turn that rotation gives to work which it left waiting for too long: from `granted` on it goes
// before all ranks, until it has run for the lease's length. The record stays until the job ends,
// because the next lease counts its waiting from the end of the last one.
struct Lease {
  WorkloadId job;
  Time granted = Time::never();  // Never: it has none now.
  Duration attained;             // Its run time when the lease was granted.
  Duration waited;               // How long it had waited in all when its last lease ended.

  friend bool operator==(const Lease&, const Lease&) = default;
};

// Where rotation stands between cycles.
struct RotationState {
  Time due = Time::never();   // The next rotation; a cycle must run then. Never: nothing to rotate.
  std::uint64_t events = 0;   // RankTable::events() as the last rotation saw it.
  std::vector<Lease> leases;  // In order of jobs.

  // As for RankTable.
  void append_state(std::string& out) const;
  [[nodiscard]] static Result<RotationState> read_state(std::string_view& in);

  friend bool operator==(const RotationState&, const RotationState&) = default;
};

struct Waiting {
  WorkloadId job;
  std::uint32_t reason = 0;  // Index into Plan::reasons.
};

struct CycleCounts {
  std::int64_t attempts = 0;       // Jobs tried.
  std::int64_t search_steps = 0;   // Victim candidates looked at.
  std::int64_t bounds_proved = 0;  // Refused by a bound before any search.
};

struct Plan {
  std::vector<Decision> decisions;
  std::vector<Reason> reasons;
  std::vector<Waiting> waiting;
  std::vector<Hold> holds;                    // Replace those of the last cycle.
  std::vector<std::int64_t> remainder_carry;  // Rounding left over by the division, see share.h.
  std::optional<RotationState> rotation;      // If set, replaces that of the last cycle.
  bool rebuild_ranks = false;                 // Ranks are due: rebuild_ranks() in run_time.h.
  CycleCounts counts;
};

}  // namespace sillar::schedule
