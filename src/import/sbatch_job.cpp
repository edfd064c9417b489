#include "import/sbatch_job.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/quantity.h"
#include "import/amounts.h"
#include "import/launch_names.h"
#include "model/names.h"
#include "model/signals.h"
#include "model/text.h"

namespace sillar {
namespace {

// "0-15:5,20": indices in order. Nothing for what is none, or too many.
std::optional<std::vector<std::int32_t>> indices_of(std::string_view text) {
  std::set<std::int32_t> found;
  constexpr std::int64_t kLast = kArrayTasksMax - 1;
  while (!text.empty()) {
    std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    std::optional<std::int64_t> step = 1;
    if (const std::size_t colon = part.find(':'); colon != std::string_view::npos) {
      step = whole(part.substr(colon + 1), kLast);
      part = part.substr(0, colon);
    }
    const std::size_t dash = part.find('-');
    const auto first = whole(part.substr(0, dash), kLast);
    const auto last = dash == std::string_view::npos ? first : whole(part.substr(dash + 1), kLast);
    if (!step || *step < 1 || !first || !last || *last < *first) return std::nullopt;
    for (std::int64_t index = *first; index <= *last; index += *step)
      found.insert(static_cast<std::int32_t>(index));
  }
  if (found.empty()) return std::nullopt;
  return std::vector<std::int32_t>(found.begin(), found.end());
}

// "10", "USR1", "SIGUSR1".
std::string signal_of(std::string_view text) {
  if (const auto number = whole(text, 64)) {
    std::string name = signal_name(static_cast<int>(*number));
    return signal_number(name) == 0 ? std::string{} : name;
  }
  std::string name(text);
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  if (name.starts_with("SIG")) name.erase(0, 3);
  return signal_number(name) == 0 ? std::string{} : name;
}

}  // namespace

void SbatchJob::run() {
  given_ = read_sbatch_options(findings_, text_);
  for (const GivenOption& given : given_)
    if (given.option->otherwise != NoteCode::kBecomes)
      note(given, given.option->otherwise, {{"value", std::string(given.option->name)}});
  workload_.kind = WorkloadKind::kBatch;
  read_name();
  read_account();
  read_shape();
  read_devices();
  read_cpus();
  read_memory();
  read_constraint();
  read_limit();
  read_array();
  read_dependencies();
  read_restart();
  read_signal();
  read_files();
  read_environment();
  read_rest();
  read_body();
  finish();
}

const GivenOption* SbatchJob::find(std::string_view name) const {
  const auto found =
      std::ranges::find(given_, name, [](const GivenOption& given) { return given.option->name; });
  return found == given_.end() ? nullptr : &*found;
}

void SbatchJob::note(const GivenOption& given, NoteCode code, NoteParameters parameters) {
  findings_.note(given.line, fmt::format("--{}", given.option->name), code, std::move(parameters));
}

void SbatchJob::becomes(const GivenOption& given, std::string_view field) {
  note(given, NoteCode::kBecomes, {{"to", std::string(field)}});
}

void SbatchJob::fault(const GivenOption& given, std::string_view sentence) {
  findings_.fault(given.line, given.column, fmt::format("--{}", given.option->name), sentence);
}

std::optional<std::int64_t> SbatchJob::number(const GivenOption* given, std::int64_t min,
                                              std::int64_t max) {
  if (given == nullptr) return std::nullopt;
  const auto value = whole(given->value, max);
  if (value && *value >= min) return value;
  fault(*given, fmt::format("a whole number from {} to {} was expected", min, max));
  return std::nullopt;
}

void SbatchJob::read_name() {
  const GivenOption* given = find("job-name");
  settle_name(findings_, 1, given == nullptr ? "" : given->value, options_, workload_);
  if (given == nullptr) return;
  if (workload_.name == given->value)
    becomes(*given, "name");
  else
    note(*given, NoteCode::kNameChanged, {{"to", workload_.name}});
}

void SbatchJob::read_account() {
  if (const GivenOption* given = find("account")) {
    if (!options_.project.empty()) {
      note(*given, NoteCode::kOverridden, {{"by", "--project"}});
    } else if (is_project_path(given->value)) {
      workload_.project = given->value;
      becomes(*given, "project");
    } else {
      note(*given, NoteCode::kNoCounterpart);
    }
  }
  settle_project(findings_, 1, options_, workload_);
}

void SbatchJob::read_limit() {
  const GivenOption* given = find("time");
  if (given == nullptr) return;
  const auto limit = slurm_time(given->value);
  if (!limit)
    return fault(*given,
                 fmt::format("'{}' is not a time such as 90, 1:30:00 or 2-12", given->value));
  workload_.limit = *limit;
  becomes(*given, "limit");
}

void SbatchJob::read_array() {
  const GivenOption* given = find("array");
  if (given == nullptr) return;
  const std::string_view text = given->value;
  const std::size_t percent = text.find('%');
  auto indices = indices_of(text.substr(0, percent));
  std::optional<std::int64_t> at_most = 0;
  if (percent != std::string_view::npos) at_most = whole(text.substr(percent + 1), kArrayTasksMax);
  if (!indices || !at_most)
    return fault(*given, fmt::format("'{}' is not an array such as 0-15%4 with indices up to {}",
                                     text, kArrayTasksMax - 1));
  if (nodes_max_ > 1) {
    if (indices->size() > kImportedMax)
      return fault(*given, fmt::format("an array of jobs on several nodes has at most {} indices",
                                       kImportedMax));
    copies_ = std::move(*indices);
    return note(*given, NoteCode::kCopies);
  }
  workload_.gang_min = 1;
  workload_.gang_max = static_cast<std::int32_t>(indices->size());
  workload_.array = std::move(*indices);
  workload_.array_at_most = static_cast<std::int32_t>(*at_most);
  becomes(*given, "array");
}

void SbatchJob::read_dependencies() {
  const GivenOption* given = find("dependency");
  if (given == nullptr) return;
  std::string_view text = given->value;
  if (text.find('?') != std::string_view::npos)
    return note(*given, NoteCode::kDependency, {{"value", given->value}});
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (!part.empty()) read_dependency(*given, part);
  }
}

