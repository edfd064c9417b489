// L2: one project runs 8N one-device jobs and deserves none; the other asks for one gang of T tasks
// of 8 devices, T = N/10 and N/2. Exactly 8T victims. Peer (KAI, engine alone, other
// hardware): 9.17 s at N = 500, 76.3 s at N = 1000 for T = N/10.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

int main(int argc, char** argv) {
  Report report("l2", argc, argv);
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    for (const std::size_t nodes : {10U, 50U, 100U, 200U, 500U, 1000U}) {
      for (const std::size_t part : {10U, 2U}) {
        const auto tasks = static_cast<std::int32_t>(nodes / part);
        Cluster cluster(
            nodes, rules,
            {schedule::plain_project("queue-0", 0, 0),
             schedule::plain_project("queue-1", static_cast<std::int64_t>(8 * nodes), 0)});
        cluster.options.actions = {Action::kReclaim};
        cluster.run_singles(0, 8 * nodes);
        cluster.add(1, tasks, 8);
        Samples samples;
        for (int run = 0; run < 5; ++run) {
          const Stopwatch watch;
          const schedule::Plan plan = cluster.cycle();
          samples.add(watch.elapsed());
          expect(count(plan, schedule::Step::kReserve) == tasks, "the gang is promised room");
          expect(count(plan, schedule::Step::kEvict) == 8 * tasks, "no victim too many");
        }
        report.results()
            .key(std::string(rules_name(rules)) + "_" + std::to_string(nodes) + "_gang_" +
                 std::to_string(tasks))
            .begin_object();
        report.results().field("victims", std::int64_t{8} * tasks);
        samples.write("cycle", report.results());
        report.results().end_object();
      }
    }
  }
  return report.print();
}
