#include "demo/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/document.h"
#include "demo/accounts.h"
#include "drivers/routed_driver.h"
#include "ledger/price_book.h"
#include "model/text.h"
#include "simulate/simulation.h"

namespace sillar::demo {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{32} << 20;
constexpr Duration kPatience = Duration::seconds(10);
// A machine of a class that no price map knows: by the hour, for each of its devices, or for all of
// it where it has none.
constexpr std::int64_t kUnknownClassNanos = 1'000'000'000;

Result<std::string> read_example(const std::string& folder, std::string_view name) {
  const std::string path = fmt::format("{}/{}", folder, name);
  auto text = read_file(path, kFileBytesMax);
  if (text || text.error().code != ErrorCode::kNotFound) return text;
  return fail(ErrorCode::kNotFound,
              fmt::format("{} is not there. The demo reads the examples of sillar's sources; say "
                          "where they are with --examples",
                          path));
}

// What can be launched goes where something launches it, and the rest where time passes for it.
void require_executor(Workload& workload) {
  const bool launches = !workload.run.command.empty() || !workload.run.script.empty();
  const std::pair<std::string, std::string> label{kExecutorLabel, launches ? kLocal : kSimulated};
  auto& labels = workload.node_labels;
  const bool stated =
      std::ranges::any_of(labels, [](const auto& other) { return other.first == kExecutorLabel; });
  if (stated) return;
  labels.insert(std::ranges::upper_bound(labels, label), label);
}

// This machine, in a fleet that may know its class already.
void add_machine(Fleet& fleet, const server::LocalMachine& machine) {
  Node node;
  node.name = kMachineName;
  node.cpu = machine.cpu;
  node.memory_bytes = machine.memory_bytes;
  node.labels = {{std::string(kExecutorLabel), std::string(kLocal)}, {"site", "here"}};
  node.location = LocationId{fleet.locations.size()};
  fleet.locations.push_back({"own", "here", {}, {}});
  if (machine.devices > 0) {
    const auto known =
        std::ranges::find(fleet.classes, machine.device_class, &AcceleratorClass::name);
    node.accelerator_class = ClassId{static_cast<std::uint32_t>(known - fleet.classes.begin())};
    node.accelerators = machine.devices;
    if (known == fleet.classes.end())
      fleet.classes.push_back({machine.device_class, machine.device_memory_bytes, 0, 1000, {}});
  }
  fleet.nodes.push_back(std::move(node));
}

Result<std::vector<NodeTariff>> prices_of(Fleet& fleet, const PriceBook& book) {
  auto prices = price_fleet(fleet, book);
  if (prices) return prices;
  Node& machine = fleet.nodes.back();
  machine.price_per_hour =
      Money{kUnknownClassNanos * std::max(machine.accelerators, 1), Currency{}};
  return price_fleet(fleet, book);
}

}  // namespace

Result<std::unique_ptr<Demo>> Demo::start(DemoOptions options) {
  std::unique_ptr<Demo> demo(new Demo(std::move(options)));
  SILLAR_TRY_STATUS(demo->open());
  return demo;
}

Demo::~Demo() {
  drain(kPatience);
}

Result<std::shared_ptr<const World>> Demo::world() const {
  auto world = std::make_shared<World>();
  SILLAR_TRY(fleet_text, read_example(options_.examples, "demo/fleet.yaml"));
  SILLAR_TRY(fleet_document, parse_document("fleet.yaml", fleet_text));
  SILLAR_TRY(fleet, load_fleet(fleet_document));
  world->fleet = std::move(fleet);
  add_machine(world->fleet, options_.machine);
  SILLAR_TRY(projects_text, read_example(options_.examples, "demo/projects.yaml"));
  SILLAR_TRY(projects_document, parse_document("projects.yaml", projects_text));
  SILLAR_TRY(projects, load_projects(projects_document, world->fleet));
  world->projects = std::move(projects);
  SILLAR_TRY(book_text, read_example(options_.examples, "data/gpu-prices/catalog.csv"));
  SILLAR_TRY(book, PriceBook::read("catalog.csv", book_text));
  SILLAR_TRY(prices, prices_of(world->fleet, book));
  world->prices = std::move(prices);
  world->options.now = options_.service.clock();
  world->options.ledger_lines = true;
  world->options.quarantine = {.after = Duration::minutes(30), .failures = 3};
  return world;
}

Status Demo::open() {
  SILLAR_TRY(philly, read_example(options_.examples, "data/philly/philly_jobs.csv"));
  SILLAR_TRY(openb, read_example(options_.examples, "data/openb/openb_pod_list_default.csv"));
  SILLAR_TRY(arrivals, read_arrivals(philly, openb));
  script_ = std::make_unique<Script>(std::move(arrivals), options_.speed);
  SILLAR_TRY(first, world());
  server::ServiceOptions service = options_.service;
  const std::string data = service.data;
  service.world = std::move(first);
  service.complete = require_executor;
  service.make_driver = [this, local = service.make_driver](
                            server::DriverSeat seat) -> Result<std::unique_ptr<drivers::Driver>> {
    drivers::SimulatedOptions simulated;
    simulated.clock = options_.service.clock;
    simulated.model = [this](const drivers::LaunchOrder& order) { return script_->run(order); };
    simulated_ = std::make_shared<drivers::SimulatedDriver>(std::move(simulated), seat.observe);
    SILLAR_TRY(here, local(std::move(seat)));
    std::vector<drivers::Route> routes{{{std::string(kMachineName)}, std::move(here)},
                                       {{}, simulated_}};
    return std::make_unique<drivers::RoutedDriver>(std::move(routes));
  };
  SILLAR_TRY(started, server::Service::start(std::move(service)));
  service_ = std::move(started);

  FeederOptions feeder;
  feeder.url = "http://" + service_->address();
  SILLAR_TRY(keys, keys_of_teams(feeder.url, data));
  feeder.keys = std::move(keys);
  feeder.position = fmt::format("{}/{}", data, kPositionFile);
  feeder.clock = options_.service.clock;
  feeder.remark = options_.service.remark;
  SILLAR_TRY(feed, Feeder::open(std::move(feeder), *script_));
  feeder_ = std::move(feed);
  if (options_.pace.ns > 0) thread_ = std::thread([this] { run(); });
  return {};
}

void Demo::tick() {
  (void)simulated_->advance();
  (void)feeder_->advance();
}

void Demo::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    tick();
    lock.lock();
    wake_.wait_for(lock, std::chrono::nanoseconds(options_.pace.ns), [&] { return stopping_; });
  }
}

void Demo::drain(Duration patience) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  if (service_) service_->drain(patience);
}

}  // namespace sillar::demo
