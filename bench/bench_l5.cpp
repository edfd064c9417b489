// L5: a full cluster of 500 x 8 one-device jobs; single-device jobs arrive one after another and
// each reclaims one device. Time from the decision's start to the victim chosen, on the engine's
// incremental path. Peer (KAI end to end, other hardware): 13.9 s.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

int main(int argc, char** argv) {
  Report report("l5", argc, argv);
  constexpr std::size_t kNodes = 500;
  for (const Rules rules : {Rules::kKai, Rules::kSillar}) {
    Cluster cluster(kNodes, rules,
                    {schedule::plain_project("queue-0", 0, 0),
                     schedule::plain_project("queue-1", kUnlimited, 0)});
    cluster.run_singles(0, 8 * kNodes);
    Samples samples;
    for (int i = 0; i < 1000; ++i) {
      const WorkloadId arrived[] = {cluster.add(1, 1, 1)};
      schedule::CycleInput input;
      input.now = kNow + Duration::seconds(i);
      input.options = &cluster.options;
      input.memory = &cluster.memory;
      input.aggressors = arrived;
      const Stopwatch watch;
      const schedule::Plan plan = schedule::run_cycle(cluster.board, cluster.index, input);
      samples.add(watch.elapsed());
      expect(count(plan, schedule::Step::kEvict) == 1, "one victim");
      expect(count(plan, schedule::Step::kReserve) == 1, "one promise");
      for (const schedule::Decision& d : plan.decisions) {
        if (d.step == schedule::Step::kEvict) {
          cluster.board.evict(d.task);
          cluster.board.stopped(d.task);
          cluster.board.finish(d.task);
        } else if (d.step == schedule::Step::kReserve) {
          cluster.board.reserve(d.task, d.shape, d.place);
          cluster.board.fulfil(d.task, input.now);
        }
      }
    }
    report.results().key(rules_name(rules)).begin_object();
    samples.write("decision", report.results());
    report.results().end_object();
  }
  return report.print();
}
