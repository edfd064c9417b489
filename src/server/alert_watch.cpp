#include "server/alert_watch.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "ledger/budget_period.h"

namespace sillar::server {
namespace {

bool asks_for(std::span<const AlertRule> rules, AlertKind kind) {
  return std::ranges::any_of(rules, [&](const AlertRule& rule) { return rule.kind == kind; });
}

AlertFinding of_workload(AlertCode code, const Workload& workload, Time since) {
  AlertFinding finding;
  finding.code = code;
  finding.project = workload.project;
  finding.subject = workload.name;
  finding.since = since;
  if (!workload.owner.empty()) finding.parameters.emplace_back("owner", workload.owner);
  return finding;
}

void add_reason(AlertFinding& finding, const Reason* reason) {
  if (reason == nullptr || reason->code == ReasonCode::kNone) return;
  finding.parameters.emplace_back("reason", reason_code_name(reason->code));
  finding.parameters.emplace_back("reason_en", reason_text(*reason, Language::kEnglish));
  finding.parameters.emplace_back("reason_es", reason_text(*reason, Language::kSpanish));
}

AlertFinding of_budget(const State& state, const BudgetThreshold& fact) {
  const Project& project = state.world->projects[fact.project.index()];
  const Budget& budget = project.budgets[fact.budget];
  AlertFinding finding;
  finding.code = fact.measure == BudgetMeasure::kForecast ? AlertCode::kBudgetForecast
                                                          : AlertCode::kBudgetActual;
  finding.project = project.name;
  finding.subject = budget.name;
  finding.threshold = fact.percent;
  finding.since = fact.period_start;
  finding.until = budget_window(budget.period, budget.starts, fact.period_start).end;
  finding.parameters = {{"budget", budget.name},
                        {"amount", format_nanos(fact.nanos)},
                        {"limit", format_nanos(fact.limit_nanos)},
                        {"currency", std::string(budget.amount.currency.text())}};
  return finding;
}

// Whoever holds it back knows: it waits for no room.
bool is_held_back(const WorkloadRecord& record) {
  return std::ranges::any_of(record.holds, [](const WorkloadHold& hold) {
    return hold.cause == HoldCause::kOwner || hold.cause == HoldCause::kDependency ||
           hold.cause == HoldCause::kBackoff;
  });
}

// Since when devices are idle of which the owner was warned; never: of none.
Time idle_since(const State& state, WorkloadId id) {
  const schedule::Job& job = state.board.job(id);
  const bool gang = state.workloads[id.index()].idle_warned != Time::never();
  Time since = Time::never();
  for (std::int32_t i = 0; i < job.tasks; ++i) {
    const TaskRecord& task = state.tasks[job.first_task + static_cast<std::uint32_t>(i)];
    if (gang || task.idle_warned != Time::never()) since = std::min(since, task.idle_since);
  }
  return since;
}

class Conditions {
 public:
  Conditions(const State& state, std::span<const AlertRule> rules, Time now)
      : state_(state),
        now_(now),
        queue_(asks_for(rules, AlertKind::kQueueTime)),
        unplaceable_(asks_for(rules, AlertKind::kUnplaceable)),
        idle_(asks_for(rules, AlertKind::kIdle)),
        quarantine_(asks_for(rules, AlertKind::kQuarantine)) {
    for (const AlertRule& rule : rules)
      if (rule.kind == AlertKind::kQueueTime) wait_least_ = std::min(wait_least_, rule.over);
  }

  std::vector<AlertFinding> take() {
    if (queue_ || unplaceable_ || idle_)
      for (std::uint32_t i = 0; i < state_.workloads.size(); ++i) look_at(WorkloadId{i});
    if (quarantine_)
      for (std::uint32_t i = 0; i < state_.world->fleet.nodes.size(); ++i) look_at(NodeId{i});
    return std::move(found_);
  }

 private:
  void look_at(WorkloadId id) {
    const WorkloadRecord& record = state_.workloads[id.index()];
    if (record.finished != Time::never()) return;
    const schedule::Job& job = state_.board.job(id);
    if (idle_ && job.running > 0 && record.spec->idle.limit.ns > 0)
      if (const Time since = idle_since(state_, id); since != Time::never())
        found_.push_back(of_workload(AlertCode::kIdle, *record.spec, since));
    if (job.pending == 0 || record.idle_since == Time::never()) return;
    const Reason* reason = record.reason.get();
    if (unplaceable_ && reason != nullptr && reason->code == ReasonCode::kNeverFits)
      add_waiting(AlertCode::kUnplaceable, record);
    if (queue_ && now_ - record.idle_since >= wait_least_ && !is_held_back(record))
      add_waiting(AlertCode::kQueueTime, record);
  }
  void add_waiting(AlertCode code, const WorkloadRecord& record) {
    found_.push_back(of_workload(code, *record.spec, record.idle_since));
    add_reason(found_.back(), record.reason.get());
  }