void SbatchJob::read_dependency(const GivenOption& given, std::string_view part) {
  std::string_view kind = part.substr(0, part.find(':'));
  std::string_view jobs = part.substr(std::min(kind.size() + 1, part.size()));
  // A number alone, which old versions took for afterany.
  if (jobs.empty() && whole(kind, std::numeric_limits<std::int64_t>::max())) {
    jobs = kind;
    kind = "afterany";
  }
  if ((kind != "afterok" && kind != "afterany") || jobs.empty())
    return note(given, NoteCode::kDependency, {{"value", std::string(part)}});
  while (!jobs.empty()) {
    const std::string_view job = jobs.substr(0, jobs.find(':'));
    jobs.remove_prefix(std::min(job.size() + 1, jobs.size()));
    const std::string name = clean_name(job.substr(0, job.find('+')));
    const bool known =
        std::ranges::find(workload_.after, name, &Dependency::workload) != workload_.after.end();
    if (name.empty() || name == workload_.name || workload_.after.size() == kDependenciesMax) {
      note(given, NoteCode::kDependency, {{"value", std::string(job)}});
      continue;
    }
    if (!known)
      workload_.after.push_back(
          {name, kind == "afterok" ? DependencyKind::kAfterOk : DependencyKind::kAfterAny});
    const bool foreign = name.find_first_not_of("0123456789_*") == std::string::npos ||
                         name.find('$') != std::string::npos;
    if (foreign)
      note(given, NoteCode::kForeignJob, {{"value", name}});
    else
      becomes(given, "after");
  }
}

void SbatchJob::read_restart() {
  if (const GivenOption* given = find("requeue")) becomes(*given, "preemptible");
  if (const GivenOption* given = find("no-requeue")) {
    workload_.preemptible = false;
    becomes(*given, "preemptible");
  }
}

void SbatchJob::read_signal() {
  const GivenOption* given = find("signal");
  if (given == nullptr) return;
  std::string_view text = given->value;
  for (std::string_view whom : {"B:", "R:", "BR:", "RB:"})
    if (text.starts_with(whom)) {
      text.remove_prefix(whom.size());
      break;
    }
  const std::size_t at = text.find('@');
  constexpr std::int64_t kSecondsOfSlurm = 60;
  constexpr std::int64_t kSecondsMax = 65'535;
  const auto seconds = at == std::string_view::npos ? std::optional(kSecondsOfSlurm)
                                                    : whole(text.substr(at + 1), kSecondsMax);
  const std::string name = signal_of(text.substr(0, at));
  if (name.empty() || name == "KILL" || name == "STOP" || !seconds)
    return fault(*given, fmt::format("'{}' is not a signal such as B:USR1@120", given->value));
  workload_.run.checkpoint_signal = name;
  workload_.run.grace = Duration::seconds(*seconds);
  note(*given, NoteCode::kSignalAtStop,
       {{"value", name}, {"to", format_duration(workload_.run.grace)}});
}

