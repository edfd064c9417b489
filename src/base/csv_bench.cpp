#include <benchmark/benchmark.h>

#include "base/csv.h"
#include "base/document.h"

namespace sillar {
namespace {

// The trace of Philly: 74,028 rows, 2.5 MB. Runs in the repository's root.
void read_philly(benchmark::State& state) {
  const auto text = read_file("examples/data/philly/philly_jobs.csv");
  if (!text) return state.SkipWithError(text.error().message.c_str());
  for (auto _ : state) {
    auto reader = CsvReader::open("philly_jobs.csv", *text);
    std::size_t rows = 0;
    while (*reader->next()) ++rows;
    benchmark::DoNotOptimize(rows);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(text->size()) * state.iterations());
}
BENCHMARK(read_philly);

}  // namespace
}  // namespace sillar

BENCHMARK_MAIN();
