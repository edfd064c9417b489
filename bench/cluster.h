#pragma once

// The clusters that the load recipes of the scheduler share: nodes of 8 devices, two projects, work
// that has run for a long time.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/report.h"
#include "schedule/board_fixture.h"
#include "schedule/cycle.h"
#include "schedule/placement_index.h"

namespace sillar::bench {

inline constexpr Time kNow = Time::from_seconds(1'000'000);
inline constexpr Time kLongAgo = Time::from_seconds(1'000);

// A fast wrong answer fails.
inline void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "unexpected outcome: %s\n", what);
  std::exit(1);
}

struct Cluster {
  schedule::Board board;
  schedule::PackScorer scorer;
  schedule::PlacementIndex index{scorer};
  schedule::CycleOptions options;
  schedule::CycleMemory memory;

  Cluster(std::size_t nodes, Rules rules, std::vector<Project> projects, Fleet fleet = {}) {
    board.set_fleet(fleet.nodes.empty() ? schedule::plain_fleet(nodes) : fleet, rules);
    board.set_projects(projects);
    if (rules == Rules::kKai) options.consolidation_victims_max = 16;
  }

  WorkloadId add(std::size_t project, std::int32_t tasks, std::int32_t devices) {
    return board.add_job(ProjectId{project}, schedule::plain_workload("w", tasks, devices), {});
  }

  // `count` one-device jobs of `project`; job i runs on node i mod nodes.
  void run_singles(std::size_t project, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      schedule::run_on(board, add(project, 1, 1), NodeId{i % board.node_count()}, kLongAgo);
  }

  schedule::Plan cycle() {
    schedule::CycleInput input;
    input.now = kNow;
    input.options = &options;
    input.memory = &memory;
    return schedule::run_cycle(board, index, input);
  }
};

inline std::int64_t count(const schedule::Plan& plan, schedule::Step step) {
  return std::count_if(plan.decisions.begin(), plan.decisions.end(),
                       [&](const auto& d) { return d.step == step; });
}

inline std::string_view rules_name(Rules rules) {
  return rules == Rules::kKai ? "kai" : "sillar";
}

}  // namespace sillar::bench