void SbatchJob::read_files() {
  Launch& run = workload_.run;
  if (const GivenOption* given = find("output")) read_pattern(*given, run.output, "run.output");
  if (const GivenOption* given = find("error")) read_pattern(*given, run.error, "run.error");
  const GivenOption* given = find("chdir");
  if (given == nullptr) {
    findings_.note(1, "--chdir", NoteCode::kFreshDirectory);
  } else if (given->value.starts_with('/') && given->value.size() <= kTextBytesMax) {
    run.directory = given->value;
    becomes(*given, "run.directory");
  } else {
    note(*given, NoteCode::kNotLocal, {{"value", given->value}});
  }
}

// %j, %A, %x and %J are one job here, %t, %n, %s and %N one task; other parts have no counterpart
// and go.
void SbatchJob::read_pattern(const GivenOption& given, std::string& out, std::string_view field) {
  std::string pattern;
  bool same = true;
  const std::string& text = given.value;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      pattern += text[i];
      continue;
    }
    std::size_t at = i + 1;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    const char part = at < text.size() ? text[at] : '%';
    same = same && at == i + 1 && (part == 'j' || part == 'a' || part == 't' || part == '%');
    if (std::string_view("jAxJ").find(part) != std::string_view::npos) {
      pattern += "%j";
    } else if (std::string_view("tnsN").find(part) != std::string_view::npos) {
      pattern += "%t";
    } else if (part == 'a' || part == '%') {
      pattern += '%';
      pattern += part;
    }
    i = at;
  }
  if (pattern.size() > kTextBytesMax)
    return fault(given, fmt::format("a text has at most {} bytes here", kTextBytesMax));
  out = pattern;
  if (same)
    becomes(given, field);
  else
    note(given, NoteCode::kPattern, {{"to", pattern}});
}

void SbatchJob::read_environment() {
  const GivenOption* given = find("export");
  if (given == nullptr) {
    findings_.note(1, "--export", NoteCode::kOwnEnvironment);
    return;
  }
  std::string_view text = given->value;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t equal = part.find('=');
    const std::string_view name = part.substr(0, equal);
    if (part == "ALL") {
      note(*given, NoteCode::kOwnEnvironment);
    } else if (part == "NONE" || part == "NIL") {
      becomes(*given, "run.environment");
    } else if (equal == std::string_view::npos) {
      note(*given, NoteCode::kNeedsValue, {{"value", std::string(part)}});
    } else if (!is_variable_name(name)) {
      note(*given, NoteCode::kNotAVariable, {{"value", std::string(name)}});
    } else {
      set_variable(workload_.run, name, part.substr(equal + 1));
      becomes(*given, fmt::format("run.environment.{}", name));
    }
  }
}

void SbatchJob::read_rest() {
  constexpr std::int32_t kPriorityOfNice = 40;
  if (const GivenOption* given = find("hold")) {
    workload_.held = true;
    becomes(*given, "held");
  }
  if (const GivenOption* given = find("nice")) {
    if (given->value.starts_with('-')) {
      note(*given, NoteCode::kNoCounterpart);
    } else {
      workload_.priority = kPriorityOfNice;
      note(*given, NoteCode::kPriority, {{"to", std::to_string(kPriorityOfNice)}});
    }
  }
  if (const GivenOption* given = find("spread-job")) {
    workload_.spread = true;
    becomes(*given, "spread");
  }
  if (const GivenOption* given = find("comment")) {
    workload_.labels.emplace_back("comment", cut(given->value, kTextBytesMax));
    becomes(*given, "labels.comment");
  }
}

