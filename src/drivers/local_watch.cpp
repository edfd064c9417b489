#include "drivers/local_watch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "drivers/leftovers.h"
#include "drivers/shim.h"

namespace sillar::drivers {
namespace {

constexpr Duration kRetry = Duration::seconds(1);  // Of what a disk or a process holds up.

Result<pid_t> spawn_shim(const std::string& program, const std::string& folder) {
  posix_spawnattr_t how;
  posix_spawn_file_actions_t files;
  ::posix_spawnattr_init(&how);
  ::posix_spawn_file_actions_init(&files);
  // Blocked from its first moment, so that none is lost before it listens.
  sigset_t blocked;
  sigset_t all;
  ::sigemptyset(&blocked);
  ::sigfillset(&all);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, shim_signal()})
    ::sigaddset(&blocked, signal);
  ::posix_spawnattr_setsigmask(&how, &blocked);
  ::posix_spawnattr_setsigdefault(&how, &all);
  ::posix_spawnattr_setflags(&how,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (const int standard : {STDOUT_FILENO, STDERR_FILENO})
    ::posix_spawn_file_actions_addopen(&files, standard, "/dev/null", O_WRONLY, 0);
  std::array<std::string, 3> words = {"sillar", kShimVerb, folder};
  const std::array<char*, 4> arguments = {words[0].data(), words[1].data(), words[2].data(),
                                          nullptr};
  // Nothing of the server's environment, which may hold secrets.
  std::array<char*, 1> environment = {nullptr};
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, program.c_str(), &files, &how, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&how);
  if (error != 0) return os_fault(program, error);
  return pid;
}

void watch_input(const Descriptor& events, int descriptor) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = descriptor;
  ::epoll_ctl(events.get(), EPOLL_CTL_ADD, descriptor, &event);
}

}  // namespace

Status LocalDriver::Watch::set_up() {
  boot_id_ = boot_id();
  plan_ = make_group_plan(options_.installation);
  wake_ = Descriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  notices_ = Descriptor(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  events_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
  if (!wake_.is_open() || !notices_.is_open() || !events_.is_open())
    return os_fault("watching tasks", errno);
  watch_input(events_, wake_.get());
  watch_input(events_, notices_.get());
  adopt_all();
  thread_ = std::thread([this] { run(); });
  return {};
}

void LocalDriver::Watch::run() {
  constexpr int kEvents = 64;
  for (bool going = true; going;) {
    deliver();
    std::int64_t left_ms = -1;
    if (!timers_.empty())
      left_ms = std::clamp<std::int64_t>((timers_.begin()->first - since_boot()).ns / 1'000'000 + 1,
                                         0, INT_MAX);
    std::array<epoll_event, kEvents> events;
    const int count =
        ::epoll_wait(events_.get(), events.data(), kEvents, static_cast<int>(left_ms));
    const std::lock_guard guard(mutex_);
    for (int i = 0; i < count; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == wake_.get())
        going = take_commands();
      else if (descriptor == notices_.get())
        take_notices();
      else
        shim_ended(descriptor);
    }
    take_timers();
  }
}

// Without the mutex, so that what is told may be acted on by other threads at once.
void LocalDriver::Watch::deliver() {
  std::vector<Observation> told;
  {
    const std::lock_guard guard(mutex_);
    told.swap(untold_);
  }
  for (const Observation& one : told) observe_(one);
}

bool LocalDriver::Watch::take_commands() {
  std::uint64_t count = 0;
  if (::read(wake_.get(), &count, sizeof(count)) < 0 && errno != EAGAIN)
    BUG("the driver's wake-up cannot be read");
  std::vector<Command> commands;
  commands.swap(commands_);
  for (const Command& command : commands) {
    if (std::holds_alternative<Quit>(command)) return false;
    const auto* const ordered = std::get_if<Start>(&command);
    const auto* const stopped = std::get_if<StopOrder>(&command);
    const auto at = tasks_.find(ordered != nullptr ? ordered->token : stopped->token);
    if (at == tasks_.end()) continue;
    if (ordered != nullptr) start(at);
    if (stopped != nullptr) begin_stop(at, *stopped);
  }
  return true;
}

void LocalDriver::Watch::take_notices() {
  alignas(inotify_event) std::array<char, 1 << 14> buffer;
  for (;;) {
    const ssize_t got = ::read(notices_.get(), buffer.data(), buffer.size());
    if (got <= 0) return;
    for (const char* next = buffer.data(); next < buffer.data() + got;) {
      const auto* const notice = reinterpret_cast<const inotify_event*>(next);
      next += sizeof(inotify_event) + notice->len;
      const auto token = by_notice_.find(notice->wd);
      if ((notice->mask & IN_Q_OVERFLOW) != 0) look_at_all();
      if (notice->len == 0 || token == by_notice_.end()) continue;
      const std::string_view name = notice->name;
      if (name != kRunningFile && name != kStartedFile) continue;
      const auto at = tasks_.find(token->second);
      const auto folder = folder_of(token->second);
      if (at == tasks_.end() || !folder) continue;
      // A shim that an earlier driver started, and that was slow, is met here.
      if (!at->second.shim.is_open() && at->second.phase != Phase::kEnded) adopt(at, *folder);
      if (name == kRunningFile) saw_running(at, *folder);
    }
  }
}

