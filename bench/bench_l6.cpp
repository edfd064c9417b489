// L6: 500 nodes with three one-device jobs left on each; 41 gangs of 10 x 6 devices. Every gang
// task needs a node with at most two left, so the optimum is 410 moves. Peer (KAI end to end, other
// hardware): 455.7 s.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

int main(int argc, char** argv) {
  Report report("l6", argc, argv);
  constexpr std::size_t kNodes = 500;
  Cluster cluster(kNodes, Rules::kSillar,
                  {schedule::plain_project("queue-0", 0), schedule::plain_project("queue-1", 0)});
  cluster.options.actions = {Action::kConsolidate};
  cluster.options.consolidation_victims_max = 4000;
  for (std::size_t i = 0; i < 3 * kNodes; ++i)
    schedule::run_on(cluster.board, cluster.add(0, 1, 1), NodeId{i % kNodes},
                     kNow - Duration::minutes(5));
  for (int i = 0; i < 41; ++i) cluster.add(1, 10, 6);
  Samples samples;
  std::int64_t moves = 0;
  for (int run = 0; run < 5; ++run) {
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    samples.add(watch.elapsed());
    moves = count(plan, schedule::Step::kEvict);
    expect(count(plan, schedule::Step::kReserve) == 410, "every gang is promised room");
    expect(count(plan, schedule::Step::kMove) == moves, "nobody loses");
  }
  report.results().field("moves", moves).field("optimum", std::int64_t{410});
  samples.write("cycle", report.results());
  return report.print();
}
