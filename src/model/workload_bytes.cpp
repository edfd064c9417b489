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
  request.accelerators = static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
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
  for (std::int32_t& device : task.devices)
    device = static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
  task.started = in.moment();
  task.checkpointed = in.moment();
  return task;
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
}

Workload read_workload(ByteReader& in) {
  Workload workload;
  workload.name = read_text(in);
  workload.project = std::string(in.text(kProjectDepthMax * kBytesMax));
  workload.kind = in.word(WorkloadKind::kBatch);
  workload.priority = static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
  workload.preemptible = in.flag();
  workload.submitted = in.moment();
  workload.gang_min = static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
  workload.gang_max = static_cast<std::int32_t>(in.number(INT32_MIN, INT32_MAX));
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
  return workload;
}

}  // namespace sillar
