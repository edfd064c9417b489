#include "model/workload_bytes.h"

#include <algorithm>

#include "model/names.h"

namespace sillar {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

// Of any one text; what may be shorter is for validation to say.
constexpr std::size_t kBytesMax = std::max(kTextBytesMax, kNameBytesMax);

std::string read_text(ByteReader& in) {
  return std::string(in.text(kBytesMax));
}

std::int32_t read_int(ByteReader& in) {
  return static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
}

void put_texts(std::string& out, const std::vector<std::string>& texts) {
  put_count(out, texts.size());
  for (const std::string& text : texts) put_text(out, text);
}

std::vector<std::string> read_texts(ByteReader& in) {
  std::vector<std::string> texts(in.count());
  for (std::string& text : texts) text = read_text(in);
  return texts;
}

void put_labels(std::string& out, const Labels& labels) {
  put_count(out, labels.size());
  for (const auto& [key, value] : labels) {
    put_text(out, key);
    put_text(out, value);
  }
}

Labels read_labels(ByteReader& in) {
  Labels labels(in.count());
  for (auto& [key, value] : labels) {
    key = read_text(in);
    value = read_text(in);
  }
  return labels;
}

void put_request(std::string& out, const Request& request) {
  put_number(out, request.accelerators);
  put_number(out, request.fraction);
  put_number(out, request.accelerator_memory);
  put_text(out, request.mig);
  put_texts(out, request.classes);
  put_number(out, request.cpu);
  put_number(out, request.memory_bytes);
}

Request read_request(ByteReader& in) {
  Request request;
  request.accelerators = read_int(in);
  request.fraction = in.number();
  request.accelerator_memory = in.number();
  request.mig = read_text(in);
  request.classes = read_texts(in);
  request.cpu = in.number();
  request.memory_bytes = in.number();
  return request;
}

void put_task(std::string& out, const TaskSpec& task) {
  put_text(out, task.name);
  put_number(out, static_cast<std::int64_t>(task.state));
  put_text(out, task.node);
  put_count(out, task.devices.size());
  for (const std::int32_t device : task.devices) put_number(out, device);
  put_number(out, task.started.ns);
  put_number(out, task.checkpointed.ns);
}

TaskSpec read_task(ByteReader& in) {
  TaskSpec task;
  task.name = read_text(in);
  task.state = in.word(TaskState::kFinished);
  task.node = read_text(in);
  task.devices.resize(in.count());
  for (std::int32_t& device : task.devices) device = read_int(in);
  task.started = in.moment();
  task.checkpointed = in.moment();
  return task;
}

Labels read_pairs(ByteReader& in) {
  Labels pairs(in.count());
  for (auto& [name, value] : pairs) {
    name = in.text(kArgumentBytesMax);
    value = in.text(kArgumentBytesMax);
  }
  return pairs;
}

void put_launch(std::string& out, const Launch& run) {
  put_texts(out, run.command);
  put_text(out, run.script);
  put_labels(out, run.environment);
  for (const std::string* text : {&run.directory, &run.output, &run.error, &run.checkpoint_signal})
    put_text(out, *text);
  put_number(out, run.grace.ns);
}

Launch read_launch(ByteReader& in) {
  Launch run;
  run.command.resize(in.count());
  for (std::string& argument : run.command) argument = in.text(kArgumentBytesMax);
  run.script = in.text(kScriptBytesMax);
  run.environment = read_pairs(in);
  for (std::string* text : {&run.directory, &run.output, &run.error, &run.checkpoint_signal})
    *text = read_text(in);
  run.grace = in.duration();
  return run;
}

// What it runs and how it lives.
void put_life(std::string& out, const Workload& workload) {
  put_launch(out, workload.run);
  put_count(out, workload.after.size());
  for (const Dependency& dependency : workload.after) {
    put_text(out, dependency.workload);
    put_number(out, static_cast<std::int64_t>(dependency.kind));
  }
  put_number(out, workload.retry.limit);
  put_number(out, workload.retry.backoff.ns);
  put_number(out, workload.retry.backoff_max.ns);
  put_number(out, workload.idle.limit.ns);
  put_number(out, workload.idle.below_thousandths);
  put_number(out, workload.idle.grace.ns);
  put_number(out, static_cast<std::int64_t>(workload.idle.action));
  put_number(out, workload.held ? 1 : 0);
  put_count(out, workload.array.size());
  for (const std::int32_t index : workload.array) put_number(out, index);
  put_number(out, workload.array_at_most);
  put_text(out, workload.owner);
  put_text(out, workload.os_user);
}

void read_life(ByteReader& in, Workload& workload) {
  workload.run = read_launch(in);
  workload.after.resize(in.count());
  for (Dependency& dependency : workload.after) {
    dependency.workload = read_text(in);
    dependency.kind = in.word(DependencyKind::kAfterAny);
  }
  workload.retry.limit = read_int(in);
  workload.retry.backoff = in.duration();
  workload.retry.backoff_max = in.duration();
  workload.idle.limit = in.duration();
  workload.idle.below_thousandths = in.number();
  workload.idle.grace = in.duration();
  workload.idle.action = in.word(IdleAction::kWarn);
  workload.held = in.flag();
  workload.array.resize(in.count());
  for (std::int32_t& index : workload.array) index = read_int(in);
  workload.array_at_most = read_int(in);
  workload.owner = read_text(in);
  workload.os_user = read_text(in);
}

}  // namespace

