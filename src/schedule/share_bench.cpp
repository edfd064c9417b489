// Time of one division, of one change, and of one comparison.
//   cmake --preset release && cmake --build --preset release --target share_bench
//   build/release/src/schedule/share_bench

#include <benchmark/benchmark.h>

#include <vector>

#include "base/random.h"
#include "schedule/order.h"
#include "schedule/share.h"

namespace sillar::schedule {
namespace {

constexpr std::size_t kProjects = 2000;
constexpr std::size_t kResources = 10;

enum Layout : std::int64_t { kDeep, kFlat, kStaircase };

struct Load {
  ShareTree tree;
  std::vector<std::int64_t> amount, request, usage;

  [[nodiscard]] ShareInput input(std::int64_t k) const {
    return {.amount = amount,
            .request = request,
            .usage_millionths = usage,
            .carry = {},
            .k_thousandths = k};
  }
};

ProjectId parent_of(std::int64_t layout, std::size_t project) {
  constexpr std::size_t kFanOut = 12;
  if (layout != kDeep || project < kFanOut) return {};
  return ProjectId(project / kFanOut - 1);
}

// Contended capacity: leaves want about three times what is there. kStaircase makes each want a
// little larger than the one before, so that each round satisfies few.
Load make_load(std::int64_t layout) {
  Random random(1);
  Load load;
  std::vector<ShareNode> nodes;
  std::vector<Quota> quota;
  load.amount.assign(kResources, 100'000 * kDevice);
  load.amount[kMemory] = std::int64_t{1} << 57;
  for (std::size_t p = 0; p < kProjects; ++p) {
    nodes.push_back({parent_of(layout, p), static_cast<std::int32_t>(random.below(2)),
                     Time::from_seconds(static_cast<std::int64_t>(random.below(1000))),
                     static_cast<std::uint32_t>(p)});
    for (std::size_t r = 0; r < kResources; ++r) {
      const std::int64_t unit = load.amount[r] / 100'000;
      const auto some = [&](std::uint64_t most) {
        return static_cast<std::int64_t>(random.below(most)) * unit;
      };
      const std::int64_t weight = 1 + static_cast<std::int64_t>(random.below(5));
      quota.push_back({some(30), layout == kStaircase ? 1 : weight, kUnlimited});
      if (layout == kStaircase) quota.back().deserved = 0;
      if (layout == kStaircase) nodes.back().priority = 0;
      const auto step = static_cast<std::int64_t>(p);
      load.request.push_back(layout == kStaircase ? step * step * load.amount[r] / 1'000'000'000
                                                  : some(300));
      load.usage.push_back(static_cast<std::int64_t>(random.below(2'000)));
    }
  }
  load.tree = ShareTree::make(std::move(nodes), kResources, std::move(quota)).value();
  return load;
}

void divide(benchmark::State& state) {
  const Load load = make_load(state.range(1));
  ShareDivider divider(static_cast<Rules>(state.range(0)));
  Shares shares;
  for (auto _ : state) {
    divider.divide(load.tree, load.input(state.range(2)), shares);
    benchmark::DoNotOptimize(shares.fair.data());
  }
}
BENCHMARK(divide)
    ->ArgNames({"kai", "layout", "k"})
    ->ArgsProduct({{0, 1}, {kDeep, kFlat, kStaircase}, {0, 1000}})
    ->Unit(benchmark::kMicrosecond);

// One leaf's request changes in one resource.
void redivide(benchmark::State& state) {
  Load load = make_load(state.range(0));
  ShareDivider divider(Rules::kSillar);
  Shares shares;
  divider.divide(load.tree, load.input(0), shares);
  const std::vector<ProjectId> changed{ProjectId(kProjects - 1)};
  std::int64_t& request = load.request[load.tree.at(kProjects - 1, kFirstClass)];
  for (auto _ : state) {
    request ^= 8 * kDevice;
    divider.redivide_resource(load.tree, load.input(0), kFirstClass, changed, shares);
    benchmark::DoNotOptimize(shares.fair.data());
  }
}
BENCHMARK(redivide)->ArgName("layout")->Arg(kDeep)->Arg(kFlat)->Unit(benchmark::kMicrosecond);

void order(benchmark::State& state) {
  const Load load = make_load(kFlat);
  Shares shares;
  ShareDivider(Rules::kSillar).divide(load.tree, load.input(0), shares);
  const auto row = [&](const std::vector<std::int64_t>& table, std::size_t p) {
    return std::span(table).subspan(p * kResources, kResources);
  };
  std::size_t p = 0;
  OrderKey last;
  for (auto _ : state) {
    const OrderKey key =
        order_key(Rules::kSillar,
                  {.row = {row(load.request, p), row(shares.fair, p), row(shares.fair, p)},
                   .deserved = row(shares.deserved, p),
                   .job = row(load.usage, p),
                   .priority = 0,
                   .created = {},
                   .rank = static_cast<std::uint32_t>(p)},
                  load.amount);
    benchmark::DoNotOptimize(compare(key, last));
    last = key;
    p = (p + 1) % kProjects;
  }
}
BENCHMARK(order);

}  // namespace
}  // namespace sillar::schedule

BENCHMARK_MAIN();
