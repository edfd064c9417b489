#include "cli/serving.h"

#include <pthread.h>
#include <pwd.h>
#include <time.h>
#include <unistd.h>

#include "base/quantity.h"
#include "drivers/local_driver.h"

namespace sillar::cli {

Time wall_clock() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return Time{Duration::seconds(now.tv_sec).ns + now.tv_nsec};
}

EndSignals::EndSignals() {
  ::sigemptyset(&set_);
  ::sigaddset(&set_, SIGINT);
  ::sigaddset(&set_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

void EndSignals::wait() const {
  int which = 0;
  ::sigwait(&set_, &which);
}

Status read_listen(const Context& context, std::string_view text, server::ServiceOptions& service) {
  const std::size_t colon = text.rfind(':');
  std::int64_t port = -1;
  if (colon != std::string_view::npos) {
    const auto read = parse_integer(text.substr(colon + 1));
    if (read) port = *read;
  }
  if (colon == 0 || port < 0 || port > 65535)
    return invalid(context.say(Message::kNotAnAddress, {{"value", text}}));
  std::string_view address = text.substr(0, colon);
  if (address.starts_with('[') && address.ends_with(']'))
    address = address.substr(1, address.size() - 2);
  service.http.address = address;
  service.http.port = static_cast<std::uint16_t>(port);
  return {};
}

Result<std::unique_ptr<drivers::Driver>> local_driver(const std::string& data,
                                                      server::DriverSeat seat) {
  drivers::LocalOptions local;
  local.folder = data + "/tasks";
  local.work_folder = data + "/work";
  local.installation = std::move(seat.installation);
  local.epoch = seat.epoch;
  SILLAR_TRY(driver, drivers::LocalDriver::open(std::move(local), std::move(seat.observe)));
  return driver;
}

std::string user_of_commands(const Context& context) {
  if (context.arguments.has("run-as")) return std::string(context.arguments.text("run-as"));
  const passwd* user = ::getpwuid(::geteuid());
  const std::string name = user == nullptr ? std::string{} : user->pw_name;
  const std::string behind = context.io.environment("SUDO_USER");
  return name == "root" && !behind.empty() ? behind : name;
}

}  // namespace sillar::cli
