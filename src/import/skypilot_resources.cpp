#include "import/skypilot_resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "import/amounts.h"
#include "import/task_form.h"
#include "model/fleet.h"

namespace sillar {
namespace {

// "4+" is at least 4, "4" exactly that.
bool take_at_least(std::string& text) {
  if (!text.ends_with('+')) return false;
  text.pop_back();
  return true;
}

}  // namespace

void SkyResources::read(const At& at) {
  static constexpr Rule<SkyResources> kRules[] = {
      {"infra", &SkyResources::read_infra},
      {"cloud", &SkyResources::read_cloud},
      {"region", &SkyResources::read_region},
      {"zone", &SkyResources::read_zone},
      {"accelerators", &SkyResources::read_accelerators},
      {"cpus", &SkyResources::read_cores},
      {"memory", &SkyResources::read_memory},
      {"use_spot", &SkyResources::read_spot_use},
      {"labels", &SkyResources::read_labels},
      {"job_recovery", &SkyResources::read_recovery},
      {"spot_recovery", &SkyResources::read_recovery},
      {"priority", &SkyResources::read_priority},
      {"any_of", &SkyResources::read_candidates},
      {"ordered", &SkyResources::read_candidates},
      {"accelerator_args", nullptr, NoteCode::kTuning},
      {"instance_type", nullptr, NoteCode::kMachines},
      {"disk_size", nullptr, NoteCode::kStorage},
      {"disk_tier", nullptr, NoteCode::kStorage},
      {"local_disk", nullptr, NoteCode::kStorage},
      {"volumes", nullptr, NoteCode::kStorage},
      {"network_tier", nullptr, NoteCode::kNetwork},
      {"ports", nullptr, NoteCode::kNetwork},
      {"image_id", nullptr, NoteCode::kImage},
      {"autostop", nullptr, NoteCode::kFreedAtEnd},
      {"_docker_login_config", nullptr, NoteCode::kImage},
      {"_cluster_config_overrides", nullptr, NoteCode::kTuning},
  };
  walk(*this, reader_, at, kRules);
  settle_place();
  // After all that the choices do not name themselves.
  if (const auto choices = std::exchange(choices_, std::nullopt)) read_each(*choices);
}

// "aws/us-east-1/us-east-1a", each part a name, "*" or absent; "k8s/context".
void SkyResources::read_infra(const At& at) {
  const auto text = reader_.text(at);
  if (!text) return;
  std::array<std::string_view, 3> parts;
  std::string_view rest = *text;
  for (std::string_view& part : parts) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (part == "*") part = {};
  }
  const auto [cloud, region, zone] = parts;
  const bool cluster = cloud == "k8s" || cloud == "kubernetes" || cloud == "ssh";
  if (cluster || region.empty()) return reader_.note(at, NoteCode::kMachines);
  if (cloud.empty()) return reader_.note(at, NoteCode::kPlacement);
  allow_region(reader_, at, fmt::format("{}/{}", cloud, region),
               zone.empty() && !candidate_ ? NoteCode::kBecomes : NoteCode::kOneProvider,
               workload_);
}

void SkyResources::read_cloud(const At& at) {
  cloud_ = at;
}

void SkyResources::read_region(const At& at) {
  region_ = at;
}

void SkyResources::read_zone(const At& at) {
  zone_ = at;
}

// The older way: cloud, region and zone apart. A choice takes what it does not name from around it.
void SkyResources::settle_place() {
  if (zone_) reader_.note(*zone_, NoteCode::kPlacement);
  if (!cloud_ && !region_) return;
  const auto cloud = cloud_ ? reader_.text(*cloud_) : default_cloud_;
  const auto region = region_ ? reader_.text(*region_) : default_region_;
  for (const auto& part : {cloud_, region_}) {
    if (!part) continue;
    const bool is_cloud = cloud_ && part->path == cloud_->path;
    if (!cloud || !region)
      reader_.note(*part, is_cloud ? NoteCode::kMachines : NoteCode::kPlacement);
    else
      allow_region(reader_, *part, fmt::format("{}/{}", *cloud, *region),
                   candidate_ ? NoteCode::kOneProvider : NoteCode::kBecomes, workload_);
  }
  if (candidate_) return;
  default_cloud_ = cloud;
  default_region_ = region;
}

// "H100:8", or several of that as a list (in order) or as a mapping (any); "A100: 1" in a mapping.
void SkyResources::read_accelerators(const At& at) {
  const auto read_text = [&](const At& one, std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    read_choice(one, text.substr(0, colon),
                colon < text.size() ? text.substr(colon + 1) : std::string_view("1"));
  };
  if (at.value->kind == Value::Kind::kSequence) {
    for (std::size_t i = 0; i < at.value->items.size(); ++i)
      if (const auto text = reader_.text(at.item(i))) read_text(at.item(i), *text);
    return;
  }
  if (at.value->kind != Value::Kind::kMapping) {
    if (const auto text = reader_.text(at)) read_text(at, *text);
    return;
  }
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At field = at.field(i);
    if (field.value->kind == Value::Kind::kNull) {
      read_text(field, at.key(i));
    } else if (const auto count = reader_.text(field)) {
      read_choice(field, at.key(i), *count);
    }
  }
}

