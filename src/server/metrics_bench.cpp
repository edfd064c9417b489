// What counting costs a request: a clock read twice, and what is counted of its answer.

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>

#include "server/metrics.h"

namespace sillar::server {
namespace {

constexpr std::array kRoutes{Route{"GET", "/a", Need::kCaller, nullptr},
                             Route{"GET", "/b", Need::kCaller, nullptr}};

void count_an_answer(benchmark::State& state) {
  static Metrics metrics(kRoutes);
  for (auto _ : state) {
    const auto began = std::chrono::steady_clock::now();
    benchmark::ClobberMemory();
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - began;
    metrics.answered(&kRoutes[1], 200, Duration{took.count()});
  }
}
BENCHMARK(count_an_answer)->Threads(1)->Threads(2);

}  // namespace
}  // namespace sillar::server

BENCHMARK_MAIN();
