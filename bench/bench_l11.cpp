// L11: 5,000 tasks as 1 x 5000, 5 x 1000 and 25 x 200 gangs on 1,000 nodes; 10,000 one-device tasks
// of two projects on 500 to 5,000 nodes (as many as fit). Placements a second. Peer (YuniKorn,
// simulated nodes, other hardware): 833, 556 and 156 pods/s.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

void run(Report& report, const std::string& name, Cluster& cluster, std::int64_t expected) {
  Samples samples;
  for (int i = 0; i < 5; ++i) {
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    samples.add(watch.elapsed());
    expect(count(plan, schedule::Step::kStart) == expected, "every task that fits starts");
  }
  const double seconds = static_cast<double>(samples.percentile(50).ns) / 1e9;
  report.results().key(name).begin_object().field("placements", expected);
  report.results()
      .key("placements_per_second")
      .decimal(decimal(static_cast<double>(expected) / seconds, 0));
  samples.write("cycle", report.results());
  report.results().end_object();
}

}  // namespace

int main(int argc, char** argv) {
  Report report("l11", argc, argv);
  for (const auto& [gangs, tasks] : {std::pair{1, 5000}, std::pair{5, 1000}, std::pair{25, 200}}) {
    Cluster cluster(1000, Rules::kSillar, {schedule::plain_project("queue-0", 0)});
    cluster.options.actions = {Action::kAllocate};
    for (int i = 0; i < gangs; ++i) cluster.add(0, tasks, 1);
    run(report, std::to_string(gangs) + "x" + std::to_string(tasks), cluster, 5000);
  }
  for (const std::size_t nodes : {500U, 1000U, 2000U, 5000U}) {
    Cluster cluster(nodes, Rules::kSillar,
                    {schedule::plain_project("queue-0", 0), schedule::plain_project("queue-1", 0)});
    cluster.options.actions = {Action::kAllocate};
    for (std::size_t i = 0; i < 10'000; ++i) cluster.add(i % 2, 1, 1);
    run(report, "nodes_" + std::to_string(nodes), cluster,
        std::min<std::int64_t>(10'000, static_cast<std::int64_t>(8 * nodes)));
  }
  return report.print();
}
