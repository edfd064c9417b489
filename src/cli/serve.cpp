// serve: the control plane in the foreground, until it is told to stop.

#include <fmt/format.h>

#include <cstdlib>
#include <mutex>

#include "cli/build_info.h"
#include "cli/model_files.h"
#include "cli/pricing.h"
#include "cli/serve_config.h"
#include "cli/serving.h"
#include "cli/translation.h"
#include "cli/verbs.h"
#include "model/text.h"
#include "server/local_world.h"
#include "server/service.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kDataDefault = "sillar-data";

// Beyond this machine, tokens do not travel in the clear; and a name that is not ours is not
// answered for, so that no page can reach us by one that it points here.
Status check_exposure(const Context& context, net::ServerOptions& http) {
  const bool loopback = server::stays_on_this_machine(http.address);
  if (!loopback && http.certificate_path.empty())
    return invalid(context.say(Message::kNeedsTls, {{"address", http.address}}));
  if (!loopback) http.allowed_hosts.push_back(http.address);
  std::string_view names = context.arguments.text("host-names");
  while (!names.empty()) {
    const std::size_t end = std::min(names.find(','), names.size());
    if (end > 0) http.allowed_hosts.emplace_back(names.substr(0, end));
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return {};
}

// What the first start begins with.
Result<std::shared_ptr<const World>> first_world(const Context& context) {
  server::LocalMachine machine = server::look_at_this_machine();
  if (const auto text = context.arguments.text("devices"); !text.empty())
    SILLAR_TRY_STATUS(server::declare_devices(machine, text));
  auto world = std::make_shared<World>(server::local_world(machine));
  if (const std::string path(context.arguments.text("fleet")); !path.empty()) {
    SILLAR_TRY(document, read_document(context.io, path));
    SILLAR_TRY(fleet, load_fleet(document));
    world->fleet = std::move(fleet);
    world->projects.front().quota.assign(world->fleet.resource_count(), kQuotaAbsent);
  }
  if (const std::string path(context.arguments.text("projects")); !path.empty()) {
    SILLAR_TRY(document, read_document(context.io, path));
    SILLAR_TRY(projects, load_projects(document, world->fleet));
    world->projects = std::move(projects);
  }
  SILLAR_TRY(prices, fleet_tariffs(context, world->fleet));
  world->prices = std::move(prices);
  world->options.now = wall_clock();
  world->options.ledger_lines = true;
  world->options.quarantine = {.after = Duration::minutes(30), .failures = 5};
  return world;
}

bool names_world(const Context& context) {
  return context.arguments.has("fleet") || context.arguments.has("projects") ||
         context.arguments.has("devices");
}

void greet(const Context& context, const server::Service& service, const std::string& data) {
  const server::Started& started = service.started();
  if (started.first_token)
    context.remark(
        context.say(Message::kServingFirst, {{"file", data + "/" + server::kFirstTokenFile}}));
  if (!started.first)
    context.remark(
        context.say(Message::kServingAgain, {{"workloads", std::to_string(started.workloads)},
                                             {"entries", std::to_string(started.entries)}}));
  if (!started.first && names_world(context))
    context.remark(context.say(Message::kFleetIsKept, {{"folder", data}}));
  const bool tls = context.arguments.has("tls-certificate");
  const std::string url = fmt::format("{}://{}", tls ? "https" : "http", service.address());
  context.io.out.write(url + "\n");
  context.io.out.flush();
  context.remark(context.say(Message::kServing, {{"url", url}}));
}

// A file that was named, else NVML where there are its devices and they were not declared.
server::UsageOptions usage_of_devices(const Context& context) {
  server::UsageOptions usage;
  if (const std::string path(context.arguments.text("telemetry")); !path.empty()) {
    usage.sample = [path] { return drivers::read_telemetry(path); };
    return usage;
  }
  if (context.arguments.has("devices")) return usage;
  const std::shared_ptr<drivers::Nvml> nvml = drivers::Nvml::load();
  if (nvml) usage.sample = [nvml]() -> Result<drivers::DeviceSample> { return nvml->sample(); };
  return usage;
}

// None where no file is named.
Result<server::AlertSettings> alerts_of(const Context& context) {
  const std::string path(context.arguments.text("alerts"));
  if (path.empty()) return server::AlertSettings{};
  SILLAR_TRY(document, read_document(context.io, path));
  return server::load_alert_settings(document);
}

// What the file says beside flags.
void apply_config(const ServeConfig& config, server::ServiceOptions& options) {
  options.issuer_sources = config.issuers;
  if (config.retention_entries > 0)
    options.retention.entries_max = static_cast<std::uint64_t>(config.retention_entries);
  if (config.retention_bytes > 0)
    options.retention.bytes_max = static_cast<std::uint64_t>(config.retention_bytes);
  if (config.connections > 0)
    options.http.connections_max = static_cast<std::size_t>(config.connections);
  if (config.body_bytes > 0)
    options.http.limits.body_bytes_max = static_cast<std::size_t>(config.body_bytes);
  if (config.disk_low_bytes > 0) options.disk.low_water_bytes = config.disk_low_bytes;
}

Result<ServeConfig> read_config(const Context& context) {
  const std::string path(context.arguments.text("config"));
  if (path.empty()) return ServeConfig{};
  SILLAR_TRY(document, read_document(context.io, path));
  return load_serve_config(document);
}

Result<Exit> serve_with(Context& context, const ServeConfig& config) {
  const EndSignals signals;
  std::mutex remarks;
  server::ServiceOptions options;
  options.data = context.arguments.has("data") ? std::string(context.arguments.text("data"))
                                               : std::string(kDataDefault);
  options.tasks_folder = options.data + "/tasks";
  options.make_driver = [data = options.data](server::DriverSeat seat) {
    return local_driver(data, std::move(seat));
  };
  SILLAR_TRY_STATUS(read_listen(
      context, context.arguments.has("listen") ? context.arguments.text("listen") : kListenDefault,
      options));
  options.http.certificate_path = context.arguments.text("tls-certificate");
  options.http.key_path = context.arguments.text("tls-key");
  SILLAR_TRY_STATUS(check_exposure(context, options.http));
  SILLAR_TRY(world, first_world(context));
  options.world = std::move(world);
  options.clock = wall_clock;
  options.remark = [&](const std::string& text) {
    const std::lock_guard lock(remarks);
    context.remark(translate(text, context.locale.language));
  };
  options.fatal = [&](const Error& error) {
    const std::lock_guard lock(remarks);
    const std::string why = translate(error.message, context.locale.language);
    context.io.err.write(context.say(Message::kServeFailed, {{"error", why}}) + "\n");
    std::_Exit(static_cast<int>(Exit::kFailure));
  };
  options.os_user = user_of_commands(context);
  options.machine = server::look_at_this_machine().name;
  options.version = build_info().version;
  options.commit = build_info().commit;
  options.usage = usage_of_devices(context);
  SILLAR_TRY(alerts, alerts_of(context));
  options.alerts = std::move(alerts);
  apply_config(config, options);
  const std::string data = options.data;
  SILLAR_TRY(service, server::Service::start(std::move(options)));
  greet(context, *service, data);
  signals.wait();
  context.remark(context.say(Message::kServeStops));
  service->drain(kServePatience);
  return Exit::kOk;
}

// A flag wins over the file.
Result<Exit> run_serve(Context& context) {
  SILLAR_TRY(config, read_config(context));
  const Arguments arguments = with_config(context.arguments, config);
  Context merged{context.io, arguments, context.locale};
  merged.colour = context.colour;
  merged.quiet = context.quiet;
  return serve_with(merged, config);
}

}  // namespace

