// metrics against a service in this process, with a driver that only takes notes.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "base/document.h"
#include "cli/cli_fixture.h"
#include "model/text.h"
#include "server/service.h"

namespace sillar::cli {
namespace {

class QuietDriver : public drivers::Driver {
 public:
  Status launch(const drivers::LaunchOrder&) override { return {}; }
  Status stop(const drivers::StopOrder&) override { return {}; }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }
};

class MetricsVerb : public testing::Test {
 protected:
  MetricsVerb() {
    std::string path = (std::filesystem::temp_directory_path() / "sillar-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
    start();
  }
  ~MetricsVerb() override {
    service_.reset();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    const auto document = parse_document("world", R"(
fleet:
  classes: [{name: h100, memory: 80Gi}]
  nodes: [{name: n1, class: h100, accelerators: 2, cpu: 8, memory: 64Gi}]
projects: [{name: a}]
)");
    auto scenario = load_scenario(*document);
    ASSERT_TRUE(scenario.has_value()) << scenario.error().message;
    auto world = std::make_shared<World>();
    world->fleet = scenario->fleet;
    world->projects = scenario->projects;
    server::ServiceOptions options;
    options.data = folder_ + "/data";
    options.tasks_folder = folder_ + "/tasks";
    options.world = world;
    options.clock = [] {
      return Time{std::chrono::system_clock::now().time_since_epoch().count()};
    };
    options.remark = [](const std::string&) {};
    options.fatal = [](const Error& error) { FAIL() << error.message; };
    options.os_user = "nobody";
    options.make_driver = [](server::DriverSeat) -> Result<std::unique_ptr<drivers::Driver>> {
      return std::make_unique<QuietDriver>();
    };
    options.usage.pace = Duration{1'000'000};
    options.usage.sample = [this]() -> Result<drivers::DeviceSample> {
      {
        const std::lock_guard lock(mutex_);
        ++looks_;
      }
      looked_.notify_all();
      return drivers::DeviceSample{{{0, 420, 3 << 20}, {1, 420, 3 << 20}}, {}};
    };
    auto service = server::Service::start(std::move(options));
    ASSERT_TRUE(service.has_value()) << service.error().message;
    service_ = std::move(*service);
    process_.environment["SILLAR_SERVER"] = "http://" + service_->address();
    process_.environment["SILLAR_TOKEN"] = *read_file(folder_ + "/data/" + server::kFirstTokenFile);
  }
  // A look begins only once what the one before told has been taken in.
  void wait_for_looks(int count) {
    std::unique_lock lock(mutex_);
    const int until = looks_ + count;
    looked_.wait(lock, [&] { return looks_ >= until; });
  }

  std::string folder_;
  std::mutex mutex_;  // Guards looks_.
  std::condition_variable looked_;
  int looks_ = 0;
  std::unique_ptr<server::Service> service_;
  TestProcess process_;
};

TEST_F(MetricsVerb, ShowsWhatWasSeenByRowsAndAsItCame) {
  process_.files["w.yaml"] =
      "name: w\nproject: a\nkind: batch\nrequest: {accelerators: 1}\nrun: {command: [x]}\n";
  ASSERT_EQ(process_.run({"submit", "w.yaml"}).code, 0);
  Outcome seen;
  do {
    wait_for_looks(2);
    seen = process_.run({"metrics", "w", "-o", "csv"});
    ASSERT_EQ(seen.code, 0) << seen.err;
  } while (seen.out.find("0.42") == std::string::npos);
  EXPECT_TRUE(seen.out.starts_with("at,devices,busy,memory_bytes\n")) << seen.out;
  EXPECT_NE(seen.out.find(",1,0.42,3145728\n"), std::string::npos) << seen.out;
  const Outcome table = process_.run({"metrics", "w"});
  EXPECT_NE(table.out.find("42.0"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("3.0 MiB"), std::string::npos) << table.out;
  const Outcome json = process_.run({"metrics", "w", "-o", "json"});
  EXPECT_NE(json.out.find("busy_thousandths"), std::string::npos) << json.out;
}

TEST_F(MetricsVerb, OneThatIsNotThereIsNotFound) {
  const Outcome none = process_.run({"metrics", "nobody"});
  EXPECT_EQ(none.code, 3) << none.err;
  EXPECT_EQ(none.out, "");
}

}  // namespace
}  // namespace sillar::cli
