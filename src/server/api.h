#pragma once

// The HTTP API: finds the route, learns who asks, hands on. Handlers run on an I/O thread and never
// wait: what needs the engine's state goes to the control thread, what is listed comes from views.

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "net/http.h"
#include "net/server.h"
#include "server/call.h"
#include "server/control.h"
#include "server/events.h"
#include "server/routes.h"
#include "server/views.h"

namespace sillar::server {

// Errors are for the client to see: kNotFound hides what may not be known.
using Authenticate = std::function<Result<Caller>(const net::Request&)>;

struct ApiParts {
  Control* control = nullptr;
  const Views* views = nullptr;
  Events* events = nullptr;
  Authenticate authenticate;
};

class Api {
 public:
  // Requires: the parts outlive this.
  explicit Api(ApiParts parts) : parts_(std::move(parts)) {}

  void handle(net::Request request, net::Responder responder);

  [[nodiscard]] static std::span<const Route> routes();

  [[nodiscard]] Control& control() { return *parts_.control; }
  [[nodiscard]] const Views& views() const { return *parts_.views; }
  [[nodiscard]] Events& events() { return *parts_.events; }

  // Has `act` done on the control thread and answers when it is durable. What has an idempotency
  // key is done once and answered alike each time.
  using Act = std::function<Answer(Core&, const Caller&)>;
  void mutate(const std::shared_ptr<Call>& call, Urgency urgency, Act act);
  // Asks the control thread; changes nothing.
  void ask(const std::shared_ptr<Call>& call, std::function<Answer(Core&)> look);

  [[nodiscard]] bool ready() const { return ready_.load(std::memory_order_acquire); }
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_release); }

 private:
  ApiParts parts_;
  std::atomic<bool> ready_ = false;
};

// Handlers, by what they are about.
void get_health(Api& api, const std::shared_ptr<Call>& call);
void get_readiness(Api& api, const std::shared_ptr<Call>& call);
void get_caller(Api& api, const std::shared_ptr<Call>& call);
void list_workloads(Api& api, const std::shared_ptr<Call>& call);
void submit_workloads(Api& api, const std::shared_ptr<Call>& call);
void get_workload(Api& api, const std::shared_ptr<Call>& call);
void explain_workload(Api& api, const std::shared_ptr<Call>& call);
void cancel_workload(Api& api, const std::shared_ptr<Call>& call);
void stream_events(Api& api, const std::shared_ptr<Call>& call);

}  // namespace sillar::server
