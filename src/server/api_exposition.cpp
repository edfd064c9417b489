// Figures for Prometheus: what is counted as it happens, and how things stand.

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "engine/budgets.h"
#include "engine/workload_phase.h"
#include "server/api.h"
#include "server/problem.h"
#include "server/process_figures.h"

namespace sillar::server {
namespace {

// Series of their own have this many budgets, the largest; how many more there are is told.
constexpr std::size_t kBudgetsShown = 100;

// Of the files in a folder and below it.
std::int64_t folder_bytes(const std::string& folder) {
  std::int64_t bytes = 0;
  std::error_code failed;
  for (std::filesystem::recursive_directory_iterator at(folder, failed), end; at != end && !failed;
       at.increment(failed)) {
    std::error_code gone;  // Files come and go meanwhile.
    const auto size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
    if (!gone) bytes += static_cast<std::int64_t>(size);
  }
  return bytes;
}

void gauge(Exposition& out, std::string_view name, std::string_view help, std::int64_t value) {
  out.family(name, FigureKind::kGauge, help);
  out.number({}, value);
}

void counter(Exposition& out, std::string_view name, std::string_view help, std::uint64_t value) {
  out.family(name, FigureKind::kCounter, help);
  out.number({}, value);
}

void write_process(Exposition& out, const ServiceFigures& figures) {
  out.family("sillar_build", FigureKind::kInfo, "What this program was built from.");
  out.info({{"version", figures.version}, {"commit", figures.commit}});
  out.family("process_start_time_seconds", FigureKind::kGauge,
             "When the service started, in seconds since 1970.");
  out.seconds({}, Duration{figures.started.ns});
  const auto process = process_figures();
  if (!process) return;
  out.family("process_cpu_seconds", FigureKind::kCounter, "Processor time, user and system.");
  out.seconds({}, process->cpu);
  gauge(out, "process_resident_memory_bytes", "Resident memory.", process->resident_bytes);
  gauge(out, "process_virtual_memory_bytes", "Virtual memory.", process->virtual_bytes);
  gauge(out, "process_open_fds", "Open file descriptors.", process->open_fds);
  gauge(out, "process_max_fds", "As many as may be open.", process->fds_max);
  gauge(out, "process_threads", "Threads.", process->threads);
}

void write_connections(Exposition& out, const net::ServerCounts& counts) {
  const auto open = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  gauge(out, "sillar_http_connections_open", "Connections that are open.",
        open(counts.connections_open));
  counter(out, "sillar_http_connections", "Connections that were opened.",
          counts.connections_total);
  counter(out, "sillar_http_connections_refused", "Connections beyond as many as are taken.",
          counts.connections_refused);
  counter(out, "sillar_http_requests_malformed",
          "Requests that were malformed, too slow or over a limit.", counts.requests_refused);
  gauge(out, "sillar_http_streams_open", "Answers without an end: events, and logs that are read.",
        open(counts.streams_open));
}

void write_workloads(Exposition& out, const WorkloadCounts& counts) {
  out.family("sillar_workloads", FigureKind::kGauge, "Workloads by phase.");
  for (std::size_t i = 0; i < kWorkloadPhases; ++i) {
    const std::string_view phase = phase_name(static_cast<WorkloadPhase>(i));
    const auto found = counts.phases.find(phase);
    out.number({{"phase", phase}}, found == counts.phases.end() ? 0 : found->second);
  }
  out.family("sillar_tasks", FigureKind::kGauge,
             "Tasks that wait, that hold devices, and that have ended.");
  out.number({{"state", "pending"}}, counts.pending);
  out.number({{"state", "running"}}, counts.running);
  out.number({{"state", "ended"}}, counts.ended);
}

struct ClassFigures {
  std::int64_t devices = 0;
  std::int64_t allocated_thousandths = 0;
  std::int64_t unhealthy = 0;
};

void write_fleet(Exposition& out, const State& state) {
  std::map<std::string_view, ClassFigures> classes;
  for (const AcceleratorClass& one : state.world->fleet.classes) classes[one.name];
  std::array<std::uint64_t, 4> nodes{};
  for (std::size_t n = 0; n < state.board.node_count(); ++n) {
    const schedule::NodeState& node = state.board.node(NodeId{n});
    ++nodes[static_cast<std::size_t>(node.health)];
    if (!node.accelerator_class.valid()) continue;
    ClassFigures& of = classes[state.world->fleet.classes[node.accelerator_class.index()].name];
    for (std::size_t d = 0; d < node.device_count; ++d) {
      const bool healthy =
          node.health == Health::kHealthy && node.devices[d].health == Health::kHealthy;
      ++of.devices;
      of.allocated_thousandths += kDevice - node.devices[d].now;
      of.unhealthy += healthy ? 0 : 1;
    }
  }
  out.family("sillar_nodes", FigureKind::kGauge, "Nodes by health.");
  constexpr std::string_view kHealth[] = {"healthy", "suspect", "quarantined", "probation"};
  for (std::size_t i = 0; i < nodes.size(); ++i) out.number({{"health", kHealth[i]}}, nodes[i]);
  out.family("sillar_devices", FigureKind::kGauge, "Accelerators by class.");
  for (const auto& [name, of] : classes) out.number({{"class", name}}, of.devices);
  out.family("sillar_devices_allocated", FigureKind::kGauge,
             "Accelerators that work holds, parts of them included.");
  for (const auto& [name, of] : classes)
    out.seconds({{"class", name}}, Duration{of.allocated_thousandths * (Money::kUnit / kDevice)});
  out.family("sillar_devices_unhealthy", FigureKind::kGauge,
             "Accelerators that are not healthy, or whose node is not.");
  for (const auto& [name, of] : classes) out.number({{"class", name}}, of.unhealthy);
}

void write_money(Exposition& out, const State& state, Time now) {
  if (state.meter) {
    const MeterTotals totals = state.meter->totals_at(now);
    out.family("sillar_cost_billed", FigureKind::kCounter,
               "What the fleet has cost, in units of the currency.");
    out.money({{"currency", totals.currency.text()}}, totals.billed_nanos);
    out.family("sillar_cost_idle", FigureKind::kCounter, "Of that, for what nobody used.");
    out.money({{"currency", totals.currency.text()}}, totals.idle_nanos);
  }
  std::vector<BudgetView> budgets = budgets_at(state, now);
  const std::size_t all = budgets.size();
  std::sort(budgets.begin(), budgets.end(), [](const BudgetView& a, const BudgetView& b) {
    if (a.standing.limit_nanos != b.standing.limit_nanos)
      return a.standing.limit_nanos > b.standing.limit_nanos;
    return std::tie(a.project, a.index) < std::tie(b.project, b.index);
  });
  if (budgets.size() > kBudgetsShown) budgets.resize(kBudgetsShown);
  const auto each = [&](std::string_view name, std::string_view help, const auto& nanos) {
    out.family(name, FigureKind::kGauge, help);
    for (const BudgetView& budget : budgets)
      out.money({{"project", state.world->projects[budget.project.index()].name},
                 {"budget", budget.name},
                 {"currency", budget.currency.text()}},
                nanos(budget.standing));
  };
  each("sillar_budget_limit", "What a budget has to spend in its period; the largest ones.",
       [](const BudgetStanding& standing) { return Int128{standing.limit_nanos}; });
  each("sillar_budget_spent", "What was spent of it.",
       [](const BudgetStanding& standing) { return Int128{standing.spent_nanos}; });
  each("sillar_budget_reserved", "What is set aside for what runs.",
       [](const BudgetStanding& standing) { return Int128{standing.reserved_nanos}; });
  each("sillar_budget_remaining", "What neither is.",
       [](const BudgetStanding& standing) { return Int128{standing.left_nanos}; });
  gauge(out, "sillar_budgets_not_shown", "Budgets beyond those that have figures of their own.",
        static_cast<std::int64_t>(all - budgets.size()));
}

void write_journal(Exposition& out, const Core& core, const ServiceFigures& figures) {
  const auto last = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  gauge(out, "sillar_journal_epoch", "Rises with each start.", last(core.epoch()));
  counter(out, "sillar_journal_entries", "Entries that were ever written.", core.durable_seq());
  gauge(out, "sillar_journal_first_entry", "The oldest entry that is kept.",
        last(core.journal().first().seq));
  const JournalHealth health =
      figures.journal_health ? figures.journal_health() : JournalHealth::kUnknown;
  gauge(out, "sillar_journal_checked", "1: all that was there at the start was read again.",
        health == JournalHealth::kUnknown ? 0 : 1);
  gauge(out, "sillar_journal_damaged", "1: that found an entry that is not what was written.",
        health == JournalHealth::kDamaged ? 1 : 0);
  gauge(out, "sillar_journal_entries_since_snapshot", "Entries that a restart would apply.",
        last(core.entries_since_snapshot()));
  if (core.snapshot_at()) {
    out.family("sillar_snapshot_age_seconds", FigureKind::kGauge,
               "Since this process kept a snapshot.");
    out.seconds({}, core.now() - *core.snapshot_at());
  }
  gauge(out, "sillar_journal_bytes", "Journal, archive and snapshots on disk.",
        folder_bytes(figures.data + "/journal"));
  counter(out, "sillar_audit_leaves", "Lines of the audit log.", core.parts().audit.size());
  if (const auto free = journal::free_bytes(figures.data))
    gauge(out, "sillar_disk_free_bytes", "Room on the disk of the journal.", *free);
  gauge(out, "sillar_disk_ballast_held",
        "1: room is held back for what has to be written on a full disk.",
        figures.disk != nullptr && figures.disk->holds_ballast() ? 1 : 0);
}

}  // namespace

void get_metrics(Api& api, const std::shared_ptr<Call>& call) {
  if (!api.permit(call, {Action::kMetricsView, {}, "metrics"},
                  problem(404, "not-found", "There is nothing at /metrics.")))
    return;
  auto out = std::make_shared<Exposition>(dialect_asked(call->request().header("Accept")));
  const ServiceFigures& figures = api.figures();
  write_process(*out, figures);
  api.metrics().write(*out);
  write_connections(*out, figures.connections());
  write_workloads(*out, api.views().counts());
  gauge(*out, "sillar_control_commands_waiting", "Commands in the control queue.",
        static_cast<std::int64_t>(api.control().waiting()));
  gauge(*out, "sillar_event_listeners", "Clients of the event stream.",
        static_cast<std::int64_t>(api.events().listeners()));
  gauge(*out, "sillar_log_readers", "Logs that are being read.",
        static_cast<std::int64_t>(api.logs().readers()));
  gauge(*out, "sillar_driver_orders_waiting", "Orders that the driver has not had yet.",
        static_cast<std::int64_t>(api.effects().waiting()));
  api.ask(call, [&api, out](Core& core) -> Answer {
    if (core.state().world) {
      write_fleet(*out, core.state());
      write_money(*out, core.state(), core.now());
    }
    write_journal(*out, core, api.figures());
    const std::string type(out->type());
    return {200, out->take(), {{"Content-Type", type}}};
  });
}

}  // namespace sillar::server