void SkyResources::read_choice(const At& at, std::string_view name, std::string_view count) {
  Request& request = workload_.request;
  const auto thousandths = core_thousandths(count);
  const bool is_whole = thousandths && *thousandths % kDevice == 0;
  if (!thousandths || *thousandths < 1 || (!is_whole && *thousandths > kDevice))
    return reader_.fault(at, fmt::format("'{}' is not a number of accelerators", count));
  if (*thousandths > kDevicesPerNodeMax * kDevice)
    return reader_.fault(
        at, fmt::format("{} devices on one node are more than {}", count, kDevicesPerNodeMax));
  if (!count_.empty() && count_ != std::to_string(*thousandths))
    return reader_.note(at, NoteCode::kOtherCount, {{"value", fmt::format("{}:{}", name, count)}});
  const bool first = count_.empty();
  count_ = std::to_string(*thousandths);
  if (is_whole)
    request.accelerators = static_cast<std::int32_t>(*thousandths / kDevice);
  else
    request.fraction = *thousandths;
  if (!is_whole && first)
    reader_.note(
        at, NoteCode::kFractionOf,
        {{"value", fmt::format("{}:{}", name, count)}, {"to", std::to_string(*thousandths)}});
  if (accept_class(name, workload_))
    reader_.note(at, NoteCode::kClass, {{"to", class_of(name)}});
  else
    reader_.note(at, NoteCode::kAnyClass, {{"to", std::string(count)}});
}

void SkyResources::read_cores(const At& at) {
  auto text = reader_.text(at);
  if (!text) return;
  if (text->ends_with('x')) return reader_.note(at, NoteCode::kNoCounterpart);
  const bool at_least = take_at_least(*text);
  const auto cores = core_thousandths(*text);
  if (!cores || *cores < 1 || *cores > kResourceMax)
    return reader_.fault(at, fmt::format("'{}' is not a number of cores", *text));
  workload_.request.cpu = *cores;
  if (at_least)
    reader_.becomes(at, "request.cpu");
  else
    reader_.note(at, NoteCode::kAtLeast, {{"value", *text}});
}

void SkyResources::read_memory(const At& at) {
  auto text = reader_.text(at);
  if (!text) return;
  if (text->ends_with('x')) return reader_.note(at, NoteCode::kNoCounterpart);
  const bool at_least = take_at_least(*text);
  const auto bytes = gigabytes(*text);
  if (!bytes || *bytes < 1)
    return reader_.fault(at, fmt::format("'{}' is not an amount of memory such as 16GB", *text));
  workload_.request.memory_bytes = *bytes;
  if (at_least)
    reader_.becomes(at, "request.memory");
  else
    reader_.note(at, NoteCode::kAtLeast, {{"value", *text}});
}

void SkyResources::read_spot_use(const At& at) {
  const auto spot = reader_.boolean(at);
  if (!spot) return;
  // One choice that may be lost is enough.
  may_be_lost_ = may_be_lost_ || *spot;
  read_spot(reader_, at, *spot, workload_);
  workload_.preemptible = may_be_lost_;
}

void SkyResources::read_labels(const At& at) {
  if (!reader_.mapping(at)) return;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i)
    if (at.field(i).value->kind == Value::Kind::kNull)
      reader_.note(at.field(i), NoteCode::kEmpty);
    else
      reader_.label(at.field(i), at.key(i), "labels", workload_.labels);
}

// Work that loses its place comes back by itself; where is for the scheduler to choose.
void SkyResources::read_recovery(const At& at) {
  if (at.value->kind != Value::Kind::kMapping) {
    if (reader_.text(at)) reader_.note(at, NoteCode::kPlacement);
    return;
  }
  static constexpr Rule<SkyResources> kRules[] = {
      {"strategy", nullptr, NoteCode::kPlacement},
      {"max_restarts_on_errors", &SkyResources::read_restarts},
      {"recover_on_exit_codes", nullptr, NoteCode::kNoCounterpart},
  };
  walk(*this, reader_, at, kRules);
}

void SkyResources::read_restarts(const At& at) {
  const auto restarts = reader_.integer(at, 0, kTaskRetriesMax);
  if (!restarts) return;
  workload_.retry.limit = static_cast<std::int32_t>(*restarts);
  if (*restarts == 0)
    reader_.becomes(at, "retry.limit");
  else
    reader_.note(at, NoteCode::kRetries, {{"to", std::to_string(*restarts)}});
}

// From -1000 to 1000, 0 in the middle, there.
void SkyResources::read_priority(const At& at) {
  constexpr std::int64_t kSpan = 1000;
  const auto priority = reader_.integer(at, -kSpan, kSpan);
  if (!priority) return;
  workload_.priority = static_cast<std::int32_t>(50 + *priority * 50 / kSpan);
  reader_.note(at, NoteCode::kPriority, {{"to", std::to_string(workload_.priority)}});
}

void SkyResources::read_candidates(const At& at) {
  if (!reader_.sequence(at)) return;
  if (candidate_ || choices_) return reader_.fault(at, "choices do not hold choices");
  choices_ = at;
}

// Choices, of which each may name its own kind of accelerator and place. All of them are allowed,
// in any combination.
void SkyResources::read_each(const At& choices) {
  candidate_ = true;
  for (std::size_t i = 0; i < choices.value->items.size(); ++i) {
    cloud_.reset();
    region_.reset();
    zone_.reset();
    read(choices.item(i));
  }
  candidate_ = false;
}

}  // namespace sillar
