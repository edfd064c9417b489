// What an event of the meter costs: a fleet of 12,500 nodes with 100,000 accelerators kept full by
// 100,000 tasks of 200 projects; each step stops one task and starts another a little later.

#include <benchmark/benchmark.h>

#include "base/random.h"
#include "ledger/meter.h"

namespace sillar {
namespace {

constexpr std::size_t kNodes = 12'500;
constexpr std::size_t kTasks = 100'000;
constexpr std::size_t kProjects = 200;
constexpr std::int64_t kGiB = std::int64_t{1} << 30;

Meter full_fleet(Random& random) {
  Meter meter(kNodes, kProjects);
  const NodeRate rate{.per_hour = {55'040'000'000, {}},
                      .cpu_nanos = 14'035'200'000,
                      .accelerators = 8,
                      .cpu = 192'000,
                      .memory_bytes = 2048 * kGiB};
  for (std::size_t node = 0; node < kNodes; ++node)
    (void)meter.set_rate(NodeId(node), rate, Time{});
  for (std::size_t task = 0; task < kTasks; ++task)
    meter.start(TaskId(task), NodeId(task % kNodes), ProjectId(random.below(kProjects)),
                {1000, 24'000, 200 * kGiB}, Time{});
  return meter;
}

// state.range(0): simulated seconds between events.
void BM_StopAndStart(benchmark::State& state) {
  Random random(1);
  Meter meter = full_fleet(random);
  Time now;
  for (auto _ : state) {
    now = now + Duration::seconds(state.range(0));
    const TaskId task(random.below(kTasks));
    const TaskCost cost = meter.stop(task, now);
    meter.start(task, cost.node, ProjectId(random.below(kProjects)), {1000, 24'000, 200 * kGiB},
                now);
  }
  state.SetItemsProcessed(state.iterations() * 2);
}
BENCHMARK(BM_StopAndStart)->Arg(0)->Arg(1)->Arg(60);

void BM_TotalsOfADay(benchmark::State& state) {
  Random random(1);
  const Meter meter = full_fleet(random);
  for (auto _ : state) benchmark::DoNotOptimize(meter.totals_at(Time{} + Duration::hours(24)));
}
BENCHMARK(BM_TotalsOfADay)->Unit(benchmark::kMillisecond);

void BM_Snapshot(benchmark::State& state) {
  Random random(1);
  const Meter meter = full_fleet(random);
  for (auto _ : state) {
    Meter copy = meter;
    benchmark::DoNotOptimize(copy);
  }
}
BENCHMARK(BM_Snapshot)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sillar

BENCHMARK_MAIN();
