#include "server/service.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/entry.h"
#include "journal/front.h"
#include "journal/sqlite_store.h"
#include "net/address.h"
#include "server/secret_file.h"

namespace sillar::server {
namespace {

constexpr Duration kDrainPatience = Duration::seconds(10);
// Entries of the time before the start whose events listeners may still ask for.
constexpr std::uint64_t kEntriesRemembered = 4096;

Result<std::string> fresh_installation() {
  std::array<unsigned char, kInstallationIdBytes / 2> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    return fail(ErrorCode::kIo, fmt::format("getrandom: {}", std::strerror(errno)));
  std::string name;
  for (const unsigned char byte : bytes) name += fmt::format("{:02x}", byte);
  return name;
}

Status make_folder(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0 || errno == EEXIST) return {};
  return fail(ErrorCode::kIo, fmt::format("{}: {}", path, std::strerror(errno)));
}

}  // namespace

bool stays_on_this_machine(std::string_view address) {
  return net::address_kind(address) == net::AddressKind::kLoopback;
}

Service::Service(ServiceOptions options)
    : options_(std::move(options)),
      effects_([this](const drivers::Observation& seen) { return post_observation(seen); },
               &metrics_),
      usage_book_(options_.usage.pace) {}

Result<std::unique_ptr<Service>> Service::start(ServiceOptions options) {
  std::unique_ptr<Service> service(new Service(std::move(options)));
  SILLAR_TRY_STATUS(service->open());
  return service;
}

Service::~Service() {
  drain(kDrainPatience);
}

void Service::drain(Duration patience) {
  if (api_) api_->set_ready(false);
  if (logs_) logs_->stop();
  if (http_) http_->drain(patience);
  http_.reset();
  check_.reset();
  if (usage_) usage_->stop();
  if (notifier_) notifier_->stop();
  issuer_desk_.reset();
  posting_ = nullptr;
  if (control_) control_->stop();
  effects_.stop();
  driver_.reset();
  control_.reset();
}

Status Service::open() {
  for (const AlertChannel& channel : options_.alerts.channels)
    SILLAR_TRY_STATUS(check_channel(channel));
  SILLAR_TRY_STATUS(make_folder(options_.data, 0755));
  SILLAR_TRY_STATUS(journal::check_file_system(options_.data));
  SILLAR_TRY(core, open_core());
  disk_.emplace(options_.data, options_.disk);
  if (!core->state().world) SILLAR_TRY_STATUS(first_start(*core));
  SILLAR_TRY(signing_key, audit_key(options_.data + "/journal", core->parts().installation.name()));
  core->sign_audit_with(std::move(signing_key));
  SILLAR_TRY(pepper, load_pepper(options_.data));
  if (core->parts().identity.access().principals().empty())
    SILLAR_TRY_STATUS(offer_first_token(*core, pepper));
  authenticator_.emplace(pepper, options_.issuers);
  authenticator_->set_access(std::make_shared<const Access>(core->parts().identity.access()));
  started_.entries = core->restarted_entries();
  started_.workloads = core->state().workloads.size();
  watch_issuers();
  views_.rebuild(*core);
  for (const Step& step : recent_) events_.remember(core->state(), step.seq, step.facts);
  recent_ = {};

  DriverSeat seat;
  seat.installation = core->parts().installation.name();
  seat.epoch = core->epoch();
  seat.observe = [this](const drivers::Observation& seen) { effects_.observed(seen); };
  SILLAR_TRY(driver, options_.make_driver(std::move(seat)));
  driver_ = std::move(driver);
  SILLAR_TRY_STATUS(effects_.start(*core, *driver_));

  check_alert_projects(core->state());
  start_notifier(core->parts().installation.name());
  ControlHooks hooks;
  hooks.decided = [this](Core& now, bool low) { alert_watch_->look(now, low); };
  hooks.published = [this](const Core& now) {
    // First: whoever is answered next may use what it was given.
    if (now.identity_changed())
      authenticator_->set_access(std::make_shared<const Access>(now.parts().identity.access()));
    views_.publish(now);
    events_.publish(now);
    effects_.publish(now);
    notifier_->publish(now);
  };
  hooks.fatal = options_.fatal;
  hooks.disk_is_low = [this] { return disk_->low(); };
  hooks.metrics = &metrics_;
  hooks.make_room = [this] { return disk_->release(); };
  control_ = std::make_unique<Control>(std::move(core), ControlOptions{}, std::move(hooks));
  posting_ = control_.get();
  usage_ = std::make_unique<UsageDesk>(
      options_.usage,
      [this](drivers::DeviceSample sample, std::function<void()> done) {
        return post_sample(std::move(sample), std::move(done));
      },
      options_.remark);

  logs_ = std::make_unique<LogDesk>(options_.tasks_folder);
  check_.emplace(options_.data + "/journal", options_.remark);
  api_ = std::make_unique<Api>(api_parts(pepper));
  SILLAR_TRY(http, net::Server::start(options_.http,
                                      [this](net::Request request, net::Responder responder) {
                                        api_->handle(std::move(request), std::move(responder));
                                      }));
  http_ = std::move(http);
  api_->set_ready(true);
  return {};
}

