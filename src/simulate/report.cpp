#include "simulate/report.h"

#include <algorithm>
#include <string_view>

#include "base/json_writer.h"

namespace sillar {
namespace {

void seconds(JsonWriter& json, std::string_view name, Duration duration) {
  json.key(name).decimal(format_nanos(duration.ns));
}

void money(JsonWriter& json, std::string_view name, Int128 nanos) {
  json.key(name).decimal(format_nanos(nanos));
}

// Thousandths of a device x nanoseconds as device hours with three decimals, rounded down.
void device_hours(JsonWriter& json, std::string_view name, Int128 device_time) {
  constexpr Int128 kMillihour = Int128{3600} * 1'000'000'000;
  json.key(name).decimal(format_nanos(device_time / kMillihour * 1'000'000));
}

void write(JsonWriter& json, std::string_view name, const Distribution& distribution) {
  json.key(name).begin_object();
  json.field("count", distribution.count);
  seconds(json, "mean_s", distribution.mean);
  seconds(json, "p50_s", distribution.p50);
  seconds(json, "p90_s", distribution.p90);
  seconds(json, "p99_s", distribution.p99);
  seconds(json, "max_s", distribution.max);
  json.end_object();
}

void write(JsonWriter& json, const DeviceTime& time) {
  json.key("device_hours").begin_object();
  device_hours(json, "held", time.held);
  device_hours(json, "useful", time.useful);
  device_hours(json, "restarting", time.restarting);
  device_hours(json, "lost_work", time.lost_work);
  json.end_object();
}

void write(JsonWriter& json, const ProjectReport& project, bool priced) {
  json.begin_object();
  json.field("name", project.name);
  json.field("jobs", project.jobs);
  json.field("finished", project.finished);
  write(json, "completion", project.completion);
  write(json, "queueing", project.queueing);
  write(json, project.device_time);
  json.field("evictions", project.evictions);
  if (priced) {
    money(json, "cost", project.cost_nanos);
    money(json, "accelerator_cost", project.accelerator_nanos);
  }
  json.end_object();
}

void write(JsonWriter& json, std::string_view name, const std::vector<std::int64_t>& values,
           std::int64_t nanos_each) {
  json.key(name).begin_array();
  for (const std::int64_t value : values) json.decimal(format_nanos(Int128{value} * nanos_each));
  json.end_array();
}

void write(JsonWriter& json, const SeriesLine& line) {
  constexpr std::int64_t kThousandth = 1'000'000;
  json.begin_object();
  write(json, "devices", line.devices, kThousandth);
  write(json, "queued", line.queued, kThousandth);
  if (!line.cost_nanos.empty()) write(json, "cost", line.cost_nanos, 1);
  json.end_object();
}

void write(JsonWriter& json, const SimulationReport& report, const Series& series) {
  json.key("series").begin_object();
  json.field("begin", format_time(series.begin));
  seconds(json, "width_s", series.width);
  json.key("fleet");
  write(json, series.fleet);
  json.key("projects").begin_object();
  for (std::size_t p = 0; p < series.projects.size(); ++p) {
    json.key(report.projects[p].name);
    write(json, series.projects[p]);
  }
  json.end_object().end_object();
}

Duration nearest_rank(const std::vector<Duration>& sorted, std::size_t percent) {
  const std::size_t rank = (sorted.size() * percent + 99) / 100;
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

std::int64_t millionths(Int128 part, Int128 whole) {
  return whole == 0 ? 0 : static_cast<std::int64_t>(part * 1'000'000 / whole);
}

}  // namespace

Distribution distribution_of(std::vector<Duration>& samples) {
  Distribution out;
  if (samples.empty()) return out;
  std::sort(samples.begin(), samples.end());
  Int128 sum = 0;
  for (const Duration sample : samples) sum += sample.ns;
  out.count = std::ssize(samples);
  out.mean.ns = static_cast<std::int64_t>(sum / out.count);
  out.p50 = nearest_rank(samples, 50);
  out.p90 = nearest_rank(samples, 90);
  out.p99 = nearest_rank(samples, 99);
  out.max = samples.back();
  return out;
}

std::int64_t SimulationReport::held_millionths() const {
  return millionths(device_time.held, capacity_device_time);
}

std::int64_t SimulationReport::useful_millionths() const {
  return millionths(device_time.useful, capacity_device_time);
}

std::string report_json(const SimulationReport& report, bool with_series) {
  JsonWriter json(2);
  json.begin_object();
  json.field("policy", report.policy);
  json.field("begin", format_time(report.begin)).field("end", format_time(report.end));
  json.field("jobs", report.jobs).field("finished", report.finished);
  json.field("refused", report.refused).field("unfinished", report.unfinished);
  write(json, "completion", report.completion);
  write(json, "queueing", report.queueing);
  write(json, report.device_time);
  device_hours(json, "capacity_device_hours", report.capacity_device_time);
  json.key("held_share").decimal(format_nanos(Int128{report.held_millionths()} * 1000));
  json.key("useful_share").decimal(format_nanos(Int128{report.useful_millionths()} * 1000));
  json.field("evictions", report.evictions).field("moves", report.moves);
  json.field("restarts", report.restarts).field("faults", report.faults);
  if (report.priced) {
    json.key("cost").begin_object();
    json.field("currency", report.currency.text());
    money(json, "billed", report.billed_nanos);
    money(json, "workloads", report.workload_nanos);
    money(json, "idle", report.idle_nanos);
    json.end_object();
  }
  json.key("projects").begin_array();
  for (const ProjectReport& project : report.projects) write(json, project, report.priced);
  json.end_array();
  if (with_series) write(json, report, report.series);
  json.field("inputs", report.inputs).field("facts", report.facts);
  json.field("cycles", report.cycles).field("full_cycles", report.full_cycles);
  json.key("effort").begin_object();
  seconds(json, "elapsed_s", report.effort.elapsed);
  json.field("decisions_per_second", report.effort.decisions_per_second);
  json.field("peak_memory_bytes", report.effort.peak_memory_bytes);
  json.end_object().end_object();
  return json.take();
}

}  // namespace sillar
