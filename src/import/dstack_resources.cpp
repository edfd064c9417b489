#include "import/dstack_resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/quantity.h"
#include "import/amounts.h"
#include "import/task_form.h"
#include "model/fleet.h"

namespace sillar {
namespace {

std::string without_blanks(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ') out += c;
  return out;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_vendor(std::string_view word) {
  std::string lowered(word);
  std::ranges::transform(lowered, lowered.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  constexpr std::array<std::string_view, 6> kVendors{"nvidia", "amd",   "google",
                                                     "tpu",    "intel", "tenstorrent"};
  return std::ranges::find(kVendors, lowered) != kVendors.end();
}

std::string range_text(const DstackRange& range) {
  return range.is_exact() ? range.least : fmt::format("{}..{}", range.least, range.most);
}

}  // namespace

std::optional<DstackRange> dstack_range(std::string_view text) {
  const std::string plain = without_blanks(text);
  const std::size_t dots = plain.find("..");
  if (dots == std::string::npos)
    return plain.empty() ? std::nullopt : std::optional(DstackRange{plain, plain});
  DstackRange range{plain.substr(0, dots), plain.substr(dots + 2)};
  if (range.most.find("..") != std::string::npos || (range.least.empty() && range.most.empty()))
    return std::nullopt;
  return range;
}

std::optional<DstackRange> dstack_range(Reader& reader, const At& at) {
  if (at.value->kind != Value::Kind::kMapping) {
    const auto text = reader.text(at);
    if (!text) return std::nullopt;
    const auto range = dstack_range(*text);
    if (!range) reader.fault(at, fmt::format("'{}' is not a range such as 2..8", *text));
    return range;
  }
  DstackRange range;
  for (std::size_t i = 0; i < at.value->fields.size(); ++i) {
    const At field = at.field(i);
    if (at.key(i) != "min" && at.key(i) != "max") {
      reader.fault(field, "a range has a min and a max");
      return std::nullopt;
    }
    if (field.value->kind == Value::Kind::kNull) continue;
    const auto bound = reader.text(field);
    if (!bound) return std::nullopt;
    (at.key(i) == "min" ? range.least : range.most) = without_blanks(*bound);
  }
  if (!range.least.empty() || !range.most.empty()) return range;
  reader.fault(at, "a range has a min and a max");
  return std::nullopt;
}

void DstackResources::read(const At& at) {
  static constexpr Rule<DstackResources> kRules[] = {
      {"cpu", &DstackResources::read_cores},   {"memory", &DstackResources::read_memory},
      {"gpu", &DstackResources::read_devices}, {"shm_size", nullptr, NoteCode::kSharing},
      {"disk", nullptr, NoteCode::kStorage},
  };
  walk(*this, reader_, at, kRules);
}

// "4", "2..", "arm:4".
void DstackResources::read_cores(const At& at) {
  has_cores_ = true;
  std::optional<DstackRange> range;
  if (at.value->kind == Value::Kind::kMapping && at.find("count")) {
    if (at.find("arch")) reader_.note(*at.find("arch"), NoteCode::kMachines);
    range = dstack_range(reader_, *at.find("count"));
  } else {
    range = dstack_range(reader_, at);
  }
  if (!range) return;
  if (const std::size_t colon = range->least.find(':'); colon != std::string::npos) {
    reader_.note(at, NoteCode::kMachines);
    range->least.erase(0, colon + 1);
    if (const std::size_t other = range->most.find(':'); other != std::string::npos)
      range->most.erase(0, other + 1);
  }
  const std::string& least = range->least.empty() ? range->most : range->least;
  const auto cores = core_thousandths(least);
  if (!cores || *cores < 1 || *cores > kResourceMax)
    return reader_.fault(at, fmt::format("'{}' is not a number of cores", least));
  workload_.request.cpu = *cores;
  if (range->most.empty())
    reader_.becomes(at, "request.cpu");
  else if (range->is_exact())
    reader_.note(at, NoteCode::kAtLeast, {{"value", least}});
  else
    reader_.note(at, NoteCode::kLeastOfRange, {{"value", range_text(*range)}, {"to", least}});
}

void DstackResources::read_memory(const At& at) {
  has_memory_ = true;
  const auto range = dstack_range(reader_, at);
  if (!range) return;
  const std::string& least = range->least.empty() ? range->most : range->least;
  const auto bytes = gigabytes(least);
  if (!bytes || *bytes < 1)
    return reader_.fault(at, fmt::format("'{}' is not an amount of memory such as 16GB", least));
  workload_.request.memory_bytes = *bytes;
  if (range->most.empty())
    reader_.becomes(at, "request.memory");
  else if (range->is_exact())
    reader_.note(at, NoteCode::kAtLeast, {{"value", least}});
  else
    reader_.note(at, NoteCode::kLeastOfRange, {{"value", range_text(*range)}, {"to", least}});
}

// A number, words such as "A100:80GB:2..8", or a mapping.
void DstackResources::read_devices(const At& at) {
  if (at.value->kind == Value::Kind::kMapping) {
    static constexpr Rule<DstackResources> kRules[] = {
        {"name", &DstackResources::read_device_name},
        {"count", &DstackResources::read_device_count},
        {"memory", &DstackResources::read_device_memory},
        {"vendor", &DstackResources::read_device_vendor},
        {"total_memory", nullptr, NoteCode::kNoCounterpart},
        {"compute_capability", nullptr, NoteCode::kNoCounterpart},
    };
    walk(*this, reader_, at, kRules);
  } else if (const auto text = reader_.text(at)) {
    read_device_words(at, *text);
  } else {
    return;
  }
  settle_devices(at);
}

void DstackResources::read_device_words(const At& at, std::string_view text) {
  const std::string plain = without_blanks(text);
  const auto fault = [&] {
    reader_.fault(at, fmt::format("'{}' is not written as A100:80GB:2", text));
  };
  for (std::string_view rest = plain;;) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::string_view word = rest.substr(0, end);
    const bool more = end < rest.size();
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) return fault();
    if (is_vendor(word)) {
      vendor_ = at;
    } else if (is_letter(word.front())) {
      for (std::string_view names = word; !names.empty();) {
        const std::size_t comma = std::min(names.find(','), names.size());
        names_.emplace_back(names.substr(0, comma));
        names.remove_prefix(std::min(comma + 1, names.size()));
      }
    } else {
      // An amount of memory has a unit, a count has none.
      auto& out = std::ranges::any_of(word, is_letter) ? device_memory_ : count_;
      const auto range = dstack_range(word);
      if (out || !range) return fault();
      out = range;
    }
    if (!more) return;
  }
}

void DstackResources::read_device_name(const At& at) {
  if (at.value->kind != Value::Kind::kSequence) {
    if (const auto name = reader_.text(at)) names_.push_back(*name);
    return;
  }
  for (std::size_t i = 0; i < at.value->items.size(); ++i)
    if (const auto name = reader_.text(at.item(i))) names_.push_back(*name);
}

void DstackResources::read_device_count(const At& at) {
  count_ = dstack_range(reader_, at);
}

void DstackResources::read_device_memory(const At& at) {
  device_memory_ = dstack_range(reader_, at);
}

// Cards whose variants differ in memory are told apart by it.
std::string DstackResources::class_with_memory(const std::string& name) const {
  if (!device_memory_ || device_memory_->least.empty() || !is_known_accelerator(name))
    return class_of(name);
  return class_of(fmt::format("{}-{}", name, device_memory_->least));
}

bool DstackResources::settle_count(const At& at) {
  if (!count_) count_ = DstackRange{"1", "1"};
  const std::string& least = count_->least.empty() ? count_->most : count_->least;
  const auto count = whole(least, kResourceMax);
  if (!count) {
    reader_.fault(at, fmt::format("'{}' is not a number of accelerators", least));
    return false;
  }
  if (*count > kDevicesPerNodeMax) {
    reader_.fault(
        at, fmt::format("{} devices on one node are more than {}", *count, kDevicesPerNodeMax));
    return false;
  }
  workload_.request.accelerators = static_cast<std::int32_t>(*count);
  if (!count_->is_exact() && !count_->most.empty())
    reader_.note(at, NoteCode::kLeastOfRange, {{"value", range_text(*count_)}, {"to", least}});
  return *count > 0;
}

void DstackResources::settle_devices(const At& at) {
  if (!settle_count(at)) return reader_.becomes(at, "request.accelerators");
  bool told_apart = false;
  for (const std::string& name : names_) {
    const std::string with_memory = class_with_memory(name);
    told_apart = told_apart || (device_memory_ && with_memory != class_of(name));
    accept_class(with_memory, workload_);
  }
  const Request& request = workload_.request;
  if (request.classes.empty())
    reader_.note(at, NoteCode::kAnyClass, {{"to", std::to_string(request.accelerators)}});
  else
    reader_.note(at, NoteCode::kClass, {{"to", classes_text(workload_)}});
  if (device_memory_ && !told_apart)
    reader_.note(at, NoteCode::kNotHere, {{"value", range_text(*device_memory_)}});
  if (vendor_) reader_.note(*vendor_, NoteCode::kMachines);
}

void DstackResources::settle(int line) {
  constexpr std::int64_t kCores = 2;
  constexpr std::int64_t kGibibytes = 8;
  const auto assume = [&](std::string_view field, std::string value, std::string to) {
    reader_.findings().note(
        line, field, NoteCode::kDefault,
        {{"value", std::move(value)}, {"to", std::move(to)}, {"format", "dstack"}});
  };
  if (!has_cores_) {
    workload_.request.cpu = kCores * kThousand;
    assume("resources.cpu", "2..", "request.cpu: 2");
  }
  if (!has_memory_) {
    workload_.request.memory_bytes = kGibibytes << 30;
    assume("resources.memory", "8GB..", "request.memory: 8Gi");
  }
}

}  // namespace sillar
