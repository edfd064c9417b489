#include "import/kubernetes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "import/kubernetes_pod.h"
#include "import/launch_names.h"
#include "import/reader.h"
#include "model/names.h"

namespace sillar {
namespace {

constexpr std::string_view kQueueLabel = "kueue.x-k8s.io/queue-name";
constexpr std::string_view kPriorityLabel = "kueue.x-k8s.io/priority-class";
constexpr std::int32_t kBackoffLimit = 6;  // Of a Job that states none.
constexpr Duration kBackoffMax = Duration::minutes(6);

// Objects that stand beside work in one file and are none.
constexpr std::array<std::string_view, 23> kOtherKinds{"ConfigMap",
                                                       "Secret",
                                                       "Service",
                                                       "Namespace",
                                                       "PersistentVolumeClaim",
                                                       "ServiceAccount",
                                                       "Role",
                                                       "RoleBinding",
                                                       "ClusterRole",
                                                       "ClusterRoleBinding",
                                                       "StorageClass",
                                                       "PriorityClass",
                                                       "LimitRange",
                                                       "ResourceQuota",
                                                       "PersistentVolume",
                                                       "NetworkPolicy",
                                                       "LocalQueue",
                                                       "Cohort",
                                                       "ClusterQueue",
                                                       "ResourceFlavor",
                                                       "Topology",
                                                       "AdmissionCheck",
                                                       "WorkloadPriorityClass"};

// One Job or Pod.
class WorkReader {
 public:
  WorkReader(Reader& reader, const ImportOptions& options, const At& root)
      : reader_(reader), options_(options), root_(root), pod_(reader, workload_) {
    workload_.kind = WorkloadKind::kBatch;
  }

  void read(bool job) {
    job_ = job;
    static constexpr Rule<WorkReader> kRules[] = {
        {"apiVersion", &WorkReader::read_form},   {"kind", &WorkReader::read_form},
        {"metadata", &WorkReader::read_metadata}, {"spec", &WorkReader::read_spec},
        {"status", nullptr, NoteCode::kUpkeep},
    };
    walk(*this, reader_, root_, kRules);
    if (root_.value->find("spec") == nullptr) reader_.fault(root_, "the field 'spec' is missing");
    if (job) settle_counts();
    settle_retry();
    Findings& findings = reader_.findings();
    settle_name(findings, root_.line, name_, options_, workload_);
    settle_project(findings, root_.line, options_, workload_);
    check_launch(findings, root_.line, workload_);
    findings.add(root_.line, std::move(workload_));
  }

 private:
  void read_form(const At& at) { reader_.note(at, NoteCode::kHeaderOnly); }

  void read_spec(const At& at) {
    spec_ = at;
    if (job_)
      read_job(at);
    else
      pod_.read(at);
  }

  void read_metadata(const At& at) {
    static constexpr Rule<WorkReader> kRules[] = {
        {"name", &WorkReader::read_name},
        {"generateName", &WorkReader::read_generated_name},
        {"labels", &WorkReader::read_labels},
        {"annotations", &WorkReader::read_annotations},
        {"namespace", nullptr, NoteCode::kNoCounterpart},
        {"finalizers", nullptr, NoteCode::kUpkeep},
        {"ownerReferences", nullptr, NoteCode::kUpkeep},
        {"creationTimestamp", nullptr, NoteCode::kUpkeep},
        {"resourceVersion", nullptr, NoteCode::kUpkeep},
        {"generation", nullptr, NoteCode::kUpkeep},
        {"uid", nullptr, NoteCode::kUpkeep},
        {"selfLink", nullptr, NoteCode::kUpkeep},
        {"managedFields", nullptr, NoteCode::kUpkeep},
    };
    walk(*this, reader_, at, kRules);
  }