// Requires: all of them are there.
ApiParts Service::api_parts(const std::string& pepper) {
  ApiParts parts;
  parts.control = control_.get();
  parts.views = &views_;
  parts.events = &events_;
  parts.effects = &effects_;
  parts.logs = logs_.get();
  parts.channels = options_.alerts.channels;
  parts.usage = &usage_book_;
  parts.authenticator = &*authenticator_;
  parts.clock = options_.clock;
  parts.complete = options_.complete;
  parts.hash_of_key = [pepper](const ApiKey& key) { return api_key_hash(pepper, key); };
  parts.witness = options_.witness;
  parts.machine = options_.machine;
  parts.metrics = &metrics_;
  parts.figures.version = options_.version;
  parts.figures.commit = options_.commit;
  parts.figures.data = options_.data;
  parts.figures.connections = [this] { return http_ ? http_->counts() : net::ServerCounts{}; };
  parts.figures.disk = &*disk_;
  parts.figures.journal_health = [this] {
    return check_ ? check_->health() : JournalHealth::kUnknown;
  };
  parts.figures.started = options_.clock();
  return parts;
}

void Service::watch_issuers() {
  IssuerDeskOptions desk;
  desk.sources = options_.issuer_sources;
  desk.clock = options_.clock;
  desk.remark = options_.remark;
  desk.changed = [this](std::vector<Issuer> fetched) {
    fetched.insert(fetched.end(), options_.issuers.begin(), options_.issuers.end());
    authenticator_->set_issuers(std::move(fetched));
  };
  issuer_desk_ = std::make_unique<IssuerDesk>(std::move(desk));
}

Result<std::unique_ptr<Core>> Service::open_core() {
  const std::string folder = options_.data + "/journal";
  SILLAR_TRY(store, journal::open_sqlite(folder, journal::Access::kWrite));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kWrite));
  SILLAR_TRY(recent, recent_steps(journal));
  recent_ = std::move(recent);
  CoreOptions core;
  core.clock = options_.clock;
  core.retention = options_.retention;
  core.remark = options_.remark;
  SILLAR_TRY(archive, journal::Archive::open(folder, journal::Access::kWrite));
  core.archive = std::move(archive);
  return Core::open(std::move(journal), std::move(core));
}

Status Service::first_start(Core& core) {
  started_.first = true;
  SILLAR_TRY(name, fresh_installation());
  core.record(PartId::kInstallation, Installation::record(name));
  auto configured = core.input(Configure{options_.world});
  if (!configured) return tl::unexpected(configured.error());
  SILLAR_TRY_STATUS(core.commit());
  core.end();
  return {};
}

Status Service::offer_first_token(Core& core, const std::string& pepper) {
  const ApiKey key = new_api_key();
  SILLAR_TRY(offer, offer_first_run(core.parts().identity.access(), key, pepper, core.now(),
                                    options_.os_user));
  core.record(PartId::kIdentity, change_bytes(offer));
  SILLAR_TRY_STATUS(core.commit());
  core.end();
  started_.first_token = true;
  return write_secret(options_.data, kFirstTokenFile, api_key_text(key));
}

// What listeners from before the start may still ask for.
Result<std::vector<Step>> Service::recent_steps(journal::Journal& journal) {
  const std::uint64_t last = journal.last().seq;
  const std::uint64_t first = journal.first().seq;
  const std::uint64_t from =
      std::max(first, last > kEntriesRemembered ? last - kEntriesRemembered : 0);
  SILLAR_TRY(place, journal.place_of(from));
  journal::Mark at = place;
  std::vector<Step> steps;
  for (;;) {
    SILLAR_TRY(chunk, journal.read(at));
    if (chunk.rows.empty()) return steps;
    at = chunk.end;
    for (const journal::Row& row : chunk.rows) {
      if (journal::is_front_body(row.body)) continue;
      SILLAR_TRY(entry, read_entry(journal.name(), row.body));
      steps.push_back({row.mark.seq, entry.input.at, std::move(entry.facts)});
    }
  }
}

bool Service::post_observation(const drivers::Observation& observation) {
  Control* control = posting_;
  if (control == nullptr) return false;
  return control->post({Urgency::kRelease,
                        [this, observation](Core& core) {
                          effects_.observe(core, observation);
                          return Answer{};
                        },
                        {}});
}

// A project may come later; until then the rule says nothing, and its writer should know.
void Service::check_alert_projects(const State& state) const {
  for (const AlertRule& rule : options_.alerts.rules) {
    const auto named = [&](const Project& project) { return project.name == rule.project; };
    if (rule.project.empty() || std::ranges::any_of(state.world->projects, named)) continue;
    options_.remark(
        fmt::format("alert rule '{}': there is no project '{}' now", rule.name, rule.project));
  }
}

void Service::start_notifier(const std::string& installation) {
  alert_watch_ = std::make_unique<AlertWatch>(options_.alerts);
  NotifierOptions notifier;
  notifier.channels = options_.alerts.channels;
  notifier.installation = installation;
  notifier.clock = options_.clock;
  notifier_ = std::make_unique<Notifier>(std::move(notifier),
                                         [this](Notifier::Act act, Notifier::Done done) {
                                           return post_delivery(std::move(act), std::move(done));
                                         });
}

bool Service::post_delivery(Notifier::Act act, Notifier::Done done) {
  Control* control = posting_;
  if (control == nullptr) return false;
  return control->post({Urgency::kRelease,
                        [act = std::move(act)](Core& core) {
                          act(core);
                          return Answer{};
                        },
                        [done = std::move(done)](const Answer& answer) {
                          if (done) done(answer.status < 300);
                        }});
}

bool Service::post_sample(drivers::DeviceSample sample, std::function<void()> done) {
  Control* control = posting_;
  if (control == nullptr) return false;
  return control->post({Urgency::kRelease,
                        [this, sample = std::move(sample), done = std::move(done)](Core& core) {
                          observe_sample(core, sample);
                          usage_book_.note(core.state(), core.now(), sample);
                          done();
                          return Answer{};
                        },
                        {}});
}

}  // namespace sillar::server
