#pragma once

// The HTTP API: finds the route, learns who asks, hands on. Handlers run on an I/O thread and never
// wait: what needs the engine's state goes to the control thread, what is listed comes from views.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "journal/disk.h"
#include "net/http.h"
#include "net/server.h"
#include "server/alert_channels.h"
#include "server/authenticator.h"
#include "server/call.h"
#include "server/control.h"
#include "server/effects.h"
#include "server/events.h"
#include "server/journal_check.h"
#include "server/log_desk.h"
#include "server/metrics.h"
#include "server/rate.h"
#include "server/routes.h"
#include "server/usage_book.h"
#include "server/views.h"

namespace sillar::server {

// Is told of each answer as it leaves; see AnswerObserver.
using Witness = std::function<void(const Call&, const net::Response&)>;

// What the metrics tell beside what is counted.
struct ServiceFigures {
  std::string version;  // Of the program.
  std::string commit;
  std::string data;  // Folder.
  std::function<net::ServerCounts()> connections;
  const journal::DiskGuard* disk = nullptr;  // Looked at on the control thread.
  std::function<JournalHealth()> journal_health;
  Time started;
};

struct ApiParts {
  Control* control = nullptr;
  const Views* views = nullptr;
  Events* events = nullptr;
  const Effects* effects = nullptr;
  LogDesk* logs = nullptr;
  std::span<const AlertChannel> channels;
  Authenticator* authenticator = nullptr;
  const UsageBook* usage = nullptr;  // The control thread's.
  std::function<Time()> clock;
  std::function<Digest(const ApiKey&)> hash_of_key;
  Witness witness;             // May be empty.
  std::string machine = {};    // See ServiceOptions.
  Metrics* metrics = nullptr;  // Never null once the API is there.
  ServiceFigures figures = {};
  std::function<void(Workload&)> complete = {};  // See ServiceOptions.
};

// What a request is about, for the audit log and for whoever decides whether it may.
struct Subject {
  Action action = Action::kWorkloadView;
  std::string project;
  std::string object;  // "workload/train-7".
};

class Api : private AnswerObserver {
 public:
  // Requires: the parts outlive this.
  explicit Api(ApiParts parts);

  void handle(net::Request request, net::Responder responder);

  [[nodiscard]] static std::span<const Route> routes();

  [[nodiscard]] Control& control() { return *parts_.control; }
  [[nodiscard]] const Views& views() const { return *parts_.views; }
  [[nodiscard]] Events& events() { return *parts_.events; }
  [[nodiscard]] const Effects& effects() const { return *parts_.effects; }
  [[nodiscard]] const std::string& machine() const { return parts_.machine; }
  [[nodiscard]] std::span<const AlertChannel> channels() const { return parts_.channels; }
  [[nodiscard]] LogDesk& logs() { return *parts_.logs; }
  // For what runs on the control thread.
  [[nodiscard]] const UsageBook& usage() const { return *parts_.usage; }
  [[nodiscard]] const Metrics& metrics() const { return *parts_.metrics; }
  [[nodiscard]] const ServiceFigures& figures() const { return parts_.figures; }

  // Has `act` done on the control thread and answers when it is durable. What has an idempotency
  // key is done once and answered alike each time. What came of it is a leaf of the audit log, in
  // the same transaction.
  using Act = std::function<Answer(Core&, const Caller&)>;
  void mutate(const std::shared_ptr<Call>& call, Urgency urgency, Subject subject, Act act);
  // Asks the control thread; changes nothing.
  void ask(const std::shared_ptr<Call>& call, std::function<Answer(Core&)> look);

  // Whether the caller may; otherwise it is answered: as if the object were absent where the caller
  // may not know of it (`absent`), else that it is forbidden; and the refusal is audited.
  [[nodiscard]] bool permit(const std::shared_ptr<Call>& call, const Subject& subject,
                            const Answer& absent);
  [[nodiscard]] Time now() const { return parts_.clock(); }
  void complete(Workload& workload) const {
    if (parts_.complete) parts_.complete(workload);
  }
  [[nodiscard]] Digest hash_of(const ApiKey& key) const { return parts_.hash_of_key(key); }
  [[nodiscard]] bool still_valid(const Requester& requester) const {
    return parts_.authenticator->access()->still_valid(requester, now());
  }

