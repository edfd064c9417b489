// L15: 4,000 nodes, 100 of them with 8 devices, 140,000 running tasks; steady cycles in which
// little changes. Peer (a site's report on KAI, other hardware): 2.3 s a cycle, 2.2 s of it taking
// a snapshot.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

int main(int argc, char** argv) {
  Report report("l15", argc, argv);
  constexpr std::size_t kNodes = 4000;
  Fleet fleet = schedule::plain_fleet(kNodes);
  for (std::size_t n = 100; n < kNodes; ++n) {
    fleet.nodes[n].accelerator_class = ClassId{};
    fleet.nodes[n].accelerators = 0;
  }
  std::vector<Project> projects;
  for (int p = 0; p < 100; ++p)
    projects.push_back(schedule::plain_project("p" + std::to_string(p), 8));
  Cluster cluster(kNodes, Rules::kSillar, projects, fleet);
  for (std::size_t i = 0; i < 140'000; ++i)
    schedule::run_on(cluster.board, cluster.add(i % 100, 1, i < 800 ? 1 : 0),
                     NodeId{i < 800 ? i / 8 : 100 + i % 3900}, kLongAgo);
  (void)cluster.cycle();
  Samples samples;
  std::uint32_t next = 800;
  for (int run = 0; run < 50; ++run) {
    // One task ends, one arrives.
    cluster.board.finish(TaskId{next++});
    cluster.add(static_cast<std::size_t>(run) % 100, 1, 0);
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    samples.add(watch.elapsed());
    expect(count(plan, schedule::Step::kStart) == 1, "the arrival starts");
    for (const schedule::Decision& d : plan.decisions)
      cluster.board.start(d.task, d.shape, d.place, kNow);
  }
  samples.write("cycle", report.results());
  return report.print();
}
