#include "drivers/shim.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

#include "drivers/command.h"
#include "drivers/groups.h"
#include "drivers/log_files.h"
#include "drivers/task_folder.h"

namespace sillar::drivers {
namespace {

constexpr int kDone = 0;
constexpr int kCannot = 1;
constexpr int kRetryMilliseconds = 1000;  // After a disk did not take a record.
constexpr int kSignalBase = 128;          // Of exit codes, as shells say them.

// One of the command's two outputs: a pipe that is read into a log and, where one is asked for, a
// file of the user's. Read here rather than given away: so a bound holds for the log, and not for
// the checkpoints that a bound of the process's own would hit too.
struct Stream {
  Descriptor read_end;
  Descriptor write_end;
  Descriptor file;  // The user's.
  std::optional<LogWriter> log;

  Status open(int folder, LogStream stream, std::int64_t bytes_max) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os_fault("a pipe", errno);
    read_end = Descriptor(ends[0]);
    write_end = Descriptor(ends[1]);
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    log.emplace(folder, stream, bytes_max);
    return {};
  }

  // Takes what is there, at most `rounds` buffers of it.
  void drain(int rounds) {
    std::array<char, 1 << 16> buffer;
    while (read_end.is_open() && rounds-- > 0) {
      const ssize_t got = ::read(read_end.get(), buffer.data(), buffer.size());
      if (got < 0 && errno == EINTR) continue;
      if (got < 0 && errno == EAGAIN) return;
      if (got <= 0) return read_end.close();
      const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
      log->write(bytes);
      if (file.is_open()) (void)write_all(file.get(), bytes, "");
    }
  }
};

Observation observation(ObservationKind kind, std::string message) {
  Observation made;
  made.kind = kind;
  made.at = wall_clock();
  made.message = std::move(message);
  return made;
}

class Shim {
 public:
  explicit Shim(TaskFolder folder) : folder_(std::move(folder)) {}

  int run() {
    auto lock = folder_.try_lock();
    if (!lock) return kCannot;
    // Another shim has it or had it: the command is started once, or was stopped before.
    if (!lock->is_open()) return kDone;
    for (const char* record : {kStartedFile, kEndFile, kForgottenFile})
      if (folder_.has(record)) return kDone;
    if (const Status prepared = prepare(); !prepared) {
      stop_child();
      end(observation(ObservationKind::kLaunchFailed, prepared.error().message));
      return kDone;
    }
    while (stage_ != Stage::kEnded) turn();
    return kDone;
  }

 private:
  enum class Stage : std::uint8_t {
    kPreparing,  // The child makes itself ready.
    kStarting,   // It was told to go: an end of the line without a fault means that it did.
    kRunning,
    kEnded,
  };

  Status prepare() {
    SILLAR_TRY_STATUS(watch_signals());
    SILLAR_TRY(bytes, folder_.read(kOrderFile));
    SILLAR_TRY(order, read_order("order", bytes));
    order_ = std::move(order);
    SILLAR_TRY(user, find_user(order_.launch.os_user));
    SILLAR_TRY(work, make_work_folder(order_, user));
    SILLAR_TRY_STATUS(output_.open(folder_.get(), LogStream::kOutput, order_.log_bytes_max));
    // Without a file of its own, what goes to the error stream keeps its place in the output.
    const bool apart = !order_.launch.run.error.empty();
    if (apart)
      SILLAR_TRY_STATUS(error_.open(folder_.get(), LogStream::kError, order_.log_bytes_max));
    SILLAR_TRY_STATUS(make_groups(order_.groups, {.cpu = order_.launch.cpu,
                                                  .memory_bytes = order_.launch.memory_bytes,
                                                  .processes_max = order_.processes_max}));
    SILLAR_TRY(lines, ReadyLine::make());
    const pid_t self = ::getpid();
    child_ = ::fork();
    if (child_ < 0) return os_fault("a process for the command", errno);
    if (child_ == 0) {
      lines[0] = ReadyLine();
      become_command(order_, user, lines[1], self, output_.write_end.get(),
                     (apart ? error_ : output_).write_end.get());
    }
    ::setpgid(child_, child_);  // Here too, so that its group is there whoever comes first.
    output_.write_end.close();
    error_.write_end.close();
    line_ = std::move(lines[0]);
    return join_groups(order_.groups, child_);
  }