const Verb& serve_verb() {
  static const Verb kVerb{
      .name = "serve",
      .summary = Message::kVerbServe,
      .examples = {"serve", "serve --config /etc/sillar/serve.yaml",
                   "serve --data /var/lib/sillar --devices h100:8",
                   "serve --listen 127.0.0.1:0 --fleet examples/fleets/two-sites.yaml --projects "
                   "examples/projects/acme.yaml"},
      .operands = {},
      .flags = {{"config", "FILE", Message::kFlagConfig, {}},
                {"data", "DIR", Message::kFlagData, {}},
                {"listen", "ADDRESS:PORT", Message::kFlagListen, {}},
                {"devices", "CLASS:NUMBER", Message::kFlagDevices, {}},
                {"telemetry", "FILE", Message::kFlagTelemetry, {}},
                {"run-as", "USER", Message::kFlagRunAs, {}},
                {"fleet", "FILE", Message::kFlagServeFleet, {}},
                {"projects", "FILE", Message::kFlagServeProjects, {}},
                prices_flag(),
                {"alerts", "FILE", Message::kFlagAlerts, {}},
                {"tls-certificate", "FILE", Message::kFlagCertificate, {}},
                {"tls-key", "FILE", Message::kFlagKey, {}},
                {"host-names", "NAMES", Message::kFlagHostNames, {}}},
      .formats = {},
      .run = run_serve,
  };
  return kVerb;
}

}  // namespace sillar::cli
