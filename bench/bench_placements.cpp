// Placements per second on one core: the openb default list arrives one by one, up to 130 % of the
// cluster, on the published 1,213 nodes and on the node list repeated to 2,000 and 5,000. A
// placement is the whole of it: the workload joins the board, the index finds the node, the board
// starts the task. Run in the repository's root, which has the lists.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "bench/report.h"
#include "simulate/reproduce_fgd.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

struct Load {
  const char* name;
  const char* policy;
  DemandKnown demand;
  double alloc_pct_130_least;  // A fast wrong answer fails.
};

constexpr Load kLoads[] = {
    {"sillar", "sillar", DemandKnown::kList, 96.0},
    {"sillar_observed_demand", "sillar", DemandKnown::kObserved, 95.9},
    {"fgd", "fgd", DemandKnown::kList, 95.0},
};

ReproduceRow run(const Load& load, std::size_t nodes) {
  const Stopwatch watch;
  ReproduceOptions options;
  options.policies = {load.policy};
  options.nodes = nodes;
  options.demand = load.demand;
  options.last_seed = options.first_seed + 2;
  options.clock = [&watch] { return watch.elapsed(); };
  auto result = reproduce_fgd(options);
  if (!result || result->rows.front().alloc_pct_130.mean < load.alloc_pct_130_least) {
    std::fprintf(stderr, "unexpected outcome: %s\n",
                 result ? "too little is allocated" : result.error().message.c_str());
    std::exit(1);
  }
  return std::move(result->rows.front());
}

}  // namespace

int main(int argc, char** argv) {
  Report report("placements", argc, argv);
  JsonWriter& json = report.results();
  for (const std::size_t nodes : {1213U, 2000U, 5000U}) {
    json.key("nodes_" + std::to_string(nodes)).begin_object();
    for (const Load& load : kLoads) {
      const ReproduceRow row = run(load, nodes);
      json.key(load.name).begin_object();
      json.field("arrivals", row.arrivals);
      json.key("placements_per_s").decimal(decimal(row.placements_per_s, 0));
      json.key("alloc_pct_100").decimal(decimal(row.alloc_pct_100.mean, 2));
      json.key("alloc_pct_130").decimal(decimal(row.alloc_pct_130.mean, 2));
      json.end_object();
    }
    json.end_object();
  }
  return report.print();
}
