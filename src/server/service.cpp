#include "server/service.h"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "engine/entry.h"
#include "journal/front.h"
#include "journal/sqlite_store.h"

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

Service::Service(ServiceOptions options)
    : options_(std::move(options)),
      effects_([this](const drivers::Observation& seen) { return post_observation(seen); }) {}

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
  if (http_) http_->drain(patience);
  http_.reset();
  posting_ = nullptr;
  if (control_) control_->stop();
  effects_.stop();
  driver_.reset();
  control_.reset();
}

Status Service::open() {
  SILLAR_TRY_STATUS(make_folder(options_.data, 0755));
  SILLAR_TRY_STATUS(journal::check_file_system(options_.data));
  SILLAR_TRY(core, open_core());
  disk_.emplace(options_.data, options_.disk);
  if (!core->state().world) SILLAR_TRY_STATUS(first_start(*core));
  started_.entries = core->restarted_entries();
  started_.workloads = core->state().workloads.size();
  views_.rebuild(*core);
  remember_events(*core);

  DriverSeat seat;
  seat.installation = core->parts().installation.name();
  seat.epoch = core->epoch();
  seat.observe = [this](const drivers::Observation& seen) { effects_.observed(seen); };
  SILLAR_TRY(driver, options_.make_driver(std::move(seat)));
  driver_ = std::move(driver);
  SILLAR_TRY_STATUS(effects_.start(*core, *driver_));

  ControlHooks hooks;
  hooks.published = [this](const Core& now) {
    views_.publish(now);
    events_.publish(now);
    effects_.publish(now);
  };
  hooks.fatal = options_.fatal;
  hooks.disk_is_low = [this] { return disk_->low(); };
  hooks.make_room = [this] { return disk_->release(); };
  control_ = std::make_unique<Control>(std::move(core), ControlOptions{}, std::move(hooks));
  posting_ = control_.get();

  ApiParts parts;
  parts.control = control_.get();
  parts.views = &views_;
  parts.events = &events_;
  parts.authenticate = options_.authenticate;
  api_ = std::make_unique<Api>(std::move(parts));
  SILLAR_TRY(http, net::Server::start(options_.http,
                                      [this](net::Request request, net::Responder responder) {
                                        api_->handle(std::move(request), std::move(responder));
                                      }));
  http_ = std::move(http);
  api_->set_ready(true);
  return {};
}

Result<std::unique_ptr<Core>> Service::open_core() {
  SILLAR_TRY(store, journal::open_sqlite(options_.data + "/journal", journal::Access::kWrite));
  SILLAR_TRY(journal, journal::Journal::open(std::move(store), journal::Access::kWrite));
  CoreOptions core;
  core.clock = options_.clock;
  core.retention = options_.retention;
  core.remark = options_.remark;
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

// A journal that cannot be read here would have refused to start; an event more or less is not
// worth refusing for.
void Service::remember_events(const Core& core) {
  auto store = journal::open_sqlite(options_.data + "/journal", journal::Access::kRead);
  if (!store) return;
  const std::uint64_t last = core.durable_seq();
  std::uint64_t at = last > kEntriesRemembered ? last - kEntriesRemembered : 0;
  for (;;) {
    const auto rows = (*store)->rows(at, {});
    if (!rows || rows->empty()) return;
    for (const journal::Row& row : *rows) {
      at = row.mark.seq;
      if (journal::is_front_body(row.body)) continue;
      if (const auto entry = read_entry("events", row.body))
        events_.remember(core.state(), at, entry->facts);
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

}  // namespace sillar::server
