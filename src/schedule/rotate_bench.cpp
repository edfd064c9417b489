// Time of one cycle with a rotation in it, on a full fleet with twice as many jobs waiting as there
// are nodes. The plan is thrown away, so each iteration decides the same.
//   cmake --preset release && cmake --build --preset release --target rotate_bench
//   build/release/src/schedule/rotate_bench

#include <benchmark/benchmark.h>

#include <array>

#include "base/random.h"
#include "schedule/rotation_world.h"

namespace sillar::schedule {
namespace {

constexpr int kProjects = 12;

std::vector<Project> projects(std::int64_t nodes) {
  std::vector<Project> out;
  for (int p = 0; p < kProjects; ++p)
    out.push_back(plain_project(fmt::format("p{}", p), 8 * nodes / kProjects));
  return out;
}

void fill(RotationWorld& world, std::int64_t nodes) {
  constexpr std::array<std::int32_t, 5> kSizes{1, 1, 2, 4, 8};
  Random random(1);
  const auto project = [&] { return static_cast<int>(random.below(kProjects)); };
  for (int n = 0; n < nodes; ++n) {
    for (std::int32_t left = 8; left > 0;) {
      const std::int32_t devices = std::min(left, kSizes[random.below(kSizes.size())]);
      const auto octave = random.below(18);
      const auto seconds = static_cast<std::int64_t>(10 + random.below(std::uint64_t{1} << octave));
      world.run(project(), 1, devices, n, Duration::seconds(seconds));
      left -= devices;
    }
  }
  for (std::int64_t i = 0; i < 2 * nodes; ++i) {
    const std::int32_t devices = kSizes[random.below(kSizes.size())];
    const bool gang = devices == 8 && random.below(4) == 0;
    world.add(project(), gang ? 4 : 1, devices);
  }
}

void bench(benchmark::State& state, std::string_view policy) {
  const std::int64_t nodes = state.range(0);
  RotationWorld world(plain_fleet(static_cast<std::size_t>(nodes)), projects(nodes));
  world.options = policy_options(policy);
  fill(world, nodes);
  Plan plan = world.rotate();
  for (auto _ : state) {
    plan = world.rotate();
    benchmark::DoNotOptimize(plan);
  }
  std::int64_t evictions = 0;
  for (const Decision& d : plan.decisions) evictions += d.step == Step::kEvict ? 1 : 0;
  state.counters["evictions"] = static_cast<double>(evictions);
  state.counters["decisions"] = static_cast<double>(plan.decisions.size());
}

void rotate_sillar(benchmark::State& state) {
  bench(state, "sillar");
}
void rotate_las(benchmark::State& state) {
  bench(state, "las");
}

BENCHMARK(rotate_sillar)->Arg(80)->Arg(1250)->Arg(12'500)->Unit(benchmark::kMicrosecond);
BENCHMARK(rotate_las)->Arg(80)->Arg(1250)->Arg(12'500)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sillar::schedule

BENCHMARK_MAIN();
