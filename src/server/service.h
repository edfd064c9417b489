#pragma once

// A whole control plane in one process: journal, control thread, driver, views and API, put
// together and taken apart in the right order.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "drivers/driver.h"
#include "journal/disk.h"
#include "model/input.h"
#include "net/server.h"
#include "server/alert_watch.h"
#include "server/api.h"
#include "server/control.h"
#include "server/effects.h"
#include "server/events.h"
#include "server/issuer_desk.h"
#include "server/journal_check.h"
#include "server/notifier.h"
#include "server/usage_desk.h"
#include "server/views.h"

namespace sillar::server {

// What executes for this installation; lower epochs than this one's are refused by it.
struct DriverSeat {
  std::string installation;
  std::uint64_t epoch = 0;
  drivers::Observe observe;
};
using MakeDriver = std::function<Result<std::unique_ptr<drivers::Driver>>(DriverSeat seat)>;

struct ServiceOptions {
  std::string data;  // Folder; made where there is none.
  MakeDriver make_driver;
  std::string tasks_folder;            // Where the driver keeps its tasks, and so their logs.
  std::shared_ptr<const World> world;  // Of the first start; later ones go on with the journal's.
  net::ServerOptions http;
  journal::Retention retention;
  journal::DiskGuard::Options disk;
  std::function<Time()> clock;
  std::function<void(const std::string&)> remark;  // From any thread.
  // The journal cannot go on. Does not return.
  std::function<void(const Error&)> fatal;
  std::vector<Issuer> issuers;  // Of OpenID tokens that are taken.
  Witness witness;              // Of every answer; may be empty.
  std::string version;          // Of the program, for its metrics.
  std::string commit;
  std::string os_user;  // As whom the first administrator's commands run.
  // What this installation asks of work beyond what its owner said; may be empty. From any thread.
  std::function<void(Workload&)> complete = {};
  UsageOptions usage = {};  // Of this machine's devices.
  // The node that is this machine: what it has is not for a configuration to change. Empty: none.
  std::string machine = {};
  AlertSettings alerts = {};                      // Who is told of what.
  std::vector<IssuerSource> issuer_sources = {};  // Whose keys are fetched, beside `issuers`.
};

// In the data folder; there is one until the first administrator has used it.
inline constexpr const char* kFirstTokenFile = "first-token";

struct Started {
  bool first = false;         // Nothing was there before.
  std::uint64_t entries = 0;  // Applied after the snapshot.
  std::uint64_t workloads = 0;
  bool first_token = false;  // Nobody has come yet: kFirstTokenFile lets one in.
};

// Whether nobody else can reach what listens there: a loopback address.
[[nodiscard]] bool stays_on_this_machine(std::string_view address);

class Service {
 public:
  // Errors: those of the journal, the driver and the HTTP server; nothing is left running.
  [[nodiscard]] static Result<std::unique_ptr<Service>> start(ServiceOptions options);
  // Commands that run go on; a later start adopts them.
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] std::string address() const { return http_->address(); }
  [[nodiscard]] std::uint16_t port() const { return http_->port(); }
  [[nodiscard]] const Started& started() const { return started_; }

  // Takes no new request, lets those that run end, keeps a snapshot.
  void drain(Duration patience);

 private:
  explicit Service(ServiceOptions options);
  [[nodiscard]] Status open();
  [[nodiscard]] Result<std::unique_ptr<Core>> open_core();
  [[nodiscard]] ApiParts api_parts(const std::string& pepper);
  void watch_issuers();
  [[nodiscard]] Status first_start(Core& core);
  [[nodiscard]] Status offer_first_token(Core& core, const std::string& pepper);
  [[nodiscard]] static Result<std::vector<Step>> recent_steps(journal::Journal& journal);
  [[nodiscard]] bool post_observation(const drivers::Observation& observation);
  void check_alert_projects(const State& state) const;
  void start_notifier(const std::string& installation);
  [[nodiscard]] bool post_delivery(Notifier::Act act, Notifier::Done done);
  [[nodiscard]] bool post_sample(drivers::DeviceSample sample, std::function<void()> done);

  ServiceOptions options_;
  Started started_;
  std::vector<Step> recent_;  // While it starts.
  Views views_;
  Events events_;
  Metrics metrics_{Api::routes()};
  Effects effects_;
  std::optional<Authenticator> authenticator_;
  std::unique_ptr<LogDesk> logs_;
  UsageBook usage_book_;                     // The control thread's.
  std::optional<journal::DiskGuard> disk_;   // The control thread's.
  std::atomic<Control*> posting_ = nullptr;  // Where observations go, while it is there.
  std::unique_ptr<drivers::Driver> driver_;
  std::unique_ptr<IssuerDesk> issuer_desk_;
  std::unique_ptr<UsageDesk> usage_;
  std::unique_ptr<AlertWatch> alert_watch_;
  std::unique_ptr<Notifier> notifier_;
  std::unique_ptr<Control> control_;
  std::unique_ptr<Api> api_;
  std::optional<JournalCheck> check_;
  std::unique_ptr<net::Server> http_;
};

}  // namespace sillar::server
