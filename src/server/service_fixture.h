#pragma once

// A whole control plane over HTTP, with a driver that only takes notes. Every answer is held
// against the OpenAPI document.

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/document.h"
#include "server/api_client.h"
#include "server/core_fixture.h"
#include "server/description_fixture.h"
#include "server/service.h"

namespace sillar::server {

// Starts everything at once; ends what the test says.
class NotingDriver : public drivers::Driver {
 public:
  struct Notes {
    std::mutex mutex;
    std::condition_variable changed;
    std::map<std::string, std::int32_t> launches;  // By token.
    std::map<std::string, std::string> workloads;  // Token by workload.
    std::set<std::string> stops;
    drivers::Observe observe;

    void wait(const std::function<bool()>& until) {
      std::unique_lock lock(mutex);
      changed.wait(lock, until);
    }
    std::string token(const std::string& workload) {
      wait([&] { return workloads.contains(workload); });
      const std::lock_guard lock(mutex);
      return workloads[workload];
    }
    void exits(const std::string& token, int code) {
      observe({token, drivers::ObservationKind::kExited, {}, code, 0, {}});
    }
  };

  explicit NotingDriver(Notes& notes) : notes_(notes) {}

  Status launch(const drivers::LaunchOrder& order) override {
    {
      const std::lock_guard lock(notes_.mutex);
      ++notes_.launches[order.token];
      notes_.workloads[order.workload] = order.token;
    }
    notes_.changed.notify_all();
    return {};
  }
  Status stop(const drivers::StopOrder& order) override {
    {
      const std::lock_guard lock(notes_.mutex);
      notes_.stops.insert(order.token);
    }
    notes_.changed.notify_all();
    return {};
  }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }

 private:
  Notes& notes_;
};

class ServiceTest : public testing::Test {
 protected:
  void start() {
    ServiceOptions options;
    options.data = folder_.path("data");
    options.tasks_folder = options.data + "/tasks";
    options.world = world_;
    options.clock = [] {
      return Time{std::chrono::system_clock::now().time_since_epoch().count()};
    };
    options.remark = [](const std::string&) {};
    options.fatal = [](const Error& error) { FAIL() << error.message; };
    options.os_user = "nobody";
    options.witness = description_witness();
    options.usage = usage_;
    options.machine = machine_;
    options.alerts = alerts_;
    options.make_driver = [this](DriverSeat seat) -> Result<std::unique_ptr<drivers::Driver>> {
      notes_.observe = std::move(seat.observe);
      return std::make_unique<NotingDriver>(notes_);
    };
    auto service = Service::start(std::move(options));
    ASSERT_TRUE(service.has_value()) << service.error().message;
    service_ = std::move(*service);
    if (service_->started().first_token)
      token_ = journal::bytes_of_file(folder_.path("data") + "/" + kFirstTokenFile);
  }
  void stop() { service_.reset(); }

  // As the administrator, or with another's token.
  [[nodiscard]] ApiClient client(const std::string& token = {}) {
    auto client =
        ApiClient::open({"http://" + service_->address(), token.empty() ? token_ : token, {}});
    EXPECT_TRUE(client.has_value());
    return std::move(*client);
  }
  static std::string body(const std::string& name, int devices = 1) {
    return R"({"name": ")" + name + R"(", "project": "acme/a", "kind": "batch", "request": )" +
           R"({"accelerators": )" + std::to_string(devices) + R"(}, "run": {"command": ["true"]}})";
  }
  static std::string phase(ApiClient& client, const std::string& name) {
    const auto answer = client.get("/api/v1/workloads/" + name);
    if (!answer) return answer.error().message;
    const Value* phase = answer->root.find("phase");
    return phase == nullptr ? "" : phase->scalar;
  }
  // Reads on from `after` until an event of that kind about that workload. Returns its id.
  std::string await(const std::string& kind, const std::string& workload,
                    const std::string& after = "0.0") {
    ApiClient listener = client();
    std::string id;
    const Status heard =
        listener.listen("/api/v1/events?workload=" + workload, after, [&](const ApiEvent* event) {
          if (event == nullptr || event->kind != kind) return true;
          id = event->id;
          return false;
        });
    EXPECT_TRUE(heard.has_value()) << heard.error().message;
    return id;
  }

  journal::TestFolder folder_;
  std::shared_ptr<const World> world_ = small_world();  // Of the first start.
  UsageOptions usage_;
  std::string machine_;
  AlertSettings alerts_;
  std::string token_;
  NotingDriver::Notes notes_;
  std::unique_ptr<Service> service_;
};

}  // namespace sillar::server
