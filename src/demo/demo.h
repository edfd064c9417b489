#pragma once

// A control plane whose fleet is this machine and, beside it, machines of several clouds that are
// only simulated. The clock is the real one: what is sped up is the traces, their arrivals and how
// long their work takes. So real work in the same installation has its true limits and prices,
// tokens and the audit log have their true times, and a restart at another speed is harmless.

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "demo/feeder.h"
#include "demo/script.h"
#include "drivers/simulated_driver.h"
#include "server/local_world.h"
#include "server/service.h"

namespace sillar::demo {

inline constexpr std::int64_t kSpeedDefault = 60;
// The node that this machine is, whatever the host is called when it is started again.
inline constexpr std::string_view kMachineName = "this-machine";

struct DemoOptions {
  // Data, HTTP, clock, remarks and the OS user; its driver and world are the demo's to set.
  // `make_driver` is of this machine.
  server::ServiceOptions service;
  server::LocalMachine machine;
  std::string examples;  // Folder with demo/ and data/.
  std::int64_t speed = kSpeedDefault;
  // How often things are looked at. Zero: whoever calls tick() does.
  Duration pace = Duration{100'000'000};
};

class Demo {
 public:
  // Errors: those of the service; files of `examples` that are not there or are wrong.
  [[nodiscard]] static Result<std::unique_ptr<Demo>> start(DemoOptions options);
  ~Demo();
  Demo(const Demo&) = delete;
  Demo& operator=(const Demo&) = delete;

  [[nodiscard]] const server::Service& service() const { return *service_; }
  [[nodiscard]] const Feeder& feeder() const { return *feeder_; }

  // Submits and ends what is due. Requires: no pace.
  void tick();

  // No more is fed; the service ends as a service does.
  void drain(Duration patience);

 private:
  explicit Demo(DemoOptions options) : options_(std::move(options)) {}
  [[nodiscard]] Status open();
  [[nodiscard]] Result<std::shared_ptr<const World>> world() const;
  void run();

  DemoOptions options_;
  std::unique_ptr<Script> script_;
  std::shared_ptr<drivers::SimulatedDriver> simulated_;
  std::unique_ptr<server::Service> service_;
  std::unique_ptr<Feeder> feeder_;

  std::mutex mutex_;  // Guards stopping_.
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sillar::demo
