// What the residency filter costs: one rule over every shipped location.

#include <benchmark/benchmark.h>

#include "govern/residency.h"

namespace sillar {
namespace {

void BM_VerdictsOfARule(benchmark::State& state) {
  std::vector<Location> locations;
  for (const LocationFact& fact : LocationFacts::shipped().all())
    locations.push_back({fact.provider, fact.region, "", ""});
  Residency residency;
  residency.countries = {"EU"};
  residency.forbidden = {"FR", "aws/eu-central-1"};
  const ResidencyRule rule = ResidencyRule::of(residency).value_or(ResidencyRule{});
  for (auto _ : state) benchmark::DoNotOptimize(residency_verdicts(rule, locations));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(locations.size()));
}
BENCHMARK(BM_VerdictsOfARule);

}  // namespace
}  // namespace sillar

BENCHMARK_MAIN();