void put_workload(std::string& out, const Workload& workload) {
  put_text(out, workload.name);
  put_text(out, workload.project);
  put_number(out, static_cast<std::int64_t>(workload.kind));
  put_number(out, workload.priority);
  put_number(out, workload.preemptible ? 1 : 0);
  put_number(out, workload.submitted.ns);
  put_number(out, workload.gang_min);
  put_number(out, workload.gang_max);
  put_request(out, workload.request);
  put_text(out, workload.topology.topology);
  put_text(out, workload.topology.required);
  put_text(out, workload.topology.preferred);
  put_text(out, workload.topology.apart);
  put_number(out, workload.spread ? 1 : 0);
  for (const Duration duration : {workload.estimate, workload.limit, workload.checkpoint_interval,
                                  workload.checkpoint_cost, workload.restart_cost})
    put_number(out, duration.ns);
  put_texts(out, workload.data);
  put_texts(out, workload.residency.countries);
  put_texts(out, workload.residency.regions);
  put_texts(out, workload.residency.forbidden);
  put_labels(out, workload.node_labels);
  put_labels(out, workload.labels);
  put_count(out, workload.tasks.size());
  for (const TaskSpec& task : workload.tasks) put_task(out, task);
  put_life(out, workload);
}

Workload read_workload(ByteReader& in) {
  Workload workload;
  workload.name = read_text(in);
  workload.project = std::string(in.text(kProjectDepthMax * kBytesMax));
  workload.kind = in.word(WorkloadKind::kBatch);
  workload.priority = read_int(in);
  workload.preemptible = in.flag();
  workload.submitted = in.moment();
  workload.gang_min = read_int(in);
  workload.gang_max = read_int(in);
  workload.request = read_request(in);
  workload.topology.topology = read_text(in);
  workload.topology.required = read_text(in);
  workload.topology.preferred = read_text(in);
  workload.topology.apart = read_text(in);
  workload.spread = in.flag();
  for (Duration* duration : {&workload.estimate, &workload.limit, &workload.checkpoint_interval,
                             &workload.checkpoint_cost, &workload.restart_cost})
    *duration = in.duration();
  workload.data = read_texts(in);
  workload.residency.countries = read_texts(in);
  workload.residency.regions = read_texts(in);
  workload.residency.forbidden = read_texts(in);
  workload.node_labels = read_labels(in);
  workload.labels = read_labels(in);
  workload.tasks.resize(in.count());
  for (TaskSpec& task : workload.tasks) task = read_task(in);
  read_life(in, workload);
  return workload;
}

}  // namespace sillar