// What a variable of Slurm is for every task alike.
std::optional<std::string> SbatchJob::constant_of(std::string_view variable) const {
  const auto is_any = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, variable) != names.end();
  };
  if (variable == "SLURM_JOB_NAME") return workload_.name;
  if (is_any({"SLURM_NNODES", "SLURM_JOB_NUM_NODES"})) return std::to_string(nodes_max_);
  if (is_any({"SLURM_NTASKS", "SLURM_NPROCS"})) return std::to_string(processes_ * nodes_max_);
  if (is_any({"SLURM_NTASKS_PER_NODE", "SLURM_TASKS_PER_NODE"})) return std::to_string(processes_);
  if (is_any({"SLURM_CPUS_ON_NODE", "SLURM_JOB_CPUS_PER_NODE"}) && cores_ > 0)
    return std::to_string(cores_);
  if (variable == "SLURM_CPUS_PER_TASK" && cores_ > 0) return std::to_string(cores_ / processes_);
  if (is_any({"SLURM_GPUS_ON_NODE", "SLURM_GPUS_PER_NODE"}))
    return std::to_string(devices_per_node());
  if (variable == "SLURM_GPUS") return std::to_string(devices_per_node() * nodes_max_);
  if (variable == "SLURM_LOCALID") return "0";
  if (workload_.array.empty()) return std::nullopt;
  if (variable == "SLURM_ARRAY_TASK_COUNT") return std::to_string(workload_.array.size());
  if (variable == "SLURM_ARRAY_TASK_MIN") return std::to_string(workload_.array.front());
  if (variable == "SLURM_ARRAY_TASK_MAX") return std::to_string(workload_.array.back());
  return std::nullopt;
}

// Variables and commands of Slurm in the script: the former are set where they can be.
void SbatchJob::read_body() {
  constexpr auto kOwn = std::to_array<std::pair<std::string_view, std::string_view>>(
      {{"SLURM_ARRAY_TASK_ID", kOwnArrayIndex},
       {"SLURM_ARRAY_JOB_ID", kOwnWorkload},
       {"SLURM_JOB_ID", kOwnWorkload},
       {"SLURM_JOBID", kOwnWorkload},
       {"SLURM_PROCID", kOwnTaskIndex},
       {"SLURM_NODEID", kOwnTaskIndex},
       {"SLURM_RESTART_COUNT", kOwnRestarts}});
  const std::string format(findings_.title());
  const bool shell = is_shell_script(text_);
  std::string exports;
  for (const Use& use : variables_used(text_, "SLURM_")) {
    const auto own = std::ranges::find(kOwn, use.name, [](const auto& pair) { return pair.first; });
    const bool array = use.name.starts_with("SLURM_ARRAY_");
    std::string value;
    if (const auto constant = constant_of(use.name)) {
      set_variable(workload_.run, use.name, *constant);
      value = *constant;
    } else if (own != kOwn.end() && shell && (!array || !workload_.array.empty())) {
      exports += fmt::format("export {}=\"${{{}}}\"\n", use.name, own->second);
      value = fmt::format("${{{}}}", own->second);
    }
    if (array && !copies_.empty() && use.name == "SLURM_ARRAY_TASK_ID")
      value = fmt::format("{}..{}", copies_.front(), copies_.back());
    if (value.empty())
      findings_.note(use.line, use.name, NoteCode::kVariableOfTool,
                     {{"value", use.name}, {"format", format}});
    else
      findings_.note(use.line, use.name, NoteCode::kVariable,
                     {{"value", use.name}, {"to", value}, {"format", format}});
  }
  constexpr std::array<std::string_view, 11> kCommands{"srun",    "sbatch", "scontrol", "squeue",
                                                       "scancel", "sacct",  "salloc",   "sstat",
                                                       "sbcast",  "sinfo",  "sattach"};
  for (const Use& use : commands_used(text_, kCommands))
    findings_.note(use.line, use.name, NoteCode::kCommandOfTool,
                   {{"value", use.name}, {"format", format}});
  workload_.run.script =
      exports.empty() ? std::string(text_) : with_lines_after_first(text_, exports);
}

void SbatchJob::finish() {
  check_launch(findings_, 1, workload_);
  if (copies_.empty()) {
    findings_.add(1, std::move(workload_));
    return;
  }
  constexpr std::size_t kBaseMax = kNameBytesMax - std::string_view("-65535").size();
  for (const std::int32_t index : copies_) {
    Workload copy = workload_;
    copy.name = fmt::format("{}-{}", cut(workload_.name, kBaseMax), index);
    set_variable(copy.run, "SLURM_ARRAY_TASK_ID", std::to_string(index));
    findings_.add(1, std::move(copy));
  }
}

}  // namespace sillar
