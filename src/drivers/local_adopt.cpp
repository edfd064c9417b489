// The table of the local driver: orders taken into it, tasks found on disk, and how they ended.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <utility>

#include "base/check.h"
#include "drivers/leftovers.h"
#include "drivers/local_watch.h"

namespace sillar::drivers {
namespace {

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kWorkMode = 0711;  // Those who run in it reach their own folder and list none.
constexpr Duration kRetry = Duration::seconds(1);
constexpr const char* kEpochFile = "epoch";
constexpr const char* kDriverLock = "driver-lock";

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  constexpr std::size_t kNameBytesMax = 64;
  return !name.empty() && name.size() <= kNameBytesMax && name[0] != '.' &&
         std::ranges::all_of(name, plain);
}

std::size_t stripe_of(std::string_view token, std::size_t stripes) {
  return static_cast<unsigned char>(token.empty() ? 0 : token.back()) % stripes;
}

}  // namespace

LocalDriver::Watch::Watch(LocalOptions options, Observe observe)
    : options_(std::move(options)), observe_(std::move(observe)) {}

LocalDriver::Watch::~Watch() {
  if (thread_.joinable()) {
    send(Quit{});
    thread_.join();
  }
  release_group_plan(plan_);
}

Result<std::unique_ptr<LocalDriver::Watch>> LocalDriver::Watch::open(LocalOptions options,
                                                                     Observe observe) {
  if (!is_plain_name(options.installation))
    return invalid(fmt::format(
        "installation: \"{}\" is not made of at most 64 letters, digits, '-', '_' and '.'",
        options.installation));
  if (options.log_bytes_max <= 0 || options.processes_max <= 0)
    return invalid("the bounds of a task's logs and processes must be above zero");
  // A shim has another working directory.
  std::error_code error;
  options.folder = std::filesystem::absolute(options.folder, error).lexically_normal();
  options.work_folder = std::filesystem::absolute(options.work_folder, error).lexically_normal();
  if (error) return os_fault(options.folder, error.value());
  std::unique_ptr<Watch> watch(new Watch(std::move(options), std::move(observe)));
  SILLAR_TRY_STATUS(watch->take_folder());
  SILLAR_TRY_STATUS(watch->set_up());
  return watch;
}

