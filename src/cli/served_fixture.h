#pragma once

// A service in this process with one small node, and the command line beside it as its first
// administrator. For tests of verbs that need no driver to answer them.

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "cli/cli_fixture.h"
#include "server/core_fixture.h"
#include "server/service.h"

namespace sillar::cli {

// Takes every order, and nothing comes of it.
class IdleDriver : public drivers::Driver {
 public:
  Status launch(const drivers::LaunchOrder&) override { return {}; }
  Status stop(const drivers::StopOrder&) override { return {}; }
  Result<std::vector<drivers::Found>> list() override { return std::vector<drivers::Found>{}; }
  Status forget(std::string_view) override { return {}; }
};

class ServedTest : public testing::Test {
 protected:
  // What is not set in `options` is as these tests have it.
  void serve(server::ServiceOptions options = {}) {
    options.data = folder_.path("data");
    options.tasks_folder = folder_.path("tasks");
    options.world = server::small_world();
    options.clock = [] {
      return Time{std::chrono::system_clock::now().time_since_epoch().count()};
    };
    options.remark = [](const std::string&) {};
    options.fatal = [](const Error& error) { FAIL() << error.message; };
    options.os_user = "nobody";
    options.make_driver = [](server::DriverSeat) -> Result<std::unique_ptr<drivers::Driver>> {
      return std::make_unique<IdleDriver>();
    };
    auto service = server::Service::start(std::move(options));
    ASSERT_TRUE(service.has_value()) << service.error().message;
    service_ = std::move(*service);
    process_.environment["SILLAR_SERVER"] = "http://" + service_->address();
    process_.environment["SILLAR_TOKEN"] =
        journal::bytes_of_file(folder_.path("data") + "/" + server::kFirstTokenFile);
  }

  journal::TestFolder folder_;
  std::unique_ptr<server::Service> service_;
  TestProcess process_;
};

}  // namespace sillar::cli
