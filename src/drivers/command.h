#pragma once

// What happens between fork and exec: a child of the shim becomes the command. Internal to drivers.

#include <sys/types.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "drivers/os.h"
#include "drivers/records.h"

namespace sillar::drivers {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
  std::string name;
  std::string home;
  std::string shell;
};

// Who a command runs as, by the system's accounts. Errors: kInvalidInput for root, for somebody
// else where this process is not root, for a user that is not known.
[[nodiscard]] Result<User> find_user(const std::string& name);

// The whole environment of a command: nothing of this process's own is handed on. Sorted by name.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> command_environment(
    const LaunchOrder& order, const User& user);

// Files that the command's output goes to beside the logs, opened with the user's rights.
struct OutputFiles {
  Descriptor output;
  Descriptor error;
};

// The line between the shim and its child. The child says that it is ready, with the files; hears
// that it may go; and says why it could not. When it could, the line is cut.
class ReadyLine {
 public:
  [[nodiscard]] static Result<std::array<ReadyLine, 2>> make();

  [[nodiscard]] int get() const { return socket_.get(); }

  void say_ready(const OutputFiles& files) const;
  void say_fault(const std::string& why) const;
  void say_go() const;
  // False when the line was cut.
  [[nodiscard]] bool hear_go() const;

  struct Heard {
    enum class Kind : std::uint8_t { kReady, kFault, kCut } kind = Kind::kCut;
    OutputFiles files;
    std::string why;
  };
  // Requires: there is something to hear.
  [[nodiscard]] Heard hear() const;

 private:
  Descriptor socket_;
};

// Ends as the command, or with a fault said on the line. Requires: called in a forked child with
// one thread, whose standard descriptors are not needed any more.
[[noreturn]] void become_command(const ShimOrder& order, const User& user, const ReadyLine& line,
                                 pid_t shim, int output, int error);

// Makes the command's own folder below the work folder, the user's. Returns its path.
[[nodiscard]] Result<std::string> make_work_folder(const ShimOrder& order, const User& user);

}  // namespace sillar::drivers
