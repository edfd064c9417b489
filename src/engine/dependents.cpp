#include "engine/dependents.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace sillar {
namespace {

using schedule::Phase;

Reason waits_for(const std::string& workload) {
  return {ReasonCode::kWaitsForDependency, {{"workload", workload}}};
}

class Settling {
 public:
  Settling(const State& state, Time at, std::vector<Fact>& facts)
      : s_(state), at_(at), facts_(facts) {}

  void run() {
    for (std::size_t i = 0; i < facts_.size(); ++i) count(facts_[i].body);
    while (!ended_.empty()) {
      const WorkloadId id = ended_.front();
      ended_.pop_front();
      for (const WorkloadId dependent : s_.dependents[id.index()]) tell(id, dependent);
    }
  }

 private:
  struct Tally {
    std::int32_t finished = 0;
    bool good = true;
  };

  void count(const FactBody& body) {
    if (const auto* cancelled = std::get_if<WorkloadCancelled>(&body)) {
      cancelled_.insert(cancelled->workload);
      return;
    }
    const auto* finished = std::get_if<TaskFinished>(&body);
    // Nobody waits yet for what is only being submitted.
    if (finished == nullptr || finished->task.index() >= s_.board.task_count()) return;
    const WorkloadId id = s_.board.task(finished->task).job;
    if (s_.dependents[id.index()].empty()) return;
    Tally& tally = tallies_[id];
    tally.good = tally.good && finished->outcome == TaskOutcome::kSucceeded;
    if (++tally.finished != s_.board.job(id).left()) return;
    const WorkloadRecord& record = s_.workloads[id.index()];
    const bool good = tally.good && record.failed_tasks == 0 && record.cancelled_tasks == 0 &&
                      !record.cancelled && !cancelled_.contains(id);
    over_.emplace(id, good);
    ended_.push_back(id);
  }

  [[nodiscard]] bool over(WorkloadId id) const {
    return over_.contains(id) || s_.workloads[id.index()].finished != Time::never();
  }

  void tell(WorkloadId id, WorkloadId dependent) {
    const WorkloadRecord& record = s_.workloads[dependent.index()];
    if (over(dependent) || record.cancelled || cancelled_.contains(dependent)) return;
    const std::string& name = s_.spec(id).name;
    std::optional<WorkloadId> next;
    for (const Dependency& dependency : record.spec->after) {
      if (dependency.workload == name && dependency.kind == DependencyKind::kAfterOk &&
          !over_.find(id)->second)
        return cancel(dependent, name);
      const WorkloadId each = s_.workload_ids.find(dependency.workload)->second;
      if (!next && !over(each)) next = each;
    }
    const auto [told, fresh] = told_.try_emplace(dependent, next);
    if (!fresh && told->second == next) return;
    told->second = next;
    if (!next)
      add(WorkloadReleased{dependent, HoldCause::kDependency});
    else if (const Reason reason = waits_for(s_.spec(*next).name); !fresh || !knows(record, reason))
      add(WorkloadHeld{dependent, HoldCause::kDependency, reason, Time::never()});
  }

  static bool knows(const WorkloadRecord& record, const Reason& reason) {
    return std::ranges::any_of(record.holds, [&](const WorkloadHold& hold) {
      return hold.cause == HoldCause::kDependency && *hold.reason == reason;
    });
  }

  void cancel(WorkloadId id, const std::string& failed) {
    const Reason reason{ReasonCode::kDependencyFailed, {{"workload", failed}}};
    add(WorkloadCancelled{id, reason});
    const schedule::Job& job = s_.board.job(id);
    for (std::int32_t i = 0; i < job.tasks; ++i) {
      const TaskId t{job.first_task + static_cast<std::uint32_t>(i)};
      const Phase phase = s_.board.task(t).phase;
      // What a scenario found running goes as well; it ends when it has stopped.
      if (phase == Phase::kRunning)
        add(TaskEvicted{t, WorkloadId{}, reason, {}});
      else if (phase != Phase::kFinished && phase != Phase::kStopping)
        add(TaskFinished{t, TaskOutcome::kCancelled});
    }
  }

  void add(FactBody body) {
    facts_.push_back({at_, std::move(body)});
    count(facts_.back().body);
  }

  const State& s_;
  Time at_;
  std::vector<Fact>& facts_;
  std::map<WorkloadId, Tally> tallies_;
  std::map<WorkloadId, bool> over_;  // By these facts; whether with success.
  std::set<WorkloadId> cancelled_;
  std::map<WorkloadId, std::optional<WorkloadId>> told_;  // Whom else to wait for.
  std::deque<WorkloadId> ended_;
};

}  // namespace

void settle_dependents(const State& state, Time at, std::vector<Fact>& facts) {
  if (std::ranges::any_of(
          facts, [](const Fact& fact) { return std::holds_alternative<TaskFinished>(fact.body); }))
    Settling(state, at, facts).run();
}

DependencyCheck check_dependencies(const State& state, const Workload& workload) {
  DependencyCheck check;
  for (const Dependency& dependency : workload.after) {
    const auto found = state.workload_ids.find(dependency.workload);
    if (found == state.workload_ids.end())
      return {true, {ReasonCode::kDependencyUnknown, {{"workload", dependency.workload}}}};
    const WorkloadRecord& record = state.workloads[found->second.index()];
    if (record.finished == Time::never()) {
      if (check.reason.code == ReasonCode::kNone) check.reason = waits_for(dependency.workload);
    } else if (dependency.kind == DependencyKind::kAfterOk && !succeeded(record)) {
      return {true, {ReasonCode::kDependencyFailed, {{"workload", dependency.workload}}}};
    }
  }
  return check;
}

}  // namespace sillar
