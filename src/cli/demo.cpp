// demo: a control plane of this machine and a simulated fleet that real traces keep busy.

#include "demo/demo.h"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <mutex>

#include "cli/build_info.h"
#include "cli/serving.h"
#include "cli/translation.h"
#include "cli/verbs.h"

namespace sillar::cli {
namespace {

constexpr std::string_view kDataDefault = "sillar-demo";
// Of root, whose home nobody else can enter: commands run as somebody else and need their folder.
constexpr std::string_view kDataOfRoot = "/var/lib/sillar-demo";
constexpr std::string_view kExamplesDefault = "examples";
constexpr std::string_view kDeclared = "h100:8";
constexpr const char* kNobody = "nobody";

// Root's commands run as nobody: a demo must work out of the box, and that user owns nothing.
std::string demo_user(const Context& context) {
  std::string user = user_of_commands(context);
  if (user == "root" && ::getpwnam(kNobody) != nullptr) return kNobody;
  return user;
}

std::string data_folder(const Context& context) {
  if (context.arguments.has("data")) return std::string(context.arguments.text("data"));
  const bool behind = !context.io.environment("SUDO_USER").empty();
  return std::string(::geteuid() == 0 && !behind ? kDataOfRoot : kDataDefault);
}

// Real accelerators where there are some, else declared ones.
Result<server::LocalMachine> this_machine(const Context& context) {
  server::LocalMachine machine = server::look_at_this_machine();
  if (context.arguments.has("devices")) {
    SILLAR_TRY_STATUS(server::declare_devices(machine, context.arguments.text("devices")));
  } else if (machine.devices == 0) {
    SILLAR_TRY_STATUS(server::declare_devices(machine, kDeclared));
  }
  return machine;
}

void greet(const Context& context, const demo::Demo& demo, const std::string& data,
           const std::string& user) {
  const server::Started& started = demo.service().started();
  if (!started.first)
    context.remark(
        context.say(Message::kServingAgain, {{"workloads", std::to_string(started.workloads)},
                                             {"entries", std::to_string(started.entries)}}));
  const std::string url = fmt::format("http://{}", demo.service().address());
  context.io.out.write(url + "\n");
  context.io.out.flush();
  context.remark(context.say(Message::kDemoServes, {{"url", url}, {"user", user}}));
  context.remark(context.say(Message::kDemoNext));
  const std::string server =
      demo.service().address() == kListenDefault ? std::string{} : "export SILLAR_SERVER=" + url;
  if (!server.empty()) context.remark("  " + server);
  context.remark(fmt::format("  export SILLAR_TOKEN=$(cat {}/{})", data, server::kFirstTokenFile));
  // What this program was started by, where that is not its name.
  std::string program = context.io.environment("SILLAR_COMMAND");
  if (program.empty()) program = "sillar";
  for (const std::string_view next :
       {"submit --gpus 2 --project default -- sh -c 'echo on $CUDA_VISIBLE_DEVICES'",
        "get workloads --limit 20", "queue", "get nodes", "budget", "cost", "events"})
    context.remark(fmt::format("  {} {}", program, next));
}

Result<Exit> run_demo(Context& context) {
  const EndSignals signals;
  std::mutex remarks;
  demo::DemoOptions options;
  if (context.arguments.has("speed")) {
    SILLAR_TRY(speed, number_argument("speed", context.arguments.text("speed"), 1, demo::kSpeedMax,
                                      context.locale.language));
    options.speed = speed;
  }
  options.examples = context.arguments.has("examples")
                         ? std::string(context.arguments.text("examples"))
                         : std::string(kExamplesDefault);
  SILLAR_TRY(machine, this_machine(context));
  options.machine = std::move(machine);
  const std::string data = data_folder(context);
  server::ServiceOptions& service = options.service;
  service.data = data;
  service.tasks_folder = data + "/tasks";
  service.make_driver = [data](server::DriverSeat seat) {
    return local_driver(data, std::move(seat));
  };
  SILLAR_TRY_STATUS(read_listen(
      context, context.arguments.has("listen") ? context.arguments.text("listen") : kListenDefault,
      service));
  if (!server::stays_on_this_machine(service.http.address))
    return invalid(context.say(Message::kDemoStaysHere, {{"address", service.http.address}}));
  service.version = build_info().version;
  service.commit = build_info().commit;
  service.clock = wall_clock;
  service.remark = [&](const std::string& text) {
    const std::lock_guard lock(remarks);
    context.remark(translate(text, context.locale.language));
  };
  service.fatal = [&](const Error& error) {
    service.remark(context.say(Message::kServeFailed, {{"error", error.message}}));
    std::_Exit(static_cast<int>(Exit::kFailure));
  };
  service.os_user = demo_user(context);
  const std::string user = service.os_user;
  SILLAR_TRY(demo, demo::Demo::start(options));
  greet(context, *demo, data, user);
  signals.wait();
  context.remark(context.say(Message::kServeStops));
  demo->drain(kServePatience);
  return Exit::kOk;
}

}  // namespace

const Verb& demo_verb() {
  static const Verb kVerb{
      .name = "demo",
      .summary = Message::kVerbDemo,
      .examples = {"demo", "demo --speed 600", "demo --data /tmp/fresh-demo --listen 127.0.0.1:0"},
      .operands = {},
      .flags = {{"speed", "N", Message::kFlagDemoSpeed, {}},
                {"data", "DIR", Message::kFlagDemoData, {}},
                {"listen", "ADDRESS:PORT", Message::kFlagListen, {}},
                {"devices", "CLASS:NUMBER", Message::kFlagDemoDevices, {}},
                {"run-as", "USER", Message::kFlagDemoRunAs, {}},
                {"examples", "DIR", Message::kFlagDemoExamples, {}}},
      .formats = {},
      .run = run_demo,
  };
  return kVerb;
}

}  // namespace sillar::cli
