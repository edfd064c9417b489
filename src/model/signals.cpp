#include "model/signals.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

namespace sillar {
namespace {

constexpr auto kSignals = std::to_array<std::pair<std::string_view, int>>({
    {"HUP", SIGHUP},   {"INT", SIGINT},   {"QUIT", SIGQUIT},   {"ILL", SIGILL},
    {"TRAP", SIGTRAP}, {"ABRT", SIGABRT}, {"BUS", SIGBUS},     {"FPE", SIGFPE},
    {"KILL", SIGKILL}, {"USR1", SIGUSR1}, {"SEGV", SIGSEGV},   {"USR2", SIGUSR2},
    {"PIPE", SIGPIPE}, {"ALRM", SIGALRM}, {"TERM", SIGTERM},   {"CHLD", SIGCHLD},
    {"CONT", SIGCONT}, {"STOP", SIGSTOP}, {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN},
    {"TTOU", SIGTTOU}, {"URG", SIGURG},   {"XCPU", SIGXCPU},   {"XFSZ", SIGXFSZ},
    {"PROF", SIGPROF}, {"SYS", SIGSYS},   {"WINCH", SIGWINCH}, {"VTALRM", SIGVTALRM},
});

}  // namespace

int signal_number(std::string_view name) {
  const auto found = std::ranges::find(kSignals, name, [](const auto& s) { return s.first; });
  return found == kSignals.end() ? 0 : found->second;
}

std::string signal_name(int number) {
  const auto found = std::ranges::find(kSignals, number, [](const auto& s) { return s.second; });
  return found == kSignals.end() ? std::to_string(number) : std::string(found->first);
}

std::vector<std::string> signal_names() {
  std::vector<std::string> names;
  for (const auto& [name, number] : kSignals) names.emplace_back(name);
  return names;
}

}  // namespace sillar
