#pragma once

// The inside of the local driver: a table of tasks, and one thread that starts shims and watches
// them. Internal to drivers.

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "drivers/groups.h"
#include "drivers/local_driver.h"
#include "drivers/os.h"
#include "drivers/task_folder.h"

namespace sillar::drivers {

class LocalDriver::Watch {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Watch>> open(LocalOptions options, Observe observe);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  [[nodiscard]] Status launch(const LaunchOrder& order);
  [[nodiscard]] Status stop(const StopOrder& order);
  [[nodiscard]] std::vector<Found> list();
  [[nodiscard]] Status forget(const std::string& token);
  [[nodiscard]] const GroupPlan& plan() const { return plan_; }

 private:
  struct Stopping {
    Duration term_at;
    Duration kill_at;
    bool term_sent = false;
  };
  struct Task {
    Phase phase = Phase::kOrdered;
    Observation last;
    bool wanted = false;  // Its start was ordered of this driver.
    Descriptor shim;      // Open while it lives.
    int notify = -1;      // The watch of its folder.
    std::optional<Stopping> stopping;
    bool unsettled = false;  // How it ended could not be found or kept yet.
  };
  using Tasks = std::map<std::string, Task, std::less<>>;
  struct Start {
    std::string token;
  };
  struct Quit {};
  using Command = std::variant<Start, StopOrder, Quit>;

  Watch(LocalOptions options, Observe observe);
  [[nodiscard]] Status take_folder();
  [[nodiscard]] Status take_epoch() const;
  [[nodiscard]] Status set_up();
  void adopt_all();
  void send(Command command);

  // What follows is the thread's. Functions with a Tasks::iterator require mutex_.
  void run();
  void deliver();
  bool take_commands();
  void take_notices();
  void look_at_all();
  void take_timers();
  void start(Tasks::iterator at);
  void begin_stop(Tasks::iterator at, const StopOrder& order);
  void go_on_stopping(Tasks::iterator at);
  void watch_shim(Tasks::iterator at, Descriptor shim);
  void watch_folder(Tasks::iterator at, const TaskFolder& folder);
  void shim_ended(int descriptor);
  bool adopt(Tasks::iterator at, const TaskFolder& folder);
  void settle(Tasks::iterator at);
  [[nodiscard]] bool settle_locked(Tasks::iterator at, const TaskFolder& folder);
  [[nodiscard]] bool settle_started(Tasks::iterator at, const TaskFolder& folder);
  [[nodiscard]] bool take_end(Tasks::iterator at, const TaskFolder& folder);
  [[nodiscard]] bool end_by_record(Tasks::iterator at, const TaskFolder& folder,
                                   ObservationKind kind, std::string message);
  void saw_running(Tasks::iterator at, const TaskFolder& folder);
  void ended(Tasks::iterator at, Observation how);
  void tell(Tasks::iterator at, const Observation& what);
  void wake_at(Duration when, const std::string& token);
  [[nodiscard]] Result<TaskFolder> folder_of(const std::string& token) const;

  LocalOptions options_;
  Observe observe_;
  GroupPlan plan_;
  std::string boot_id_;
  Descriptor folder_;
  Descriptor folder_lock_;
  Descriptor wake_;
  Descriptor notices_;
  Descriptor events_;

  // Of one token's launches only one writes its order at a time.
  std::array<std::mutex, 16> launching_;

  std::mutex mutex_;  // Guards the two below.
  Tasks tasks_;
  std::vector<Command> commands_;

  std::map<int, std::string> by_shim_;
  std::map<int, std::string> by_notice_;
  std::set<std::pair<Duration, std::string>> timers_;
  std::vector<Observation> untold_;
  std::thread thread_;
};

}  // namespace sillar::drivers
