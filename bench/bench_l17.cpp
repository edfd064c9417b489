// L17: 12,500 nodes of 8 devices in 8 classes and 400 racks, 2,000 projects in 50 departments,
// 100,000 running and 200,000 pending workloads whose shapes are drawn from the openb list, every
// hundredth a gang of up to 128 x 8. Through the engine: resident memory, one arrival or completion
// decided, and a full pass over everything.
//
// Usage: bench_l17 [openb pod list CSV]

#include <memory>

#include "base/csv.h"
#include "base/document.h"
#include "base/quantity.h"
#include "base/random.h"
#include "bench/cluster.h"
#include "engine/engine.h"

using namespace sillar;
using namespace sillar::bench;

namespace {

constexpr std::size_t kNodes = 12'500;
constexpr std::size_t kClasses = 8;
constexpr std::size_t kRacks = 400;
constexpr std::size_t kDepartments = 50;
constexpr std::size_t kLeaves = 1'950;
constexpr std::size_t kRunning = 100'000;
constexpr std::size_t kPending = 200'000;

template <typename T>
T value_of(Result<T> result) {
  if (!result) std::fprintf(stderr, "%s\n", result.error().message.c_str());
  expect(result.has_value(), "no error");
  return std::move(*result);
}

std::vector<Request> openb_requests(const std::string& path) {
  const std::string text = value_of(read_file(path));
  CsvReader csv = value_of(CsvReader::open(path, text));
  const std::size_t cpu = value_of(csv.column("cpu_milli"));
  const std::size_t memory = value_of(csv.column("memory_mib"));
  const std::size_t gpus = value_of(csv.column("num_gpu"));
  const std::size_t milli = value_of(csv.column("gpu_milli"));
  std::vector<Request> requests;
  while (value_of(csv.next())) {
    Request request;
    // Nodes here have 12 cores a device, openb's have as many: its requests are taken as they are,
    // up to a node's size.
    request.cpu = std::min<std::int64_t>(value_of(parse_integer(csv[cpu])), 96'000);
    request.memory_bytes = std::min<std::int64_t>(value_of(parse_integer(csv[memory])), 700'000)
                           << 20;
    const std::int64_t count = value_of(parse_integer(csv[gpus]));
    const std::int64_t share = value_of(parse_integer(csv[milli]));
    if (count == 1 && share < kDevice)
      request.fraction = share;
    else
      request.accelerators = static_cast<std::int32_t>(count);
    requests.push_back(request);
  }
  return requests;
}

std::shared_ptr<World> make_world() {
  auto world = std::make_shared<World>();
  world->options.now = kNow;
  world->options.reservations = true;
  for (std::size_t c = 0; c < kClasses; ++c) {
    AcceleratorClass accelerator;
    accelerator.name = "class" + std::to_string(c);
    accelerator.memory_bytes = std::int64_t{80} << 30;
    world->fleet.classes.push_back(accelerator);
  }
  world->fleet.topologies.push_back({"fabric", {"rack"}});
  for (std::size_t n = 0; n < kNodes; ++n) {
    Node node;
    node.name = "node" + std::to_string(n);
    node.accelerator_class = ClassId{n * kClasses / kNodes};
    node.accelerators = 8;
    node.cpu = 96'000;
    node.memory_bytes = std::int64_t{768} << 30;
    node.labels = {{"rack", "r" + std::to_string(n * kRacks / kNodes)}};
    world->fleet.nodes.push_back(node);
  }
  const std::size_t resources = world->fleet.resource_count();
  const auto project = [&](std::string name, ProjectId parent, std::int64_t deserved) {
    Project p;
    p.name = std::move(name);
    p.parent = parent;
    p.quota.assign(resources, kQuotaAbsent);
    for (std::size_t c = 0; c < kClasses; ++c)
      p.quota[kFirstClass + c] = {deserved * kDevice, 1, kUnlimited};
    world->projects.push_back(std::move(p));
  };
  for (std::size_t d = 0; d < kDepartments; ++d) project("dep" + std::to_string(d), {}, 250);
  for (std::size_t l = 0; l < kLeaves; ++l) {
    const std::size_t d = l % kDepartments;
    project("dep" + std::to_string(d) + "/team" + std::to_string(l), ProjectId{d}, 6);
  }
  return world;
}

class Load {
 public:
  Load(const std::vector<Request>& requests, const World& world)
      : requests_(requests), world_(world) {}

  std::shared_ptr<const Workload> next(Time at, bool gangs) {
    auto w = std::make_shared<Workload>();
    w->name = "w" + std::to_string(count_++);
    w->project = world_.projects[kDepartments + random_.below(kLeaves)].name;
    w->submitted = at;
    w->priority = static_cast<std::int32_t>(random_.below(3)) * 25 + 25;
    w->restart_cost = Duration::seconds(30);
    w->request = requests_[random_.below(requests_.size())];
    if (gangs && random_.below(100) == 0) {
      w->request = {};
      w->request.accelerators = 8;
      w->request.cpu = 64'000;
      w->request.memory_bytes = std::int64_t{256} << 30;
      w->request.classes = {world_.fleet.classes[random_.below(kClasses)].name};
      w->gang_min = w->gang_max = static_cast<std::int32_t>(std::int64_t{2} << random_.below(7));
    }
    return w;
  }

 private:
  const std::vector<Request>& requests_;
  const World& world_;
  Random random_{17};
  std::uint64_t count_ = 0;
};

struct Engine {
  State state;
  Scratch scratch;

  std::vector<Fact> feed(Time at, const auto& body) {
    return value_of(step(state, scratch, Input{at, body}));
  }
};

std::int64_t count_running(const State& state) {
  std::int64_t running = 0;
  for (std::size_t t = 0; t < state.board.task_count(); ++t)
    running += state.board.task(TaskId{t}).phase == schedule::Phase::kRunning ? 1 : 0;
  return running;
}

// One arrival or one completion at a time, decided on the incremental path.
void time_events(Report& report, Engine& engine, Load& load, Time now) {
  Samples arrivals;
  Samples completions;
  Random random(18);
  for (int i = 0; i < 2000; ++i) {
    now = now + Duration::seconds(1);
    if (i % 2 == 0) {
      const Input submit{now, Submit{load.next(now, true)}};
      const Stopwatch watch;
      value_of(step(engine.state, engine.scratch, submit));
      value_of(step(engine.state, engine.scratch, Input{now, Decide{false}}));
      arrivals.add(watch.elapsed());
    } else {
      TaskId task;
      do task = TaskId{random.below(engine.state.board.task_count())};
      while (engine.state.board.task(task).phase != schedule::Phase::kRunning);
      const Stopwatch watch;
      value_of(step(engine.state, engine.scratch,
                    Input{now, TaskObserved{task, TaskEvent::kSucceeded}}));
      value_of(step(engine.state, engine.scratch, Input{now, Decide{false}}));
      completions.add(watch.elapsed());
    }
  }
  arrivals.write("arrival", report.results());
  completions.write("completion", report.results());
}

}  // namespace

int main(int argc, char** argv) {
  Report report("l17", argc, argv);
  const std::vector<Request> requests =
      openb_requests(argc > 1 ? argv[1] : "examples/data/openb/openb_pod_list_default.csv");
  const auto world = make_world();
  Load load(requests, *world);
  Engine engine;
  engine.feed(kNow, Configure{world});

  // Fill: singles until 100,000 run, then the backlog.
  Time now = kNow;
  const Stopwatch fill;
  for (std::size_t i = 0; i < kRunning; ++i) engine.feed(now, Submit{load.next(now, false)});
  engine.feed(now, Decide{false});
  report.results().field("running_after_fill", count_running(engine.state));
  for (std::size_t i = 0; i < kPending; ++i) engine.feed(now, Submit{load.next(now, true)});
  report.results().key("fill_ms").decimal(milliseconds(fill.elapsed()));

  // Passes until the backlog has settled: the first ones evict whatever the random fill put in the
  // wrong place.
  const auto pass = [&](Samples* samples) {
    now = now + Duration::seconds(60);
    const Stopwatch watch;
    const std::vector<Fact> facts =
        value_of(decide(engine.state, engine.scratch, Input{now, Decide{true}}));
    if (samples != nullptr) samples->add(watch.elapsed());
    for (const Fact& fact : facts) apply(engine.state, fact);
    const std::set<TaskId> stopping = engine.state.board.stopping_tasks();
    for (const TaskId task : stopping) engine.feed(now, TaskObserved{task, TaskEvent::kStopped});
    return static_cast<std::int64_t>(facts.size());
  };
  Samples settling;
  std::int64_t passes = 0;
  while (++passes < 20 && pass(&settling) > 5'000) {
  }
  report.results().field("passes_to_settle", passes);
  settling.write("settling_pass", report.results());
  Samples full;
  std::int64_t full_facts = 0;
  for (int run = 0; run < 5; ++run) full_facts += pass(&full);
  full.write("full_pass", report.results());
  report.results().field("full_pass_facts", full_facts);

  time_events(report, engine, load, now);
  std::int64_t pending = 0;
  for (std::size_t j = 0; j < engine.state.board.job_count(); ++j)
    pending += engine.state.board.job(WorkloadId{j}).pending > 0 ? 1 : 0;
  report.results()
      .field("running", count_running(engine.state))
      .field("pending_workloads", pending);
  return report.print();
}