  void read_template_metadata(const At& at) {
    static constexpr Rule<WorkReader> kRules[] = {
        {"name", nullptr, NoteCode::kUpkeep},
        {"namespace", nullptr, NoteCode::kNoCounterpart},
        {"creationTimestamp", nullptr, NoteCode::kUpkeep},
        {"labels", nullptr, NoteCode::kNoCounterpart},
        {"annotations", &WorkReader::read_annotations},
        {"finalizers", nullptr, NoteCode::kUpkeep},
    };
    walk(*this, reader_, at, kRules);
  }

  void read_name(const At& at) {
    if (const auto name = reader_.noted_text(at, "name")) name_ = *name;
  }

  // The cluster puts random letters after it.
  void read_generated_name(const At& at) {
    const auto name = reader_.text(at);
    if (!name || !name_.empty()) return;
    name_ = clean_name(*name);
    reader_.note(at, NoteCode::kNamed, {{"to", name_}});
  }

  void read_labels(const At& at) {
    if (!reader_.mapping(at)) return;
    for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
      const At field = at.field(i);
      if (at.key(i) == kQueueLabel)
        read_queue(field);
      else if (at.key(i) == kPriorityLabel)
        guess_priority(reader_, field, workload_);
      else
        reader_.label(field, at.key(i), "labels", workload_.labels);
    }
  }

  void read_queue(const At& at) {
    const auto queue = reader_.text(at);
    if (!queue) return;
    queued_ = true;
    if (!options_.project.empty()) {
      reader_.note(at, NoteCode::kOverridden, {{"by", "--project"}});
    } else if (is_project_path(*queue)) {
      workload_.project = *queue;
      reader_.becomes(at, "project");
    } else {
      reader_.note(at, NoteCode::kNoCounterpart);
    }
  }

  void read_annotations(const At& at) {
    if (!reader_.mapping(at)) return;
    for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
      const At field = at.field(i);
      const std::string_view key = at.key(i);
      const bool required = key == "kueue.x-k8s.io/podset-required-topology";
      const bool preferred = key == "kueue.x-k8s.io/podset-preferred-topology";
      if (!required && !preferred) {
        reader_.note(field, NoteCode::kNoCounterpart);
        continue;
      }
      const auto level = reader_.text(field);
      if (!level) continue;
      if (!is_name(*level)) {
        reader_.fault(field, fmt::format("'{}' cannot be a name", *level));
        continue;
      }
      (required ? workload_.topology.required : workload_.topology.preferred) = *level;
      reader_.becomes(field, required ? "topology.required" : "topology.preferred");
    }
  }

  void read_job(const At& at) {
    static constexpr Rule<WorkReader> kRules[] = {
        {"parallelism", &WorkReader::read_parallelism},
        {"completions", &WorkReader::read_completions},
        {"completionMode", &WorkReader::read_completion_mode},
        {"backoffLimit", &WorkReader::read_backoff_limit},
        {"backoffLimitPerIndex", &WorkReader::read_backoff_limit},
        {"activeDeadlineSeconds", &WorkReader::read_deadline},
        {"suspend", &WorkReader::read_suspend},
        {"template", &WorkReader::read_template},
        {"ttlSecondsAfterFinished", nullptr, NoteCode::kUpkeep},
        {"manualSelector", nullptr, NoteCode::kUpkeep},
        {"selector", nullptr, NoteCode::kUpkeep},
        {"managedBy", nullptr, NoteCode::kUpkeep},
        {"maxFailedIndexes", nullptr, NoteCode::kNoCounterpart},
        {"podFailurePolicy", nullptr, NoteCode::kNoCounterpart},
        {"podReplacementPolicy", nullptr, NoteCode::kNoCounterpart},
        {"successPolicy", nullptr, NoteCode::kNoCounterpart},
    };
    walk(*this, reader_, at, kRules);
    if (at.value->find("template") == nullptr) reader_.fault(at, "the field 'template' is missing");
  }

  void read_template(const At& at) {
    static constexpr Rule<WorkReader> kRules[] = {
        {"metadata", &WorkReader::read_template_metadata},
        {"spec", &WorkReader::read_pod_spec},
    };
    walk(*this, reader_, at, kRules);
    if (at.value->find("spec") == nullptr) reader_.fault(at, "the field 'spec' is missing");
  }

