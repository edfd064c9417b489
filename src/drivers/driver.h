#pragma once

// What executes: a driver starts and stops the commands of tasks somewhere, and says what became of
// them. Its caller decides and remembers; a driver is idempotent by token, so that everything may
// be said to it again.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/workload.h"

namespace sillar::drivers {

inline constexpr std::size_t kTokenDigits = 32;

// Of attempt `attempt` of a task. The token is the key: one token starts at most once.
struct LaunchOrder {
  std::string token;  // 32 hexadecimal digits, lower case.
  std::string workload;
  std::string project;
  std::int32_t task = 0;
  std::int32_t array_index = -1;  // -1: no array.
  std::int32_t attempt = 0;
  std::string node;  // Where it was placed.
  Time placed;       // When that was decided.
  Launch run;
  std::string os_user;                // Whose rights the command has.
  std::vector<std::int32_t> devices;  // Indices on the node.
  std::int64_t cpu = 0;               // Thousandths of a core; 0: no limit.
  std::int64_t memory_bytes = 0;      // 0: no limit.
  // Set after those of `run`, so that they win.
  std::vector<std::pair<std::string, std::string>> environment;

  friend bool operator==(const LaunchOrder&, const LaunchOrder&) = default;
};

struct StopOrder {
  std::string token;
  // "USR1": sent first, TERM follows when half of the grace is over. Empty: TERM comes first.
  std::string checkpoint_signal;
  Duration grace;  // From the first signal to KILL.
};

enum class ObservationKind : std::uint8_t {
  kStarted,       // The command runs.
  kExited,        // It ended, with a code or by a signal, and nothing that it started is left.
  kLaunchFailed,  // It never ran, and never will under this token.
  kLost,          // It ran, nothing of it is left, and how it ended is not known.
};

// The last three are final: nothing else comes for that token.
struct Observation {
  std::string token;
  ObservationKind kind = ObservationKind::kStarted;
  Time at;              // When it happened, by the clock of the machine where it did.
  int exit_code = 0;    // kExited; 128 + signal when there is one, as shells say it.
  int signal = 0;       // kExited; 0: it ended by itself.
  std::string message;  // For a person; empty: nothing to add.

  friend bool operator==(const Observation&, const Observation&) = default;
};

enum class Phase : std::uint8_t {
  kOrdered,  // On disk, not started. Launching again starts it; stopping it ends it.
  kRunning,
  kEnded,  // `last` is final.
};

struct Found {
  std::string token;
  Phase phase = Phase::kOrdered;
  Observation last;  // kRunning: kStarted. kEnded: how it ended.
};

// Called with everything that happened, from a thread of the driver's own, at least once for each.
// It may be called before the driver was handed out. It may call the driver, not destroy it.
using Observe = std::function<void(const Observation&)>;

// All of it may be called from any thread, and may wait for a disk.
class Driver {
 public:
  Driver() = default;
  Driver(const Driver&) = delete;
  Driver& operator=(const Driver&) = delete;
  virtual ~Driver() = default;

  // Returns when the order is on disk; what comes of it is observed. A token that is known already
  // is not started again, across restarts too. Errors: kInvalidInput for an order that cannot be
  // carried out or a token that was forgotten; kIo, kLimit (disk full): nothing was started.
  [[nodiscard]] virtual Status launch(const LaunchOrder& order) = 0;

  // The end is observed. Stopping what is being stopped changes nothing but this: a shorter grace
  // counts. Errors: kNotFound for a token that nothing is known of.
  [[nodiscard]] virtual Status stop(const StopOrder& order) = 0;

  // Everything that was launched and not forgotten, by token.
  [[nodiscard]] virtual Result<std::vector<Found>> list() = 0;

  // The caller has the end of it on disk: what the driver remembers of it may go. Logs stay until
  // retention takes them. Errors: kNotFound; kInvalidInput while it has not ended.
  [[nodiscard]] virtual Status forget(std::string_view token) = 0;
};

// Whether `token` is 32 lower-case hexadecimal digits.
[[nodiscard]] bool is_token(std::string_view token);

// The number of "USR1" or "SIGUSR1". Errors: kInvalidInput for one that is unknown, or that cannot
// be caught.
[[nodiscard]] Result<int> parse_signal(std::string_view name);

}  // namespace sillar::drivers