  void look_at(NodeId id) {
    const schedule::NodeState& node = state_.board.node(id);
    const std::string& name = state_.world->fleet.nodes[id.index()].name;
    if (node.health == Health::kQuarantined) {
      add_quarantine(AlertCode::kNodeQuarantined, name, {});
      return;  // Its devices are quarantined with it.
    }
    for (std::size_t i = 0; i < node.device_count; ++i)
      if (node.devices[i].health == Health::kQuarantined)
        add_quarantine(AlertCode::kDeviceQuarantined, name, std::to_string(i));
  }
  void add_quarantine(AlertCode code, const std::string& node, const std::string& device) {
    AlertFinding finding;
    finding.code = code;
    finding.subject = device.empty() ? node : node + "/" + device;
    finding.since = now_;
    finding.parameters.emplace_back("node", node);
    if (!device.empty()) finding.parameters.emplace_back("device", device);
    found_.push_back(std::move(finding));
  }

  const State& state_;
  Time now_;
  bool queue_, unplaceable_, idle_, quarantine_;
  Duration wait_least_ = Duration::max();
  std::vector<AlertFinding> found_;
};

}  // namespace

std::vector<AlertFinding> alert_happenings(const State& state, std::span<const Step> steps) {
  std::vector<AlertFinding> found;
  std::set<WorkloadId> failed;
  for (const Step& step : steps)
    for (const Fact& fact : step.facts) {
      if (const auto* budget = std::get_if<BudgetThreshold>(&fact.body))
        found.push_back(of_budget(state, *budget));
      const auto* finished = std::get_if<TaskFinished>(&fact.body);
      if (finished == nullptr) continue;
      const WorkloadId id = state.board.task(finished->task).job;
      const WorkloadRecord& record = state.workloads[id.index()];
      const bool over = record.finished != Time::never() && !record.cancelled;
      if (!over || record.failed_tasks == 0 || !failed.insert(id).second) continue;
      found.push_back(of_workload(AlertCode::kFailed, *record.spec, record.finished));
      found.back().parameters.emplace_back("failed", std::to_string(record.failed_tasks));
      add_reason(found.back(), record.end_reason.get());
    }
  return found;
}

std::vector<AlertFinding> alert_conditions(const State& state, std::span<const AlertRule> rules,
                                           Time now, bool disk_is_low) {
  std::vector<AlertFinding> found;
  if (state.world) found = Conditions(state, rules, now).take();
  if (disk_is_low && asks_for(rules, AlertKind::kDiskLow)) {
    AlertFinding finding;
    finding.code = AlertCode::kDiskLow;
    finding.subject = "journal";
    finding.since = now;
    found.push_back(std::move(finding));
  }
  return found;
}

void AlertWatch::look(Core& core, bool disk_is_low) {
  const Alerts& alerts = core.parts().alerts;
  const auto rounds =
      static_cast<std::int64_t>(1 + core.state().workloads.size() / kAlertLookWorkloads);
  const bool due = core.now() - looked_ >= kAlertLookPace * rounds;
  if (due) looked_ = core.now();
  if (due && alerts.rules() != settings_.rules)
    core.record(PartId::kAlerts, Alerts::rules_record(settings_.rules));
  if (alerts.rules().empty() && alerts.open().empty()) return;
  AlertFindings findings;
  findings.happenings = alert_happenings(core.state(), core.steps());
  if (due)
    findings.conditions = alert_conditions(core.state(), alerts.rules(), core.now(), disk_is_low);
  if (!findings.conditions && findings.happenings.empty()) return;
  record(core, evaluate_alerts(alerts.rules(), findings, core.now(), alerts.open(),
                               core.parts().installation.name()));
}

void AlertWatch::record(Core& core, const AlertChanges& changes) const {
  const OpenAlerts& open = core.parts().alerts.open();
  for (const auto& [id, end] : changes.ended) {
    std::vector<std::string> tell;
    for (const std::string& name : open.at(id).channels) {
      const AlertChannel* channel = find_channel(settings_.channels, name);
      if (channel != nullptr && channel->tell_end) tell.push_back(name);
    }
    core.record(PartId::kAlerts, Alerts::ended_record(id, end, core.now(), tell));
  }
  for (const Alert& alert : changes.fired)
    core.record(PartId::kAlerts, Alerts::fired_record(alert));
}

}  // namespace sillar::server