Status LocalDriver::Watch::take_folder() {
  SILLAR_TRY(work, make_folder(options_.work_folder, kWorkMode));
  if (::fchmod(work.get(), kWorkMode) != 0) return os_fault(options_.work_folder, errno);
  SILLAR_TRY(folder, make_folder(options_.folder, kFolderMode));
  folder_ = std::move(folder);
  folder_lock_ = Descriptor(
      ::openat(folder_.get(), kDriverLock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!folder_lock_.is_open()) return os_fault(options_.folder, errno);
  if (::flock(folder_lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return invalid(
        fmt::format("{}: another process has the tasks of this folder. Stop it, or name "
                    "another folder",
                    options_.folder));
  return take_epoch();
}

Status LocalDriver::Watch::take_epoch() const {
  SILLAR_TRY(folder, TaskFolder::open(options_.folder));
  std::uint64_t seen = 0;
  if (auto text = folder.read(kEpochFile)) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seen);
    if (error != std::errc{} || end != text->data() + text->size())
      return invalid(fmt::format("{}/{}: is no number", options_.folder, kEpochFile));
  } else if (text.error().code != ErrorCode::kNotFound) {
    return tl::unexpected(text.error());
  }
  if (options_.epoch < seen)
    return invalid(
        fmt::format("{}: a leader of epoch {} had these tasks, so one of epoch {} may "
                    "not have them any more",
                    options_.folder, seen, options_.epoch));
  if (options_.epoch == seen) return {};
  return folder.write(kEpochFile, std::to_string(options_.epoch), Keep::kDurable);
}

Result<TaskFolder> LocalDriver::Watch::folder_of(const std::string& token) const {
  return TaskFolder::open(folder_.get(), options_.folder, token);
}

void LocalDriver::Watch::send(Command command) {
  {
    const std::lock_guard guard(mutex_);
    commands_.push_back(std::move(command));
  }
  const std::uint64_t one = 1;
  // Full means that a wake-up is due anyway.
  if (::write(wake_.get(), &one, sizeof(one)) < 0 && errno != EAGAIN)
    BUG("the driver's thread cannot be woken");
}

Status LocalDriver::Watch::launch(const LaunchOrder& order) {
  SILLAR_TRY_STATUS(check_order(order));
  const std::lock_guard one_of_it(launching_[stripe_of(order.token, launching_.size())]);
  {
    const std::lock_guard guard(mutex_);
    const auto at = tasks_.find(order.token);
    if (at != tasks_.end() && (at->second.phase != Phase::kOrdered || at->second.wanted)) return {};
  }
  SILLAR_TRY(folder, TaskFolder::create(folder_.get(), options_.folder, order.token));
  if (folder.has(kForgottenFile))
    return invalid(fmt::format("token {} ended and was forgotten", order.token));
  const ShimOrder shim{.launch = order,
                       .work_folder = options_.work_folder,
                       .groups = plan_.of_task(order.token),
                       .limit_by_rlimit = !plan_.bounds_memory(),
                       .log_bytes_max = options_.log_bytes_max,
                       .processes_max = options_.processes_max};
  SILLAR_TRY_STATUS(folder.write(kOrderFile, order_bytes(shim), Keep::kDurable));
  {
    const std::lock_guard guard(mutex_);
    tasks_[order.token].wanted = true;
  }
  send(Start{order.token});
  return {};
}

Status LocalDriver::Watch::stop(const StopOrder& order) {
  if (!order.checkpoint_signal.empty())
    if (auto signal = parse_signal(order.checkpoint_signal); !signal)
      return tl::unexpected(signal.error());
  if (order.grace < Duration{} || order.grace > kDurationMax) return invalid("grace: out of range");
  {
    const std::lock_guard guard(mutex_);
    if (!tasks_.contains(order.token))
      return fail(ErrorCode::kNotFound, fmt::format("no task has the token {}", order.token));
  }
  send(order);
  return {};
}

std::vector<Found> LocalDriver::Watch::list() {
  const std::lock_guard guard(mutex_);
  std::vector<Found> found;
  found.reserve(tasks_.size());
  for (const auto& [token, task] : tasks_) found.push_back({token, task.phase, task.last});
  return found;
}

Status LocalDriver::Watch::forget(const std::string& token) {
  if (!is_token(token)) return invalid(fmt::format("\"{}\" is no token", token));
  const std::lock_guard one_of_it(launching_[stripe_of(token, launching_.size())]);
  {
    const std::lock_guard guard(mutex_);
    const auto at = tasks_.find(token);
    if (at == tasks_.end()) {
      const auto folder = folder_of(token);
      if (folder && folder->has(kForgottenFile)) return {};
      return fail(ErrorCode::kNotFound, fmt::format("no task has the token {}", token));
    }
    if (at->second.phase != Phase::kEnded)
      return invalid(fmt::format("the task of token {} has not ended", token));
  }
  SILLAR_TRY(folder, folder_of(token));
  SILLAR_TRY_STATUS(folder.rename(kEndFile, kForgottenFile));
  for (const char* record : {kOrderFile, kStartedFile, kRunningFile, "lock"}) folder.remove(record);
  const std::lock_guard guard(mutex_);
  tasks_.erase(token);
  return {};
}

void LocalDriver::Watch::adopt_all() {
  const std::lock_guard guard(mutex_);
  for (const std::string& name : names_in_folder(folder_.get())) {
    if (!is_token(name)) continue;
    const auto folder = folder_of(name);
    if (!folder || folder->has(kForgottenFile)) continue;
    if (!folder->has(kOrderFile) && !folder->has(kEndFile)) {
      // Cut off while it was made: nobody was told that it is there.
      remove_tree(folder_.get(), name);
      continue;
    }
    settle(tasks_.try_emplace(name).first);
  }
}

// Takes over a shim that lives: it has the lock. False when none does.
bool LocalDriver::Watch::adopt(Tasks::iterator at, const TaskFolder& folder) {
  const pid_t holder = folder.lock_holder();
  if (holder <= 0) return false;
  Descriptor shim = open_process(holder);
  // Held still, by the same: so it is that process which was opened.
  if (!shim.is_open() || folder.lock_holder() != holder) return false;
  watch_folder(at, folder);
  watch_shim(at, std::move(shim));
  if (folder.has(kRunningFile)) saw_running(at, folder);
  return true;
}

// Finds out what became of a task that no shim is known of.
void LocalDriver::Watch::settle(Tasks::iterator at) {
  at->second.unsettled = false;
  constexpr int kTries = 3;
  const auto folder = folder_of(at->first);
  for (int i = 0; folder && i < kTries; ++i) {
    if (take_end(at, *folder)) return;
    if (adopt(at, *folder)) return;
    const auto lock = folder->try_lock();
    if (!lock) break;
    if (!lock->is_open()) continue;  // A shim came between.
    if (settle_locked(at, *folder)) return;
    break;
  }
  at->second.unsettled = true;
  wake_at(since_boot() + kRetry, at->first);
}

// Requires: the task's lock is held, so no shim lives. Returns whether it is settled.
bool LocalDriver::Watch::settle_locked(Tasks::iterator at, const TaskFolder& folder) {
  if (take_end(at, folder)) return true;
  if (folder.has(kStartedFile)) return settle_started(at, folder);
  if (at->second.wanted)
    return end_by_record(at, folder, ObservationKind::kLaunchFailed,
                         "the process that was to start it ended");
  watch_folder(at, folder);
  return true;  // Ordered, and nothing more.
}

bool LocalDriver::Watch::settle_started(Tasks::iterator at, const TaskFolder& folder) {
  const auto started = folder.read(kStartedFile).and_then([](const std::string& bytes) {
    return read_started(kStartedFile, bytes);
  });
  const auto order = folder.read(kOrderFile).and_then([](const std::string& bytes) {
    return read_order(kOrderFile, bytes);
  });
  if (started && started->boot_id != boot_id_)
    return end_by_record(at, folder, ObservationKind::kLost,
                         "the machine was started anew while it ran");
  if (!end_leftovers(at->first, order ? order->groups : plan_.of_task(at->first),
                     started.value_or(StartedRecord{})))
    return false;
  return end_by_record(at, folder, ObservationKind::kLost,
                       "its shim was killed, so how it ended is not known");
}

bool LocalDriver::Watch::take_end(Tasks::iterator at, const TaskFolder& folder) {
  const auto bytes = folder.read(kEndFile);
  if (!bytes) return false;
  auto how = read_observation(folder.path() + "/" + kEndFile, *bytes);
  if (!how)
    how = Observation{at->first, ObservationKind::kLost, wall_clock(), 0, 0, how.error().message};
  if (how->kind == ObservationKind::kStarted) how->kind = ObservationKind::kLost;
  if (folder.has(kRunningFile)) saw_running(at, folder);
  ended(at, std::move(*how));
  return true;
}

bool LocalDriver::Watch::end_by_record(Tasks::iterator at, const TaskFolder& folder,
                                       ObservationKind kind, std::string message) {
  Observation how{at->first, kind, wall_clock(), 0, 0, std::move(message)};
  if (!folder.write(kEndFile, observation_bytes(how), Keep::kDurable)) return false;
  if (folder.has(kRunningFile)) saw_running(at, folder);
  ended(at, std::move(how));
  return true;
}

void LocalDriver::Watch::saw_running(Tasks::iterator at, const TaskFolder& folder) {
  if (at->second.phase != Phase::kOrdered) return;
  auto running = folder.read(kRunningFile).and_then([](const std::string& bytes) {
    return read_observation(kRunningFile, bytes);
  });
  if (!running) return;
  running->kind = ObservationKind::kStarted;
  running->token = at->first;
  at->second.phase = Phase::kRunning;
  tell(at, *running);
}

void LocalDriver::Watch::ended(Tasks::iterator at, Observation how) {
  Task& task = at->second;
  how.token = at->first;
  const bool ran = how.kind == ObservationKind::kExited || how.kind == ObservationKind::kLost;
  if (ran && task.phase == Phase::kOrdered)
    tell(at, Observation{at->first, ObservationKind::kStarted, how.at, 0, 0, {}});
  task.phase = Phase::kEnded;
  task.stopping.reset();
  if (task.notify >= 0) {
    ::inotify_rm_watch(notices_.get(), task.notify);
    by_notice_.erase(task.notify);
    task.notify = -1;
  }
  tell(at, how);
}

void LocalDriver::Watch::tell(Tasks::iterator at, const Observation& what) {
  at->second.last = what;
  untold_.push_back(what);
}

}  // namespace sillar::drivers
