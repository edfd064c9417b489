// The Philly trace (74,028 jobs) under every policy at several sizes of cluster: completion,
// queueing, evictions, and the time that the run takes.
//
//   bench_philly [--gpus N]... [--policy NAME]... [TRACE.csv]
//
// Without arguments: 320, 480 and 640 GPUs, every policy, examples/data/philly/philly_jobs.csv.

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/document.h"
#include "base/quantity.h"
#include "bench/report.h"
#include "schedule/policy.h"
#include "simulate/philly_reader.h"
#include "simulate/simulation.h"

namespace sillar::bench {
namespace {

constexpr const char* kCatalog = "examples/data/gpu-prices/catalog.csv";

struct Arguments {
  std::vector<std::int32_t> gpus;
  std::vector<std::string> policies;
  std::string trace = "examples/data/philly/philly_jobs.csv";
};

Result<Arguments> read_arguments(int argc, char** argv) {
  Arguments out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if ((word == "--gpus" || word == "--policy") && i + 1 == argc)
      return invalid(std::string(word) + " needs a value");
    if (word == "--gpus") {
      SILLAR_TRY(gpus, parse_integer(argv[++i]));
      out.gpus.push_back(static_cast<std::int32_t>(gpus));
    } else if (word == "--policy") {
      out.policies.emplace_back(argv[++i]);
    } else {
      out.trace = word;
    }
  }
  if (out.gpus.empty()) out.gpus = {320, 480, 640};
  if (out.policies.empty()) {
    for (const std::string_view name : schedule::policy_names()) out.policies.emplace_back(name);
  }
  return out;
}

std::string seconds(Duration duration) {
  return std::to_string(duration.whole_seconds());
}

// Of this process so far; on a machine with other work it says more than the time that passed.
Duration cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto microseconds = [](const timeval& time) {
    return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
  };
  return {(microseconds(usage.ru_utime) + microseconds(usage.ru_stime)) * 1000};
}

std::string decimal_seconds(Duration duration) {
  return decimal(static_cast<double>(duration.ns) / 1e9, 3);
}

void write(JsonWriter& json, const SimulationReport& report, std::int32_t gpus, Duration cpu) {
  json.begin_object();
  json.field("policy", report.policy).field("gpus", std::int64_t{gpus});
  json.field("finished", report.finished);
  json.key("completion_mean_s").decimal(seconds(report.completion.mean));
  json.key("completion_p50_s").decimal(seconds(report.completion.p50));
  json.key("completion_p99_s").decimal(seconds(report.completion.p99));
  json.key("queueing_mean_s").decimal(seconds(report.queueing.mean));
  json.key("queueing_p50_s").decimal(seconds(report.queueing.p50));
  json.key("queueing_p99_s").decimal(seconds(report.queueing.p99));
  json.key("held_share").decimal(decimal(static_cast<double>(report.held_millionths()) / 1e6, 4));
  json.key("idle_cost_usd").decimal(format_nanos(report.idle_nanos));
  json.field("evictions", report.evictions).field("moves", report.moves);
  json.field("restarts", report.restarts);
  json.field("cycles", report.cycles).field("full_cycles", report.full_cycles);
  json.key("elapsed_s").decimal(decimal_seconds(report.effort.elapsed));
  json.key("cpu_s").decimal(decimal_seconds(cpu));
  json.field("decisions_per_second", report.effort.decisions_per_second);
  json.end_object();
}

// What we claim wherever all of these policies ran: nobody but the oracle has a lower mean
// completion time than ours, and our 99th percentile of queueing is no worse than that of fair
// shares.
Status check_claims(const std::vector<SimulationReport>& reports, std::int32_t gpus) {
  const auto of = [&](std::string_view policy) {
    return std::find_if(reports.begin(), reports.end(),
                        [&](const SimulationReport& report) { return report.policy == policy; });
  };
  const auto ours = of("sillar");
  if (ours == reports.end()) return {};
  for (const SimulationReport& other : reports) {
    if (other.policy != "sjf" && other.completion.mean < ours->completion.mean)
      return fail(ErrorCode::kInternal, other.policy + " completes sooner than sillar at " +
                                            std::to_string(gpus) + " GPUs");
  }
  const auto fair = of("fair");
  if (fair != reports.end() && fair->queueing.p99 < ours->queueing.p99)
    return fail(ErrorCode::kInternal,
                "sillar's longest waits exceed those of fair at " + std::to_string(gpus) + " GPUs");
  return {};
}

Status run(const Arguments& arguments, JsonWriter& json) {
  SILLAR_TRY(text, read_file(arguments.trace));
  SILLAR_TRY(catalog, read_file(kCatalog));
  SILLAR_TRY(book, PriceBook::read(kCatalog, catalog));
  json.key("runs").begin_array();
  for (const std::int32_t gpus : arguments.gpus) {
    SimulationSpec spec;
    SILLAR_TRY(fleet, uniform_fleet(gpus));
    SILLAR_TRY(trace, read_philly(arguments.trace, text, fleet));
    spec.fleet = std::move(fleet);
    SILLAR_TRY(prices, price_fleet(spec.fleet, book));
    spec.prices = std::move(prices);
    spec.projects = trace.projects;
    spec.trace = &trace;
    std::vector<SimulationReport> reports;
    for (const std::string& policy : arguments.policies) {
      spec.policy = policy;
      SimulationHooks hooks;
      const Stopwatch watch;
      hooks.clock = [&] { return watch.elapsed(); };
      const Duration cpu_before = cpu_time();
      SILLAR_TRY(report, run_simulation(spec, hooks));
      const Duration cpu = cpu_time() - cpu_before;
      CHECK(report.finished == std::ssize(trace.jobs), "every job finishes");
      CHECK(report.billed_nanos == report.workload_nanos + report.idle_nanos, "the books close");
      write(json, report, gpus, cpu);
      std::fprintf(stderr,
                   "%-7s %4d GPUs: mean completion %s s, p99 queueing %s s, in %s s of CPU\n",
                   policy.c_str(), gpus, seconds(report.completion.mean).c_str(),
                   seconds(report.queueing.p99).c_str(), decimal_seconds(cpu).c_str());
      reports.push_back(std::move(report));
    }
    SILLAR_TRY_STATUS(check_claims(reports, gpus));
  }
  json.end_array();
  return {};
}

}  // namespace
}  // namespace sillar::bench

int main(int argc, char** argv) {
  using namespace sillar::bench;
  Report report("philly", argc, argv);
  const auto arguments = read_arguments(argc, argv);
  const auto status = arguments ? run(*arguments, report.results())
                                : sillar::Status(tl::unexpected(arguments.error()));
  if (!status) {
    std::fprintf(stderr, "%s\n", status.error().message.c_str());
    return EXIT_FAILURE;
  }
  return report.print();
}
