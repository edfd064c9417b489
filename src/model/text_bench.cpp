#include <benchmark/benchmark.h>

#include "model/text.h"

namespace sillar {
namespace {

// 500 nodes of 8 devices, 4,000 workloads that run one task each.
constexpr std::string_view kCompact =
    "fleet:\n"
    "  nodes: [{name: n, count: 500, class: h100, accelerators: 8, accelerator_memory: 80Gi,\n"
    "    cpu: 64, memory: 512Gi, labels: {rack: 'r{i/8}'}}]\n"
    "projects: [{name: a}, {name: b}]\n"
    "workloads: [{name: w, copies: 4000, project: a, request: {accelerators: 1, cpu: 1},\n"
    "  tasks: [{state: Running, node: 'n-{i%500}', devices: ['{i/500}'],\n"
    "    started: 2025-12-31T23:10:00Z}]}]\n";

void load_compact(benchmark::State& state) {
  for (auto _ : state) {
    const auto document = parse_document("compact", kCompact);
    auto scenario = load_scenario(*document);
    if (!scenario) return state.SkipWithError(scenario.error().message.c_str());
    benchmark::DoNotOptimize(scenario);
  }
}
BENCHMARK(load_compact)->Unit(benchmark::kMillisecond);

void parse_and_load(benchmark::State& state, TextFormat format) {
  const auto scenario = load_scenario(*parse_document("compact", kCompact));
  const std::string text = print_scenario(*scenario, format);
  for (auto _ : state) {
    const auto document = parse_document("printed", text);
    auto loaded = load_scenario(*document);
    benchmark::DoNotOptimize(loaded);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text.size()) * state.iterations());
}
BENCHMARK_CAPTURE(parse_and_load, yaml, TextFormat::kYaml)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(parse_and_load, json, TextFormat::kJson)->Unit(benchmark::kMillisecond);

void print(benchmark::State& state, TextFormat format) {
  const auto scenario = load_scenario(*parse_document("compact", kCompact));
  for (auto _ : state) benchmark::DoNotOptimize(print_scenario(*scenario, format));
}
BENCHMARK_CAPTURE(print, yaml, TextFormat::kYaml)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(print, json, TextFormat::kJson)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sillar

BENCHMARK_MAIN();