  void read_pod_spec(const At& at) { pod_.read(at); }

  void read_parallelism(const At& at) {
    if (const auto count = reader_.integer(at, 0, kArrayTasksMax)) parallelism_ = {at, *count};
  }

  void read_completions(const At& at) {
    if (const auto count = reader_.integer(at, 1, kArrayTasksMax)) completions_ = {at, *count};
  }

  void read_completion_mode(const At& at) {
    const auto mode = reader_.text(at);
    if (!mode) return;
    if (*mode != "Indexed" && *mode != "NonIndexed")
      return reader_.fault(at, fmt::format("'{}' is not one of {}", *mode, "Indexed, NonIndexed"));
    if (*mode == "Indexed")
      indexed_ = at;
    else
      reader_.becomes(at, "array");
  }

  void read_backoff_limit(const At& at) {
    const auto limit = reader_.integer(at, 0, std::numeric_limits<std::int32_t>::max());
    if (!limit) return;
    retry_stated_ = true;
    workload_.retry.limit =
        std::max(workload_.retry.limit,
                 static_cast<std::int32_t>(std::min<std::int64_t>(*limit, kTaskRetriesMax)));
    if (*limit == 0)
      reader_.becomes(at, "retry.limit");
    else
      reader_.note(at, NoteCode::kRetries, {{"to", std::to_string(workload_.retry.limit)}});
  }

  void read_deadline(const At& at) {
    const auto seconds = reader_.integer(at, 1, kDurationMax.whole_seconds());
    if (!seconds) return;
    const Duration limit = Duration::seconds(*seconds);
    if (workload_.limit.ns == 0 || limit < workload_.limit) workload_.limit = limit;
    reader_.note(at, NoteCode::kRunsAnew, {{"to", format_duration(workload_.limit)}});
  }

  void read_suspend(const At& at) {
    const auto suspended = reader_.boolean(at);
    if (!suspended) return;
    workload_.held = workload_.held || *suspended;
    reader_.becomes(at, "held");
  }

  // Pods of a job start by themselves and are an array; Kueue starts them together, as a gang does.
  void settle_counts() {
    std::int64_t at_once = parallelism_ ? parallelism_->second : 1;
    if (at_once == 0) {
      workload_.held = true;
      reader_.note(parallelism_->first, NoteCode::kHeldInstead);
      at_once = 1;
    }
    const std::int64_t pods = completions_ ? completions_->second : at_once;
    workload_.gang_max = static_cast<std::int32_t>(pods);
    if (pods == 1) {
      note_counts(NoteCode::kBecomes, "gang");
    } else if (queued_ && pods <= at_once) {
      workload_.gang_min = workload_.gang_max;
      note_counts(NoteCode::kGang, fmt::format("{}-{}", pods, pods));
    } else if (completions_) {
      for (std::int32_t index = 0; index < pods; ++index) workload_.array.push_back(index);
      if (at_once < pods) workload_.array_at_most = static_cast<std::int32_t>(at_once);
      note_counts(indexed_ ? NoteCode::kBecomes : NoteCode::kArrayOf,
                  indexed_ ? "array" : fmt::format("0-{}", pods - 1));
    } else {
      note_counts(NoteCode::kElastic, fmt::format("1-{}", pods));
    }
    if (indexed_) settle_index(pods);
  }

  void note_counts(NoteCode code, const std::string& to) {
    if (completions_) reader_.note(completions_->first, code, {{"to", to}});
    if (parallelism_ && parallelism_->second > 0)
      reader_.note(parallelism_->first, code, {{"to", to}});
  }

