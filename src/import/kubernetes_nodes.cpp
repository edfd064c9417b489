// What a pod asks of its node: amounts, and labels.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/money.h"
#include "base/quantity.h"
#include "import/amounts.h"
#include "import/kubernetes_pod.h"
#include "model/fleet.h"
#include "model/names.h"
#include "model/resources.h"

namespace sillar {
namespace {

// Labels by which clusters tell which card a node has.
constexpr std::array<std::string_view, 8> kCardLabels{"nvidia.com/gpu.product",
                                                      "amd.com/gpu.product-name",
                                                      "cloud.google.com/gke-accelerator",
                                                      "karpenter.k8s.aws/instance-gpu-name",
                                                      "k8s.amazonaws.com/accelerator",
                                                      "gpu.nvidia.com/class",
                                                      "gpu.nvidia.com/model",
                                                      "accelerator"};

// Resources that are whole accelerators; those of one maker are any class to us.
constexpr std::array<std::string_view, 7> kDeviceResources{
    "nvidia.com/gpu",  "amd.com/gpu",           "gpu.intel.com/i915",         "gpu.intel.com/xe",
    "habana.ai/gaudi", "aws.amazon.com/neuron", "aws.amazon.com/neurondevice"};

constexpr std::string_view kMigPrefix = "nvidia.com/mig-";

bool is_card_label(std::string_view key) {
  return std::ranges::find(kCardLabels, key) != kCardLabels.end();
}

}  // namespace

void PodReader::read_node_selector(const At& at) {
  if (!reader_.mapping(at)) return;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At field = at.field(i);
    const std::string_view key = at.key(i);
    if (is_card_label(key)) {
      if (const auto card = reader_.text(field)) need_label(field, key, {*card});
    } else {
      reader_.label(field, key, "node_labels", workload_.node_labels);
    }
  }
}

void PodReader::read_affinity(const At& at) {
  static constexpr Rule<PodReader> kRules[] = {
      {"nodeAffinity", &PodReader::read_node_affinity},
      {"podAffinity", nullptr, NoteCode::kPlacement},
      {"podAntiAffinity", nullptr, NoteCode::kPlacement},
  };
  walk(*this, reader_, at, kRules);
}

void PodReader::read_node_affinity(const At& at) {
  static constexpr Rule<PodReader> kRules[] = {
      {"requiredDuringSchedulingIgnoredDuringExecution", &PodReader::read_node_terms},
      {"preferredDuringSchedulingIgnoredDuringExecution", nullptr, NoteCode::kPlacement},
  };
  walk(*this, reader_, at, kRules);
}

// One term of expressions that all hold is a list of labels; of several terms any may hold.
void PodReader::read_node_terms(const At& at) {
  if (!reader_.mapping(at)) return;
  const auto terms = at.find("nodeSelectorTerms");
  const bool one = terms && terms->value->items.size() == 1 &&
                   terms->value->items.front().kind == Value::Kind::kMapping;
  const auto expressions = one ? terms->item(0).find("matchExpressions") : std::nullopt;
  if (!expressions || expressions->value->kind != Value::Kind::kSequence ||
      terms->value->items.front().fields.size() != 1)
    return reader_.note(at, NoteCode::kPlacement);
  for (std::size_t i = 0; i < expressions->value->items.size(); ++i)
    read_expression(expressions->item(i));
}

void PodReader::read_expression(const At& at) {
  if (!reader_.mapping(at)) return;
  const auto key_at = at.find("key");
  const auto operation_at = at.find("operator");
  const auto values_at = at.find("values");
  if (!key_at || !operation_at)
    return reader_.fault(at, fmt::format("the field '{}' is missing", key_at ? "operator" : "key"));
  const auto key = reader_.text(*key_at);
  const auto operation = reader_.text(*operation_at);
  if (!key || !operation) return;
  std::vector<std::string> values;
  if (values_at && reader_.sequence(*values_at))
    for (std::size_t i = 0; i < values_at->value->items.size(); ++i)
      if (const auto value = reader_.text(values_at->item(i))) values.push_back(*value);
  if (*operation == "In" && values.size() == 1 && !is_card_label(*key))
    return reader_.label(values_at->item(0), *key, "node_labels", workload_.node_labels);
  if (*operation == "In" && !values.empty() && is_card_label(*key))
    return need_label(at, *key, values);
  reader_.note(at, NoteCode::kExpression, {{"value", fmt::format("{} {}", *key, *operation)}});
}

// Held back: of work without accelerators a card is a label like any other.
void PodReader::need_label(const At& at, std::string_view key,
                           const std::vector<std::string>& values) {
  cards_.push_back({at, {std::string(key), values}});
}

void PodReader::settle_classes() {
  Request& request = workload_.request;
  const bool devices = request.accelerators > 0 || !request.mig.empty();
  for (const auto& [at, card] : cards_) {
    const auto& [key, values] = card;
    std::string all;
    for (const std::string& value : values) {
      const std::string name = class_of(value);
      if (name.empty() || !devices || (!request.classes.empty() && all.empty())) break;
      if (std::ranges::find(request.classes, name) != request.classes.end()) continue;
      request.classes.push_back(name);
      all += (all.empty() ? "" : ", ") + name;
    }
    if (!all.empty()) {
      reader_.note(at, NoteCode::kClass, {{"to", all}});
    } else if (values.size() == 1 && values.front().size() <= kTextBytesMax &&
               key.size() <= kNameBytesMax &&
               std::ranges::find(workload_.node_labels, key,
                                 &std::pair<std::string, std::string>::first) ==
                   workload_.node_labels.end()) {
      workload_.node_labels.emplace_back(key, values.front());
      std::sort(workload_.node_labels.begin(), workload_.node_labels.end());
      reader_.becomes(at, fmt::format("node_labels.{}", key));
    } else {
      reader_.note(at, NoteCode::kExpression, {{"value", key}});
    }
  }
}

