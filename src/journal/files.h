#pragma once

// Files that survive a power cut, and a lock that only one process holds. Internal to journal.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sillar::journal {

// Owns an open file.
class File {
 public:
  File() = default;
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  File& operator=(File&& other) noexcept;
  ~File();

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

// kNotFound, kLimit for a full disk, or kIo, with the path and the system's word.
[[nodiscard]] tl::unexpected<Error> file_fault(const std::string& path, int error);

[[nodiscard]] bool exists(const std::string& path);
// Made if it is not there.
[[nodiscard]] Status make_folder(const std::string& folder);
[[nodiscard]] Status sync_folder(const std::string& folder);
[[nodiscard]] Result<std::vector<std::string>> names_in(const std::string& folder);
[[nodiscard]] Status remove_file(const std::string& path);
// The whole file under its name, or nothing of it: written beside, synced, renamed.
[[nodiscard]] Status write_whole(const std::string& folder, const std::string& name,
                                 std::string_view head, std::string_view bytes);

// The lock of a folder, or of one thing in it. Held until it is destroyed, or the process ends
// however it may. Errors: kInvalidInput names the process that holds it.
[[nodiscard]] Result<File> lock_folder(const std::string& folder, const char* name = "lock");

}  // namespace sillar::journal
