#pragma once

// The folder of one task: durable records, and a lock that its shim holds as long as it lives.
// Internal to drivers.
//
// Everything in it is reached by one name from an open folder, and symbolic links are not followed.

#include <sys/types.h>

#include <string>
#include <string_view>

#include "drivers/os.h"

namespace sillar::drivers {

// The records of a task, in the order in which they come.
inline constexpr const char* kOrderFile = "order";          // Durable before the shim is started.
inline constexpr const char* kStartedFile = "started";      // Durable before the command runs.
inline constexpr const char* kRunningFile = "running";      // It does; not durable by itself.
inline constexpr const char* kEndFile = "exit";             // Durable before the shim ends.
inline constexpr const char* kForgottenFile = "forgotten";  // In place of `exit` and the others.

inline constexpr std::size_t kRecordBytesMax = 8 << 20;

enum class Keep : std::uint8_t { kDurable, kVisible };

class TaskFolder {
 public:
  // Made with rights for its owner alone if it is not there.
  [[nodiscard]] static Result<TaskFolder> create(int parent, const std::string& parent_path,
                                                 std::string_view name);
  [[nodiscard]] static Result<TaskFolder> open(int parent, const std::string& parent_path,
                                               std::string_view name);
  // By its path, for the shim. Errors: kInvalidInput when it is somebody else's.
  [[nodiscard]] static Result<TaskFolder> open(const std::string& path);

  [[nodiscard]] int get() const { return folder_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] bool has(const char* name) const;
  // Errors: kNotFound, kIo, kInvalidInput when it is too large.
  [[nodiscard]] Result<std::string> read(const char* name) const;
  // The whole record under its name or nothing of it.
  [[nodiscard]] Status write(const char* name, std::string_view bytes, Keep keep) const;
  [[nodiscard]] Status rename(const char* from, const char* to) const;
  void remove(const char* name) const;

  // Takes the lock until the descriptor is closed or the process ends. Not open when another
  // process has it. A process must not have it twice.
  [[nodiscard]] Result<Descriptor> try_lock() const;
  // The process that has the lock; 0 when no other one has.
  [[nodiscard]] pid_t lock_holder() const;

 private:
  TaskFolder(Descriptor folder, std::string path)
      : folder_(std::move(folder)), path_(std::move(path)) {}

  Descriptor folder_;
  std::string path_;
};

// Makes a folder if it is not there, and the entry for it durable.
[[nodiscard]] Result<Descriptor> make_folder(const std::string& path, mode_t mode);

// Removes a folder and all below it, following no link. Returns whether nothing is left.
bool remove_tree(int parent, const std::string& name);

}  // namespace sillar::drivers
