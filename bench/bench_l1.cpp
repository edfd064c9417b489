// L1: one project holds all 8N devices one by one and deserves none; the other deserves all and
// asks for them one by one. One full cycle evicts all and promises all. Peer (KAI, engine alone,
// other hardware): 196.8 s on main, 59.3 s in a pull request, N = 500.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

int main(int argc, char** argv) {
  Report report("l1", argc, argv);
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    for (const std::size_t nodes : {10U, 50U, 100U, 200U, 500U}) {
      for (const bool min_runtime : {false, true}) {
        const auto total = static_cast<std::int64_t>(8 * nodes);
        Project a = schedule::plain_project("queue-0", 0, 0);
        if (min_runtime) a.min_runtime.reclaim = Duration::seconds(30);
        Cluster cluster(nodes, rules, {a, schedule::plain_project("queue-1", total, 0)});
        cluster.run_singles(0, 8 * nodes);
        for (std::size_t i = 0; i < 8 * nodes; ++i) cluster.add(1, 1, 1);
        Samples samples;
        for (int run = 0; run < 5; ++run) {
          const Stopwatch watch;
          const schedule::Plan plan = cluster.cycle();
          samples.add(watch.elapsed());
          expect(count(plan, schedule::Step::kEvict) == total, "every device is reclaimed");
          expect(count(plan, schedule::Step::kReserve) == total, "every job is promised room");
        }
        report.results()
            .key(std::string(rules_name(rules)) + "_" + std::to_string(nodes) +
                 (min_runtime ? "_min_runtime" : ""))
            .begin_object();
        report.results().field("victims", total);
        samples.write("cycle", report.results());
        report.results().end_object();
      }
    }
  }
  return report.print();
}
