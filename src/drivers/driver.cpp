#include "drivers/driver.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <iterator>

namespace sillar::drivers {
namespace {

struct Named {
  std::string_view name;
  int number;
};

constexpr Named kSignals[] = {
    {"HUP", SIGHUP},   {"INT", SIGINT},     {"QUIT", SIGQUIT}, {"USR1", SIGUSR1},
    {"USR2", SIGUSR2}, {"TERM", SIGTERM},   {"ALRM", SIGALRM}, {"CONT", SIGCONT},
    {"URG", SIGURG},   {"WINCH", SIGWINCH}, {"PWR", SIGPWR},   {"IO", SIGIO},
};

}  // namespace

bool is_token(std::string_view token) {
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return token.size() == kTokenDigits && std::ranges::all_of(token, digit);
}

Result<int> parse_signal(std::string_view name) {
  const std::string_view bare = name.starts_with("SIG") ? name.substr(3) : name;
  const auto found = std::ranges::find(kSignals, bare, &Named::name);
  if (found != std::end(kSignals)) return found->number;
  return invalid(fmt::format(
      "\"{}\" is no signal that a command can catch, use one such as USR1, USR2, INT or TERM",
      name));
}

}  // namespace sillar::drivers
