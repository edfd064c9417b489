#include "drivers/records.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

#include "base/bytes.h"
#include "base/hash.h"

namespace sillar::drivers {
namespace {

constexpr std::size_t kWordBytesMax = 1 << 20;  // A script, or a word of a command.
constexpr std::size_t kOrderBytesMax = 4 << 20;
constexpr std::size_t kPathBytesMax = 4096;
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int32_t kMostIndex = std::numeric_limits<std::int32_t>::max();
constexpr int kCodeMax = 255;
constexpr int kSignalMax = 128;
constexpr std::string_view kOrderKind = "sillar order 1 ";
constexpr std::string_view kStartedKind = "sillar started 1 ";
constexpr std::string_view kObservationKind = "sillar observation 1 ";

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string sealed(std::string_view kind, std::string_view body) {
  return fmt::format("{}{}\n{}", kind, hash_bytes(body).hex(), body);
}

Result<std::string_view> unsealed(std::string_view name, std::string_view kind,
                                  std::string_view bytes) {
  const std::size_t line = bytes.find('\n');
  if (!bytes.starts_with(kind) || line == std::string_view::npos)
    return invalid(fmt::format("{}: does not begin with \"{}\" and a hash", name, kind));
  const std::string_view body = bytes.substr(line + 1);
  if (bytes.substr(kind.size(), line - kind.size()) != hash_bytes(body).hex())
    return invalid(fmt::format("{}: is damaged: its hash is not that of what it holds", name));
  return body;
}

void put_texts(std::string& out, const std::vector<std::string>& texts) {
  put_count(out, texts.size());
  for (const std::string& text : texts) put_text(out, text);
}

void put_pairs(std::string& out, const Pairs& pairs) {
  put_count(out, pairs.size());
  for (const auto& [name, value] : pairs) {
    put_text(out, name);
    put_text(out, value);
  }
}

class RecordReader : public ByteReader {
 public:
  using ByteReader::ByteReader;

  std::string owned() { return std::string(text(kWordBytesMax)); }
  std::int32_t index(std::int32_t least, std::int32_t most = kMostIndex) {
    return static_cast<std::int32_t>(number(least, most));
  }
  std::vector<std::string> words() {
    std::vector<std::string> found(count());
    for (std::string& one : found) one = owned();
    return found;
  }
  Pairs pairs() {
    Pairs found(count(2));
    for (auto& [name, value] : found) {
      name = owned();
      value = owned();
    }
    return found;
  }
  ProcessName process() {
    const pid_t pid = index(0);
    return {pid, number(0)};
  }

