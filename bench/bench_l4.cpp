// L4: 500 empty nodes of 8; 4,000 one-device jobs, (a) all present at the start, (b) arriving one
// by one while scheduling, (c) all present with 400 more pending in a project of limit 0. Decisions
// a second. Peer (KAI end to end, other hardware): about 10 jobs/s.

#include "bench/cluster.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

constexpr std::size_t kNodes = 500;
constexpr std::int64_t kJobs = 4000;

void apply(Cluster& cluster, const schedule::Plan& plan) {
  for (const schedule::Decision& d : plan.decisions)
    cluster.board.start(d.task, d.shape, d.place, kNow);
}

void write(Report& report, const char* name, Duration elapsed) {
  report.results().key(name).begin_object();
  report.results().key("total_ms").decimal(milliseconds(elapsed));
  report.results()
      .key("decisions_per_second")
      .decimal(decimal(static_cast<double>(kJobs) * 1e9 / static_cast<double>(elapsed.ns), 0));
  report.results().end_object();
}

}  // namespace

int main(int argc, char** argv) {
  Report report("l4", argc, argv);
  for (const std::int64_t blocked : {0, 400}) {
    Cluster cluster(
        kNodes, Rules::kSillar,
        {schedule::plain_project("queue-0", 0), schedule::plain_project("blocked", 0, 0, 0)});
    for (std::int64_t i = 0; i < kJobs; ++i) cluster.add(0, 1, 1);
    for (std::int64_t i = 0; i < blocked; ++i) cluster.add(1, 1, 1);
    const Stopwatch watch;
    const schedule::Plan plan = cluster.cycle();
    write(report, blocked == 0 ? "all_at_start" : "with_400_blocked", watch.elapsed());
    expect(count(plan, schedule::Step::kStart) == kJobs, "every job starts");
  }
  Cluster cluster(kNodes, Rules::kSillar, {schedule::plain_project("queue-0", 0)});
  const Stopwatch watch;
  for (std::int64_t i = 0; i < kJobs; ++i) {
    cluster.add(0, 1, 1);
    const schedule::Plan plan = cluster.cycle();
    expect(count(plan, schedule::Step::kStart) == 1, "the job starts at once");
    apply(cluster, plan);
  }
  write(report, "one_by_one", watch.elapsed());
  return report.print();
}