  Status watch_signals() {
    ::signal(SIGPIPE, SIG_IGN);
    sigset_t watched;
    ::sigemptyset(&watched);
    for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, shim_signal()})
      ::sigaddset(&watched, signal);
    ::sigprocmask(SIG_BLOCK, &watched, nullptr);
    signals_ = Descriptor(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals_.is_open()) return os_fault("signals", errno);
    // What the command's processes leave behind becomes a child of this one, and is ended by it.
    if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) return os_fault("adopting processes", errno);
    return {};
  }

  void turn() {
    constexpr int kRounds = 16;  // Between two looks at the signals.
    const auto watched = [](int descriptor) { return pollfd{descriptor, POLLIN, 0}; };
    std::array<pollfd, 4> ready = {watched(signals_.get()), watched(line_.get()),
                                   watched(output_.read_end.get()), watched(error_.read_end.get())};
    const int found = ::poll(ready.data(), ready.size(), untold_ ? kRetryMilliseconds : -1);
    if (found < 0) return;
    if (untold_) tell_running();
    if (ready[1].revents != 0) hear();
    if (ready[0].revents != 0) take_signals();
    if (stage_ == Stage::kEnded) return;
    output_.drain(kRounds);
    error_.drain(kRounds);
  }

  void hear() {
    ReadyLine::Heard heard = line_.hear();
    if (heard.kind == ReadyLine::Heard::Kind::kFault) {
      fault_ = std::move(heard.why);
      line_ = ReadyLine();
    } else if (heard.kind == ReadyLine::Heard::Kind::kCut) {
      line_ = ReadyLine();
      if (stage_ != Stage::kStarting || !fault_.empty()) return;
      stage_ = Stage::kRunning;
      running_since_ = wall_clock();
      tell_running();
      for (const int signal : std::exchange(held_, {})) hand_on(signal);
    } else if (stage_ == Stage::kPreparing) {
      output_.file = take(std::move(heard.files.output));
      error_.file = take(std::move(heard.files.error));
      start();
    }
  }

  // A pipe that nobody reads must not stop us.
  static Descriptor take(Descriptor file) {
    if (file.is_open()) ::fcntl(file.get(), F_SETFL, O_APPEND | O_NONBLOCK);
    return file;
  }

  // That it is started is on disk before it is: whatever happens then, it is not started again.
  void start() {
    const auto own = process_stat(::getpid());
    const auto command = process_stat(child_);
    StartedRecord started{boot_id(),
                          {::getpid(), own ? own->start_ticks : 0},
                          {child_, command ? command->start_ticks : 0}};
    const Status kept = folder_.write(kStartedFile, started_bytes(started), Keep::kDurable);
    if (!kept) {
      fault_ = kept.error().message;
      ::kill(child_, SIGKILL);
      return;
    }
    stage_ = Stage::kStarting;
    line_.say_go();
  }

  void tell_running() {
    Observation running = observation(ObservationKind::kStarted, {});
    running.at = running_since_;
    untold_ = !folder_.write(kRunningFile, observation_bytes(running), Keep::kVisible);
  }

  void take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
      if (static_cast<int>(info.ssi_signo) == shim_signal()) hand_on(info.ssi_int);
      if (info.ssi_signo == SIGTERM) hand_on(SIGTERM);
    }
    reap();
  }

  void hand_on(int signal) {
    if (stage_ == Stage::kRunning) {
      if (signal == SIGKILL) kill_groups(order_.groups);
      ::kill(-child_, signal);
    } else if (stage_ == Stage::kStarting) {
      // It may be the command already, or not yet: the line will say.
      held_.push_back(signal);
      if (signal == SIGKILL) stop_child();
    } else if (signal == SIGTERM || signal == SIGKILL) {
      stop_child();
      fault_ = "it was stopped before it started";
    }
  }

  void stop_child() const {
    if (child_ > 0) ::kill(child_, SIGKILL);
  }

  // Takes those that ended, the command last: while it is not taken its number is no other's.
  void reap() {
    for (;;) {
      siginfo_t ended{};
      const int error = ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT);
      if (error != 0 || ended.si_pid == 0) return;
      if (ended.si_pid == child_) return end_with_command();
      ::waitpid(ended.si_pid, nullptr, 0);
    }
  }

  void end_with_command() {
    if (line_.get() >= 0) hear();  // A fault that was said on the way out.
    const Time now = wall_clock();
    ::kill(-child_, SIGKILL);
    int status = 0;
    ::waitpid(child_, &status, 0);
    end_descendants();
    const bool ran = stage_ == Stage::kRunning && fault_.empty();
    Observation ended =
        observation(ran ? ObservationKind::kExited : ObservationKind::kLaunchFailed, fault_);
    ended.at = now;
    if (!ran && fault_.empty()) ended.message = "it ended while it was prepared";
    if (ran && WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    if (ran && WIFSIGNALED(status)) {
      ended.signal = WTERMSIG(status);
      ended.exit_code = kSignalBase + ended.signal;
    }
    if (ran && ran_out_of_memory(order_.groups))
      ended.message =
          fmt::format("it needed more than its {} bytes of memory", order_.launch.memory_bytes);
    end(ended);
  }

  // Every descendant whose parent ended is our child, so none gets away.
  void end_descendants() const {
    const pid_t self = ::getpid();
    for (;;) {
      const pid_t taken = ::waitpid(-1, nullptr, WNOHANG);
      if (taken > 0) continue;
      if (taken < 0 && errno == ECHILD) return;
      kill_groups(order_.groups);
      for (const pid_t pid : all_processes()) {
        const auto stat = process_stat(pid);
        if (stat && stat->parent == self && !stat->ended) ::kill(pid, SIGKILL);
      }
      ::waitpid(-1, nullptr, 0);
    }
  }

  // Keeps how it ended. A disk that takes nothing is waited for: nobody else knows the exit code.
  void end(const Observation& ended) {
    constexpr int kAll = 1 << 10;
    if (child_ > 0 && stage_ == Stage::kPreparing) end_descendants();
    output_.drain(kAll);
    error_.drain(kAll);
    for (;;) {
      const Status kept = folder_.write(kEndFile, observation_bytes(ended), Keep::kDurable);
      // Whoever removed the folder does not want to know.
      if (kept || kept.error().code == ErrorCode::kNotFound) break;
      ::poll(nullptr, 0, kRetryMilliseconds);
    }
    remove_groups(order_.groups);
    stage_ = Stage::kEnded;
  }

  TaskFolder folder_;
  ShimOrder order_;
  Stage stage_ = Stage::kPreparing;
  Descriptor signals_;
  ReadyLine line_;
  Stream output_;
  Stream error_;
  pid_t child_ = -1;
  std::string fault_;
  std::vector<int> held_;  // Signals that came while it started.
  Time running_since_;
  bool untold_ = false;  // That it runs is not on disk.
};

}  // namespace

int shim_signal() {
  return SIGRTMIN + 1;
}

int run_shim(const std::string& folder) {
  close_other_descriptors();
  ::setsid();
  auto opened = TaskFolder::open(folder);
  if (!opened) return kCannot;
  return Shim(std::move(*opened)).run();
}

}  // namespace sillar::drivers
