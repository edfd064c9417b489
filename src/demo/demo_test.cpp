// The demo as a whole, under a clock that the test moves: fed, decided, ended, paid for; and after
// a restart.

#include "demo/demo.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "base/quantity.h"
#include "journal/journal_fixture.h"

namespace sillar::demo {
namespace {

// Of this machine: notes what it is told.
class HereDriver final : public drivers::Driver {
 public:
  explicit HereDriver(std::atomic<int>& launches) : launches_(launches) {}
  Status launch(const drivers::LaunchOrder&) override {
    ++launches_;
    return {};
  }
  Status stop(const drivers::StopOrder&) override { return {}; }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }

 private:
  std::atomic<int>& launches_;
};

class DemoTest : public testing::Test {
 protected:
  void start(std::int64_t speed = kSpeedMax) {
    DemoOptions options;
    options.examples = "examples";
    options.speed = speed;
    options.pace = Duration{};
    options.machine.name = "a-host";
    options.machine.cpu = 8000;
    options.machine.memory_bytes = std::int64_t{16} << 30;
    ASSERT_TRUE(server::declare_devices(options.machine, "h100:8"));
    server::ServiceOptions& service = options.service;
    service.data = folder_.path("data");
    service.tasks_folder = service.data + "/tasks";
    service.clock = [this] { return Time{now_.load()}; };
    service.remark = [this](const std::string& text) { remarks_.insert(text); };
    service.fatal = [](const Error& error) { FAIL() << error.message; };
    service.os_user = "nobody";
    service.make_driver = [this](server::DriverSeat) -> Result<std::unique_ptr<drivers::Driver>> {
      return std::make_unique<HereDriver>(launches_here_);
    };
    auto demo = Demo::start(std::move(options));
    ASSERT_TRUE(demo.has_value()) << demo.error().message;
    demo_ = std::move(*demo);
    const auto token = read_file(folder_.path("data") + "/" + server::kFirstTokenFile, 4096);
    ASSERT_TRUE(token.has_value());
    auto client = server::ApiClient::open({"http://" + demo_->service().address(), *token, {}});
    ASSERT_TRUE(client.has_value());
    client_.emplace(std::move(*client));
  }
  void stop() { demo_.reset(); }

  Document get(const std::string& target) {
    auto answer = client_->get(target);
    EXPECT_TRUE(answer.has_value()) << answer.error().message;
    return answer ? std::move(*answer) : Document{};
  }
  std::int64_t number(const Document& document, std::string_view field) {
    const Value* value = document.root.find(field);
    return value == nullptr ? -1 : parse_integer(value->scalar).value_or(-1);
  }
  // Name and a field, of all of them.
  std::map<std::string, std::string> workloads(const std::string& field,
                                               const std::string& query = {}) {
    std::map<std::string, std::string> found;
    const Document page = get("/api/v1/workloads?limit=10000" + query);
    if (const Value* items = page.root.find("items"); items != nullptr)
      for (const Value& item : items->items) {
        const bool fresh =
            found.emplace(item.find("name")->scalar, item.find(field)->scalar).second;
        EXPECT_TRUE(fresh) << "there twice";
      }
    return found;
  }
  // Second by second, until it holds.
  void pass(const std::function<bool()>& until) {
    for (int i = 0; i < 20'000; ++i) {
      demo_->tick();
      if (until()) return;
      now_ += Duration::seconds(1).ns;
    }
    FAIL() << "it never came";
  }

  journal::TestFolder folder_;
  std::atomic<std::int64_t> now_ = Time::from_seconds(1'790'000'000).ns;
  std::atomic<int> launches_here_ = 0;
  std::set<std::string> remarks_;
  std::unique_ptr<Demo> demo_;
  std::optional<server::ApiClient> client_;
};

TEST_F(DemoTest, IsFedDecidesEndsAndCharges) {
  start();
  pass([&] { return workloads("phase", "&phase=Succeeded").size() >= 100; });
  EXPECT_GT(demo_->feeder().submitted(), 100U);
  std::set<std::string> owners;
  for (const auto& [name, owner] : workloads("owner")) owners.insert(owner);
  EXPECT_GE(owners.size(), 7U) << "each team submits for itself";
  EXPECT_FALSE(owners.contains("admin"));
  const Document costs = get("/api/v1/costs");
  EXPECT_FALSE(costs.root.find("items")->items.empty());
  EXPECT_EQ(launches_here_, 0) << "nothing of it is launched on this machine";
  for (const std::string& remark : remarks_) ADD_FAILURE() << remark;
}

TEST_F(DemoTest, ACommandRunsOnThisMachineAndNowhereElse) {
  start();
  demo_->tick();
  const auto sent = client_->post(
      "/api/v1/workloads",
      R"({"name": "mine", "project": "default", "request": {"accelerators": 1}, "limit": "1h",)"
      R"( "run": {"command": ["true"]}})");
  ASSERT_TRUE(sent.has_value()) << sent.error().message;
  pass([&] { return launches_here_ == 1; });
  const Document mine = get("/api/v1/workloads/mine");
  ASSERT_NE(mine.root.find("nodes"), nullptr);
  EXPECT_EQ(mine.root.find("nodes")->items.front().scalar, kMachineName);
}

TEST_F(DemoTest, AfterARestartItGoesOnWhereItWasAndNothingIsThereTwice) {
  start();
  pass([&] { return demo_->feeder().submitted() >= 200; });
  const auto before = workloads("name");
  const std::uint64_t next = demo_->feeder().next();
  stop();
  // As if the position had not been written before a kill.
  std::ofstream(folder_.path("data") + "/" + kPositionFile) << next - 50 << " 150\n";
  start();
  EXPECT_EQ(demo_->feeder().next(), next - 50);
  pass([&] { return demo_->feeder().next() >= next; });
  for (const auto& [name, same] : before) EXPECT_TRUE(workloads("name").contains(name));
  pass([&] { return workloads("phase", "&phase=Succeeded").size() >= 200; });
}

TEST_F(DemoTest, WhatRanEndsAfterARestartWhenItWouldHave) {
  start(60);
  const auto running = [&] { return workloads("started", "&phase=Running"); };
  pass([&] { return running().size() >= 40; });
  const auto before = running();
  stop();
  start(60);
  for (const auto& [name, started] : running())
    if (before.contains(name)) EXPECT_EQ(started, before.at(name)) << name;
  pass([&] {
    std::size_t ended = 0;
    const auto phases = workloads("phase");
    for (const auto& [name, started] : before)
      ended += phases.at(name) == "Succeeded" || phases.at(name) == "Failed" ? 1 : 0;
    return ended >= before.size() / 4;
  });
}

TEST_F(DemoTest, AFolderWithoutExamplesIsNamed) {
  DemoOptions options;
  options.examples = folder_.path("nothing");
  options.service.clock = [] { return Time{}; };
  const auto demo = Demo::start(std::move(options));
  ASSERT_FALSE(demo.has_value());
  EXPECT_EQ(demo.error().code, ErrorCode::kNotFound);
  EXPECT_NE(demo.error().message.find("--examples"), std::string::npos);
}

}  // namespace
}  // namespace sillar::demo