// After notices were dropped.
void LocalDriver::Watch::look_at_all() {
  for (auto at = tasks_.begin(); at != tasks_.end(); ++at) {
    if (at->second.phase != Phase::kOrdered) continue;
    const auto folder = folder_of(at->first);
    if (folder && !at->second.shim.is_open()) adopt(at, *folder);
    if (folder && folder->has(kRunningFile)) saw_running(at, *folder);
  }
}

void LocalDriver::Watch::take_timers() {
  const Duration now = since_boot();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const std::string token = timers_.begin()->second;
    timers_.erase(timers_.begin());
    const auto at = tasks_.find(token);
    if (at == tasks_.end()) continue;
    if (at->second.unsettled) settle(at);
    if (at->second.stopping) go_on_stopping(at);
  }
}

void LocalDriver::Watch::wake_at(Duration when, const std::string& token) {
  timers_.emplace(when, token);
}

void LocalDriver::Watch::start(Tasks::iterator at) {
  Task& task = at->second;
  if (task.shim.is_open() || task.phase != Phase::kOrdered) return;
  const auto folder = folder_of(at->first);
  if (!folder)
    return ended(at, Observation{at->first, ObservationKind::kLaunchFailed, wall_clock(), 0, 0,
                                 folder.error().message});
  watch_folder(at, *folder);
  auto pid = spawn_shim(options_.program, folder->path());
  if (!pid) {
    if (!end_by_record(at, *folder, ObservationKind::kLaunchFailed, pid.error().message))
      task.unsettled = true, wake_at(since_boot() + kRetry, at->first);
    return;
  }
  // Ours and not waited for yet: its number is its own.
  watch_shim(at, open_process(*pid));
}

void LocalDriver::Watch::watch_shim(Tasks::iterator at, Descriptor shim) {
  if (!shim.is_open()) {
    at->second.unsettled = true;
    return wake_at(since_boot() + kRetry, at->first);
  }
  watch_input(events_, shim.get());
  by_shim_[shim.get()] = at->first;
  at->second.shim = std::move(shim);
}

void LocalDriver::Watch::watch_folder(Tasks::iterator at, const TaskFolder& folder) {
  if (at->second.notify >= 0) return;
  const int notify = ::inotify_add_watch(notices_.get(), folder.path().c_str(),
                                         IN_MOVED_TO | IN_ONLYDIR | IN_DONT_FOLLOW);
  if (notify < 0) return;  // That it runs is told when it ends.
  at->second.notify = notify;
  by_notice_[notify] = at->first;
}

void LocalDriver::Watch::shim_ended(int descriptor) {
  const auto found = by_shim_.find(descriptor);
  if (found == by_shim_.end()) return;
  const auto at = tasks_.find(found->second);
  by_shim_.erase(found);
  siginfo_t info{};
  // Of one that an earlier driver started there is nothing to take.
  ::waitid(P_PIDFD, static_cast<id_t>(descriptor), &info, WEXITED | WNOHANG);
  ::epoll_ctl(events_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  if (at == tasks_.end()) return;
  at->second.shim.close();
  settle(at);
}

void LocalDriver::Watch::begin_stop(Tasks::iterator at, const StopOrder& order) {
  Task& task = at->second;
  if (task.phase == Phase::kEnded) return;
  const auto folder = folder_of(at->first);
  if (!task.shim.is_open() && task.phase == Phase::kOrdered && folder) {
    // Under the lock, so that no late shim starts it after all.
    const auto lock = folder->try_lock();
    if (lock && lock->is_open()) {
      if (!folder->has(kStartedFile) && !take_end(at, *folder))
        (void)end_by_record(at, *folder, ObservationKind::kLaunchFailed,
                            "it was stopped before it started");
      return;
    }
    adopt(at, *folder);
  }
  const Duration now = since_boot();
  const int signal = parse_signal(order.checkpoint_signal).value_or(0);
  const Duration half{order.grace.ns / 2};
  const Stopping wanted{now + (signal == 0 ? Duration{} : half), now + order.grace, false};
  if (!task.stopping) {
    task.stopping = wanted;
    if (signal != 0 && task.shim.is_open()) send_number(task.shim, shim_signal(), signal);
  } else {
    task.stopping->term_at = std::min(task.stopping->term_at, wanted.term_at);
    task.stopping->kill_at = std::min(task.stopping->kill_at, wanted.kill_at);
  }
  go_on_stopping(at);
}

void LocalDriver::Watch::go_on_stopping(Tasks::iterator at) {
  Task& task = at->second;
  if (!task.stopping || !task.shim.is_open()) return;
  Stopping& stopping = *task.stopping;
  const Duration now = since_boot();
  if (now < stopping.kill_at) {
    if (now >= stopping.term_at && !stopping.term_sent) {
      send_number(task.shim, shim_signal(), SIGTERM);
      stopping.term_sent = true;
    }
    return wake_at(stopping.term_sent ? stopping.kill_at : stopping.term_at, at->first);
  }
  send_number(task.shim, shim_signal(), SIGKILL);
  // Past the shim as well, which may hang on a file of the user's; and again until it is gone.
  const auto folder = folder_of(at->first);
  if (folder && now > stopping.kill_at + kRetry) {
    const auto order = folder->read(kOrderFile).and_then([](const std::string& bytes) {
      return read_order(kOrderFile, bytes);
    });
    const auto started = folder->read(kStartedFile).and_then([](const std::string& bytes) {
      return read_started(kStartedFile, bytes);
    });
    if (order && started) kill_command(order->groups, *started);
  }
  wake_at(now + kRetry, at->first);
}

}  // namespace sillar::drivers
