#include "bench/report.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace sillar::bench {
namespace {

// The value of the first line "<key> ... : <value>".
std::string_view field_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t colon = line.find(':');
    if (!line.starts_with(key) || colon == std::string_view::npos) continue;
    const std::string_view value = line.substr(colon + 1);
    return value.substr(std::min(value.find_first_not_of(" \t"), value.size()));
  }
  return {};
}

// /proc files have no size, so read_file of base cannot bound them.
std::string read_proc(const char* path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

int usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 0;
}

}  // namespace

Machine parse_machine(std::string_view cpuinfo, std::string_view meminfo, int cores) {
  Machine machine;
  machine.cpu = field_of(cpuinfo, "model name");
  if (machine.cpu.empty()) machine.cpu = "unknown";
  machine.cores = cores;
  const std::string total(field_of(meminfo, "MemTotal"));  // "24643104 kB"
  machine.memory_bytes = std::strtoll(total.c_str(), nullptr, 10) * 1024;
  return machine;
}

Machine this_machine() {
  return parse_machine(read_proc("/proc/cpuinfo"), read_proc("/proc/meminfo"), usable_cores());
}

std::int64_t peak_memory_bytes() {
  rusage usage{};
  CHECK(getrusage(RUSAGE_SELF, &usage) == 0, "getrusage on oneself cannot fail");
  return usage.ru_maxrss * 1024;
}

Stopwatch::Stopwatch() : start_ns_(now_ns()) {}
Duration Stopwatch::elapsed() const {
  return {now_ns() - start_ns_};
}

Duration Samples::percentile(int percent) const {
  CHECK(!ns_.empty(), "a percentile needs a sample");
  CHECK(percent >= 0 && percent <= 100, "a percentile lies in 0..100");
  std::vector<std::int64_t> sorted = ns_;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
  return {sorted[std::max<std::size_t>(rank, 1) - 1]};
}

void Samples::write(std::string_view name, JsonWriter& json) const {
  json.key(fmt::format("{}_ms", name)).begin_object();
  json.field("n", static_cast<std::int64_t>(ns_.size()));
  json.key("min").decimal(milliseconds(percentile(0)));
  for (int percent : {50, 90, 99})
    json.key(fmt::format("p{}", percent)).decimal(milliseconds(percentile(percent)));
  json.key("max").decimal(milliseconds(percentile(100)));
  json.end_object();
}

std::string milliseconds(Duration duration) {
  return decimal(static_cast<double>(duration.ns) / 1e6, 3);
}

std::string decimal(double value, int places) {
  return fmt::format("{:.{}f}", value, places);
}

Report::Report(std::string_view recipe, int argc, const char* const* argv) {
  const Machine machine = this_machine();
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string(argv[i]);
  const char* commit = std::getenv("SILLAR_COMMIT");
  json_.begin_object().field("recipe", recipe);
  json_.key("machine").begin_object();
  json_.field("cpu", machine.cpu);
  json_.field("cores", static_cast<std::int64_t>(machine.cores));
  json_.field("memory_bytes", machine.memory_bytes).end_object();
  json_.field("commit", commit == nullptr ? "unknown" : commit);
  json_.field("command", command);
  json_.field("compiler", __VERSION__);
#ifdef NDEBUG
  json_.field("build", "release");
#else
  json_.field("build", "checked");
#endif
  json_.key("results").begin_object();
}

std::string Report::take() {
  json_.field("peak_memory_bytes", peak_memory_bytes());
  json_.end_object().end_object();
  return json_.take();
}

int Report::print() {
  const std::string text = take() + "\n";
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace sillar::bench