  // Everything was there, and nothing is left.
  [[nodiscard]] Status end(std::string_view name) {
    if (ok() && left() == 0) return {};
    return invalid(fmt::format("{}: is no record that this version writes", name));
  }
};

void put_launch(std::string& out, const LaunchOrder& order) {
  put_text(out, order.token);
  put_text(out, order.workload);
  put_text(out, order.project);
  put_number(out, order.task);
  put_number(out, order.array_index);
  put_number(out, order.attempt);
  put_texts(out, order.run.command);
  put_text(out, order.run.script);
  put_pairs(out, order.run.environment);
  for (const std::string* text : {&order.run.directory, &order.run.output, &order.run.error,
                                  &order.run.checkpoint_signal, &order.os_user})
    put_text(out, *text);
  put_number(out, order.run.grace.ns);
  put_count(out, order.devices.size());
  for (const std::int32_t device : order.devices) put_number(out, device);
  put_number(out, order.cpu);
  put_number(out, order.memory_bytes);
  put_pairs(out, order.environment);
}

LaunchOrder read_launch(RecordReader& in) {
  LaunchOrder order;
  order.token = in.owned();
  order.workload = in.owned();
  order.project = in.owned();
  order.task = in.index(0);
  order.array_index = in.index(-1);
  order.attempt = in.index(0);
  order.run.command = in.words();
  order.run.script = in.owned();
  order.run.environment = in.pairs();
  for (std::string* text : {&order.run.directory, &order.run.output, &order.run.error,
                            &order.run.checkpoint_signal, &order.os_user})
    *text = in.owned();
  order.run.grace.ns = in.number(0, kDurationMax.ns);
  order.devices.resize(in.count());
  for (std::int32_t& device : order.devices) device = in.index(0);
  order.cpu = in.number(0, kMost);
  order.memory_bytes = in.number(0, kMost);
  order.environment = in.pairs();
  return order;
}

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

bool is_variable(std::string_view name) {
  const auto word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::ranges::all_of(name, word);
}

Status check_environment(const Pairs& environment) {
  for (const auto& [name, value] : environment) {
    if (!is_variable(name))
      return invalid(fmt::format("environment: \"{}\" cannot name a variable", name));
    if (has_nul(value))
      return invalid(fmt::format("environment: the value of {} has a zero byte in it", name));
  }
  return {};
}

Status check_words(const Launch& run) {
  if (run.command.empty() == run.script.empty())
    return invalid("either a command or a script is needed, and not both");
  if (!run.command.empty() && run.command.front().empty())
    return invalid("the command's first word is empty");
  for (const std::string& word : run.command)
    if (has_nul(word)) return invalid("the command has a zero byte in it");
  if (has_nul(run.script)) return invalid("the script has a zero byte in it");
  if (!run.directory.empty() && run.directory.front() != '/')
    return invalid(fmt::format("directory: \"{}\" is not absolute", run.directory));
  for (const std::string* path : {&run.directory, &run.output, &run.error})
    if (has_nul(*path) || path->size() > kPathBytesMax)
      return invalid("a path has a zero byte in it or is too long");
  if (run.grace < Duration{} || run.grace > kDurationMax) return invalid("grace: out of range");
  return {};
}

}  // namespace

std::string order_bytes(const ShimOrder& order) {
  std::string out;
  put_launch(out, order.launch);
  put_text(out, order.work_folder);
  put_count(out, order.groups.size());
  for (const Group& group : order.groups) {
    put_number(out, static_cast<std::int64_t>(group.kind));
    put_text(out, group.path);
    put_number(out, (group.cpu ? 1 : 0) | (group.memory ? 2 : 0) | (group.processes ? 4 : 0));
  }
  put_number(out, order.limit_by_rlimit ? 1 : 0);
  put_number(out, order.log_bytes_max);
  put_number(out, order.processes_max);
  return sealed(kOrderKind, out);
}

Result<ShimOrder> read_order(std::string_view name, std::string_view bytes) {
  SILLAR_TRY(body, unsealed(name, kOrderKind, bytes));
  RecordReader in(body);
  ShimOrder order;
  order.launch = read_launch(in);
  order.work_folder = in.owned();
  constexpr std::size_t kGroupBytesMin = 3;
  order.groups.resize(in.count(kGroupBytesMin));
  for (Group& group : order.groups) {
    group.kind = in.word(Group::Kind::kFreezer);
    group.path = in.owned();
    const std::int64_t bounds = in.number(0, 7);
    group.cpu = (bounds & 1) != 0;
    group.memory = (bounds & 2) != 0;
    group.processes = (bounds & 4) != 0;
  }
  order.limit_by_rlimit = in.flag();
  order.log_bytes_max = in.number(1, kMost);
  order.processes_max = in.index(1);
  SILLAR_TRY_STATUS(in.end(name));
  if (Status checked = check_order(order.launch); !checked)
    return tl::unexpected(checked.error().within(name));
  return order;
}

std::string started_bytes(const StartedRecord& started) {
  std::string out;
  put_text(out, started.boot_id);
  for (const ProcessName& process : {started.shim, started.command}) {
    put_number(out, process.pid);
    put_number(out, process.start_ticks);
  }
  return sealed(kStartedKind, out);
}

Result<StartedRecord> read_started(std::string_view name, std::string_view bytes) {
  SILLAR_TRY(body, unsealed(name, kStartedKind, bytes));
  RecordReader in(body);
  StartedRecord started;
  started.boot_id = in.owned();
  started.shim = in.process();
  started.command = in.process();
  SILLAR_TRY_STATUS(in.end(name));
  return started;
}

std::string observation_bytes(const Observation& observation) {
  std::string out;
  put_number(out, static_cast<std::int64_t>(observation.kind));
  put_number(out, observation.at.ns);
  put_number(out, observation.exit_code);
  put_number(out, observation.signal);
  put_text(out, observation.message);
  return sealed(kObservationKind, out);
}

Result<Observation> read_observation(std::string_view name, std::string_view bytes) {
  SILLAR_TRY(body, unsealed(name, kObservationKind, bytes));
  RecordReader in(body);
  Observation observation;
  observation.kind = in.word(ObservationKind::kLost);
  observation.at = in.moment();
  observation.exit_code = in.index(0, kCodeMax);
  observation.signal = in.index(0, kSignalMax);
  observation.message = in.owned();
  SILLAR_TRY_STATUS(in.end(name));
  return observation;
}

Status check_order(const LaunchOrder& order) {
  if (!is_token(order.token))
    return invalid(fmt::format("\"{}\" is no token of 32 hexadecimal digits", order.token));
  SILLAR_TRY_STATUS(check_words(order.run));
  SILLAR_TRY_STATUS(check_environment(order.run.environment));
  SILLAR_TRY_STATUS(check_environment(order.environment));
  for (const std::string* text : {&order.workload, &order.project, &order.os_user})
    if (has_nul(*text)) return invalid("a name has a zero byte in it");
  if (!order.run.checkpoint_signal.empty())
    if (auto signal = parse_signal(order.run.checkpoint_signal); !signal)
      return tl::unexpected(signal.error().within("checkpoint_signal"));
  for (const std::string* pattern : {&order.run.output, &order.run.error})
    if (auto path = expand_pattern(*pattern, order); !path) return tl::unexpected(path.error());
  const bool counts = order.task >= 0 && order.array_index >= -1 && order.attempt >= 0;
  if (!counts || order.cpu < 0 || order.memory_bytes < 0)
    return invalid("an index or amount is negative");
  if (std::ranges::any_of(order.devices, [](std::int32_t device) { return device < 0; }))
    return invalid("a device's index is negative");
  std::string bytes;
  put_launch(bytes, order);
  std::size_t longest = order.run.script.size();
  for (const std::string& word : order.run.command) longest = std::max(longest, word.size());
  for (const Pairs* pairs : {&order.run.environment, &order.environment})
    for (const auto& [name, value] : *pairs)
      longest = std::max({longest, name.size(), value.size()});
  if (bytes.size() > kOrderBytesMax || longest > kWordBytesMax)
    return invalid(fmt::format("the order is larger than {} bytes, or a text in it than {}",
                               kOrderBytesMax, kWordBytesMax));
  return {};
}

Result<std::string> expand_pattern(std::string_view pattern, const LaunchOrder& order) {
  std::string path;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') {
      path += pattern[i];
      continue;
    }
    const char letter = ++i < pattern.size() ? pattern[i] : '\0';
    if (letter == '%') {
      path += '%';
    } else if (letter == 'j') {
      // A name is one part of a path, whatever is in it.
      std::string name = order.workload;
      std::ranges::replace(name, '/', '-');
      path += name;
    } else if (letter == 't') {
      path += std::to_string(order.task);
    } else if (letter == 'a' && order.array_index >= 0) {
      path += std::to_string(order.array_index);
    } else {
      return invalid(fmt::format(
          "\"{}\": of patterns there are %j (workload), %t (task), %% and, in arrays, %a (index)",
          pattern));
    }
  }
  return path;
}

}  // namespace sillar::drivers
