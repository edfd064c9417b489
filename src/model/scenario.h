#pragma once

// A scenario: a cluster, the project tree and the workloads as they stand, how to decide over them,
// and what to expect of the decisions.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "model/fleet.h"
#include "model/project.h"
#include "model/reason.h"
#include "model/workload.h"

namespace sillar {

enum class Rules : std::uint8_t { kSillar, kKai };

// The phases of a round, each at most once.
enum class Action : std::uint8_t {
  kAllocate,
  kConsolidate,
  kReclaim,
  kPreempt,
  kRotate,
  kStale,
};

inline constexpr std::int64_t kWeightOfUsageMax = 1'000'000;  // In thousandths.

// How nodes are chosen: with least loss for likely work (ours), fullest or emptiest first, or by
// fragmentation gradient descent as published.
inline constexpr std::array<std::string_view, 4> kPlacements{"sillar", "binpack", "spread", "fgd"};

// When devices and nodes are taken out of use by themselves, and how they come back. A device is
// quarantined when its driver reports that it is broken, or when `failures` different workloads
// failed on it within `window`, none of which failed elsewhere and with no success in between. Once
// `after` is over it is on probation: it takes work that can be started again, and is well once
// work has succeeded on it, or has run, for `trial`. What fails on probation is quarantined for
// twice as long as before, up to `longest`.
struct QuarantineRule {
  static constexpr std::int32_t kFailuresMax = 16;

  Duration after;             // 0: no device is quarantined but while its driver says so.
  std::int32_t failures = 0;  // 0: only its driver's word counts.
  Duration window = Duration::hours(1);
  Duration trial = Duration::hours(1);
  Duration longest = Duration::hours(24);
  // Of the devices of a class, or of the nodes, at most this part is quarantined for failures: when
  // more than that seems broken, something else is.
  std::int64_t share_thousandths = 250;

  friend bool operator==(const QuarantineRule&, const QuarantineRule&) = default;
};

struct Options {
  Rules rules = Rules::kSillar;
  std::string policy;  // Name in schedule/policy.h: sets order and actions. Empty: by shares.
  std::vector<Action> actions{Action::kAllocate, Action::kConsolidate, Action::kReclaim,
                              Action::kPreempt,  Action::kRotate,      Action::kStale};
  std::int32_t rounds = 1;
  Time now;
  Duration stale_grace = Duration::seconds(60);  // Duration::max(): stale gangs stay.
  std::string placement;  // One of kPlacements; empty: sillar, and binpack under KAI's rules.
  std::int32_t consolidation_victims_max = 16;  // 0: none; kUnlimited: no bound.
  std::int64_t k_thousandths = 1000;            // Weight of past usage in the division.
  Duration usage_half_life;  // How fast measured usage fades; 0: usage stays as projects state it.
  std::int64_t saturation_thousandths = 1000;  // Reclaimer saturation multiplier, at least 1000.
  bool reservations = true;
  // Money is reserved for work that states neither limit nor estimate this far ahead.
  Duration budget_slice = Duration::hours(1);
  bool ledger_lines = false;  // Keep the lines of every closed hour for whoever takes them.
  QuarantineRule quarantine;

  friend bool operator==(const Options&, const Options&) = default;
};

// What a task must look like after the last round. Whatever is absent is not looked at.
struct TaskExpectation {
  std::string task;
  std::optional<TaskState> state;
  std::optional<std::string> node;
  std::optional<std::vector<std::int32_t>> devices;  // In any order.
  std::optional<bool> reserved;                      // Whether room is promised to it.
  std::optional<std::string> reserved_node;
  std::optional<std::vector<std::int32_t>> reserved_devices;

  friend bool operator==(const TaskExpectation&, const TaskExpectation&) = default;
};

struct ReasonExpectation {
  std::string workload;
  Reason reason;  // kNone: it has no reason. Parameters that are absent are not looked at.

  friend bool operator==(const ReasonExpectation&, const ReasonExpectation&) = default;
};

struct Expectation {
  std::vector<TaskExpectation> tasks;
  std::vector<ReasonExpectation> reasons;
  // Evicted tasks over all rounds: their number, or their names in any order and no others. At most
  // one of the two is set.
  std::optional<std::int64_t> victim_count;
  std::optional<std::vector<std::string>> victims;

  friend bool operator==(const Expectation&, const Expectation&) = default;
};

struct Scenario {
  Options options;
  Fleet fleet;
  std::vector<Project> projects;
  std::vector<Workload> workloads;
  Expectation expect;

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

}  // namespace sillar
