#include "import/kubernetes_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "import/amounts.h"
#include "model/names.h"

namespace sillar {

void guess_priority(Reader& reader, const At& at, Workload& workload) {
  const auto name = reader.text(at);
  if (!name) return;
  constexpr auto kWords =
      std::to_array<std::pair<std::string_view, std::int32_t>>({{"low", 25},
                                                                {"batch", 25},
                                                                {"best-effort", 25},
                                                                {"preempt", 25},
                                                                {"spot", 25},
                                                                {"background", 25},
                                                                {"critical", 90},
                                                                {"urgent", 90},
                                                                {"high", 75},
                                                                {"prod", 75}});
  const auto found = std::ranges::find_if(
      kWords, [&](const auto& word) { return name->find(word.first) != std::string::npos; });
  if (found != kWords.end()) workload.priority = found->second;
  reader.note(at, NoteCode::kPriority, {{"to", std::to_string(workload.priority)}});
}

void PodReader::read(const At& spec) {
  static constexpr Rule<PodReader> kRules[] = {
      {"containers", &PodReader::read_containers},
      {"initContainers", &PodReader::read_init_containers},
      {"restartPolicy", &PodReader::read_restart_policy},
      {"terminationGracePeriodSeconds", &PodReader::read_grace},
      {"activeDeadlineSeconds", &PodReader::read_deadline},
      {"nodeSelector", &PodReader::read_node_selector},
      {"affinity", &PodReader::read_affinity},
      {"priorityClassName", &PodReader::read_priority_class},
      {"schedulingGates", &PodReader::read_gates},
      {"resources", &PodReader::read_resources},
      {"tolerations", nullptr, NoteCode::kPlacement},
      {"topologySpreadConstraints", nullptr, NoteCode::kPlacement},
      {"nodeName", nullptr, NoteCode::kPlacement},
      {"schedulerName", nullptr, NoteCode::kPlacement},
      {"priority", nullptr, NoteCode::kNoCounterpart},
      {"preemptionPolicy", nullptr, NoteCode::kNoCounterpart},
      {"runtimeClassName", nullptr, NoteCode::kImage},
      {"imagePullSecrets", nullptr, NoteCode::kImage},
      {"shareProcessNamespace", nullptr, NoteCode::kImage},
      {"serviceAccountName", nullptr, NoteCode::kIdentity},
      {"serviceAccount", nullptr, NoteCode::kIdentity},
      {"automountServiceAccountToken", nullptr, NoteCode::kIdentity},
      {"securityContext", nullptr, NoteCode::kIdentity},
      {"hostUsers", nullptr, NoteCode::kIdentity},
      {"volumes", nullptr, NoteCode::kStorage},
      {"hostNetwork", nullptr, NoteCode::kNetwork},
      {"hostPID", nullptr, NoteCode::kIdentity},
      {"hostIPC", nullptr, NoteCode::kIdentity},
      {"hostname", nullptr, NoteCode::kNetwork},
      {"subdomain", nullptr, NoteCode::kNetwork},
      {"hostAliases", nullptr, NoteCode::kNetwork},
      {"dnsPolicy", nullptr, NoteCode::kNetwork},
      {"dnsConfig", nullptr, NoteCode::kNetwork},
      {"enableServiceLinks", nullptr, NoteCode::kNetwork},
      {"setHostnameAsFQDN", nullptr, NoteCode::kNetwork},
      {"resourceClaims", nullptr, NoteCode::kPlacement},
      {"overhead", nullptr, NoteCode::kSharing},
      {"os", nullptr, NoteCode::kMachines},
      {"readinessGates", nullptr, NoteCode::kUpkeep},
      {"ephemeralContainers", nullptr, NoteCode::kUpkeep},
  };
  if (const auto containers =
          spec.value->kind == Value::Kind::kMapping ? spec.find("containers") : std::nullopt;
      containers && !containers->value->items.empty())
    if (const Value* name = containers->value->items.front().find("name")) main_ = name->scalar;
  walk(*this, reader_, spec, kRules);
  if (spec.value->find("containers") == nullptr)
    reader_.fault(spec, "the field 'containers' is missing");
  settle_classes();
}

void PodReader::read_containers(const At& at) {
  if (!reader_.sequence(at)) return;
  if (at.value->items.empty()) return reader_.fault(at, "a pod has at least one container");
  for (std::size_t i = 0; i < at.value->items.size(); ++i) {
    const At item = at.item(i);
    first_ = i == 0;
    if (first_) {
      read_container(item);
      continue;
    }
    if (!reader_.mapping(item)) return;
    reader_.note(item, NoteCode::kOneContainer, {{"value", main_}});
    if (const auto resources = item.find("resources")) read_resources(*resources);
  }
  first_ = true;
}

void PodReader::read_init_containers(const At& at) {
  reader_.note(at, NoteCode::kOneContainer, {{"value", main_}});
}

void PodReader::read_container(const At& at) {
  static constexpr Rule<PodReader> kRules[] = {
      {"name", &PodReader::read_name},
      {"command", &PodReader::read_command},
      {"args", &PodReader::read_arguments},
      {"workingDir", &PodReader::read_directory},
      {"env", &PodReader::read_variables},
      {"envFrom", &PodReader::read_sources},
      {"resources", &PodReader::read_resources},
      {"image", nullptr, NoteCode::kImage},
      {"imagePullPolicy", nullptr, NoteCode::kImage},
      {"ports", nullptr, NoteCode::kNetwork},
      {"volumeMounts", nullptr, NoteCode::kStorage},
      {"volumeDevices", nullptr, NoteCode::kStorage},
      {"securityContext", nullptr, NoteCode::kIdentity},
      {"livenessProbe", nullptr, NoteCode::kNoCounterpart},
      {"readinessProbe", nullptr, NoteCode::kNoCounterpart},
      {"startupProbe", nullptr, NoteCode::kNoCounterpart},
      {"lifecycle", nullptr, NoteCode::kNoCounterpart},
      {"restartPolicy", nullptr, NoteCode::kNoCounterpart},
      {"resizePolicy", nullptr, NoteCode::kNoCounterpart},
      {"stdin", nullptr, NoteCode::kNoCounterpart},
      {"stdinOnce", nullptr, NoteCode::kNoCounterpart},
      {"tty", nullptr, NoteCode::kNoCounterpart},
      {"terminationMessagePath", nullptr, NoteCode::kUpkeep},
      {"terminationMessagePolicy", nullptr, NoteCode::kUpkeep},
  };
  walk(*this, reader_, at, kRules);
  settle_command(at);
}

void PodReader::read_restart_policy(const At& at) {
  const auto policy = reader_.text(at);
  if (!policy) return;
  if (*policy != "Always" && *policy != "OnFailure" && *policy != "Never")
    return reader_.fault(at,
                         fmt::format("'{}' is not one of {}", *policy, "Always, OnFailure, Never"));
  restart_policy_ = {at, *policy};
}

void PodReader::read_grace(const At& at) {
  const auto seconds = reader_.integer(at, 0, kDurationMax.whole_seconds());
  if (!seconds) return;
  workload_.run.grace = Duration::seconds(*seconds);
  reader_.becomes(at, "run.grace");
}

void PodReader::read_deadline(const At& at) {
  const auto seconds = reader_.integer(at, 1, kDurationMax.whole_seconds());
  if (!seconds) return;
  const Duration limit = Duration::seconds(*seconds);
  if (workload_.limit.ns == 0 || limit < workload_.limit) workload_.limit = limit;
  reader_.note(at, NoteCode::kRunsAnew, {{"to", format_duration(workload_.limit)}});
}

void PodReader::read_gates(const At& at) {
  if (!reader_.sequence(at)) return;
  if (at.value->items.empty()) return reader_.note(at, NoteCode::kEmpty);
  workload_.held = true;
  reader_.note(at, NoteCode::kHeldInstead);
}

void PodReader::read_command(const At& at) {
  if (reader_.sequence(at)) command_ = at;
}

void PodReader::read_arguments(const At& at) {
  if (reader_.sequence(at)) arguments_ = at;
}

void PodReader::read_directory(const At& at) {
  const auto path = reader_.text(at);
  if (!path) return;
  if (!path->starts_with('/') || path->size() > kTextBytesMax)
    return reader_.note(at, NoteCode::kNotLocal, {{"value", *path}});
  workload_.run.directory = *path;
  reader_.note(at, NoteCode::kDirectory, {{"to", *path}});
}

void PodReader::read_variables(const At& at) {
  if (!reader_.sequence(at)) return;
  for (std::size_t i = 0; i < at.value->items.size(); ++i) read_variable(at.item(i));
}

void PodReader::read_variable(const At& at) {
  if (!reader_.mapping(at)) return;
  const auto name_at = at.find("name");
  if (!name_at) return reader_.fault(at, "the field 'name' is missing");
  const auto name = reader_.text(*name_at);
  if (!name) return;
  if (const auto from = at.find("valueFrom")) {
    const bool secret =
        from->value->kind == Value::Kind::kMapping && from->find("secretKeyRef").has_value();
    return reader_.note(*from, secret ? NoteCode::kSecret : NoteCode::kNeedsValue,
                        {{"value", *name}});
  }
  if (!is_variable_name(*name))
    return reader_.note(at, NoteCode::kNotAVariable, {{"value", *name}});
  const auto value_at = at.find("value");
  const auto value = value_at ? reader_.text(*value_at) : std::optional<std::string>("");
  if (!value) return;
  set_variable(workload_.run, *name, expanded(*value));
  reader_.becomes(value_at ? *value_at : at, fmt::format("run.environment.{}", *name));
}

void PodReader::read_sources(const At& at) {
  reader_.note(at, NoteCode::kNeedsValue, {{"value", "envFrom"}});
}

// $(NAME) is the value of a variable that is set, $$ a dollar sign before a bracket; all else
// stays.
std::string PodReader::expanded(std::string_view text) const {
  std::string out;
  while (!text.empty()) {
    const std::size_t dollar = std::min(text.find('$'), text.size());
    out += text.substr(0, dollar);
    text.remove_prefix(dollar);
    if (text.starts_with("$$(")) {
      out += "$(";
      text.remove_prefix(3);
      continue;
    }
    const std::size_t close = text.find(')');
    if (text.starts_with("$(") && close != std::string_view::npos) {
      const std::string_view name = text.substr(2, close - 2);
      const auto& variables = workload_.run.environment;
      const auto found = std::ranges::find(
          variables, name, [](const auto& pair) -> std::string_view { return pair.first; });
      if (found != variables.end()) {
        out +=
            cut(found->second, 2 * kArgumentBytesMax - std::min(out.size(), 2 * kArgumentBytesMax));
        text.remove_prefix(close + 1);
        continue;
      }
    }
    if (!text.empty()) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

void PodReader::settle_command(const At& container) {
  if (!command_ || command_->value->items.empty()) {
    if (arguments_) reader_.note(*arguments_, NoteCode::kEntryPoint);
    if (!arguments_) reader_.note(container, NoteCode::kEntryPoint);
    return;
  }
  std::vector<std::string>& command = workload_.run.command;
  for (const auto& list : {command_, arguments_}) {
    if (!list) continue;
    for (std::size_t i = 0; i < list->value->items.size(); ++i)
      if (const auto word = reader_.text(list->item(i))) command.push_back(expanded(*word));
    reader_.becomes(*list, "run.command");
  }
}

}  // namespace sillar
