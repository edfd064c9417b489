// L12: CPU work of 6 cores and 6,000 MB (nomad's 6,000 MHz and 6,000 MB on nodes of 32,000 MB, two
// data centres alternating), half of the racks eligible, {500 … 10,000} nodes x {25, 50, 75} racks
// x {50 … 1,200} tasks, with and without spreading. Time per placement. Peer (Nomad's C1M, vendor's
// figure): 3,750 placements/s.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

Fleet rack_fleet(std::size_t nodes, std::size_t racks) {
  Fleet fleet = schedule::plain_fleet(nodes, 0);
  for (std::size_t n = 0; n < nodes; ++n) {
    const std::size_t rack = n % racks;
    fleet.nodes[n].accelerator_class = ClassId{};
    fleet.nodes[n].cpu = 32'000;
    fleet.nodes[n].memory_bytes = 32'000'000'000;
    fleet.nodes[n].labels = {{"dc", n % 2 == 0 ? "dc1" : "dc2"},
                             {"eligible", rack % 2 == 0 ? "yes" : "no"},
                             {"rack", "r" + std::to_string(rack)}};
  }
  return fleet;
}

}  // namespace

int main(int argc, char** argv) {
  Report report("l12", argc, argv);
  for (const std::size_t nodes : {500U, 1000U, 5000U, 10'000U}) {
    for (const std::size_t racks : {25U, 50U, 75U}) {
      for (const bool spread : {false, true}) {
        Cluster cluster(nodes, Rules::kSillar, {schedule::plain_project("queue-0", 0)},
                        rack_fleet(nodes, racks));
        cluster.options.actions = {Action::kAllocate};
        report.results()
            .key(std::to_string(nodes) + "_nodes_" + std::to_string(racks) + "_racks" +
                 (spread ? "_spread" : ""))
            .begin_object();
        for (const std::int32_t tasks : {50, 300, 600, 900, 1200}) {
          Workload w = schedule::plain_workload("w", tasks, 0);
          w.request.cpu = 6000;
          w.request.memory_bytes = 6'000'000'000;
          w.spread = spread;
          w.node_labels = {{"eligible", "yes"}};
          const WorkloadId id = cluster.board.add_job(ProjectId{0}, w, {});
          const Stopwatch watch;
          const schedule::Plan plan = cluster.cycle();
          const Duration elapsed = watch.elapsed();
          expect(count(plan, schedule::Step::kStart) == tasks, "every task starts");
          report.results().field("ns_per_placement_" + std::to_string(tasks), elapsed.ns / tasks);
          for (std::int32_t i = 0; i < tasks; ++i)
            cluster.board.finish(
                TaskId{cluster.board.job(id).first_task + static_cast<std::uint32_t>(i)});
        }
        report.results().end_object();
      }
    }
  }
  return report.print();
}
