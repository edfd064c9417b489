#pragma once

// What every load recipe prints: its results, with the machine, the commit and the command that
// made them, as one JSON object on standard output. A number without these is not published.
//
//   int main(int argc, char** argv) {
//     Report report("l1", argc, argv);
//     Samples cycles;
//     for (int run = 0; run < 5; ++run) {
//       const Stopwatch watch;
//       ...
//       cycles.add(watch.elapsed());
//     }
//     report.results().field("victims", victims);
//     cycles.write("cycle", report.results());
//     return report.print();
//   }

#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "base/time.h"

namespace sillar::bench {

struct Machine {
  std::string cpu;  // As the kernel names it.
  int cores = 0;    // That this process may use.
  std::int64_t memory_bytes = 0;
};

// From the texts of /proc/cpuinfo and /proc/meminfo; what they lack stays "unknown" or 0.
[[nodiscard]] Machine parse_machine(std::string_view cpuinfo, std::string_view meminfo, int cores);
[[nodiscard]] Machine this_machine();

// The most memory that this process has held so far.
[[nodiscard]] std::int64_t peak_memory_bytes();

// Monotonic time since construction.
class Stopwatch {
 public:
  Stopwatch();
  [[nodiscard]] Duration elapsed() const;

 private:
  std::int64_t start_ns_;
};

// Durations of repeated work, reported in milliseconds.
class Samples {
 public:
  void add(Duration duration) { ns_.push_back(duration.ns); }

  // The smallest sample that at least `percent` per cent of all do not exceed (nearest rank).
  // Requires: a sample; percent in 0..100.
  [[nodiscard]] Duration percentile(int percent) const;

  // "<name>_ms": {"n", "min", "p50", "p90", "p99", "max"}. Requires: a sample.
  void write(std::string_view name, JsonWriter& json) const;

 private:
  std::vector<std::int64_t> ns_;
};

// Milliseconds with three decimals, "12.500".
[[nodiscard]] std::string milliseconds(Duration duration);
// A rate or ratio for people; never fed back into a decision.
[[nodiscard]] std::string decimal(double value, int places);

class Report {
 public:
  // The commit comes from SILLAR_COMMIT in the environment, which bench/run.sh sets.
  Report(std::string_view recipe, int argc, const char* const* argv);

  // The writer, inside the open object "results".
  [[nodiscard]] JsonWriter& results() { return json_; }

  // The whole report as text. The Report is spent.
  [[nodiscard]] std::string take();
  // take() to standard output; returns the exit code for main.
  [[nodiscard]] int print();

 private:
  JsonWriter json_{2};
};

}  // namespace sillar::bench