void PodReader::read_resources(const At& at) {
  if (!reader_.mapping(at)) return;
  std::map<std::string, std::pair<std::optional<At>, std::optional<At>>> resources;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At part = at.field(i);
    const std::string_view key = at.key(i);
    if (part.value->kind == Value::Kind::kNull) {
      reader_.note(part, NoteCode::kEmpty);
    } else if (key == "claims") {
      reader_.note(part, NoteCode::kPlacement);
    } else if (key != "requests" && key != "limits") {
      reader_.note(part, NoteCode::kUnknown, {{"format", "Kubernetes"}});
    } else if (reader_.mapping(part)) {
      for (std::size_t r = 0; r < part.value->fields.size(); ++r) {
        auto& [request, limit] = resources[std::string(part.key(r))];
        (key == "requests" ? request : limit) = part.field(r);
      }
    }
  }
  for (const auto& [name, stated] : resources) read_resource(name, stated.first, stated.second);
}

void PodReader::read_resource(std::string_view name, const std::optional<At>& request,
                              const std::optional<At>& limit) {
  // A limit alone is a request, too.
  const At& at = request ? *request : *limit;
  const Scalar found = reader_.scalar(at);
  if (found.kind == Scalar::Kind::kNull || found.kind == Scalar::Kind::kBool)
    return reader_.fault(at, "an amount such as 2, 500m or 16Gi was expected");
  const bool devices = std::ranges::find(kDeviceResources, name) != kDeviceResources.end() ||
                       name.starts_with(kMigPrefix);
  if (name == "cpu") {
    add_amount(at, found.text, kThousand, "request.cpu", workload_.request.cpu);
  } else if (name == "memory") {
    add_amount(at, found.text, 1, "request.memory", workload_.request.memory_bytes);
  } else if (devices) {
    count_devices(at, name, found.text);
  } else {
    reader_.note(at, NoteCode::kNotHere, {{"value", std::string(name)}});
  }
  if (!request || !limit) return;
  if (const Scalar above = reader_.scalar(*limit); above.text == found.text || devices)
    reader_.becomes(*limit, "request");
  else
    reader_.note(*limit, NoteCode::kLimitAbove, {{"value", above.text}});
}

void PodReader::add_amount(const At& at, std::string_view text, std::int64_t per_one,
                           std::string_view field, std::int64_t& sum) {
  const auto amount = quantity(text, per_one);
  if (!amount) return reader_.fault(at, "an amount such as 2, 500m or 16Gi was expected");
  const Int128 total = static_cast<Int128>(sum) + amount->units;
  if (total > kResourceMax) return reader_.fault(at, "the amount is larger than can be counted");
  sum = static_cast<std::int64_t>(total);
  if (!amount->exact)
    reader_.note(
        at, NoteCode::kRoundedUp,
        {{"to", per_one == 1 ? format_bytes(amount->units) : format_thousandths(amount->units)}});
  else if (!first_)
    reader_.note(at, NoteCode::kSharesAdded, {{"to", std::string(field)}});
  else
    reader_.becomes(at, field);
}

void PodReader::count_devices(const At& at, std::string_view name, std::string_view amount) {
  Request& request = workload_.request;
  const auto count = quantity(amount, 1);
  if (!count || !count->exact) return reader_.fault(at, "a whole number of devices was expected");
  if (count->units == 0) return reader_.becomes(at, "request.accelerators");
  if (!devices_of_.empty() && devices_of_ != name)
    return reader_.note(at, NoteCode::kOverridden, {{"by", devices_of_}});
  devices_of_ = name;
  if (name.starts_with(kMigPrefix)) {
    const std::string_view profile = name.substr(kMigPrefix.size());
    if (!is_name(profile))
      return reader_.fault(at, "the resource of a MIG slice ends with a profile such as 1g.10gb");
    request.mig = profile;
    if (count->units == 1) return reader_.becomes(at, "request.mig");
    return reader_.note(at, NoteCode::kSlice,
                        {{"value", std::to_string(count->units)}, {"to", "1"}});
  }
  const Int128 total = static_cast<Int128>(request.accelerators) + count->units;
  if (total > kDevicesPerNodeMax)
    return reader_.fault(at, fmt::format("{} devices on one node are more than {}", count->units,
                                         kDevicesPerNodeMax));
  request.accelerators = static_cast<std::int32_t>(total);
  if (name != kDeviceResources.front())
    reader_.note(at, NoteCode::kAnyClass, {{"to", std::to_string(request.accelerators)}});
  else if (!first_)
    reader_.note(at, NoteCode::kSharesAdded, {{"to", "request.accelerators"}});
  else
    reader_.becomes(at, "request.accelerators");
}

}  // namespace sillar