  // The variable in which a pod of an indexed job finds its index.
  void settle_index(std::int64_t pods) {
    constexpr std::string_view kIndex = "JOB_COMPLETION_INDEX";
    std::vector<std::string>& command = workload_.run.command;
    if (pods == 1) {
      set_variable(workload_.run, kIndex, "0");
      return reader_.note(*indexed_, NoteCode::kVariable,
                          {{"value", std::string(kIndex)}, {"to", "0"}, {"format", "Kubernetes"}});
    }
    const std::string own =
        fmt::format("${{{}}}", workload_.array.empty() ? kOwnTaskIndex : kOwnArrayIndex);
    if (!command.empty()) {
      std::vector<std::string> wrapped{
          "/bin/sh", "-c", fmt::format("export {}=\"{}\"; exec \"$@\"", kIndex, own), "sh"};
      wrapped.insert(wrapped.end(), command.begin(), command.end());
      command = std::move(wrapped);
    }
    reader_.note(*indexed_, NoteCode::kVariable,
                 {{"value", std::string(kIndex)}, {"to", own}, {"format", "Kubernetes"}});
  }

  void settle_retry() {
    workload_.retry.backoff_max = kBackoffMax;
    const auto& policy = pod_.restart_policy();
    const bool never = policy && policy->second == "Never";
    if (policy && (job_ || never)) reader_.becomes(policy->first, "retry");
    if (retry_stated_ || (!job_ && never)) return;
    workload_.retry.limit = kBackoffLimit;
    if (!job_ && policy)
      reader_.note(policy->first, NoteCode::kRetries, {{"to", std::to_string(kBackoffLimit)}});
    else
      reader_.findings().note(spec_ ? spec_->line : root_.line,
                              job_ ? "spec.backoffLimit" : "spec.restartPolicy", NoteCode::kDefault,
                              {{"value", job_ ? std::to_string(kBackoffLimit) : "Always"},
                               {"to", fmt::format("retry.limit: {}", kBackoffLimit)},
                               {"format", "Kubernetes"}});
  }

  Reader& reader_;
  const ImportOptions& options_;
  At root_;
  bool job_ = true;
  Workload workload_;
  PodReader pod_;
  std::string name_;
  bool queued_ = false;
  bool retry_stated_ = false;
  std::optional<At> spec_;
  std::optional<std::pair<At, std::int64_t>> parallelism_;
  std::optional<std::pair<At, std::int64_t>> completions_;
  std::optional<At> indexed_;
};

std::string scalar_at(const At& at, std::string_view key) {
  const Value* found = at.value->find(key);
  return found == nullptr ? std::string{} : found->scalar;
}

void read_object(Reader& reader, const ImportOptions& options, const At& at) {
  if (!reader.mapping(at)) return;
  const std::string version = scalar_at(at, "apiVersion");
  const std::string kind = scalar_at(at, "kind");
  if (kind == "List") {
    const auto items = at.find("items");
    if (!items || !reader.sequence(*items)) return;
    for (std::size_t i = 0; i < items->value->items.size(); ++i)
      read_object(reader, options, items->item(i));
    return;
  }
  if ((kind == "Job" && version == "batch/v1") || (kind == "Pod" && version == "v1"))
    return WorkReader(reader, options, at).read(kind == "Job");
  if (std::ranges::find(kOtherKinds, kind) != kOtherKinds.end())
    return reader.note(*at.find("kind"), NoteCode::kNotAWorkload, {{"value", kind}});
  reader.fault(at, fmt::format("'{}' of '{}' cannot be imported; Job of batch/v1 and Pod of v1 can",
                               kind, version));
}

}  // namespace

bool is_kubernetes(const Value& root) {
  return root.find("apiVersion") != nullptr && root.find("kind") != nullptr;
}

Result<Imported> import_kubernetes(std::string name, std::string_view text,
                                   const ImportOptions& options) {
  SILLAR_TRY(documents, parse_documents(name, text));
  Findings findings(std::move(name), Source::kKubernetes);
  Reader reader(findings, ScalarRules::kGo);
  for (const Document& document : documents)
    read_object(reader, options, {&document.root, {}, document.root.line, document.root.column});
  if (!findings.failed() && findings.workload_count() == 0)
    findings.fault(1, 1, "", "there is neither a Job nor a Pod here");
  return findings.finish();
}

}  // namespace sillar