  [[nodiscard]] bool ready() const { return ready_.load(std::memory_order_acquire); }
  void set_ready(bool ready) { ready_.store(ready, std::memory_order_release); }

 private:
  void answered(const Call& call, const net::Response& response) override;
  void refuse(const std::shared_ptr<Call>& call, const Subject& subject, Answer answer,
              std::string code);
  void refuse_unknown(const std::shared_ptr<Call>& call, const AuthFault& fault);
  void redeem_first(const std::shared_ptr<Call>& call, const Proof& proof, const Route& route);
  void set_caller(Call& call, const Proof& proof);
  void note_use(const Caller& caller);

  ApiParts parts_;
  std::mutex mutex_;      // Guards refusals_.
  RateLimiter refusals_;  // How many refusals a source may have written down.
  std::atomic<bool> ready_ = false;
};

// The workload that the path names, if there is one and the caller may do that to it; otherwise the
// call is answered, alike where there is none and where nobody may know.
[[nodiscard]] std::shared_ptr<const WorkloadRow> find_workload(Api& api,
                                                               const std::shared_ptr<Call>& call,
                                                               Action own, Action others);

// Handlers, by what they are about.
void get_health(Api& api, const std::shared_ptr<Call>& call);
void get_readiness(Api& api, const std::shared_ptr<Call>& call);
void get_metrics(Api& api, const std::shared_ptr<Call>& call);
void get_description(Api& api, const std::shared_ptr<Call>& call);
void get_caller(Api& api, const std::shared_ptr<Call>& call);
void list_workloads(Api& api, const std::shared_ptr<Call>& call);
void submit_workloads(Api& api, const std::shared_ptr<Call>& call);
void get_workload(Api& api, const std::shared_ptr<Call>& call);
void explain_workload(Api& api, const std::shared_ptr<Call>& call);
void cancel_workload(Api& api, const std::shared_ptr<Call>& call);
void hold_workload(Api& api, const std::shared_ptr<Call>& call);
void release_workload(Api& api, const std::shared_ptr<Call>& call);
void read_workload_log(Api& api, const std::shared_ptr<Call>& call);
void get_workload_metrics(Api& api, const std::shared_ptr<Call>& call);
void list_queue(Api& api, const std::shared_ptr<Call>& call);
void list_projects(Api& api, const std::shared_ptr<Call>& call);
void list_usage(Api& api, const std::shared_ptr<Call>& call);
void list_nodes(Api& api, const std::shared_ptr<Call>& call);
void drain_node(Api& api, const std::shared_ptr<Call>& call);
void undrain_node(Api& api, const std::shared_ptr<Call>& call);
void get_config(Api& api, const std::shared_ptr<Call>& call);
void plan_config(Api& api, const std::shared_ptr<Call>& call);
void apply_config(Api& api, const std::shared_ptr<Call>& call);
void list_budgets(Api& api, const std::shared_ptr<Call>& call);
void list_costs(Api& api, const std::shared_ptr<Call>& call);
void list_alerts(Api& api, const std::shared_ptr<Call>& call);
void list_deliveries(Api& api, const std::shared_ptr<Call>& call);
void get_delivery(Api& api, const std::shared_ptr<Call>& call);
void retry_delivery(Api& api, const std::shared_ptr<Call>& call);
void list_channels(Api& api, const std::shared_ptr<Call>& call);
void test_channel(Api& api, const std::shared_ptr<Call>& call);
void list_principals(Api& api, const std::shared_ptr<Call>& call);
void add_principal(Api& api, const std::shared_ptr<Call>& call);
void put_role(Api& api, const std::shared_ptr<Call>& call);
void remove_role(Api& api, const std::shared_ptr<Call>& call);
void list_keys(Api& api, const std::shared_ptr<Call>& call);
void create_key(Api& api, const std::shared_ptr<Call>& call);
void remove_key(Api& api, const std::shared_ptr<Call>& call);
void list_audit(Api& api, const std::shared_ptr<Call>& call);
void stream_events(Api& api, const std::shared_ptr<Call>& call);

}  // namespace sillar::server
