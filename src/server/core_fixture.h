#pragma once

// Cores over journals in folders of their own, and a small world. For tests of this room.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "journal/journal_fixture.h"
#include "model/text.h"
#include "server/core.h"

namespace sillar::server {

inline std::shared_ptr<const World> small_world() {
  const auto document = parse_document("world", R"(
fleet:
  classes: [{name: h100, memory: 80Gi}]
  nodes: [{name: n1, class: h100, accelerators: 8, cpu: 64, memory: 512Gi}]
projects:
  - name: acme
  - name: acme/a
  - name: acme/b
)");
  EXPECT_TRUE(document.has_value()) << document.error().message;
  auto scenario = load_scenario(*document);
  EXPECT_TRUE(scenario.has_value()) << scenario.error().message;
  auto world = std::make_shared<World>();
  world->options = scenario->options;
  world->fleet = scenario->fleet;
  world->projects = scenario->projects;
  return world;
}

inline std::shared_ptr<const Workload> small_workload(const std::string& name,
                                                      std::int32_t devices = 1) {
  auto workload = std::make_shared<Workload>();
  workload->name = name;
  workload->project = "acme/a";
  workload->request.accelerators = devices;
  TaskSpec task;
  task.name = name + "/0";
  workload->tasks.push_back(std::move(task));
  return workload;
}

// A clock that tests move.
class TestClock {
 public:
  [[nodiscard]] std::function<Time()> reading() const {
    return [now = now_] { return *now; };
  }
  void advance(Duration by) { *now_ = *now_ + by; }

 private:
  std::shared_ptr<Time> now_ = std::make_shared<Time>(Time::from_seconds(1'790'000'000));
};

inline CoreOptions core_options(const TestClock& clock) {
  CoreOptions options;
  options.clock = clock.reading();
  options.remark = [](const std::string&) {};
  return options;
}

inline std::unique_ptr<Core> open_core(const std::string& folder, const TestClock& clock) {
  auto journal = journal::open_journal(folder, journal::Access::kWrite);
  EXPECT_TRUE(journal.has_value()) << journal.error().message;
  auto core = Core::open(std::move(*journal), core_options(clock));
  EXPECT_TRUE(core.has_value()) << core.error().message;
  return std::move(*core);
}

}  // namespace sillar::server
