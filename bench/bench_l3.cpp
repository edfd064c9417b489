// L3: infeasible by exactly one device. Project queue-0 runs 8N one-device jobs and deserves 8N -
// 79; queue-1 deserves 80 and asks for one gang of 10 x 8. The answer is a proof with its numbers,
// not a search that found nothing. Variants at N = 100, where the count would suffice: ten tasks
// apart by rack with nine racks; ten tasks in one rack of eight or nine nodes. Peer (KAI end to
// end, other hardware): 249.5 s to mark such a gang unschedulable at N = 500.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

const Reason& only_reason(const schedule::Plan& plan) {
  expect(plan.decisions.empty(), "nothing moves");
  expect(plan.waiting.size() == 1, "one job waits");
  return plan.reasons[plan.waiting[0].reason];
}

void one_device_short(Report& report, std::size_t nodes) {
  const auto total = static_cast<std::int64_t>(8 * nodes);
  Cluster cluster(nodes, Rules::kKai,
                  {schedule::plain_project("queue-0", total - 79, 0),
                   schedule::plain_project("queue-1", 80, 0)});
  cluster.options.actions = {Action::kReclaim};
  cluster.run_singles(0, 8 * nodes);
  cluster.add(1, 10, 8);
  Samples samples;
  std::string text;
  for (int run = 0; run < 20; ++run) {
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    text = reason_text(only_reason(plan), Language::kEnglish);
    samples.add(watch.elapsed());
    expect(only_reason(plan).code == ReasonCode::kNotReclaimable, "the bound refuses");
    expect(plan.counts.search_steps == 0, "no search is needed");
  }
  report.results().key("one_short_" + std::to_string(nodes)).begin_object().field("text", text);
  samples.write("proof", report.results());
  report.results().end_object();
}

void racks(Report& report, const char* name, std::size_t rack_count, bool apart) {
  constexpr std::size_t kNodes = 100;
  Fleet fleet = schedule::plain_fleet(kNodes);
  fleet.topologies.push_back({"fabric", {"rack"}});
  for (std::size_t n = 0; n < kNodes; ++n)
    fleet.nodes[n].labels = {{"rack", "r" + std::to_string(n % rack_count)}};
  Cluster cluster(
      kNodes, Rules::kKai,
      {schedule::plain_project("queue-0", 720, 0), schedule::plain_project("queue-1", 80, 0)},
      fleet);
  cluster.options.actions = {Action::kReclaim};
  cluster.run_singles(0, 8 * kNodes);
  Workload gang = schedule::plain_workload("gang", 10, 8);
  (apart ? gang.topology.apart : gang.topology.required) = "rack";
  cluster.board.add_job(ProjectId{1}, gang, {});
  Samples samples;
  std::string text;
  for (int run = 0; run < 20; ++run) {
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    text = reason_text(only_reason(plan), Language::kEnglish);
    samples.add(watch.elapsed());
    expect(only_reason(plan).code == ReasonCode::kTopology, "topology refuses");
  }
  report.results().key(name).begin_object().field("text", text);
  samples.write("proof", report.results());
  report.results().end_object();
}

}  // namespace

int main(int argc, char** argv) {
  Report report("l3", argc, argv);
  for (const std::size_t nodes : {10U, 50U, 100U, 200U, 500U, 1000U})
    one_device_short(report, std::max<std::size_t>(nodes, 11));
  racks(report, "apart_by_rack", 9, true);
  racks(report, "one_rack", 12, false);
  return report.print();
}
