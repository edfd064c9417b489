#include "cli/simulation_answer.h"

#include "cli/verb.h"

namespace sillar::cli {
namespace {

Value count(std::int64_t number) {
  return Value::plain(std::to_string(number));
}

Value seconds(Duration duration) {
  return Value::plain(format_nanos(duration.ns));
}

Value money(Int128 nanos, const SimulationReport& report) {
  if (!report.priced) return {};
  return Value::mapping()
      .set("amount", Value::text(format_nanos(nanos)))
      .set("currency", Value::text(report.currency.text()));
}

Value distribution(const Distribution& of) {
  return Value::mapping()
      .set("count", count(of.count))
      .set("mean_s", seconds(of.mean))
      .set("p50_s", seconds(of.p50))
      .set("p90_s", seconds(of.p90))
      .set("p99_s", seconds(of.p99))
      .set("max_s", seconds(of.max));
}

// From thousandths of a device x nanoseconds, rounded down.
Value gpu_hours(Int128 device_time) {
  constexpr Int128 kThousandth = Int128{3600} * 1'000'000'000;
  return Value::plain(format_nanos(device_time / kThousandth * 1'000'000));
}

Value gpu_seconds(Int128 device_time) {
  constexpr Int128 kThousandth = 1'000'000'000;
  return Value::plain(format_nanos(device_time / kThousandth * 1'000'000));
}

Value device_time(const DeviceTime& time) {
  return Value::mapping()
      .set("held", gpu_hours(time.held))
      .set("useful", gpu_hours(time.useful))
      .set("restarting", gpu_hours(time.restarting))
      .set("lost_work", gpu_hours(time.lost_work));
}

Value share(std::int64_t millionths) {
  return Value::plain(format_nanos(Int128{millionths} * 1000));
}

Value project(const ProjectReport& of, const SimulationReport& report) {
  return Value::mapping()
      .set("name", Value::text(of.name))
      .set("jobs", count(of.jobs))
      .set("finished", count(of.finished))
      .set("failed", count(of.failed))
      .set("stopped_at_limit", count(of.stopped_at_limit))
      .set("completion", distribution(of.completion))
      .set("queueing", distribution(of.queueing))
      .set("gpu_hours", device_time(of.device_time))
      .set("gpu_seconds_lost", gpu_seconds(of.device_time.restarting + of.device_time.lost_work))
      .set("evictions", count(of.evictions))
      .set("cost", money(of.cost_nanos, report))
      .set("accelerator_cost", money(of.accelerator_nanos, report));
}

Value numbers(const std::vector<std::int64_t>& values, std::int64_t nanos_each) {
  Value out = Value::sequence();
  for (const std::int64_t value : values)
    out.items.push_back(Value::plain(format_nanos(Int128{value} * nanos_each)));
  return out;
}

Value counts(const std::vector<std::int64_t>& values) {
  Value out = Value::sequence();
  for (const std::int64_t value : values) out.items.push_back(count(value));
  return out;
}

// Null where no job arrived.
Value queueing(const SeriesLine& of) {
  Value out = Value::sequence();
  for (std::size_t b = 0; b < of.queueing.size(); ++b)
    out.items.push_back(of.arrived[b] > 0 ? seconds(of.queueing[b]) : Value{});
  return out;
}

Value line(const SeriesLine& of) {
  constexpr std::int64_t kThousandth = 1'000'000;
  return Value::mapping()
      .set("devices", numbers(of.devices, kThousandth))
      .set("queued", numbers(of.queued, kThousandth))
      .set("cost", numbers(of.cost_nanos, 1))
      .set("arrived", counts(of.arrived))
      .set("queueing_s", queueing(of));
}

Value series(const SimulationReport& report) {
  Value projects = Value::mapping();
  for (std::size_t p = 0; p < report.series.projects.size(); ++p)
    projects.set(report.projects[p].name, line(report.series.projects[p]));
  return Value::mapping()
      .set("begin", Value::text(format_time(report.series.begin)))
      .set("width_s", seconds(report.series.width))
      .set("fleet", line(report.series.fleet))
      .set("projects", std::move(projects));
}

}  // namespace

Value simulation_answer(const SimulationReport& report, bool with_series) {
  const DeviceTime& time = report.device_time;
  Value projects = Value::sequence();
  for (const ProjectReport& each : report.projects) projects.items.push_back(project(each, report));
  Value answer = answer_of_kind("Simulation");
  answer.set("policy", Value::text(report.policy))
      .set("begin", Value::text(format_time(report.begin)))
      .set("end", Value::text(format_time(report.end)))
      .set("jobs", count(report.jobs))
      .set("finished", count(report.finished))
      .set("failed", count(report.failed))
      .set("stopped_at_limit", count(report.stopped_at_limit))
      .set("refused", count(report.refused))
      .set("unfinished", count(report.unfinished))
      .set("completion", distribution(report.completion))
      .set("queueing", distribution(report.queueing))
      .set("utilisation", share(report.held_millionths()))
      .set("useful_share", share(report.useful_millionths()))
      .set("gpu_hours", device_time(time))
      .set("capacity_gpu_hours", gpu_hours(report.capacity_device_time))
      .set("gpu_seconds_lost", gpu_seconds(time.restarting + time.lost_work))
      .set("evictions", count(report.evictions))
      .set("moves", count(report.moves))
      .set("restarts", count(report.restarts))
      .set("faults", count(report.faults))
      .set("failures", count(report.failures))
      .set("cost", Value::mapping()
                       .set("billed", money(report.billed_nanos, report))
                       .set("workloads", money(report.workload_nanos, report))
                       .set("idle", money(report.idle_nanos, report)))
      .set("projects", std::move(projects));
  if (with_series) answer.set("series", series(report));
  answer.set("inputs", count(report.inputs))
      .set("facts", count(report.facts))
      .set("cycles", count(report.cycles))
      .set("full_cycles", count(report.full_cycles))
      .set("elapsed_s", seconds(report.effort.elapsed))
      .set("decisions_per_second", count(report.effort.decisions_per_second))
      .set("peak_memory_bytes", count(report.effort.peak_memory_bytes));
  return answer;
}

const View& simulation_view() {
  static const View kView{
      {ListView{"",
                {{"policy", Message::kTitlePolicy},
                 {"begin", Message::kTitleBegin},
                 {"end", Message::kTitleEnd},
                 {"jobs", Message::kTitleJobs, Cell::kNumber},
                 {"finished", Message::kTitleFinished, Cell::kNumber},
                 {"failed", Message::kTitleFailedJobs, Cell::kNumber},
                 {"stopped_at_limit", Message::kTitleStoppedAtLimit, Cell::kNumber},
                 {"refused", Message::kTitleRefused, Cell::kNumber},
                 {"unfinished", Message::kTitleUnfinished, Cell::kNumber},
                 {"utilisation", Message::kTitleUtilisation, Cell::kRatio},
                 {"useful_share", Message::kTitleUsefulShare, Cell::kRatio},
                 {"completion.mean_s", Message::kTitleCompletionMean, Cell::kSeconds},
                 {"completion.p50_s", Message::kTitleCompletionMedian, Cell::kSeconds},
                 {"completion.p99_s", Message::kTitleCompletionP99, Cell::kSeconds},
                 {"queueing.mean_s", Message::kTitleQueueingMean, Cell::kSeconds},
                 {"queueing.p50_s", Message::kTitleQueueingMedian, Cell::kSeconds},
                 {"queueing.p99_s", Message::kTitleQueueingP99, Cell::kSeconds},
                 {"evictions", Message::kTitleEvictions, Cell::kNumber},
                 {"faults", Message::kTitleFaultsSeen, Cell::kNumber},
                 {"failures", Message::kTitleWorkFailures, Cell::kNumber},
                 {"gpu_seconds_lost", Message::kTitleGpuSecondsLost, Cell::kShort},
                 {"cost.billed", Message::kTitleBilled, Cell::kMoney},
                 {"cost.workloads", Message::kTitleWorkloadCost, Cell::kMoney},
                 {"cost.idle", Message::kTitleIdleCost, Cell::kMoney},
                 {"decisions_per_second", Message::kTitleDecisionsPerSecond, Cell::kNumber},
                 {"peak_memory_bytes", Message::kTitlePeakMemory, Cell::kBytes}}},
       TableView{"projects",
                 {{"name", Message::kTitleProject},
                  {"jobs", Message::kTitleJobs, Cell::kNumber},
                  {"finished", Message::kTitleFinished, Cell::kNumber},
                  {"completion.mean_s", Message::kTitleCompletionMean, Cell::kSeconds},
                  {"queueing.mean_s", Message::kTitleQueueingMean, Cell::kSeconds},
                  {"queueing.p99_s", Message::kTitleQueueingP99, Cell::kSeconds},
                  {"gpu_hours.held", Message::kTitleGpuHours, Cell::kShort},
                  {"evictions", Message::kTitleEvictions, Cell::kNumber},
                  {"cost", Message::kTitleCost, Cell::kMoney}},
                 Message::kTitleProjects}}};
  return kView;
}

}  // namespace sillar::cli
