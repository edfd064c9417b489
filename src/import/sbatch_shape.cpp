// How much of what a batch job asks for: nodes, processes, cores, devices, memory.

#include <fmt/format.h>

#include <algorithm>

#include "base/money.h"
#include "base/quantity.h"
#include "import/amounts.h"
#include "import/sbatch_job.h"
#include "model/fleet.h"
#include "model/resources.h"
#include "model/text.h"

namespace sillar {
namespace {

constexpr std::int64_t kCountMax = kCopiesMax;
// What most accelerator nodes hold; a total beyond it means several nodes.
constexpr std::int64_t kDevicesOfNode = 8;

std::int64_t divided_up(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

std::vector<std::string_view> parts_of(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

void SbatchJob::read_shape() {
  if (const GivenOption* nodes = find("nodes")) read_nodes(*nodes);
  derive_counts();
  if (nodes_max_ > kCountMax) {
    nodes_max_ = nodes_min_ = 1;
    findings_.fault(1, 1, "--nodes", fmt::format("a workload has at most {} tasks", kCopiesMax));
  }
  workload_.gang_min = static_cast<std::int32_t>(nodes_min_);
  workload_.gang_max = static_cast<std::int32_t>(nodes_max_);
  for (std::string_view name : {"ntasks", "ntasks-per-node"}) {
    const GivenOption* given = find(name);
    if (given == nullptr) continue;
    if (processes_ > 1)
      note(*given, NoteCode::kOneTask, {{"value", std::to_string(processes_)}});
    else
      becomes(*given, "gang");
  }
}

void SbatchJob::read_nodes(const GivenOption& given) {
  const std::string_view text = given.value;
  const std::size_t dash = text.find('-');
  const auto min = whole(text.substr(0, dash), kCountMax);
  const auto max = dash == std::string_view::npos ? min : whole(text.substr(dash + 1), kCountMax);
  if (!min || !max || *min < 1 || *max < *min) {
    fault(given, fmt::format("'{}' is not a number of nodes such as 2 or 2-4", text));
    return;
  }
  nodes_stated_ = true;
  nodes_min_ = *min;
  nodes_max_ = *max;
  if (*max > *min)
    note(given, NoteCode::kElastic, {{"to", fmt::format("{}-{}", *min, *max)}});
  else
    becomes(given, "gang");
  if (*max > 1) note(given, NoteCode::kScriptInEach, {{"value", std::to_string(*max)}});
}

// Each of the numbers of nodes, processes and devices may follow from the others.
void SbatchJob::derive_counts() {
  ntasks_ = number(find("ntasks"), 1, kCountMax);
  const auto per_node = number(find("ntasks-per-node"), 1, kCountMax);
  const auto count_at_end = [&](std::string_view name) -> std::optional<std::int64_t> {
    const GivenOption* given = find(name);
    if (given == nullptr) return std::nullopt;
    const std::string_view value = given->value;
    const auto count = whole(value.substr(value.rfind(':') + 1), kCountMax);
    return count && *count > 0 ? count : std::nullopt;
  };
  const auto devices = count_at_end("gpus");
  const auto per_process = count_at_end("gpus-per-task");
  const auto devices_per_node = count_at_end("gpus-per-node");
  if (const auto processes = number(find("ntasks-per-gpu"), 1, kCountMax)) {
    if (!ntasks_ && devices) ntasks_ = *processes * *devices;
    becomes(*find("ntasks-per-gpu"), "request.cpu");
  }
  if (!ntasks_ && devices && per_process) ntasks_ = divided_up(*devices, *per_process);
  if (!nodes_stated_ && devices && devices_per_node) {
    nodes_min_ = nodes_max_ = divided_up(*devices, *devices_per_node);
    nodes_stated_ = true;
  } else if (!nodes_stated_ && ntasks_ && per_node) {
    nodes_min_ = nodes_max_ = divided_up(*ntasks_, *per_node);
    nodes_stated_ = true;
  }
  processes_ = per_node ? *per_node : ntasks_ ? divided_up(*ntasks_, nodes_min_) : 1;
}

void SbatchJob::read_cpus() {
  const GivenOption* per_task = find("cpus-per-task");
  const GivenOption* per_device = find("cpus-per-gpu");
  const GivenOption* least = find("mincpus");
  if (const auto cores = number(per_task, 1, kCountMax)) {
    cores_ = *cores * processes_;
    becomes(*per_task, "request.cpu");
  } else if (find("ntasks") != nullptr || find("ntasks-per-node") != nullptr) {
    cores_ = processes_;
  }
  if (const auto cores = number(per_device, 1, kCountMax)) {
    cores_ = std::max(cores_, *cores * std::max<std::int64_t>(devices_per_node(), 1));
    becomes(*per_device, "request.cpu");
  }
  if (const auto cores = number(least, 1, kCountMax)) {
    cores_ = std::max(cores_, *cores);
    becomes(*least, "request.cpu");
  }
  workload_.request.cpu = cores_ * kThousand;
}

void SbatchJob::read_devices() {
  if (const GivenOption* given = find("gres")) read_gres(*given);
  for (std::string_view name :
       {"gpus-per-node", "gpus-per-task", "tres-per-task", "gpus-per-socket", "gpus"}) {
    const GivenOption* given = find(name);
    if (given == nullptr) continue;
    if (name == "tres-per-task") {
      read_gres(*given);
      continue;
    }
    if (name == "gpus-per-socket") {
      note(*given, NoteCode::kTuning);
      continue;
    }
    for (std::string_view part : parts_of(given->value, ",")) {
      Devices devices{"gpu", {}, 1};
      const std::size_t colon = part.rfind(':');
      const std::string_view digits =
          colon == std::string_view::npos ? part : part.substr(colon + 1);
      if (colon != std::string_view::npos) devices.type = part.substr(0, colon);
      const auto count = whole(digits, kCountMax);
      if (!count) {
        fault(*given, fmt::format("'{}' is not a number of devices such as 2 or a100:2", part));
        return;
      }
      devices.count = *count;
      if (name == "gpus-per-task") devices.count *= processes_;
      take_devices(*given, devices, name == "gpus");
    }
  }
}

// "gpu:a100:2,lscratch:200", or of --tres-per-task "cpu:4,gres/gpu:1".
void SbatchJob::read_gres(const GivenOption& given) {
  const bool per_task = given.option->name == "tres-per-task";
  for (std::string_view part : parts_of(given.value, ",")) {
    std::vector<std::string_view> words = parts_of(part, ":=/");
    if (!words.empty() && words.front() == "gres") words.erase(words.begin());
    if (words.empty() || words.size() > 3) {
      fault(given, fmt::format("'{}' is not a resource such as gpu:a100:2", part));
      return;
    }
    Devices devices{std::string(words.front()), {}, 1};
    if (words.size() > 1) {
      const auto count = whole(words.back(), kCountMax);
      if (count)
        devices.count = *count;
      else
        devices.type = words.back();
      if (words.size() == 3 && count) devices.type = words[1];
    }
    if (per_task) devices.count *= processes_;
    if (devices.kind == "cpu" && per_task) {
      cores_ = std::max(cores_, devices.count);
      becomes(given, "request.cpu");
    } else {
      take_devices(given, devices, false);
    }
  }
}

void SbatchJob::take_devices(const GivenOption& given, const Devices& devices, bool total) {
  Request& request = workload_.request;
  if (devices.kind == "none" || devices.count == 0) return becomes(given, "request");
  if (devices.kind != "gpu" && devices.kind != "mps")
    return note(given, NoteCode::kNotHere, {{"value", devices.kind}});
  if (decided_ != nullptr) {
    // That --gpus says the same as --gpus-per-node is no news.
    if (total) return becomes(given, "gang");
    return note(given, NoteCode::kOverridden,
                {{"by", fmt::format("--{}", decided_->option->name)}});
  }
  decided_ = &given;
  constexpr std::int64_t kWholeOfMps = 100;
  if (devices.kind == "mps" && devices.count < kWholeOfMps) {
    request.fraction = devices.count * kDevice / kWholeOfMps;
    return note(given, NoteCode::kFractionOf,
                {{"value", fmt::format("mps:{}", devices.count)},
                 {"to", std::to_string(request.fraction)}});
  }
  std::int64_t count =
      devices.kind == "mps" ? divided_up(devices.count, kWholeOfMps) : devices.count;
  if (const std::string profile = mig_profile_of(devices.type); !profile.empty()) {
    request.mig = profile;
    if (count == 1) return becomes(given, "request.mig");
    return note(given, NoteCode::kSlice,
                {{"value", std::to_string(count)}, {"to", std::string("1")}});
  }
  if (total && !nodes_stated_ && count > kDevicesOfNode) {
    nodes_min_ = nodes_max_ = divided_up(count, kDevicesOfNode);
    workload_.gang_min = workload_.gang_max = static_cast<std::int32_t>(nodes_min_);
    note(given, NoteCode::kTasksOf,
         {{"value", std::to_string(count)}, {"to", std::to_string(kDevicesOfNode)}});
    note(given, NoteCode::kScriptInEach, {{"value", std::to_string(nodes_max_)}});
    count = kDevicesOfNode;
  } else if (total) {
    if (count % nodes_min_ != 0)
      note(given, NoteCode::kRoundedUp, {{"to", std::to_string(divided_up(count, nodes_min_))}});
    count = divided_up(count, nodes_min_);
  }
  if (count > kDevicesPerNodeMax)
    return fault(given,
                 fmt::format("{} devices on one node are more than {}", count, kDevicesPerNodeMax));
  request.accelerators = static_cast<std::int32_t>(count);
  const std::string name = class_of(devices.type);
  if (name.empty()) return becomes(given, "request.accelerators");
  request.classes.push_back(name);
  note(given, NoteCode::kClass, {{"to", name}});
}

void SbatchJob::set_memory(const GivenOption& given, std::int64_t each, std::int64_t times) {
  const Int128 bytes = static_cast<Int128>(each) * times;
  if (bytes > kResourceMax) return fault(given, "the amount is larger than can be counted");
  workload_.request.memory_bytes = static_cast<std::int64_t>(bytes);
  becomes(given, "request.memory");
}

void SbatchJob::read_memory() {
  const GivenOption* decided = nullptr;
  for (std::string_view name : {"mem", "mem-per-cpu", "mem-per-gpu"}) {
    const GivenOption* given = find(name);
    if (given == nullptr) continue;
    if (decided != nullptr) {
      note(*given, NoteCode::kOverridden, {{"by", fmt::format("--{}", decided->option->name)}});
      continue;
    }
    decided = given;
    const auto bytes = slurm_bytes(given->value);
    if (!bytes)
      fault(*given, fmt::format("'{}' is not an amount of memory such as 16G", given->value));
    else if (*bytes == 0)
      note(*given, NoteCode::kSharing);
    else if (name == "mem")
      set_memory(*given, *bytes, 1);
    else if (name == "mem-per-cpu")
      set_memory(*given, *bytes, std::max(cores_, processes_));
    else
      set_memory(*given, *bytes, std::max<std::int64_t>(devices_per_node(), 1));
  }
}

// A list of words that must all be there, or one of several kinds of accelerator.
void SbatchJob::read_constraint() {
  const GivenOption* given = find("constraint");
  if (given == nullptr) return;
  std::string_view text = given->value;
  const bool bracketed = text.starts_with('[') && text.ends_with(']');
  if (bracketed) text = text.substr(1, text.size() - 2);
  Request& request = workload_.request;
  const std::vector<std::string_view> either = parts_of(text, "|");
  if (request.accelerators > 0 && request.classes.empty() &&
      std::ranges::all_of(either, is_known_accelerator) && !either.empty()) {
    std::string all;
    for (std::string_view word : either) {
      const std::string name = class_of(word);
      if (std::ranges::find(request.classes, name) != request.classes.end()) continue;
      request.classes.push_back(name);
      all += (all.empty() ? "" : ", ") + name;
    }
    return note(*given, NoteCode::kClass, {{"to", all}});
  }
  if (text.find_first_of("|*[]()!@") != std::string_view::npos || bracketed)
    return note(*given, NoteCode::kExpression, {{"value", given->value}});
  const std::vector<std::string_view> words = parts_of(text, "&,");
  if (!std::ranges::all_of(words, [](std::string_view word) { return clean_name(word) == word; }))
    return note(*given, NoteCode::kExpression, {{"value", given->value}});
  for (std::string_view word : words) {
    workload_.node_labels.emplace_back(word, "true");
    note(*given, NoteCode::kNeedsLabel, {{"to", fmt::format("{}=true", word)}});
  }
  std::sort(workload_.node_labels.begin(), workload_.node_labels.end());
  const auto twice = std::unique(workload_.node_labels.begin(), workload_.node_labels.end());
  workload_.node_labels.erase(twice, workload_.node_labels.end());
}

}  // namespace sillar
