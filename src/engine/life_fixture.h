#pragma once

// One node of four devices, one project, and an engine that is fed by hand: for tests of how
// workloads live. Times are seconds after the start.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/document.h"
#include "engine/engine.h"
#include "engine/fact_text.h"
#include "engine/snapshot.h"
#include "schedule/board_fixture.h"

namespace sillar {

class LifeFixture : public testing::Test {
 protected:
  LifeFixture() { configure({}); }

  void configure(Options options) {
    auto world = std::make_shared<World>();
    world->options = std::move(options);
    world->fleet = schedule::plain_fleet(1, 4);
    world->projects = {schedule::plain_project("a", 4)};
    feed(Configure{world});
  }

  static Time at(std::int64_t seconds) { return Time::from_seconds(1'000'000 + seconds); }
  void wait_until(std::int64_t seconds) { now_ = at(seconds); }

  // `tasks` tasks of one device, all of which run together.
  static Workload gang(std::string name, std::int32_t tasks) {
    Workload work = schedule::plain_workload(std::move(name), tasks, 1);
    work.project = "a";
    return work;
  }
  static Workload array(std::string name, std::int32_t tasks, std::int32_t at_most = 0) {
    Workload work = gang(std::move(name), tasks);
    work.kind = WorkloadKind::kBatch;
    work.gang_min = 1;
    for (std::int32_t i = 0; i < tasks; ++i) work.array.push_back(i);
    work.array_at_most = at_most;
    return work;
  }

  // Facts by their names, in order: "submitted, workload-held".
  std::string feed(decltype(Input::body) body) {
    const auto facts = step(state_, scratch_, {now_, std::move(body)});
    if (!facts) return "error: " + facts.error().message;
    EXPECT_EQ(state_.board.check_invariants(), "");
    last_.clear();
    std::string names;
    for (const Fact& fact : *facts) {
      const Value value = fact_value(state_, fact);
      last_.push_back(print_json(value, 0));
      const std::string& name = value.find("fact")->scalar;
      if (name == "cycle") continue;
      names += (names.empty() ? "" : ", ") + name;
    }
    EXPECT_EQ(restored_hash(), state_hash(state_));
    return names;
  }
  std::string submit(Workload work) {
    work.submitted = now_;
    return feed(Submit{std::make_shared<const Workload>(std::move(work))});
  }
  std::string decide() { return feed(Decide{true}); }

  [[nodiscard]] WorkloadId id(const std::string& name) const {
    return state_.workload_ids.at(name);
  }
  [[nodiscard]] TaskId task(const std::string& name) const { return *state_.task_named(name); }
  [[nodiscard]] const schedule::Job& job(const std::string& name) const {
    return state_.board.job(id(name));
  }
  [[nodiscard]] std::string reason(const std::string& name) const {
    const auto& reason = state_.workloads[id(name).index()].reason;
    return reason ? std::string(reason_code_name(reason->code)) : "";
  }

  State state_;
  Scratch scratch_;
  Time now_ = at(0);
  std::vector<std::string> last_;  // Of the last input, as text.

 private:
  // Whatever happens, a snapshot keeps it.
  [[nodiscard]] std::string restored_hash() const {
    const auto restored = restore("s", save(state_).bytes);
    return restored ? state_hash(*restored) : restored.error().message;
  }
};

}  // namespace sillar
